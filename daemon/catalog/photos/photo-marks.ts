import type { Journal } from '../store/journal.ts'
import type { PhotoRecord } from './photo-row.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

/** What people and cameras say about Photos, short of publishing them. */
export interface Marks {
  rate(id: string, change: { rating?: number; pick?: boolean; seen?: boolean }): PhotoRecord
  /** The photographer marked it in the camera after it came; stars only ever add to what it has. */
  mark(id: string, stars: number): PhotoRecord
  /** How often another program published a Photo and took it out, before it came here. It is no fact of the journal. */
  setCounts(id: string, counts: { published: number; unpublished: number }): void
  /** Moves the time taken of all of a camera's Photos, whose clock is off by `by` milliseconds more than thought. */
  shiftTaken(eventId: number, cameraId: string, by: number): PhotoRecord[]
}

export function createMarks(needs: {
  db: Db
  transaction: Transaction
  journal: Journal
  get: (id: string) => PhotoRecord
}): Marks {
  const { db, transaction, journal, get } = needs
  const rate = prepare(db, 'UPDATE photos SET rating = ?, pick = ?, seen = ? WHERE id = ?')
  const mark = prepare(db, 'UPDATE photos SET marked = 1, rating = max(rating, ?) WHERE id = ?')
  const setCounts = prepare(db, 'UPDATE photos SET published_count = ?, unpublished_count = ? WHERE id = ?')
  const shift = prepare<{ id: string }>(
    db,
    'UPDATE photos SET taken_at = taken_at + ? WHERE event_id = ? AND camera_id = ? RETURNING id',
  )

  return {
    rate(id, { rating, pick, seen }) {
      return transaction(() => {
        const before = get(id)
        rate.run(rating ?? before.rating, Number(pick ?? before.pick), Number(seen ?? before.seen), id)
        const photo = get(id)
        journal.note(photo.eventId, {
          fact: 'photo.rated',
          photo: id,
          rating: photo.rating,
          pick: photo.pick,
          seen: photo.seen,
        })
        return photo
      })
    },
    mark(id, stars) {
      return transaction(() => {
        mark.run(stars, id)
        const photo = get(id)
        journal.note(photo.eventId, { fact: 'photo.marked', photo: id, rating: photo.rating })
        return photo
      })
    },
    setCounts(id, { published, unpublished }) {
      setCounts.run(published, unpublished, id)
    },
    shiftTaken(eventId, cameraId, by) {
      return transaction(() => {
        const ids = shift.all(by, eventId, cameraId)
        if (ids.length > 0) journal.note(eventId, { fact: 'photos.shifted', cameraId, by })
        return ids.map(({ id }) => get(id))
      })
    },
  }
}
