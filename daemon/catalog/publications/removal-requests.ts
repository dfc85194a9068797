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
  of(eventId: number, filename: string): RemovalRequestRecord | undefined
  add(request: Pick<RemovalRequestRecord, 'eventId' | 'filename' | 'reason' | 'from'>): RemovalRequestRecord
  /** One more asks for the same. @param reason kept where there was none */
  joined(id: number, reason: string): void
  /** It was answered, or there is nothing to take out any more. */
  answered(id: number): void
}

const FIELDS =
  'id, event_id AS eventId, filename, reason, source AS "from", asked_at AS at, asked_count AS count'

export function createRemovalRequests(db: Db, now: () => number): RemovalRequests {
  const list = prepare<RemovalRequestRecord>(db, `SELECT ${FIELDS} FROM removal_requests ORDER BY id`)
  const byId = prepare<RemovalRequestRecord>(db, `SELECT ${FIELDS} FROM removal_requests WHERE id = ?`)
  const of = prepare<RemovalRequestRecord>(
    db,
    `SELECT ${FIELDS} FROM removal_requests WHERE event_id = ? AND filename = ?`,
  )
  const add = prepare<RemovalRequestRecord>(
    db,
    `INSERT INTO removal_requests (event_id, filename, reason, source, asked_at) VALUES (?, ?, ?, ?, ?)
     RETURNING ${FIELDS}`,
  )
  const joined = prepare(
    db,
    `UPDATE removal_requests SET asked_count = asked_count + 1, reason = iif(reason = '', ?, reason) WHERE id = ?`,
  )
  const remove = prepare(db, 'DELETE FROM removal_requests WHERE id = ?')
  return {
    list: () => list.all(),
    byId: (id) => byId.get(id),
    of: (eventId, filename) => of.get(eventId, filename),
    add: ({ eventId, filename, reason, from }) => add.get(eventId, filename, reason, from, now())!,
    joined: (id, reason) => void joined.run(reason, id),
    answered: (id) => void remove.run(id),
  }
}
