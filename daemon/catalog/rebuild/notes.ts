import type { JournalFact } from '../store/journal-facts.ts'
import { prepare, type Db } from '../store/sql.ts'

/** What a rebuild decided by itself, for the journals: the next one then decides the same. */
export type Notes = (eventId: number, fact: JournalFact) => void

/** @param now milliseconds since 1970 */
export function createNotes(now: () => number) {
  const kept: { eventId: number; fact: JournalFact }[] = []
  return {
    note: ((eventId, fact) => void kept.push({ eventId, fact })) satisfies Notes,
    /** Lets the journals get them, after the highest number that they have. */
    write(db: Db): void {
      const insert = prepare(db, 'INSERT INTO facts (event_id, line) VALUES (?, ?)')
      const slugOf = prepare<{ slug: string }>(db, 'SELECT slug FROM events WHERE id = ?')
      const at = new Date(now()).toISOString()
      for (const { eventId, fact } of kept)
        insert.run(eventId, JSON.stringify({ v: 1, n: 0, at, e: slugOf.get(eventId)?.slug, ...fact }))
    },
  }
}
