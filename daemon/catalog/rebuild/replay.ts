import { newKey, randomHex } from '../../contract/event-document.ts'
import { isStorageFault } from '../../errors.ts'
import { DEFAULT_SETTINGS } from '../event-row.ts'
import type { JournalFact } from '../store/journal-facts.ts'
import { prepare, type Db } from '../store/sql.ts'
import { FactUnused, HANDLERS, type FactPlace } from './handlers.ts'
import type { JournalLine } from './read-journals.ts'
import { createStatements, type RebuildStatements } from './statements.ts'

/** A Photo of which no line names a file is none: its second line was lost, or its bytes are another Photo's. */
const WITHOUT_FILES = `UPDATE photos SET deleted_at = added_at, state = 'trashed' WHERE deleted_at IS NULL
  AND id NOT IN (SELECT photo_id FROM originals WHERE role = 'main')`

/** Lines whose facts are in the catalog now, and those that could not be: of a kind that only a newer program knows, or
 * about something of which nothing is known. */
export interface Replayed {
  readonly used: number
  readonly unknown: ReadonlyMap<string, number>
  readonly unused: number
}

/** Brings what journals say into a catalog, in their order. Call in a transaction.
 * @param after lines up to this number are in the catalog already
 * @param foldersOf an Event's folders, as the catalog keeps them, where no line says them; JSON */
export function replay(
  db: Db,
  lines: readonly JournalLine[],
  after: number,
  foldersOf: (slug: string) => string,
): Replayed {
  const sql = createStatements(db)
  const events = createEventIds(db, sql, foldersOf)
  const unknown = new Map<string, number>()
  let used = 0
  let unused = 0
  for (const { n, at, event, fact } of lines) {
    if (n <= after) continue
    db.exec('SAVEPOINT fact')
    try {
      if (fact.fact === 'event.opened') events.open(fact, at)
      else if (Object.hasOwn(HANDLERS, fact.fact)) apply(sql, fact, { eventId: events.of(event), at })
      else unknown.set(fact.fact, (unknown.get(fact.fact) ?? 0) + 1)
      used += 1
    } catch (error) {
      // What the disk does not take is no fault of the line.
      if (!(error instanceof Error) || isStorageFault(error)) throw error
      db.exec('ROLLBACK TO fact')
      unused += 1
    }
    db.exec('RELEASE fact')
  }
  db.exec(WITHOUT_FILES)
  return { used: used - [...unknown.values()].reduce((sum, count) => sum + count, 0), unknown, unused }
}

function apply(
  sql: RebuildStatements,
  fact: Exclude<JournalFact, { fact: 'event.opened' }>,
  place: FactPlace,
): void {
  // The cast: the handler of that kind takes facts of that kind.
  const handle = HANDLERS[fact.fact] as (sql: RebuildStatements, fact: JournalFact, place: FactPlace) => void
  handle(sql, fact, place)
}

/** The Events' numbers, by their slugs: those that they had, where the journals say them. */
function createEventIds(db: Db, sql: RebuildStatements, foldersOf: (slug: string) => string) {
  const find = prepare<{ id: number }>(db, 'SELECT id FROM events WHERE slug = ?')
  const byId = prepare<{ id: number }>(db, 'SELECT id FROM events WHERE id = ?')
  const insert = prepare<{ id: number }>(
    db,
    `INSERT INTO events (id, slug, prefix, date, starts_at, state, settings, folders, active_at, access_key, access_token)
     VALUES (?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?) RETURNING id`,
  )
  const ids = new Map<string, number>()
  return {
    open(fact: Extract<JournalFact, { fact: 'event.opened' }>, at: number): void {
      const { slug, prefix, date, startsAt, id } = fact
      if (find.get(slug)) return
      const wanted = id !== undefined && !byId.get(id) ? id : null
      const made = insert.get(
        wanted, slug, prefix, date, startsAt, JSON.stringify(DEFAULT_SETTINGS), foldersOf(slug), at, newKey(),
        randomHex(16),
      ) // prettier-ignore
      sql.setting.run('event', String(made!.id))
    },
    of(slug: string): number {
      const known = ids.get(slug) ?? find.get(slug)?.id
      if (known === undefined) throw new FactUnused('The event is not known')
      ids.set(slug, known)
      return known
    },
  }
}
