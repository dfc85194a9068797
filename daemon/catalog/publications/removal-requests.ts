import { prepare, type Db } from '../store/sql.ts'

export interface RemovalRequestRecord {
  readonly id: number
  readonly eventId: number
  /** The public name. */
  readonly filename: string
  readonly reason: string
  readonly from: 'network' | 'internet'
  /** Milliseconds since 1970. */
  readonly at: number
  readonly count: number
}

/** What guests want taken out and nobody has answered yet. */
export interface RemovalRequests {
  /** The oldest first. */
  list(): RemovalRequestRecord[]
  byId(id: number): RemovalRequestRecord | undefined
  /** @param request.key where it lies in the bucket */
  add(
    request: Pick<RemovalRequestRecord, 'eventId' | 'filename' | 'reason' | 'from'> & { key?: string },
  ): RemovalRequestRecord
  /** One more asks for the same. @param reason kept where there was none */
  joined(id: number, reason: string): void
  /** It was answered, or there is nothing to take out any more. */
  answered(id: number): void
  /** Keys of what lies in the bucket, answered or not. */
  keys(): string[]
  /** What was answered and lies in the bucket still. */
  answeredElsewhere(): { id: number; key: string }[]
  /** It lies in the bucket no more. */
  forget(id: number): void
}

const FIELDS =
  'id, event_id AS eventId, filename, reason, source AS "from", asked_at AS at, asked_count AS count'

export function createRemovalRequests(db: Db, now: () => number): RemovalRequests {
  const list = prepare<RemovalRequestRecord>(
    db,
    `SELECT ${FIELDS} FROM removal_requests WHERE answered_at IS NULL ORDER BY id`,
  )
  const byId = prepare<RemovalRequestRecord>(
    db,
    `SELECT ${FIELDS} FROM removal_requests WHERE id = ? AND answered_at IS NULL`,
  )
  const add = prepare<RemovalRequestRecord>(
    db,
    `INSERT INTO removal_requests (event_id, filename, reason, source, asked_at, object_key) VALUES (?, ?, ?, ?, ?, ?)
     RETURNING ${FIELDS}`,
  )
  const joined = prepare(
    db,
    `UPDATE removal_requests SET asked_count = asked_count + 1, reason = iif(reason = '', ?, reason) WHERE id = ?`,
  )
  const remove = prepare(db, 'DELETE FROM removal_requests WHERE id = ?')
  const answer = prepare(
    db,
    'UPDATE removal_requests SET answered_at = ? WHERE id = ? AND object_key IS NOT NULL',
  )
  const keys = prepare<{ key: string }>(
    db,
    'SELECT object_key AS key FROM removal_requests WHERE object_key IS NOT NULL',
  )
  const there = prepare<{ id: number; key: string }>(
    db,
    'SELECT id, object_key AS key FROM removal_requests WHERE answered_at IS NOT NULL',
  )
  return {
    list: () => list.all(),
    byId: (id) => byId.get(id),
    add: ({ eventId, filename, reason, from, key }) =>
      add.get(eventId, filename, reason, from, now(), key ?? null)!,
    joined: (id, reason) => void joined.run(reason, id),
    answered(id) {
      if (answer.run(now(), id) === 0) remove.run(id)
    },
    keys: () => keys.all().map(({ key }) => key),
    answeredElsewhere: () => there.all(),
    forget: (id) => void remove.run(id),
  }
}
