import { prepare, type Db } from './sql.ts'

/** In order of urgency; migrations.ts knows the order too. */
export const LANES = ['removal', 'thumb', 'manifest', 'web', 'full'] as const
export type Lane = (typeof LANES)[number]

export interface UploadRecord {
  /** Never used again, not even after the row is gone. */
  readonly id: number
  readonly eventId: number
  readonly publicationId: string | null
  readonly lane: Lane
  /** The object's key below the Event's prefix (`IMG_1.jpg`, `thumb/IMG_1.webp`, `manifest.json`, ...). */
  readonly key: string
  readonly bytes: number
  readonly tries: number
}

/** The durable queue of what the bucket still has to hear, and what files it has heard of. */
export interface Uploads {
  /** Takes the place of a waiting upload of the same object, in the same lane; one under way is not that one. */
  add(eventId: number, lane: Lane, key: string, bytes: number, publicationId: string | null): void
  /** Forgets what waits for an object that must not be uploaded any more. */
  drop(eventId: number, key: string): void
  /** At most `limit` that are due, most urgent first: by lane, then by age. As long as an object's removal waits, due
   * or not, nothing else of that object is named. */
  due(now: number, limit: number): UploadRecord[]
  /** When the next one is due, or null when nothing waits. */
  nextDue(): number | null
  /** False when it was dropped, or another one took its place. */
  isWaiting(id: number): boolean
  /** @returns false when it no longer waited: nothing has changed then */
  done(id: number, etag: string): boolean
  /** @param dueAt when to try again, milliseconds since 1970 */
  failed(id: number, dueAt: number, trouble: string): void
  /** True when the publication's object in that lane has been stored and verified. */
  isDone(publicationId: string, lane: 'thumb' | 'web' | 'full'): boolean
  /** Of a file's newest upload, whatever it belongs to; undefined when there was none. */
  stateOf(eventId: number, key: string): 'waiting' | 'done' | undefined
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

function decode(row: Row): UploadRecord {
  return {
    id: row.id,
    eventId: row.event_id,
    publicationId: row.publication_id,
    lane: row.lane,
    key: row.object_key,
    bytes: row.bytes,
    tries: row.tries,
  }
}

/** Lanes that say something once; the others keep a row for each file that is stored. */
const FORGOTTEN = `lane IN ('removal', 'manifest')`

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
  // The plus keeps the index by time out of it, so that the one in turn serves the order and ends the search early.
  const due = prepare<Row>(
    db,
    `SELECT * FROM uploads AS one WHERE state = 'waiting' AND +due_at <= ? AND (lane = 'removal' OR NOT EXISTS (
       SELECT 1 FROM uploads AS other WHERE other.event_id = one.event_id AND other.object_key = one.object_key
       AND other.lane = 'removal' AND other.state = 'waiting'))
     ORDER BY turn, id LIMIT ?`,
  )
  const nextDue = prepare<{ due: number | null }>(
    db,
    `SELECT min(due_at) AS due FROM uploads WHERE state = 'waiting'`,
  )
  const isWaiting = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM uploads WHERE id = ? AND state = 'waiting'`,
  )
  const done = prepare(
    db,
    `UPDATE uploads SET state = 'done', etag = ?, trouble = NULL
     WHERE id = ? AND state = 'waiting' AND NOT ${FORGOTTEN}`,
  )
  const forget = prepare(db, `DELETE FROM uploads WHERE id = ? AND ${FORGOTTEN}`)
  const failed = prepare(db, 'UPDATE uploads SET tries = tries + 1, due_at = ?, trouble = ? WHERE id = ?')
  const isDone = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM uploads WHERE publication_id = ? AND lane = ? AND state = 'done'`,
  )
  const stateOf = prepare<{ state: 'waiting' | 'done' }>(
    db,
    `SELECT state FROM uploads WHERE event_id = ? AND object_key = ? AND NOT ${FORGOTTEN} ORDER BY id DESC LIMIT 1`,
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
    due: (now, limit) => due.all(now, limit).map(decode),
    nextDue: () => nextDue.get()!.due,
    isWaiting: (id) => isWaiting.get(id) !== undefined,
    done: (id, etag) => done.run(etag, id) + forget.run(id) > 0,
    failed(id, dueAt, trouble) {
      failed.run(dueAt, trouble, id)
    },
    isDone: (publicationId, lane) => isDone.get(publicationId, lane) !== undefined,
    stateOf: (eventId, key) => stateOf.get(eventId, key)?.state,
    waiting: () => waiting.get()!,
  }
}
