import type { Journal } from '../store/journal.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

export type Clearing = 'leaving' | 'removed' | 'verified'

/** How far publications that were taken out are on their way off the bucket. */
export interface Clearings {
  /** How far the ones that were taken out last are on their way off the bucket, newest first. */
  leaving(eventId: number, limit: number): { name: string; state: Clearing; at: number }[]
  /** Publications that are off the bucket while nobody has looked yet whether guests still find them. */
  unverified(): { id: string; eventId: number; name: string }[]
  cleared(id: string, state: 'removed' | 'verified'): void
}

export function createClearings(needs: { db: Db; transaction: Transaction; journal: Journal }): Clearings {
  const { db, transaction, journal } = needs
  const leaving = prepare<{ name: string; cleared: 'removed' | 'verified' | null; gone_at: number }>(
    db,
    `SELECT name, cleared, gone_at FROM publications WHERE event_id = ? AND state = 'gone' AND was_live = 1 AND place > 0
     ORDER BY gone_at DESC LIMIT ?`,
  )
  const unverified = prepare<{ id: string; event_id: number; name: string }>(
    db,
    `SELECT id, event_id, name FROM publications WHERE cleared = 'removed' ORDER BY gone_at DESC LIMIT 100`,
  )
  const cleared = prepare<{ event_id: number; place: number }>(
    db,
    `UPDATE publications SET cleared = ? WHERE id = ? AND state = 'gone' RETURNING event_id, place`,
  )
  return {
    leaving: (eventId, limit) =>
      leaving
        .all(eventId, limit)
        .map((row) => ({ name: row.name, state: row.cleared ?? 'leaving', at: row.gone_at })),
    unverified: () => unverified.all().map((row) => ({ id: row.id, eventId: row.event_id, name: row.name })),
    cleared(id, state) {
      transaction(() => {
        const row = cleared.get(state, id)
        if (row && row.place > 0)
          journal.note(row.event_id, { fact: 'publication.cleared', publication: id, state })
      })
    },
  }
}
