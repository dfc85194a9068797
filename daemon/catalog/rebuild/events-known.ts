import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { FolderPaths } from '../../folders.ts'
import { decodeEvent, storedPaths, type EventRecord, type EventRow } from '../event-row.ts'
import { migrate } from '../store/migrations.ts'
import { bringCatalog, chooseBase } from './base.ts'
import { findPlaces, placesOf, readPlaces } from './places.ts'
import { readPublishedList, type PublishedList } from './published-list.ts'
import { mergeJournals, type JournalLine } from './read-journals.ts'
import { replay } from './replay.ts'
import { passUnread } from './unread.ts'

/** An Event, and what its guests were shown last, as it lies in its web folder. */
export interface KnownEvent {
  readonly event: EventRecord
  /** Null where no list of this Event's lies there. */
  readonly list: PublishedList | null
}

/** What may be told to guests while there is no catalog. */
export interface KnownEvents {
  readonly all: readonly KnownEvent[]
  /** The slug of the current one; null where nothing says it. */
  readonly current: string | null
  /** Ids of publications that the journals know to be out: guests get nothing of them, whatever their list says. */
  readonly gone: ReadonlySet<string>
}

/** Reads what guests may see from the newest good copy of the catalog, the journals and the folders. Nothing is written. */
export async function readKnownEvents(needs: { data: string; folders: FolderPaths }): Promise<KnownEvents> {
  const { data } = needs
  const { journals, places } = await readPlaces(
    data,
    await findPlaces(data, needs.folders, passUnread),
    passUnread,
  )
  const { lines } = mergeJournals(journals)
  const placeOf = placesOf(journals)
  const folder = await mkdtemp(join(tmpdir(), 'lep-guests-'))
  try {
    const path = join(folder, 'catalog.db')
    const base = await chooseBase({
      own: null,
      buffers: places.map(({ folders }) => folders.buffer),
      slugs: new Set(journals.flatMap(({ slug }) => slug ?? [])),
    })
    if (base) await bringCatalog(base.path, path)
    const db = new DatabaseSync(path)
    try {
      db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF')
      migrate(db)
      db.exec('BEGIN')
      const ofEvents = lines.filter(({ fact }) => fact.fact.startsWith('event.'))
      replay(db, ofEvents, base?.last ?? 0, (slug) =>
        storedPaths(data, placeOf.get(slug)?.folders ?? needs.folders),
      )
      db.exec('COMMIT')
      return await known(db, data, goneOf(db, lines, base?.last ?? 0))
    } finally {
      db.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function known(db: DatabaseSync, data: string, gone: ReadonlySet<string>): Promise<KnownEvents> {
  // The cast: rows of the catalog, whose schema migrations.ts vouches for.
  const rows = db.prepare('SELECT * FROM events ORDER BY id DESC').all() as unknown as EventRow[]
  const all: KnownEvent[] = []
  for (const row of rows) {
    const event = decodeEvent(data, row)
    const list = await readPublishedList(event.folders.web, passUnread)
    all.push({ event, list: list?.head.event.slug === event.slug ? list : null })
  }
  const current = Number(db.prepare(`SELECT value FROM settings WHERE key = 'event'`).get()?.['value'] ?? 0)
  return { all, current: all.find(({ event }) => event.id === current)?.event.slug ?? null, gone }
}

/** Publications that left, as the copy and then the journals say. */
function goneOf(db: DatabaseSync, lines: readonly JournalLine[], after: number): ReadonlySet<string> {
  const rows = db.prepare(`SELECT id FROM publications WHERE state = 'gone'`).all()
  const gone = new Set(rows.map(({ id }) => String(id)))
  for (const { n, fact } of lines) {
    if (n <= after) continue
    if (fact.fact === 'publication.gone') gone.add(fact.publication)
    if (fact.fact !== 'publication.live') continue
    gone.delete(fact.publication)
    if (fact.replaced !== null) gone.add(fact.replaced)
  }
  return gone
}
