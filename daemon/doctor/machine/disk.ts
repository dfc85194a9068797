import { access, constants, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { join } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { newPartName } from '../../files.ts'
import { SENTINEL } from '../../folders.ts'
import type { FolderAccess } from '../facts.ts'

const BLOCK = Buffer.alloc(4 << 20, 0x5a)
/** Bytes that are written at most, and milliseconds after which no more is. */
const MOST = 64 << 20
const LONG_ENOUGH = 1500
/** Files whose size is looked at. */
const SAMPLE = 60

/** Writes a hidden file beside the photos, flushes it and removes it. One that a crash leaves is cleared like every part
 * of a copy.
 * @returns bytes a second @throws the system's errors */
export async function measureWriting(folder: string, signal: AbortSignal): Promise<number> {
  const path = join(folder, newPartName())
  const handle = await open(path, 'wx')
  try {
    const begun = performance.now()
    let bytes = 0
    while (bytes < MOST && performance.now() - begun < LONG_ENOUGH && !signal.aborted) {
      await handle.write(BLOCK)
      bytes += BLOCK.length
      await handle.datasync()
    }
    return (bytes * 1000) / (performance.now() - begun)
  } finally {
    await handle.close()
    await rm(path, { force: true })
  }
}

/** Whether this program may use a folder. One that is not there is no refusal. */
export async function readAccess(role: FolderAccess['role'], path: string): Promise<FolderAccess> {
  const mode = role === 'card' ? constants.R_OK : constants.R_OK | constants.W_OK | constants.X_OK
  const isMarked = await readFile(join(path, SENTINEL)).then(
    () => true,
    () => false,
  )
  try {
    await access(path, mode)
    // On a Mac a removable disk says yes, and refuses to be listed.
    await readdir(path)
    return { role, path, refused: null, isMarked }
  } catch (error) {
    const why = errnoOf(error) ?? 'EIO'
    return { role, path, refused: ['ENOENT', 'ENOTDIR'].includes(why) ? null : why, isMarked }
  }
}

/** @returns bytes of one of the newest files that have one of these ends, on average; null where there is none */
export async function averageBytes(folder: string, ends: RegExp): Promise<number | null> {
  const names = (await readdir(folder).catch((): string[] => [])).filter((name) => ends.test(name))
  // Cameras count upwards: the last names are the newest.
  const sizes = await Promise.all(
    names
      .sort()
      .slice(-SAMPLE)
      .map((name) =>
        stat(join(folder, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  )
  const some = sizes.filter((size) => size > 0)
  return some.length === 0 ? null : some.reduce((sum, size) => sum + size, 0) / some.length
}
