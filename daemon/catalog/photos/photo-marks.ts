import type { Journal } from '../store/journal.ts'
import type { PhotoRecord } from './photo-row.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

/** What people and cameras say about Photos, short of publishing them. */
export interface Marks {
  rate(id: string, change: { rating?: number; pick?: boolean; seen?: boolean }): PhotoRecord
  /** The photographer marked it in the camera after it came; stars only ever add to what it has. */
  mark(id: string, stars: number): PhotoRecord
  /** How often another program published a Photo and took it out, before it came here. */
  setCounts(id: string, counts: { published: number; unpublished: number }): void
  /** Moves the time taken of all of a camera's Photos, whose clock is off by `by` milliseconds more than thought. */
  shiftTaken(eventId: number, cameraId: string, by: number): PhotoRecord[]
  /** Cameras that an Event's Photos name by a serial number, of Photos that are no known camera's; those with most first, at
   * most twelve. */
  unknownCameras(eventId: number): { serial: string; model: string | null }[]
  /** Makes Photos of no known camera, whose files say this serial number, that camera's. */
  claim(eventId: number, serial: string, cameraId: string): PhotoRecord[]
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

  const unknown = prepare<{ serial: string; model: string | null }>(
    db,
    `SELECT serial, max(camera) AS model FROM photos
     WHERE event_id = ? AND camera_id IS NULL AND serial > '' AND deleted_at IS NULL
     GROUP BY serial ORDER BY count(*) DESC, serial LIMIT 12`,
  )
  const claim = prepare<{ id: string }>(
    db,
    'UPDATE photos SET camera_id = ? WHERE event_id = ? AND camera_id IS NULL AND serial = ? RETURNING id',
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
      transaction(() => {
        setCounts.run(published, unpublished, id)
        journal.note(get(id).eventId, { fact: 'photo.counted', photo: id, published, unpublished })
      })
    },
    shiftTaken(eventId, cameraId, by) {
      return transaction(() => {
        const ids = shift.all(by, eventId, cameraId)
        if (ids.length > 0) journal.note(eventId, { fact: 'photos.shifted', cameraId, by })
        return ids.map(({ id }) => get(id))
      })
    },
    unknownCameras: (eventId) => unknown.all(eventId).map((row) => ({ ...row })),
    claim(eventId, serial, cameraId) {
      return transaction(() => {
        const ids = claim.all(cameraId, eventId, serial)
        if (ids.length > 0) journal.note(eventId, { fact: 'photos.claimed', serial, cameraId })
        return ids.map(({ id }) => get(id))
      })
    },
  }
}
