import { prepare, type Db } from './sql.ts'

export const LANES = ['removal', 'thumb', 'manifest', 'web', 'full'] as const
/** In order of urgency. */
export type Lane = (typeof LANES)[number]

export interface UploadRecord {
  readonly id: number
  readonly eventId: number
  readonly publicationId: string | null
  readonly lane: Lane
  /** The object's key below the Event's prefix (`IMG_1.jpg`, `thumb/IMG_1.webp`, `manifest.json`, ...). */
  readonly key: string
  readonly bytes: number
  readonly tries: number
}

/** The durable queue of what the bucket still has to hear. */
export interface Uploads {
  /** Takes the place of a waiting upload of the same object, in the same lane. */
  add(eventId: number, lane: Lane, key: string, bytes: number, publicationId: string | null): void
  /** Forgets what waits for an object that must not be uploaded any more. */
  drop(eventId: number, key: string): void
  /** The most urgent that is due, by lane, then by age. */
  next(now: number): UploadRecord | undefined
  /** When the next one is due, or null when nothing waits. */
  nextDue(): number | null
  done(id: number, etag: string): void
  /** @param dueAt when to try again, milliseconds since 1970 */
  failed(id: number, dueAt: number, trouble: string): void
  /** True when the publication's object in that lane has been stored and verified. */
  isDone(publicationId: string, lane: 'thumb' | 'web' | 'full'): boolean
  waiting(): { count: number; bytes: number; trouble: string | null }
}

type Row = {
  id: number
  event_id: number
  publication_id: string | null
  lane: Lane
  object_key: string
  bytes: number
  tries: number
}

const RANK = `CASE lane ${LANES.map((lane, i) => `WHEN '${lane}' THEN ${i}`).join(' ')} END`

export function createUploads(db: Db): Uploads {
  const drop = prepare(db, `DELETE FROM uploads WHERE event_id = ? AND object_key = ? AND state = 'waiting'`)
  const replace = prepare(
    db,
    `DELETE FROM uploads WHERE event_id = ? AND object_key = ? AND lane = ? AND state = 'waiting'`,
  )
  const insert = prepare(
    db,
    'INSERT INTO uploads (event_id, publication_id, lane, object_key, bytes) VALUES (?, ?, ?, ?, ?)',
  )
  const next = prepare<Row>(
    db,
    `SELECT * FROM uploads WHERE state = 'waiting' AND due_at <= ? ORDER BY ${RANK}, id LIMIT 1`,
  )
  const nextDue = prepare<{ due: number | null }>(
    db,
    `SELECT min(due_at) AS due FROM uploads WHERE state = 'waiting'`,
  )
  const done = prepare(
    db,
    `UPDATE uploads SET state = 'done', etag = ?, trouble = NULL WHERE id = ? AND publication_id IS NOT NULL`,
  )
  const forget = prepare(db, 'DELETE FROM uploads WHERE id = ? AND publication_id IS NULL')
  const failed = prepare(db, 'UPDATE uploads SET tries = tries + 1, due_at = ?, trouble = ? WHERE id = ?')
  const isDone = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM uploads WHERE publication_id = ? AND lane = ? AND state = 'done'`,
  )
  const waiting = prepare<{ count: number; bytes: number; trouble: string | null }>(
    db,
    `SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes, max(trouble) AS trouble
     FROM uploads WHERE state = 'waiting'`,
  )
  return {
    add(eventId, lane, key, bytes, publicationId) {
      replace.run(eventId, key, lane)
      insert.run(eventId, publicationId, lane, key, bytes)
    },
    drop(eventId, key) {
      drop.run(eventId, key)
    },
    next(now) {
      const row = next.get(now)
      return (
        row && {
          id: row.id,
          eventId: row.event_id,
          publicationId: row.publication_id,
          lane: row.lane,
          key: row.object_key,
          bytes: row.bytes,
          tries: row.tries,
        }
      )
    },
    nextDue: () => nextDue.get()!.due,
    done(id, etag) {
      done.run(etag, id)
      forget.run(id)
    },
    failed(id, dueAt, trouble) {
      failed.run(dueAt, trouble, id)
    },
    isDone: (publicationId, lane) => isDone.get(publicationId, lane) !== undefined,
    waiting: () => waiting.get()!,
  }
}
