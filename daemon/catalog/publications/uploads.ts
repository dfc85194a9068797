import { prepare, type Db } from '../store/sql.ts'

/** In order of urgency; migrations.ts knows the order too. */
export const LANES = ['removal', 'thumb', 'manifest', 'web', 'full'] as const
export type Lane = (typeof LANES)[number]

export interface UploadRecord {
  /** The row's id, which is never used again, not even after the row is gone. */
  readonly id: number
  readonly eventId: number
  readonly publicationId: string | null
  readonly lane: Lane
  /** The object's key below the Event's prefix (`IMG_1.jpg`, `thumb/IMG_1.webp`, `manifest.json`, ...). */
  readonly key: string
  readonly bytes: number
  readonly tries: number
}

/** The durable queue of what is still to be sent to the bucket, and the files that were sent. */
export interface Uploads {
  /** Takes the place of a waiting upload of the same object, in the same lane; one under way is not that one.
   * @param dueAt not before this, milliseconds since 1970; at once by default */
  add(
    eventId: number,
    lane: Lane,
    key: string,
    bytes: number,
    publicationId: string | null,
    dueAt?: number,
  ): void
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
  /** True when the publication's picture of that size has been stored and verified. */
  isDone(publicationId: string, size: 'thumb' | 'view' | 'web' | 'full'): boolean
  /** The state of a file's newest upload, whatever it belongs to; undefined when there was none. */
  stateOf(eventId: number, key: string): 'waiting' | 'done' | undefined
  /** The newest ETag with which this object was stored and verified, or undefined. */
  etagOf(eventId: number, key: string): string | undefined
  /** Keys of the covers that were sent, or wait to be. */
  covers(eventId: number): string[]
  /** An object is gone from the store: nothing was ever sent under its name. */
  forget(eventId: number, key: string): void
  /** Everything that waits but old pages, which have time. Trouble is the newest. */
  waiting(): { count: number; bytes: number; trouble: string | null }
  /** Photos that wait to be sent, their bytes, and how many of them failed. */
  left(): { photos: number; bytes: number; failed: number }
  /** What of an Event waits still: files to send, and objects to remove. */
  unsent(eventId: number): { files: number; removals: number }
  /** For each Event from which photos are to be taken, the newest of those removals, due or not. */
  partings(): { eventId: number; id: number }[]
  /** True when a removal of the object waits for its time, untried. */
  removalWaits(eventId: number, key: string, now: number): boolean
  /** True while a removal of the object waits, tried or not. */
  isLeaving(eventId: number, key: string): boolean
  /** The highest id ever given. */
  lastId(): number
  /** Lets nothing wait past `at`, or past `late` where it is an old page on its way out: the clock that it was
   * queued by may have been set back since. Milliseconds since 1970. */
  dueBy(at: number, late: number): void
  /** Everything may be tried at once: what was in the way is said to be gone. */
  hurry(): void
  /** Forgets everything but what is to be taken out: another bucket, which has heard of nothing, or the same one again,
   * of which nothing is known any more. */
  forgetAll(): void
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

/** The lane of the web sizes carries the views, too. */
export const IS_VIEW = `object_key LIKE 'view/%'`

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
    'INSERT INTO uploads (event_id, publication_id, lane, object_key, bytes, due_at) VALUES (?, ?, ?, ?, ?, ?)',
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
    `SELECT 1 AS found FROM uploads WHERE publication_id = ? AND lane = ? AND state = 'done' AND (${IS_VIEW}) = ?`,
  )
  const stateOf = prepare<{ state: 'waiting' | 'done' }>(
    db,
    `SELECT state FROM uploads WHERE event_id = ? AND object_key = ? AND NOT ${FORGOTTEN} ORDER BY id DESC LIMIT 1`,
  )
  const covers = prepare<{ key: string }>(
    db,
    `SELECT DISTINCT object_key AS key FROM uploads WHERE event_id = ? AND lane = 'thumb' AND object_key LIKE 'assets/%'`,
  )
  const forgetObject = prepare(
    db,
    `DELETE FROM uploads WHERE event_id = ? AND object_key = ? AND state = 'done'`,
  )
  const waiting = prepare<{ count: number; bytes: number }>(
    db,
    `SELECT count(*) AS count, coalesce(sum(bytes), 0) AS bytes FROM uploads
     WHERE state = 'waiting' AND NOT (lane = 'removal' AND object_key LIKE 'pages/%')`,
  )
  const trouble = prepare<{ trouble: string }>(
    db,
    `SELECT trouble FROM uploads WHERE state = 'waiting' AND trouble IS NOT NULL ORDER BY due_at DESC LIMIT 1`,
  )
  const etagOf = prepare<{ etag: string }>(
    db,
    `SELECT etag FROM uploads WHERE event_id = ? AND object_key = ? AND state = 'done' ORDER BY id DESC LIMIT 1`,
  )
  const left = prepare<{ photos: number; bytes: number; failed: number }>(
    db,
    `SELECT count(DISTINCT publication_id) AS photos, coalesce(sum(bytes), 0) AS bytes,
       count(DISTINCT CASE WHEN trouble IS NOT NULL THEN publication_id END) AS failed
     FROM uploads WHERE state = 'waiting' AND lane IN ('thumb', 'web', 'full')`,
  )
  const unsent = prepare<{ files: number; removals: number }>(
    db,
    `SELECT coalesce(sum(lane <> 'removal' AND lane <> 'manifest'), 0) AS files,
       coalesce(sum(lane = 'removal' AND object_key NOT LIKE 'pages/%'), 0) AS removals
     FROM uploads WHERE event_id = ? AND state = 'waiting'`,
  )
  const partings = prepare<{ eventId: number; id: number }>(
    db,
    `SELECT event_id AS eventId, max(id) AS id FROM uploads
     WHERE state = 'waiting' AND turn = 1 AND object_key NOT LIKE 'pages/%' GROUP BY event_id`,
  )
  const untouched = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM uploads
     WHERE event_id = ? AND object_key = ? AND lane = 'removal' AND tries = 0 AND due_at > ?`,
  )
  const isLeaving = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM uploads WHERE event_id = ? AND object_key = ? AND lane = 'removal'`,
  )
  const lastId = prepare<{ id: number | null }>(
    db,
    `SELECT seq AS id FROM sqlite_sequence WHERE name = 'uploads'`,
  )
  const hurry = prepare(
    db,
    `UPDATE uploads SET due_at = 0, trouble = NULL WHERE state = 'waiting' AND tries > 0`,
  )
  const dueBy = prepare(
    db,
    `UPDATE uploads SET due_at = ?1 WHERE state = 'waiting' AND due_at > ?1
     AND (lane = 'removal' AND object_key LIKE 'pages/%') = ?2`,
  )
  const forgetAll = prepare(db, `DELETE FROM uploads WHERE lane <> 'removal' OR object_key LIKE 'pages/%'`)
  return {
    add(eventId, lane, key, bytes, publicationId, dueAt = 0) {
      replace.run(eventId, key, lane)
      insert.run(eventId, publicationId, lane, key, bytes, dueAt)
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
    isDone(publicationId, size) {
      const isView = size === 'view'
      return isDone.get(publicationId, isView ? 'web' : size, isView ? 1 : 0) !== undefined
    },
    stateOf: (eventId, key) => stateOf.get(eventId, key)?.state,
    etagOf: (eventId, key) => etagOf.get(eventId, key)?.etag,
    covers: (eventId) => covers.all(eventId).map(({ key }) => key),
    forget(eventId, key) {
      forgetObject.run(eventId, key)
    },
    waiting: () => ({ ...waiting.get()!, trouble: trouble.get()?.trouble ?? null }),
    left: () => left.get()!,
    unsent: (eventId) => unsent.get(eventId)!,
    partings: () => partings.all(),
    removalWaits: (eventId, key, now) => untouched.get(eventId, key, now) !== undefined,
    isLeaving: (eventId, key) => isLeaving.get(eventId, key) !== undefined,
    lastId: () => lastId.get()?.id ?? 0,
    dueBy(at, late) {
      dueBy.run(Math.round(at), 0)
      dueBy.run(Math.round(late), 1)
    },
    hurry() {
      hurry.run()
    },
    forgetAll() {
      forgetAll.run()
    },
  }
}
