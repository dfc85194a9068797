import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf, messageOf, Refusal } from '../../errors.ts'
import { exists, isHidden, writeAtomic } from '../../files.ts'
import { sha256Of } from '../../originals/proof.ts'
import { overlap } from '../../util/real-path.ts'
import { copyVerified, syncFoldersOf } from './copying.ts'
import { planConfig, writeDevices } from './config-files.ts'
import { CATALOG, MANIFEST, readManifest, UNFINISHED, writeManifest } from './manifest.ts'
import type { BackupFile, Manifest } from './manifest.ts'
import { planEvent, type PhotoChoice, type Plan, type Planned } from './plan.ts'
import { takeSnapshot, type Snapshot } from './snapshot.ts'

export interface BackupNeeds {
  /** The data folder; a daemon may run on it. */
  readonly data: string
  /** Where the backup goes: a new or empty folder, or one of an earlier run. */
  readonly to: string
  /** The one event, or null for everything. */
  readonly slug: string | null
  readonly photos: PhotoChoice
  readonly keys: boolean
  /** This program's version. */
  readonly program: string
  readonly now: () => number
  /** Hears how many files are done, and how many there are. */
  readonly progress: (done: number, all: number) => void | Promise<void>
}

export interface BackupReport {
  readonly manifest: Manifest
  /** How many of the files were not there yet, and their bytes. */
  readonly copied: number
  readonly copied_bytes: number
}

/** How often what moved meanwhile is looked for again. */
const PASSES = 5

/** Copies an event or everything into a folder that can tell whether it is whole. It only reads from the data folder.
 * The catalog is copied first and the files after it; where a photo was moved in between both are looked at again, so
 * that they agree. A second run copies what differs.
 * @throws Refusal in plain words; the folder is then without a manifest, and the next run goes on there */
export async function makeBackup(needs: BackupNeeds): Promise<BackupReport> {
  const { to, data } = needs
  await checkTarget(data, to)
  const before = await begin(to)
  const files = new Map<string, BackupFile>()
  /** Why the disk did not give a photo, by its path in the backup. */
  const unread = new Map<string, string>()
  const known = new Map(before?.files.map((file) => [file.path, file]))
  let copied = 0
  let copiedBytes = 0

  /** A photo that the disk does not give keeps no other from being copied.
   * @returns false when the file is not there any more, or not given */
  async function bringOr(one: Planned): Promise<boolean> {
    try {
      return await bring(one)
    } catch (error) {
      const isPhoto = one.sha256 !== null && error instanceof Refusal && error.code === 'backup_source_unread'
      if (!isPhoto) throw error
      unread.set(one.path, messageOf(error.cause))
      return false
    }
  }

  /** @returns false when the file is not there any more */
  async function bring({ path, from, sha256 }: Planned): Promise<boolean> {
    const target = join(to, path)
    const same = files.get(path) ?? (await unchanged(target, from, sha256, known.get(path)))
    if (same && (await isStill(from, same))) {
      files.set(path, { ...same, path })
      return true
    }
    const one = await copyVerified(from, target, path.startsWith('keys/') ? 0o600 : undefined)
    if (one === null) return false
    files.set(path, { path, ...one })
    copied += 1
    copiedBytes += one.bytes
    return true
  }

  const part = join(to, `${CATALOG}.part`)
  let snapshot: Snapshot
  let missing: Planned[] = []
  for (let pass = 1; ; pass += 1) {
    snapshot = await takeSnapshot({ data, catalog: join(data, CATALOG), to: part, slug: needs.slug })
    const plan = await planAll(snapshot, needs)
    const paths = new Set(plan.files.map(({ path }) => path))
    for (const path of files.keys()) if (!paths.has(path)) files.delete(path)
    const gone: Planned[] = []
    for (const [n, file] of plan.files.entries()) {
      if (!(await bringOr(file))) gone.push(file)
      await needs.progress(n + 1, plan.files.length)
    }
    const lacking = [...gone.filter(({ sha256 }) => sha256 !== null), ...plan.absent]
    const still = lacking.filter(({ path }) => missing.some((one) => one.path === path))
    missing = lacking
    // What two looks have not found is not on its way from one folder into another.
    if (still.length === lacking.length || pass === PASSES) break
  }
  missing = await keepFormer(missing, to, known, files)
  await rename(part, join(to, CATALOG))
  files.set(CATALOG, await fileOf(to, CATALOG))
  if (needs.keys) {
    await writeDevices(to, snapshot.devices)
    files.set('keys/devices.json', await fileOf(to, 'keys/devices.json'))
  }
  await removeOthers(to, files)
  const all = [...files.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const manifest: Manifest = {
    v: 1,
    kind: 'live-event-photography backup',
    made_at: new Date(needs.now()).toISOString(),
    program: needs.program,
    catalog_version: snapshot.version,
    event: needs.slug,
    photos: needs.photos,
    keys: needs.keys,
    events: snapshot.events.map(({ slug, title, photos, published }) => ({ slug, title, photos, published })),
    count: all.length,
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    missing: missing.map(({ path, from }) => ({
      path,
      why: unread.has(path)
        ? `${from} could not be read (${unread.get(path)}). Its disk may be failing; it was left as it is.`
        : `The catalog names it and ${from} is not there.`,
    })),
    files: all,
  }
  await syncFoldersOf(all.map(({ path }) => join(to, path)))
  await writeManifest(to, manifest)
  await rm(join(to, UNFINISHED), { force: true })
  return { manifest, copied, copied_bytes: copiedBytes }
}

const inside = (to: string, data: string) =>
  new Refusal(
    422,
    'backup_inside',
    `The backup folder ${to} and the data folder ${data} lie in one another. Choose another folder, best on another disk.`,
    { params: { folder: to, data } },
  )

/** @throws Refusal 422 `backup_inside`, 409 `backup_not_empty` */
async function checkTarget(data: string, to: string): Promise<void> {
  if (await overlap(to, data)) throw inside(to, data)
  const names = await readdir(to).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return new Array<string>()
    throw error
  })
  const isOurs = names.includes(UNFINISHED) || (await readManifest(join(to, MANIFEST))) !== null
  if (!isOurs && names.some((name) => !isHidden(name)))
    throw new Refusal(
      409,
      'backup_not_empty',
      `${to} holds something else than a backup. Choose a new or empty folder, or that of an earlier backup.`,
      { params: { folder: to } },
    )
}

/** From now on the folder holds no whole backup. @returns the manifest of the run before */
async function begin(to: string): Promise<Manifest | null> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  const [manifest, unfinished] = [join(to, MANIFEST), join(to, UNFINISHED)]
  if (await exists(manifest)) await rename(manifest, unfinished)
  else if (!(await exists(unfinished))) await writeAtomic(unfinished, '{}\n')
  return readManifest(unfinished)
}

async function planAll(snapshot: Snapshot, needs: BackupNeeds): Promise<Plan> {
  const plans = []
  for (const event of snapshot.events) {
    for (const folder of Object.values(event.folders))
      if (await overlap(needs.to, folder)) throw inside(needs.to, folder)
    plans.push(await planEvent(event, needs.photos))
  }
  const config = await planConfig(needs.data, needs.keys)
  return {
    files: [...config, ...plans.flatMap(({ files }) => files)],
    absent: plans.flatMap(({ absent }) => absent),
  }
}

/** Whether the source looks as it did when it was copied. */
async function isStill(from: string, { bytes, modified_at: at }: Omit<BackupFile, 'path'>): Promise<boolean> {
  const found = await stat(from).catch(() => null)
  return found !== null && found.size === bytes && Math.round(found.mtimeMs) === at
}

/** What of an earlier run can stay as it is: read back, and the same as the source.
 * @returns undefined when it has to be copied */
async function unchanged(
  target: string,
  from: string,
  sha256: string | null,
  known: BackupFile | undefined,
): Promise<Omit<BackupFile, 'path'> | undefined> {
  const [there, source] = await Promise.all([stat(target).catch(() => null), stat(from).catch(() => null)])
  if (!there?.isFile() || !source || there.size !== source.size) return undefined
  if (sha256 !== null && known && known.sha256 !== sha256) return undefined
  const here = await sha256Of(target)
  const modifiedAt = Math.round(source.mtimeMs)
  const wanted =
    known?.modified_at === modifiedAt && known.bytes === source.size
      ? known.sha256
      : await sha256Of(from).catch(() => null)
  return here === wanted ? { bytes: there.size, sha256: here, modified_at: modifiedAt } : undefined
}

/** A photo that the source lost stays in the backup where an earlier run brought it there.
 * @returns what is missing here, too */
async function keepFormer(
  missing: readonly Planned[],
  to: string,
  known: ReadonlyMap<string, BackupFile>,
  files: Map<string, BackupFile>,
): Promise<Planned[]> {
  const left: Planned[] = []
  for (const one of missing) {
    const former = known.get(one.path)
    const isWhole =
      former !== undefined &&
      (one.sha256 ?? former.sha256) === former.sha256 &&
      (await sha256Of(join(to, one.path)).catch(() => null)) === former.sha256
    if (isWhole) files.set(one.path, former)
    else left.push(one)
  }
  return left
}

async function fileOf(to: string, path: string): Promise<BackupFile> {
  const { size, mtimeMs } = await stat(join(to, path))
  return { path, bytes: size, sha256: await sha256Of(join(to, path)), modified_at: Math.round(mtimeMs) }
}

/** Removes from the backup's own places what this run did not bring: it was moved, or deleted by a person. */
async function removeOthers(to: string, files: ReadonlyMap<string, BackupFile>): Promise<void> {
  const kept = new Set([...files.keys()].map((path) => path.normalize('NFC')))
  const folders = new Set<string>()
  for (const path of kept) for (let up = dirname(path); up !== '.'; up = dirname(up)) folders.add(up)
  async function walk(below: string): Promise<void> {
    const entries = await readdir(join(to, below), { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = `${below}/${entry.name}`
      const name = path.normalize('NFC')
      if (entry.isDirectory() && folders.has(name)) await walk(path)
      else if (!kept.has(name)) await rm(join(to, path), { recursive: true, force: true })
    }
  }
  for (const top of ['config', 'keys', 'events']) await walk(top)
}
