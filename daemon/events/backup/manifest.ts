import { createHash } from 'node:crypto'
import { lstat, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type, type Static } from 'typebox'
import { errnoOf, Refusal } from '../../errors.ts'
import { exists, writeAtomic } from '../../files.ts'
import { sha256Of } from '../../originals/proof.ts'
import { readStored } from '../../util/stored.ts'

/** Says what a backup holds. It is written last, so a folder without it is no whole backup. */
export const MANIFEST = 'manifest.json'
/** Lies in a folder while a backup is written there, and holds the manifest of the run before, if there was one. */
export const UNFINISHED = 'unfinished.json'
export const CATALOG = 'catalog.db'

const BackupFile = Type.Object({
  /** Below the backup's folder, with `/`: `catalog.db`, `config/...`, `keys/...`, `events/<slug>/<role>/...`. */
  path: Type.String(),
  bytes: Type.Integer({ minimum: 0 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** Milliseconds since 1970. */
  modified_at: Type.Integer(),
})
export type BackupFile = Static<typeof BackupFile>

const Manifest = Type.Object({
  v: Type.Literal(1),
  kind: Type.Literal('live-event-photography backup'),
  /** ISO 8601. */
  made_at: Type.String(),
  program: Type.String(),
  catalog_version: Type.Integer(),
  /** The one event that it is of; null: everything. */
  event: Type.Union([Type.String(), Type.Null()]),
  photos: Type.String(),
  keys: Type.Boolean(),
  events: Type.Array(
    Type.Object({
      slug: Type.String(),
      title: Type.String(),
      photos: Type.Object({ buffer: Type.Integer(), archived: Type.Integer(), trashed: Type.Integer() }),
      published: Type.Integer(),
    }),
  ),
  count: Type.Integer(),
  bytes: Type.Integer(),
  /** What the catalog names and no folder has, with the reason. */
  missing: Type.Array(Type.Object({ path: Type.String(), why: Type.String() })),
  files: Type.Array(BackupFile),
})
export type Manifest = Static<typeof Manifest>
/** @param sha256 of the manifest without this field, as `JSON.stringify` writes it */
const Sealed = Type.Object({ sha256: Type.String(), manifest: Manifest })

const sealOf = (manifest: Manifest) => createHash('sha256').update(JSON.stringify(manifest)).digest('hex')

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const sealed = { sha256: sealOf(manifest), manifest }
  await writeAtomic(join(folder, MANIFEST), `${JSON.stringify(sealed, null, 1)}\n`)
}

/** @returns null where there is none, or none that can be believed */
export async function readManifest(path: string): Promise<Manifest | null> {
  const found = readStored(Sealed, await readFile(path, 'utf8').catch(() => ''))
  return found && found.sha256 === sealOf(found.manifest) ? found.manifest : null
}

/** Whether a path of a manifest leads nowhere but into the backup's own places. */
function isOwn(path: string): boolean {
  const segments = path.split('/')
  return (
    (path === CATALOG || /^(config|keys|events)\/./.test(path)) &&
    segments.every((one) => one !== '' && one !== '.' && one !== '..' && !/[\\\0]/.test(one))
  )
}

/** Where the events' photos lie in a backup. */
export const eventPath = (slug: string, role: string, file: string) => `events/${slug}/${role}/${file}`

export interface Verified {
  readonly manifest: Manifest
  /** Plain sentences; empty when every file is what the manifest says. */
  readonly faults: readonly string[]
}

/** Reads every file of a backup and compares it with the manifest.
 * @param progress hears how many files are read, and how many there are
 * @throws Refusal `backup_unfinished`, `backup_none` or `backup_damaged` when there is no manifest to compare with */
export async function verifyBackup(
  folder: string,
  progress: (done: number, all: number) => void,
): Promise<Verified> {
  const path = join(folder, MANIFEST)
  if (!(await exists(path))) {
    if (await exists(join(folder, UNFINISHED)))
      throw new Refusal(
        409,
        'backup_unfinished',
        `The backup in ${folder} was not finished. Run npm run backup again with that folder; it copies only what is missing.`,
        { params: { folder } },
      )
    throw new Refusal(404, 'backup_none', `There is no backup in ${folder}: it has no ${MANIFEST}.`, {
      params: { folder },
    })
  }
  const manifest = await readManifest(path)
  if (!manifest || !manifest.files.every((file) => isOwn(file.path)))
    throw new Refusal(
      422,
      'backup_damaged',
      `The backup in ${folder} is damaged: its ${MANIFEST} is not as it was written. Nothing was changed.`,
      { params: { folder } },
    )
  const faults: string[] = []
  for (const [n, file] of manifest.files.entries()) {
    const fault = await faultOf(folder, file)
    if (fault !== null) faults.push(fault)
    progress(n + 1, manifest.count)
  }
  if (!manifest.files.some((file) => file.path === CATALOG)) faults.push(`${CATALOG} is not in the backup.`)
  return { manifest, faults }
}

async function faultOf(folder: string, file: BackupFile): Promise<string | null> {
  const path = join(folder, file.path)
  try {
    const found = await lstat(path)
    if (!found.isFile()) return `${file.path} is no file.`
    if (found.size !== file.bytes) return `${file.path} has ${found.size} bytes instead of ${file.bytes}.`
    return (await sha256Of(path)) === file.sha256 ? null : `${file.path} holds other bytes than were written.`
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return `${file.path} is missing.`
    return `${file.path} cannot be read (${errnoOf(error) ?? String(error)}).`
  }
}
