import { createHash } from 'node:crypto'
import { lstat, open } from 'node:fs/promises'
import { errnoOf } from '../../errors.ts'
import { isSettled, statOf } from '../../originals/proof.ts'
import { chunksOf } from '../../util/reading.ts'

/** A file's hash while it lies still, or null when it changed or went away meanwhile. Its bytes are flushed, for
 * another program may not have done so.
 * @param fingerprint as `fingerprintAt` gave it before
 * @returns also how it looked, where that distinguishes it from what is written over it later */
export async function hashInPlace(
  path: string,
  fingerprint: string,
  signal: AbortSignal,
): Promise<{ sha256: string; bytes: number; modifiedAt: number; stat: string | null } | null> {
  const before = await statOf(path)
  let handle
  try {
    handle = await open(path, 'r')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
  try {
    const hash = createHash('sha256')
    for await (const chunk of chunksOf(handle)) {
      signal.throwIfAborted()
      hash.update(chunk)
    }
    await handle.sync().catch((error: unknown) => {
      // A file that we may only read cannot be flushed on every system.
      if (!['EINVAL', 'EROFS', 'EPERM', 'EBADF'].includes(errnoOf(error) ?? '')) throw error
    })
    const after = await handle.stat()
    const looks = await statOf(path)
    if (before === null || looks !== before || !looksLike(await fingerprintAt(path), fingerprint)) return null
    const stat = isSettled(looks, Date.now()) ? looks : null
    return { sha256: hash.digest('hex'), bytes: after.size, modifiedAt: Math.round(after.mtimeMs), stat }
  } finally {
    await handle.close()
  }
}

/** Whether a file looks as it did, as far as that was noted. */
export function looksLike(now: string | null, before: string): boolean {
  return now === before || (now?.startsWith(`${before}|`) ?? false)
}

/** Size, time and, as the last part, the time of the last change to anything about the file, which nobody can set: a
 * file with the same fingerprint is taken to be unchanged. Null when no file is there; a link is not a file. */
export async function fingerprintAt(path: string): Promise<string | null> {
  try {
    const stats = await lstat(path)
    return stats.isFile() ? `${stats.size}|${Math.round(stats.mtimeMs)}|${Math.round(stats.ctimeMs)}` : null
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
    throw error
  }
}
