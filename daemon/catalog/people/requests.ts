import { prepare, type Db } from '../store/sql.ts'

/** How long a request's first reply is repeated, milliseconds. */
export const REQUEST_KEPT = 24 * 3600_000

/** First replies to changing requests, by who asked what (`scope`) and the id that they gave. */
export interface Requests {
  find(scope: string, requestId: string): { status: number; reply: string } | undefined
  keep(scope: string, requestId: string, status: number, reply: string): void
}

export function createRequests(db: Db, now: () => number): Requests {
  const find = prepare<{ status: number; reply: string }>(
    db,
    'SELECT status, reply FROM requests WHERE scope = ? AND request_id = ? AND at > ?',
  )
  const keep = prepare(
    db,
    'INSERT OR REPLACE INTO requests (scope, request_id, status, reply, at) VALUES (?, ?, ?, ?, ?)',
  )
  const forget = prepare(db, 'DELETE FROM requests WHERE at <= ?')
  return {
    find: (scope, requestId) => find.get(scope, requestId, now() - REQUEST_KEPT),
    keep(scope, requestId, status, reply) {
      forget.run(now() - REQUEST_KEPT)
      keep.run(scope, requestId, status, reply, now())
    },
  }
}
