import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, statfs, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Type } from 'typebox'
import { errnoOf, Refusal } from '../../errors.ts'
import { isHidden, syncFolder, writeAtomic } from '../../files.ts'
import { FOLDER_ROLES } from '../../folders.ts'
import { sha256Of } from '../../originals/proof.ts'
import { lockData } from '../../util/lock.ts'
import { overlap } from '../../util/real-path.ts'
import { readStored } from '../../util/stored.ts'
import { copyVerified, syncFoldersOf } from './copying.ts'
import { CATALOG, verifyBackup, type BackupFile, type Manifest } from './manifest.ts'
import { correctCatalog, ownFolder, readSlugs } from './restored-catalog.ts'

/** Lies in a data folder while it is being restored, and says from which backup. The daemon does not start over it. */
const RESTORING = '.lep-restoring'

/** @throws Refusal 409 `restore_unfinished` where a restore into the data folder was cut short */
export function refuseUnfinishedRestore(data: string): void {
  if (!existsSync(join(data, RESTORING))) return
  throw new Refusal(
    409,
    'restore_unfinished',
    `The data folder ${data} was not restored to its end. Run npm run restore again with the same backup, or start with another data folder (--data).`,
    { params: { folder: data } },
  )
}

/** Brings a backup into a new or empty data folder, so that a daemon starts there as on the one of before. Every file
 * of the backup is read and compared before anything is written. Cut short, the folder is marked, and the next run with
 * the same backup goes on.
 * @param needs.progress hears what is being done, how many files of that are done, and how many there are
 * @throws Refusal in plain words */
export async function restoreBackup(needs: {
  from: string
  data: string
  progress: (what: 'read' | 'copy', done: number, all: number) => void
}): Promise<Manifest> {
  const { from, data } = needs
  await refuseInside(from, data)
  await checkEmpty(data, null)
  const { manifest, faults } = await verifyBackup(from, (done, all) => needs.progress('read', done, all))
  if (faults.length > 0)
    throw new Refusal(
      422,
      'backup_damaged',
      `The backup in ${from} is damaged, and nothing was restored: ${faults.slice(0, 3).join(' ')}${faults.length > 3 ? ` And ${faults.length - 3} more.` : ''}`,
      { params: { folder: from } },
    )
  const devices = await readDevices(from)
  return restoreFrom({ manifest, at: (path) => join(from, path), devices }, data, needs.progress)
}

/** @throws Refusal 422 `backup_inside` */
export async function refuseInside(from: string, data: string): Promise<void> {
  if (await overlap(from, data))
    throw new Refusal(
      422,
      'backup_inside',
      `The backup folder ${from} and the data folder ${data} lie in one another. Choose another data folder.`,
      { params: { folder: from, data } },
    )
}

/** What a data folder can be made of: everything was read and compared. */
export interface Restorable {
  readonly manifest: Manifest
  /** Where a file of the manifest lies. */
  readonly at: (path: string) => string
  readonly devices: Parameters<typeof correctCatalog>[0]['devices']
}

/** See `restoreBackup`. @throws Refusal in plain words */
export async function restoreFrom(
  { manifest, at, devices }: Restorable,
  data: string,
  progress: (what: 'copy', done: number, all: number) => void,
): Promise<Manifest> {
  const mark = JSON.stringify({ made_at: manifest.made_at, count: manifest.count, bytes: manifest.bytes })
  await checkEmpty(data, mark)
  const slugs = readSlugs(at(CATALOG))
  await mkdir(data, { recursive: true })
  await checkRoom(data, manifest)
  const unlock = lockData(data)
  try {
    await writeAtomic(join(data, RESTORING), mark)
    const part = join(data, `${CATALOG}.part`)
    const targets: string[] = []
    for (const [n, file] of manifest.files.entries()) {
      const target = file.path === CATALOG ? part : targetOf(data, file.path, slugs)
      if (target !== null) {
        await bring(at(file.path), target, file)
        targets.push(target)
      }
      progress('copy', n + 1, manifest.count)
    }
    await forgetFolders(join(data, 'config', 'daemon.json'))
    await correctCatalog({
      path: part,
      data,
      slugs,
      devices,
      madeAt: manifest.made_at,
    })
    await syncFoldersOf(targets)
    await rename(part, join(data, CATALOG))
    await syncFolder(data)
    await rm(join(data, RESTORING))
    await syncFolder(data)
  } finally {
    unlock()
  }
  return manifest
}

/** @param mark that a restore of this backup left, or null for any
 *  @throws Refusal 409 `restore_not_empty` */
export async function checkEmpty(data: string, mark: string | null): Promise<void> {
  const names = await readdir(data).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return new Array<string>()
    throw error
  })
  if (names.every(isHidden) && !names.includes(RESTORING)) return
  const found = await readFile(join(data, RESTORING), 'utf8').catch(() => null)
  if (found !== null && (mark === null || found === mark)) return
  throw new Refusal(
    409,
    'restore_not_empty',
    `The data folder ${data} is not empty. Restore into a new or empty one; nothing was changed.`,
    { params: { folder: data } },
  )
}

/** @throws Refusal 507 `restore_no_room` */
async function checkRoom(data: string, { bytes }: Manifest): Promise<void> {
  const { bavail, bsize } = await statfs(data)
  const there = await bytesBelow(data)
  if (bavail * bsize + there >= bytes) return
  const mb = (value: number) => Math.ceil(value / 1e6)
  throw new Refusal(
    507,
    'restore_no_room',
    `The disk of ${data} has ${mb(bavail * bsize)} MB free, and the backup needs ${mb(bytes - there)} MB. Nothing was written.`,
    { params: { folder: data, free: mb(bavail * bsize), bytes: mb(bytes - there) } },
  )
}

/** What an earlier run brought already. */
async function bytesBelow(folder: string): Promise<number> {
  let sum = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size
  return sum
}

/** Where a file of the backup belongs in the data folder; null for what is read elsewhere. */
function targetOf(data: string, path: string, slugs: readonly string[]): string | null {
  const [top, ...rest] = path.split('/')
  if (top === 'config') return join(data, 'config', ...rest)
  if (top === 'keys') return path === 'keys/devices.json' ? null : join(data, 'config', ...rest)
  const [slug = '', role, ...file] = rest
  const known = FOLDER_ROLES.find((one) => one === role)
  const at = slugs.indexOf(slug)
  if (top !== 'events' || known === undefined || at < 0 || file.length === 0) return null
  return join(data, ownFolder(known, slug, at === 0), ...file)
}

/** @throws Refusal 422 `backup_damaged` when it is not what the manifest says any more */
async function bring(from: string, to: string, file: BackupFile): Promise<void> {
  const isKey = file.path.startsWith('keys/')
  if (isKey) await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  const here = await stat(to).catch(() => null)
  const isThere = here?.size === file.bytes && (await sha256Of(to)) === file.sha256
  if (!isThere || file.path === CATALOG) {
    const copied = await copyVerified(from, to, isKey ? 0o600 : undefined)
    if (copied?.sha256 !== file.sha256)
      throw new Refusal(
        422,
        'backup_damaged',
        `The backup changed while it was read: ${from} is not what it was. The data folder is not whole yet.`,
        { params: { folder: from } },
      )
  }
  if (isKey) await chmod(to, 0o600)
}

/** The restored photo folders lie in the data folder, wherever those of before lay. */
async function forgetFolders(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => null)
  const found = text === null ? undefined : readStored(Type.Record(Type.String(), Type.Unknown()), text)
  if (!found || !('folders' in found)) return
  const { folders: _, ...rest } = found
  await writeAtomic(path, `${JSON.stringify(rest, null, 2)}\n`)
}

const Rows = Type.Record(
  Type.String(),
  Type.Array(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()]))),
)

async function readDevices(from: string) {
  const text = await readFile(join(from, 'keys', 'devices.json'), 'utf8').catch(() => undefined)
  return readStored(Rows, text) ?? null
}
