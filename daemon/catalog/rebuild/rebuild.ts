import { mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CatalogFault, RebuildReport } from '../../contract/rebuild.ts'
import { Refusal } from '../../errors.ts'
import { exists, isHidden, syncFile, syncFolder } from '../../files.ts'
import { folderAway, SPILL, type FolderPaths } from '../../folders.ts'
import { storedPaths } from '../event-row.ts'
import { migrate } from '../store/migrations.ts'
import { JOURNAL } from '../store/journal.ts'
import { createTransaction } from '../store/sql.ts'
import { bringCatalog, chooseBase, type Base } from './base.ts'
import type { Inspect } from './adopt.ts'
import { makeEvents } from './events-found.ts'
import { createNotes } from './notes.ts'
import { findPlaces, placesOf, readPlaces, type FoundJournal, type Place } from './places.ts'
import { namesIn } from './published-list.ts'
import { mergeJournals } from './read-journals.ts'
import { replay } from './replay.ts'
import { settle } from './settle.ts'
import { refuseUnread } from './unread.ts'

/** What is rebuilt on its way: a file beside the catalog, which no start opens. */
const PART = 'catalog.db.rebuilding'
const ENDS = ['', '-wal', '-shm', '-journal'] as const

export interface RebuildNeeds {
  /** The data folder. Its lock is the caller's. */
  readonly data: string
  /** The configured folders, which are the first Event's. */
  readonly folders: FolderPaths
  /** What is wrong with the catalog; null: nothing that is known of. */
  readonly fault: CatalogFault | null
  /** Looks at a file that no journal knows. */
  readonly inspect: Inspect
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** `newest` is the newest copy and what the journals say after it. `journals`: no copy is used. `copy`: the newest copy
   * alone; what came after it is adopted as if it were new. */
  readonly from?: 'newest' | 'journals' | 'copy'
}

/** Says what a rebuild would find. Nothing in the data folder or the photo folders is changed.
 * @throws Refusal 404 `nothing_to_rebuild`, 503 `folder_away` where photos wait for the disk with the journal,
 * `rebuild_unread` */
export async function planRebuild(needs: RebuildNeeds): Promise<RebuildReport> {
  const folder = await mkdtemp(join(tmpdir(), 'lep-rebuild-'))
  try {
    return await build(needs, join(folder, PART))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Makes the catalog anew from the journals, the folders and the newest copy that is good, and puts it in its place. The
 * file of before is kept beside it under a name with the date. Cut short at any moment, the catalog is the one of before,
 * or missing, and it can be done again.
 * @throws Refusal 404 `nothing_to_rebuild` where no journal and no photo folder is found, 503 `rebuild_unread`; what the
 * disk throws. Nothing is changed then */
export async function rebuild(needs: RebuildNeeds): Promise<RebuildReport> {
  const part = join(needs.data, PART)
  const path = join(needs.data, 'catalog.db')
  try {
    await removeWith(part)
    const report = await build(needs, part)
    await syncFile(part)
    const kept = await stepAside(path, needs.now())
    await rename(part, path)
    await syncFolder(needs.data)
    return { ...report, kept }
  } catch (error) {
    await removeWith(part)
    throw error
  }
}

async function removeWith(path: string): Promise<void> {
  for (const end of ENDS) await rm(path + end, { force: true })
}

/** @returns the name that the catalog of before has now, or null where there was none */
async function stepAside(path: string, at: number): Promise<string | null> {
  const stamp = new Date(at).toISOString().replace(/[-:]/g, '').slice(0, 15)
  let kept = `${path}.damaged-${stamp}`
  for (let n = 2; await isTaken(kept); n += 1) kept = `${path}.damaged-${stamp}-${n}`
  let any = false
  // The log first: a catalog without it is none that a start would take for whole.
  for (const end of ENDS.toReversed())
    if (await exists(path + end)) {
      await rename(path + end, kept + end)
      any = true
    }
  return any ? kept : null
}

async function isTaken(path: string): Promise<boolean> {
  for (const end of ENDS) if (await exists(path + end)) return true
  return false
}

async function build(needs: RebuildNeeds, to: string): Promise<RebuildReport> {
  const started = performance.now()
  const { data, fault } = needs
  const { journals, places } = await readPlaces(
    data,
    await findPlaces(data, needs.folders, refuseUnread),
    refuseUnread,
  )
  const slugs = new Set(journals.flatMap(({ slug, place }) => (place ? (slug ?? []) : [])))
  await refuseAway(needs, places, slugs)
  const isOwnUsable = needs.from !== 'copy' && (fault === 'older' || fault === null)
  const base =
    needs.from === 'journals'
      ? null
      : await chooseBase({
          own: isOwnUsable ? join(data, 'catalog.db') : null,
          buffers: places.map(({ folders }) => folders.buffer),
          // Also where a journal is lost, and only the folder says whose it was.
          slugs: new Set([...slugs, ...places.flatMap(({ slug }) => slug ?? [])]),
        })
  if (!base && needs.from === 'copy')
    throw new Refusal(
      404,
      'no_good_copy',
      'There is no copy of the catalog that can be read. Rebuild it instead.',
    )
  if (base) await bringCatalog(base.path, to)
  const db = new DatabaseSync(to, { enableForeignKeyConstraints: true })
  try {
    // Whatever is written here is flushed once, at the end; what is cut short is thrown away.
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF')
    migrate(db)
    const report = await fill(db, needs, { journals, places, base })
    const [found] = db.prepare('PRAGMA quick_check(1)').all()
    if (found?.['quick_check'] !== 'ok') throw new Error('What was rebuilt is not whole')
    return { ...report, fault, seconds: (performance.now() - started) / 1000 }
  } finally {
    db.close()
  }
}

/** Photos, or decisions, wait for the disk of an Event whose journal was not found: it lies on that disk. Without it lines would get the
 * numbers of those that are there.
 * @throws Refusal 503 `folder_away` */
async function refuseAway(
  { data, folders }: RebuildNeeds,
  places: readonly Place[],
  slugs: ReadonlySet<string>,
): Promise<void> {
  for (const slug of await readdir(join(data, SPILL)).catch(() => new Array<string>())) {
    const names = (await namesIn(join(data, SPILL, slug), refuseUnread)) ?? []
    if (slugs.has(slug) || names.every((name) => isHidden(name) && name !== JOURNAL)) continue
    const place = places.find((one) => one.slug === slug)
    throw folderAway('buffer', (place?.folders ?? folders).buffer)
  }
}

async function fill(
  db: DatabaseSync,
  needs: RebuildNeeds,
  found: { journals: readonly FoundJournal[]; places: readonly Place[]; base: Base | null },
): Promise<Omit<RebuildReport, 'fault' | 'seconds'>> {
  const { data } = needs
  const { journals, places, base } = found
  const transaction = createTransaction(db)
  const { lines, doubled } = mergeJournals(journals)
  const placeOf = placesOf(journals)
  const foldersOf = (slug: string) => storedPaths(data, placeOf.get(slug)?.folders ?? needs.folders)
  const replayed = transaction(() =>
    replay(db, needs.from === 'copy' ? [] : lines, base?.last ?? 0, foldersOf),
  )
  const notes = createNotes(needs.now)
  const events = await makeEvents({ ...needs, db, note: notes.note }, places, placeOf)
  if (events.length === 0)
    throw new Refusal(
      404,
      'nothing_to_rebuild',
      `Nothing of an event was found in ${data}: no journal and no photos. Nothing was changed.`,
      { params: { folder: data } },
    )
  transaction(() => {
    settle(db, lines, new Set(journals.flatMap((one) => (one.place ? [] : one.lines))))
    notes.write(db)
  })
  return {
    copy: base?.path ?? null,
    copied_at: base?.madeAt ? new Date(base.madeAt).toISOString() : null,
    events,
    journals: journals.map(({ path, lines: { length }, faults }) => ({ path, lines: length, ...faults })),
    doubled,
    unused: replayed.unused,
    unknown: Object.fromEntries(replayed.unknown),
    kept: null,
  }
}
