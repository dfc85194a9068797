import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isCopyName } from '../../catalog/store/copies.ts'
import { JOURNAL } from '../../catalog/store/journal.ts'
import type { RebuildReport } from '../../contract/rebuild.ts'
import { Refusal } from '../../errors.ts'
import { isHidden, nameKey, splitName } from '../../files.ts'
import { FOLDER_ROLES, SENTINEL, type FolderPaths } from '../../folders.ts'
import { sha256Of } from '../../originals/proof.ts'
import { MARK } from '../../originals/second-copy/place.ts'
import { CATALOG, eventPath, type BackupFile, type Manifest } from './manifest.ts'
import type { Restorable } from './restore.ts'
import { bringJournals, unreadable } from './second-copy-journals.ts'
import { takeSnapshot, type Snapshot, type SnapshotEvent } from './snapshot.ts'

/** Whether a folder is the top of a second copy. */
export async function isSecondCopy(folder: string): Promise<boolean> {
  const id = await readFile(join(folder, SENTINEL), 'utf8').catch(() => '')
  return id.startsWith(MARK)
}

/** Makes a catalog of the copies of it and the journals that lie in a data folder, as `npm run rebuild` does. */
export type MakeCatalog = (config: { data: string; folders: FolderPaths }) => Promise<RebuildReport>

/** What of the journals could not be used, by their places in the second copy. */
export type JournalReport = Pick<RebuildReport, 'journals' | 'doubled' | 'unused' | 'unknown'>

/** Looks at a second copy as at a backup of what was shot: every file is read, and the catalog is made of its copies and
 * the journals there. What was emptied from the trash stays in the second copy alone; what came after the last journal is
 * new, and so is all of an Event of which nothing else tells. Nothing is written there.
 * @param needs.progress hears how many files are read, and how many there are
 * @throws Refusal 404 `nothing_to_rebuild` where neither a photo nor a journal nor a copy of a catalog is there, 422
 * `backup_damaged` for a file that cannot be read; like `MakeCatalog` */
export async function openSecondCopy(needs: {
  from: string
  program: string
  makeCatalog: MakeCatalog
  progress: (done: number, all: number) => void
}): Promise<Restorable & { report: JournalReport; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'lep-second-'))
  const close = () => rm(folder, { recursive: true, force: true })
  try {
    const slugs = await slugsIn(needs.from)
    const catalog = join(folder, CATALOG)
    const { snapshot, report, journals } = await makeCatalogFrom(needs, slugs, folder, catalog)
    const there = [...(await readAll(needs, slugs)), ...journals]
    const { files, missing } = plan(snapshot, there, shasIn(catalog))
    const paths = new Map(files.map((file) => [file.path, file.from]))
    const manifest: Manifest = {
      v: 1,
      kind: 'live-event-photography backup',
      made_at: new Date(Math.max(0, ...there.map(({ modified_at: at }) => at))).toISOString(),
      program: needs.program,
      catalog_version: snapshot.version,
      event: null,
      photos: 'originals',
      keys: false,
      events: snapshot.events.map(({ slug, title, photos, published }) => ({
        slug,
        title,
        photos,
        published,
      })),
      count: files.length + 1,
      // Without the catalog, which is another each time it is made: the next run is known as the same by it.
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      missing,
      files: [
        ...files.map(({ from: _, ...file }) => file),
        { path: CATALOG, ...(await looksOf(catalog)), sha256: await sha256Of(catalog) },
      ],
    }
    return { manifest, at: (path) => paths.get(path) ?? catalog, devices: null, report, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function slugsIn(from: string): Promise<string[]> {
  const entries = await readdir(from, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory() && !isHidden(entry.name)).map(({ name }) => name)
}

/** Its name is no photo's, and the folder is known to hold something by it. */
const STAND_IN = 'photos of the second copy'

async function makeCatalogFrom(
  { from, makeCatalog }: { from: string; makeCatalog: MakeCatalog },
  slugs: readonly string[],
  folder: string,
  to: string,
): Promise<{ snapshot: Snapshot; report: JournalReport; journals: There[] }> {
  const data = join(folder, 'data')
  const bufferOf = (slug: string) => join(data, 'events', slug, 'photos_buffer')
  const journals: There[] = []
  for (const slug of slugs) {
    const [own, buffer] = [join(from, slug, 'photos_buffer'), bufferOf(slug)]
    await mkdir(buffer, { recursive: true })
    const names = await readdir(own).catch(() => new Array<string>())
    for (const name of names.filter(isCopyName)) await copyFile(join(own, name), join(buffer, name))
    const changedAt = await bringJournals(own, buffer)
    const journal = join(buffer, JOURNAL)
    if (changedAt !== null)
      journals.push({
        slug, name: JOURNAL, from: journal, ...(await looksOf(journal)), modified_at: changedAt,
        sha256: await sha256Of(journal),
      }) // prettier-ignore
    // Its photos are no others': an Event is made of them.
    if (names.some((name) => !isHidden(name))) await writeFile(join(buffer, STAND_IN), '')
  }
  await mkdir(data, { recursive: true })
  // The cast: an entry for each role.
  const folders = Object.fromEntries(
    FOLDER_ROLES.map((role) => [role, join(data, `photos_${role}`)]),
  ) as Record<keyof FolderPaths, string>
  const {
    journals: read,
    doubled,
    unused,
    unknown,
  } = await makeCatalog({ data, folders }).catch((error: unknown) => {
    throw refusalOf(error, from)
  })
  const report = {
    journals: read.map((one) => {
      const slug = slugs.find((each) => one.path === join(bufferOf(each), JOURNAL))
      return slug === undefined ? one : { ...one, path: join(from, slug, 'photos_buffer', JOURNAL) }
    }),
    doubled,
    unused,
    unknown,
  }
  return {
    snapshot: await takeSnapshot({ data, catalog: join(data, CATALOG), to, slug: null }),
    report,
    journals,
  }
}

/** Where a person looks is the second copy. */
const refusalOf = (error: unknown, from: string): unknown =>
  error instanceof Refusal && error.code === 'nothing_to_rebuild'
    ? new Refusal(
        404,
        'nothing_to_rebuild',
        `Nothing of an event was found in ${from}: no journal and no photos. Nothing was changed.`,
        { cause: error, params: { folder: from } },
      )
    : error

interface There extends Omit<BackupFile, 'path'> {
  readonly slug: string
  readonly name: string
  readonly from: string
}

async function readAll(
  { from, progress }: { from: string; progress: (done: number, all: number) => void },
  slugs: readonly string[],
): Promise<There[]> {
  const found: Pick<There, 'slug' | 'name' | 'from'>[] = []
  for (const slug of slugs)
    for (const role of ['photos_buffer', 'photos_finals'])
      for (const entry of await readdir(join(from, slug, role), { withFileTypes: true }).catch(() => []))
        if (entry.isFile() && !isHidden(entry.name))
          found.push({ slug, name: entry.name, from: join(from, slug, role, entry.name) })
  const all: There[] = []
  for (const [n, one] of found.entries()) {
    all.push({ ...one, ...(await looksOf(one.from)), sha256: await hashOf(one.from) })
    progress(n + 1, found.length)
  }
  return all
}

async function hashOf(path: string): Promise<string> {
  try {
    return await sha256Of(path)
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

async function looksOf(path: string) {
  const { size, mtimeMs } = await stat(path)
  return { bytes: size, modified_at: Math.round(mtimeMs) }
}

/** Hashes of every Original that each Event ever had, by its slug. */
function shasIn(catalog: string): ReadonlyMap<string, ReadonlySet<string>> {
  const db = new DatabaseSync(catalog, { readOnly: true })
  try {
    const found = new Map<string, Set<string>>()
    const rows = db
      .prepare('SELECT e.slug, o.sha256 FROM originals o JOIN events e ON e.id = o.event_id')
      .all()
    for (const { slug, sha256 } of rows) {
      const own = found.get(String(slug)) ?? new Set()
      found.set(String(slug), own.add(String(sha256)))
    }
    return found
  } finally {
    db.close()
  }
}

interface PlannedFile extends BackupFile {
  readonly from: string
}

/** What goes where: each Original and each final to the folder of its state. */
function plan(
  { events }: Snapshot,
  there: readonly There[],
  known: ReadonlyMap<string, ReadonlySet<string>>,
): { files: PlannedFile[]; missing: Manifest['missing'] } {
  const files: PlannedFile[] = []
  const missing: Manifest['missing'] = []
  const bring = (path: string, { bytes, sha256, modified_at, from }: There) =>
    files.push({ path, bytes, sha256, modified_at, from })
  for (const event of events) {
    const { slug } = event
    const own = there.filter((one) => one.slug === slug)
    const bySha = new Map(own.map((one) => [one.sha256, one]))
    for (const { role, file, sha256 } of event.expected) {
      if (sha256 === null) continue
      const path = eventPath(slug, role, file)
      const one = bySha.get(sha256)
      if (one) bring(path, one)
      else missing.push({ path, why: 'The second copy does not have it.' })
    }
    const journal = own.find(({ name }) => name === JOURNAL)
    if (journal) bring(eventPath(slug, 'buffer', JOURNAL), journal)
    // Where no journal says so nobody knows whose finals they are.
    for (const { name, from } of known.has(slug) ? [] : own.filter(isFinal))
      missing.push({
        path: `${slug}/photos_finals/${name}`,
        why: `Nothing says which photo it is of: it stays in ${from}.`,
      })
    for (const { name, one } of newOnes(event, own, known.get(slug)))
      bring(eventPath(slug, 'buffer', name), one)
  }
  return { files, missing }
}

const isFinal = ({ from }: Pick<There, 'from'>) => basename(dirname(from)) === 'photos_finals'

/** Came after the journal was copied last: each is a new photo, under a name that is free. */
function newOnes(event: SnapshotEvent, own: readonly There[], known: ReadonlySet<string> | undefined) {
  const finals = new Set(
    event.expected.flatMap(({ role, sha256 }) => (role === 'finals' ? (sha256 ?? []) : [])),
  )
  const taken = new Set(event.expected.flatMap(({ role, file }) => (role === 'buffer' ? nameKey(file) : [])))
  const isNew = ({ name, sha256, from }: There) =>
    name !== JOURNAL && !known?.has(sha256) && !finals.has(sha256) && !isFinal({ from })
  return own.filter(isNew).map((one) => {
    const [stem, extension] = splitName(one.name)
    let name = one.name
    for (let n = 2; taken.has(nameKey(name)); n += 1) name = `${stem}-${n}${extension}`
    taken.add(nameKey(name))
    return { name, one }
  })
}
