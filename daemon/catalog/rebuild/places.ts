import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Type } from 'typebox'
import { FOLDER_ROLES, SPILL, type FolderPaths } from '../../folders.ts'
import { readStored } from '../../util/stored.ts'
import { readPaths } from '../event-row.ts'
import { JOURNAL } from '../store/journal.ts'
import { readJournal, type JournalRead } from './read-journals.ts'
import { readOr, type Unread } from './unread.ts'

/** Beside the catalog: where each Event's folders are, and the ids of those. A disk of its own is found by it when the
 * catalog is gone. */
export const PLACES = 'catalog.db.folders'

const Roles = <T extends ReturnType<typeof Type.String>>(one: T) =>
  // Of what is older than finals there is no folder for them.
  Type.Object({ buffer: one, web: one, trash: one, archive: one, finals: Type.Optional(one) })
const KeptPlaces = Type.Object({
  v: Type.Literal(1),
  events: Type.Array(
    Type.Object({
      slug: Type.String(),
      folders: Roles(Type.String()),
      ids: Type.Partial(Roles(Type.String())),
    }),
  ),
})

/** Four folders that an Event's photos may be in. */
export interface Place {
  readonly folders: FolderPaths
  /** Whose they are, where something else than a journal says so. */
  readonly slug: string | null
  /** What the sentinels of the folders said. */
  readonly ids: Readonly<Partial<Record<keyof FolderPaths, string>>>
}

/** The photo folders that a data folder has, and those elsewhere that it is known to have had.
 * @param first the configured ones, which are the first Event's */
export async function findPlaces(data: string, first: FolderPaths, unread: Unread): Promise<Place[]> {
  const [list, events] = [join(data, PLACES), join(data, 'events')]
  const kept = readStored(KeptPlaces, await readOr(list, unread, readFile(list, 'utf8')))
  const slugs = (await readOr(events, unread, readdir(events))) ?? []
  const own = (base: string): FolderPaths => {
    const paths = FOLDER_ROLES.map((role) => [role, join(base, `photos_${role}`)])
    // The cast: an entry for each role.
    return Object.fromEntries(paths) as Record<keyof FolderPaths, string>
  }
  return unlike([
    ...(kept?.events ?? []).map(({ slug, folders, ids }) => ({
      slug,
      folders: readPaths(data, JSON.stringify(folders)),
      ids,
    })),
    { folders: first, slug: null, ids: {} },
    { folders: own(data), slug: null, ids: {} },
    ...slugs.map((slug) => ({ folders: own(join(data, 'events', slug)), slug, ids: {} })),
  ])
}

/** Each buffer folder once; what is known first of it is kept. */
function unlike(places: readonly Place[]): Place[] {
  const seen = new Set<string>()
  return places.filter(({ folders }) => !seen.has(folders.buffer) && seen.add(folders.buffer))
}

/** A journal and where it lay. */
export interface FoundJournal extends JournalRead {
  /** Null for one that lay in the spill folder: its Event's folder was away, and may hold another part of it. */
  readonly place: Place | null
}

/** Reads the journals of the places, and those of other folders that these journals name.
 * @returns the places, too, with what was found on the way */
export async function readPlaces(
  data: string,
  places: readonly Place[],
  unread: Unread,
): Promise<{ journals: FoundJournal[]; places: Place[] }> {
  const journals: FoundJournal[] = []
  const waiting = [...places]
  const all: Place[] = []
  for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
    const { buffer } = place.folders
    if (all.some(({ folders }) => folders.buffer === buffer)) continue
    all.push(place)
    const named = place.slug ?? slugOf(data, buffer)
    const path = join(buffer, JOURNAL)
    const read = await readOr(path, unread, readJournal(path, named))
    if (!read) continue
    journals.push({ ...read, place })
    for (const { fact } of read.lines)
      if (fact.fact === 'event.changed' && fact.folders !== undefined) {
        const folders = pathsOf(data, fact.folders)
        if (folders) waiting.push({ folders, slug: read.slug, ids: {} })
      }
  }
  const spilled = await readSpilled(data, unread)
  return { journals: [...journals, ...spilled], places: all }
}

/** What was noted while the disk of an Event's folder was away. */
async function readSpilled(data: string, unread: Unread): Promise<FoundJournal[]> {
  const folder = join(data, SPILL)
  const found: FoundJournal[] = []
  for (const slug of (await readOr(folder, unread, readdir(folder))) ?? []) {
    const path = join(folder, slug, JOURNAL)
    const read = await readOr(path, unread, readJournal(path, slug))
    if (read) found.push({ ...read, place: null })
  }
  return found
}

/** Where each Event's folders are, by its slug. */
export const placesOf = (journals: readonly FoundJournal[]): ReadonlyMap<string | null, Place> =>
  new Map(journals.flatMap(({ slug, place }) => (place ? [[slug, place] as const] : [])))

function pathsOf(data: string, folders: unknown): FolderPaths | null {
  const read = readStored(Roles(Type.String()), JSON.stringify(folders))
  return read ? readPaths(data, JSON.stringify(read)) : null
}

/** The slug that the path of a later Event's folder says. */
function slugOf(data: string, buffer: string): string | null {
  const folder = dirname(buffer)
  return dirname(folder) === join(data, 'events') ? folder.slice(join(data, 'events').length + 1) : null
}
