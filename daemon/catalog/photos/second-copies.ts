import type { PhotoState } from '../../contract/photo.ts'
import { prepare, type Db } from '../store/sql.ts'
import { REHEARSAL } from './rehearsals.ts'

/** An Original that a second copy does not have yet. */
export interface Uncopied {
  readonly eventId: number
  readonly sha256: string
  readonly filename: string
  readonly bytes: number
  readonly state: PhotoState
  /** See `OriginalRecord`. */
  readonly spilled: string | null
}

/** What was copied a second time and read back, by the id of the folder that it went to. */
export interface SecondCopies {
  /** The oldest first. Deleted Photos, and those whose own file is lost, are not among them. */
  next(target: string, limit: number, offset: number): Uncopied[]
  waiting(target: string): { count: number; bytes: number }
  /** How many Originals that came from a Source are not there yet. */
  waitingFrom(target: string, source: string): number
  /** @param filename its name there */
  add(target: string, eventId: number, sha256: string, filename: string): void
  find(target: string, eventId: number, sha256: string): string | undefined
  list(target: string): { eventId: number; sha256: string; filename: string; bytes: number }[]
  /** Its file is not there any more. */
  remove(target: string, eventId: number, sha256: string): void
}

export function createSecondCopies(db: Db, now: () => number): SecondCopies {
  const uncopied = `FROM originals o JOIN photos p ON p.id = o.photo_id
     WHERE p.deleted_at IS NULL AND o.lost = 0 AND o.origin <> '${REHEARSAL}' AND NOT EXISTS (
       SELECT 1 FROM second_copies s WHERE s.target = ?1 AND s.event_id = o.event_id AND s.sha256 = o.sha256)`
  const next = prepare<Uncopied>(
    db,
    `SELECT o.event_id AS eventId, o.sha256, o.filename, o.bytes, p.state, o.spilled ${uncopied}
     ORDER BY p.added_at, o.sha256 LIMIT ?2 OFFSET ?3`,
  )
  const waiting = prepare<{ count: number; bytes: number }>(
    db,
    `SELECT count(*) AS count, coalesce(sum(o.bytes), 0) AS bytes ${uncopied}`,
  )
  const from = prepare<{ n: number }>(
    db,
    `SELECT count(*) AS n ${uncopied} AND EXISTS (
       SELECT 1 FROM ledger l WHERE l.event_id = o.event_id AND l.source = ?2 AND l.sha256 = o.sha256)`,
  )
  const add = prepare(db, 'INSERT OR REPLACE INTO second_copies VALUES (?, ?, ?, ?, ?)')
  const find = prepare<{ filename: string }>(
    db,
    'SELECT filename FROM second_copies WHERE target = ? AND event_id = ? AND sha256 = ?',
  )
  const list = prepare<{ eventId: number; sha256: string; filename: string; bytes: number }>(
    db,
    `SELECT s.event_id AS eventId, s.sha256, s.filename, o.bytes
     FROM second_copies s JOIN originals o USING (event_id, sha256) WHERE s.target = ?`,
  )
  const remove = prepare(db, 'DELETE FROM second_copies WHERE target = ? AND event_id = ? AND sha256 = ?')
  return {
    next: (target, limit, offset) => next.all(target, limit, offset),
    waiting: (target) => waiting.get(target)!,
    waitingFrom: (target, source) => from.get(target, source)!.n,
    add(target, eventId, sha256, filename) {
      add.run(target, eventId, sha256, filename, now())
    },
    find: (target, eventId, sha256) => find.get(target, eventId, sha256)?.filename,
    list: (target) => list.all(target),
    remove(target, eventId, sha256) {
      remove.run(target, eventId, sha256)
    },
  }
}
