import type { AuditActor, AuditText } from './audit-line.ts'
import type { Journal } from '../store/journal.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

export { BY_ITSELF, OWNER, type AuditActor, type AuditText } from './audit-line.ts'

export type AuditRecord = AuditActor &
  AuditText & {
    readonly id: number
    /** Milliseconds since 1970. */
    readonly at: number
  }

/** The audit trail of each Event. Lines are only ever added. */
export interface Audit {
  /** Call in the transaction of what was done, where that is one. */
  note(eventId: number, entry: AuditActor & AuditText): void
  /** Newest first.
   * @param page.before only what has a smaller id
   * @param page.device only this device's; empty is the owner at the machine */
  list(eventId: number, page: { limit: number; before?: number; device?: string }): AuditRecord[]
  /** Everybody in the trail, by the name that they have now or had last. */
  actors(eventId: number): { device: string; name: string }[]
  /** A device as it is paired now, or, when it is paired no more, as its last line has it. */
  actor(device: string): AuditActor
}

type Row = Record<'device' | 'name' | 'what' | 'subject' | 'details', string> &
  Record<'id' | 'at', number> &
  Pick<AuditActor, 'role'>

export function createAudit(needs: {
  db: Db
  transaction: Transaction
  journal: Journal
  now: () => number
}): Audit {
  const { db, transaction, journal, now } = needs
  const insert = prepare(
    db,
    'INSERT INTO audit (event_id, at, device, name, role, what, subject, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const page = prepare<Row>(db, 'SELECT * FROM audit WHERE event_id = ? AND id < ? ORDER BY id DESC LIMIT ?')
  const pageOf = prepare<Row>(
    db,
    `SELECT * FROM audit WHERE event_id = ? AND device = ? AND role != 'none' AND id < ? ORDER BY id DESC LIMIT ?`,
  )
  const actors = prepare<{ device: string; name: string }>(
    db,
    `SELECT device, COALESCE((SELECT name FROM devices WHERE id = device), name) AS name, MAX(id) AS newest
     FROM audit WHERE event_id = ? AND role != 'none' GROUP BY device ORDER BY newest DESC`,
  )
  const actor = prepare<AuditActor>(
    db,
    `SELECT * FROM (SELECT id AS device, name, role FROM devices WHERE id = ?1)
     UNION ALL SELECT * FROM (SELECT device, name, role FROM audit WHERE device = ?1 ORDER BY id DESC LIMIT 1) LIMIT 1`,
  )
  return {
    note(eventId, entry) {
      const { device, name, role, what, subject, details } = entry
      transaction(() => {
        const at = now()
        insert.run(eventId, at, device, name, role, what, subject, JSON.stringify(details))
        journal.note(eventId, { fact: 'deed', device, name, role, what, subject, details }, at)
      })
    },
    list(eventId, { limit, before = Number.MAX_SAFE_INTEGER, device }) {
      const rows =
        device === undefined ? page.all(eventId, before, limit) : pageOf.all(eventId, device, before, limit)
      return rows.map(({ id, at, device, name, role, what, subject, details }) => ({
        ...{ id, at, device, name, role, what, subject },
        details: JSON.parse(details) as string[],
      }))
    },
    actors: (eventId) => actors.all(eventId).map(({ device, name }) => ({ device, name })),
    actor(device) {
      const found = actor.get(device)
      return found ? { ...found } : { device, name: '', role: 'none' }
    },
  }
}
