import { createHash } from 'node:crypto'
import { open, mkdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf, isDiskFull, messageOf, Refusal } from '../../errors.ts'
import { newPartName, syncFolder } from '../../files.ts'
import { sha256Of } from '../../originals/proof.ts'
import type { BackupFile } from './manifest.ts'

const CHUNK = 1 << 20
/** How often a file is begun anew that another program writes to. */
const TRIES = 3

export type Copied = Omit<BackupFile, 'path'>

/** Flushes the folders of files that were copied: their names then outlive a power cut, too. */
export async function syncFoldersOf(paths: Iterable<string>): Promise<void> {
  for (const folder of new Set([...paths].map((path) => dirname(path)))) await syncFolder(folder)
}

/** Copies a file under a name that is ours, flushes it, and reads it back. The time of its last change goes with it.
 * Its name is flushed by `syncFoldersOf`, once for many.
 * @returns null when the file is not there any more
 * @throws Refusal 507 `backup_disk_full`, 422 `backup_source_unread`, 503 `backup_unsound` or `backup_target_unwritable`;
 * nothing half-done is left then */
export async function copyVerified(from: string, to: string, mode?: number): Promise<Copied | null> {
  const part = join(dirname(to), newPartName())
  try {
    await mkdir(dirname(to), { recursive: true })
    const copied = await copyUnmoved(from, part, mode)
    if (copied === null) return null
    if ((await sha256Of(part)) !== copied.sha256) throw unsound(to)
    await rename(part, to)
    return copied
  } catch (error) {
    if (isDiskFull(error)) throw full(to, error)
    if (error instanceof Refusal) throw error
    throw new Refusal(503, 'backup_target_unwritable', `${to} could not be written: ${messageOf(error)}.`, {
      cause: error,
      params: { path: to, why: messageOf(error) },
    })
  } finally {
    await rm(part, { force: true }).catch(() => undefined)
  }
}

/** What another program writes to meanwhile is read again; the last try counts. */
async function copyUnmoved(from: string, part: string, mode?: number): Promise<Copied | null> {
  for (let n = 1; ; n += 1) {
    const before = await reading(from, () => stat(from))
    if (before === null) return null
    const sha256 = await copyBytes(from, part, mode)
    const after = await reading(from, () => stat(from))
    if (sha256 === null || after === null) return null
    if (n < TRIES && (before.size !== after.size || before.mtimeMs !== after.mtimeMs)) continue
    const { size: bytes } = await stat(part)
    const modifiedAt = Math.round(after.mtimeMs)
    await utimes(part, modifiedAt / 1000, modifiedAt / 1000)
    return { bytes, sha256, modified_at: modifiedAt }
  }
}

async function copyBytes(from: string, part: string, mode?: number): Promise<string | null> {
  const source = await reading(from, () => open(from, 'r'))
  if (source === null) return null
  try {
    const target = await open(part, 'w', mode)
    try {
      const hash = createHash('sha256')
      const chunk = Buffer.allocUnsafe(CHUNK)
      for (;;) {
        const read = await reading(from, () => source.read(chunk, 0, CHUNK))
        if (read === null || read.bytesRead === 0) break
        const bytes = chunk.subarray(0, read.bytesRead)
        hash.update(bytes)
        for (let at = 0; at < bytes.length;) at += (await target.write(bytes, at)).bytesWritten
      }
      await target.sync()
      return hash.digest('hex')
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

/** @returns null when the file is gone @throws Refusal `backup_source_unread` */
async function reading<T>(path: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'ENOTDIR') return null
    throw new Refusal(
      422,
      'backup_source_unread',
      `${path} could not be read: ${messageOf(cause)}. Nothing was changed there; its disk may be gone or failing.`,
      { cause, params: { path, why: messageOf(cause) } },
    )
  }
}

const unsound = (path: string) =>
  new Refusal(
    503,
    'backup_unsound',
    `What was written to ${path} is not what is read back from there. That disk may be failing; use another one.`,
    { params: { path } },
  )

const full = (path: string, cause: unknown) =>
  new Refusal(
    507,
    'backup_disk_full',
    `The disk of ${path} is full. Make room there and run it again; what was copied stays and is not copied again.`,
    { cause, params: { path } },
  )
