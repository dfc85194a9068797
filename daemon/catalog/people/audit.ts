import type { Role } from '../../contract/roles.ts'
import type { Journal } from '../store/journal.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

/** Who did something: a device, or with an empty id the owner at the machine; role `none` is the program by itself. */
export interface Actor {
  readonly device: string
  readonly name: string
  readonly role: Role | 'none'
}

export const BY_ITSELF: Actor = { device: '', name: '', role: 'none' }

/** What was done, to what. Names only: no value of a setting, no key, no path. */
export interface Deed extends Actor {
  readonly what: string
  readonly subject: string
  readonly details: readonly string[]
}

export interface DeedRecord extends Deed {
  readonly id: number
  /** Milliseconds since 1970. */
  readonly at: number
}

/** The audit trail of each Event. Lines are only ever added. */
export interface Audit {
  note(eventId: number, deed: Deed): void
  /** Newest first.
   * @param page.before only what has a smaller id
   * @param page.device only this device's; empty is the owner at the machine */
  list(eventId: number, page: { limit: number; before?: number; device?: string }): DeedRecord[]
  /** Everybody in the trail, by the name that they have now or had last. */
  actors(eventId: number): { device: string; name: string }[]
}

type Row = Record<'device' | 'name' | 'what' | 'subject' | 'details', string> &
  Record<'id' | 'at', number> & { role: Role | 'none' }

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
  return {
    note(eventId, deed) {
      const { device, name, role, what, subject, details } = deed
      transaction(() => {
        insert.run(eventId, now(), device, name, role, what, subject, JSON.stringify(details))
        journal.note(eventId, { fact: 'deed', device, name, role, what, subject, details })
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
  }
}
