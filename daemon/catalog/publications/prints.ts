import { MOST_COPIES, type PrintState } from '../../contract/photo-print.ts'
import { editKey } from '../../contract/recipe.ts'
import type { PhotoRecord } from '../photos/photo-row.ts'
import { REHEARSAL } from '../photos/rehearsals.ts'
import type { Journal } from '../store/journal.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

export interface PrintRecord {
  /** Rises, and is never given again: files are called by it. */
  readonly id: number
  readonly eventId: number
  readonly photoId: string
  readonly copies: number
  /** Wanted though this version is on paper already. */
  readonly again: boolean
  readonly state: PrintState
  /** What it was made from, once it was begun. */
  readonly version: string | null
  /** The folder, or the printer, that it went to. */
  readonly place: string | null
  /** As its files are called, without the copy's number. */
  readonly name: string | null
  readonly tries: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** What a Photo is on paper: equal versions show the same picture. */
export const printVersion = ({ final, main, edit }: Pick<PhotoRecord, 'final' | 'main' | 'edit'>): string =>
  `${final?.sha256 ?? main.sha256}/${editKey(edit)}`

/** The durable queue of what is to be put on paper, and what was. At most one wish of a Photo waits. */
export interface Prints {
  byId(id: number): PrintRecord | undefined
  /** Sets how many copies of a Photo are wanted, from those that are not begun; 0 takes the wish back.
   * @param again also of a version that is on paper */
  want(photoId: string, copies: number, again?: boolean, dueAt?: number): PhotoRecord
  /** How many copies are wanted that are not begun. */
  wanted(photoId: string): number
  /** Whether the version that the Photo is now was printed, is about to be, or may have been. */
  isDone(photo: PhotoRecord): boolean
  /** The next that is due: what was begun goes before what waits, then the oldest. What waits of a photo in the trash
   * keeps waiting. */
  next(now: number): PrintRecord | undefined
  /** When the next one is due, or null when nothing waits. Milliseconds since 1970. */
  nextDue(): number | null
  /** Sets down that its files, or its job, are about to go to the printer.
   * @returns false when it is not wanted any more: nothing may go out then */
  begin(id: number, made: { copies: number; version: string; place: string; name: string }): boolean
  /** Sets down that nothing of it went to the printer. */
  giveBack(id: number): void
  /** Sets down what became of it. */
  end(id: number, state: 'printed' | 'unsure', at: number): void
  /** Forgets a wish. */
  drop(id: number): void
  /** @param dueAt when to try again, milliseconds since 1970 */
  failed(id: number, dueAt: number): void
  /** Everything may be tried at once. */
  hurry(): void
  /** Of an Event, in copies; those of photos in the trash are left out. */
  counts(eventId: number): { waiting: number; printed: number }
  /** Of an Event, oldest first. */
  unsure(eventId: number): PrintRecord[]
  last(eventId: number): { name: string; at: number } | null
}

interface Row {
  id: number
  event_id: number
  photo_id: string
  copies: number
  again: number
  state: PrintState
  version: string | null
  place: string | null
  name: string | null
  tries: number
  at: number
}

const decode = (row: Row): PrintRecord => ({
  id: row.id,
  eventId: row.event_id,
  photoId: row.photo_id,
  copies: row.copies,
  again: row.again === 1,
  state: row.state,
  version: row.version,
  place: row.place,
  name: row.name,
  tries: row.tries,
  at: row.at,
})

/** Whether a row `s` that waits may go out. */
const WANTED = `EXISTS (SELECT 1 FROM photos p WHERE p.id = s.photo_id AND p.state <> 'trashed' AND p.deleted_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM originals o WHERE o.photo_id = p.id AND o.origin = '${REHEARSAL}'))`
const OPEN = `(s.state = 'begun' OR (s.state = 'waiting' AND ${WANTED}))`

export function createPrints(needs: {
  db: Db
  transaction: Transaction
  journal: Journal
  now: () => number
  photo: (id: string) => PhotoRecord | undefined
}): Prints {
  const { db, transaction, journal, now } = needs
  const byId = prepare<Row>(db, 'SELECT * FROM prints WHERE id = ?')
  const wish = prepare<Row>(db, `SELECT * FROM prints WHERE photo_id = ? AND state = 'waiting'`)
  const add = prepare<Row>(
    db,
    `INSERT INTO prints (event_id, photo_id, copies, again, state, at, due_at) VALUES (?, ?, ?, ?, 'waiting', ?, ?)
     RETURNING *`,
  )
  const setWish = prepare(
    db,
    'UPDATE prints SET copies = ?, again = max(again, ?), due_at = max(due_at, ?) WHERE id = ?',
  )
  const drop = prepare(db, 'DELETE FROM prints WHERE id = ?')
  const done = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM prints WHERE photo_id = ? AND version = ? AND state <> 'waiting' LIMIT 1`,
  )
  const next = prepare<Row>(
    db,
    `SELECT * FROM prints s WHERE due_at <= ? AND ${OPEN} ORDER BY state = 'waiting', id LIMIT 1`,
  )
  const nextDue = prepare<{ due: number | null }>(
    db,
    `SELECT min(due_at) AS due FROM prints s WHERE state IN ('waiting', 'begun') AND ${OPEN}`,
  )
  const begin = prepare<Row>(
    db,
    `UPDATE prints AS s SET state = 'begun', copies = ?, version = ?, place = ?, name = ?
     WHERE id = ? AND state = 'waiting' AND copies = ? AND ${WANTED} RETURNING *`,
  )
  const giveBack = prepare<Row>(
    db,
    `UPDATE prints SET state = 'waiting', version = NULL, place = NULL, name = NULL
     WHERE id = ? AND state = 'begun' RETURNING *`,
  )
  const end = prepare<Row>(
    db,
    `UPDATE prints SET state = ?, at = ?, tries = 0, due_at = 0
     WHERE id = ? AND state IN ('begun', 'unsure') RETURNING *`,
  )
  const failed = prepare(db, 'UPDATE prints SET tries = tries + 1, due_at = ? WHERE id = ?')
  const hurry = prepare(db, `UPDATE prints SET due_at = 0 WHERE state IN ('waiting', 'begun')`)
  const counts = prepare<{ waiting: number; printed: number }>(
    db,
    `SELECT coalesce(sum(iif(${OPEN}, copies, 0)), 0) AS waiting,
       coalesce(sum(iif(state = 'printed', copies, 0)), 0) AS printed FROM prints s WHERE event_id = ?`,
  )
  const unsure = prepare<Row>(db, `SELECT * FROM prints WHERE event_id = ? AND state = 'unsure' ORDER BY id`)
  const last = prepare<{ name: string; at: number }>(
    db,
    `SELECT f.filename AS name, s.at FROM prints s JOIN photos f ON f.id = s.photo_id
     WHERE s.event_id = ? AND s.state = 'printed' ORDER BY s.at DESC, s.id DESC LIMIT 1`,
  )

  function noteWish({ id, event_id, photo_id, again }: Row, copies: number): void {
    journal.note(event_id, { fact: 'print.wanted', print: id, photo: photo_id, copies, again: again === 1 })
  }
  function noteState({ id, event_id, photo_id, copies, version }: Row, state: PrintState): void {
    journal.note(event_id, { fact: 'print.went', print: id, photo: photo_id, copies, version, state })
  }
  function photoOf(id: string): PhotoRecord {
    const photo = needs.photo(id)
    if (!photo) throw new Error(`The catalog holds no photo ${id}`)
    return photo
  }
  function remove(row: Row): void {
    drop.run(row.id)
    noteWish(row, 0)
  }

  return {
    byId(id) {
      const row = byId.get(id)
      return row && decode(row)
    },
    want(photoId, wanted, again = false, dueAt = 0) {
      const copies = Math.max(0, Math.min(MOST_COPIES, Math.round(wanted)))
      return transaction(() => {
        const { eventId } = photoOf(photoId)
        const row = wish.get(photoId)
        if (row && copies === 0) remove(row)
        else if (row) {
          setWish.run(copies, Number(again), Math.round(dueAt), row.id)
          noteWish(byId.get(row.id)!, copies)
        } else if (copies > 0)
          noteWish(add.get(eventId, photoId, copies, Number(again), now(), Math.round(dueAt))!, copies)
        return photoOf(photoId)
      })
    },
    wanted: (photoId) => wish.get(photoId)?.copies ?? 0,
    isDone: (photo) => done.get(photo.id, printVersion(photo)) !== undefined,
    next(at) {
      const row = next.get(at)
      return row && decode(row)
    },
    nextDue: () => nextDue.get()!.due,
    begin: (id, { copies, version, place, name }) =>
      transaction(() => {
        const row = begin.get(copies, version, place, name, id, copies)
        if (row) noteState(row, 'begun')
        return row !== undefined
      }),
    giveBack(id) {
      transaction(() => {
        const before = byId.get(id)
        if (before?.state !== 'begun') return
        // Somebody may have asked for more meanwhile: one wish holds them all.
        const other = wish.get(before.photo_id)
        if (other) {
          setWish.run(Math.min(MOST_COPIES, other.copies + before.copies), before.again, other.id)
          noteWish(byId.get(other.id)!, byId.get(other.id)!.copies)
          return remove(before)
        }
        const row = giveBack.get(id)
        if (row) noteWish(row, row.copies)
      })
    },
    end(id, state, at) {
      transaction(() => {
        const row = end.get(state, at, id)
        if (row) noteState(row, state)
      })
    },
    drop(id) {
      transaction(() => {
        const row = byId.get(id)
        if (row) remove(row)
      })
    },
    failed(id, dueAt) {
      failed.run(Math.round(dueAt), id)
    },
    hurry() {
      hurry.run()
    },
    counts: (eventId) => ({ ...counts.get(eventId)! }),
    unsure: (eventId) => unsure.all(eventId).map(decode),
    last(eventId) {
      const row = last.get(eventId)
      return row ? { ...row } : null
    },
  }
}
