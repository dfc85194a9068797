import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rename, rm, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from '../../errors.ts'
import { newPartName, placeNew, splitName, stepAside, syncFolder } from '../../files.ts'
import { isUnread, sha256Of } from '../proof.ts'

const CHUNK = 1 << 20

/** How files go to the second copy. */
export interface Copying {
  /** Reads back what was written. */
  readonly readBack?: (path: string) => Promise<string>
  /** Called before each piece: waits while photos come in, and throws once it has to end. */
  readonly pace: () => Promise<void>
}

/** What was read is not what the catalog names: copying it would make the fault look kept. */
export class SourceChanged extends Error {}
/** The disk does not give what is to be copied. */
export class SourceUnread extends Error {}
/** What was written there is not what is read back. */
export class Unsound extends Error {}

/** Writes a file under a hidden name, flushed and read back.
 * @returns its hash, and how it looked where it came from
 * @throws Unsound, SourceUnread; the system's errors. Nothing is left then */
export async function copyBeside(from: string, to: string, { pace, readBack = sha256Of }: Copying) {
  const part = join(dirname(to), newPartName())
  try {
    const source = await reading(from, open(from, 'r'))
    try {
      const { mtimeMs, size } = await source.stat()
      const sha256 = await pour(from, source, part, size, pace)
      await utimes(part, mtimeMs / 1000, mtimeMs / 1000)
      if ((await readBack(part)) !== sha256) throw new Unsound(`${to} is not what was written.`)
      return { part, sha256, bytes: size }
    } finally {
      await source.close()
    }
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    throw error
  }
}

/** @throws SourceUnread; the system's other errors */
async function reading<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    if (!isUnread(cause)) throw cause
    throw new SourceUnread(`${path} could not be read`, { cause })
  }
}

/** @param most what is appended meanwhile is not of this copy */
async function pour(
  from: string,
  source: Awaited<ReturnType<typeof open>>,
  part: string,
  most: number,
  pace: () => Promise<void>,
): Promise<string> {
  const target = await open(part, 'wx')
  try {
    const hash = createHash('sha256')
    const chunk = Buffer.allocUnsafe(CHUNK)
    for (let left = most; left > 0;) {
      await pace()
      const { bytesRead } = await reading(from, source.read(chunk, 0, Math.min(CHUNK, left)))
      if (bytesRead === 0) break
      left -= bytesRead
      hash.update(chunk.subarray(0, bytesRead))
      await target.writeFile(chunk.subarray(0, bytesRead))
    }
    await target.sync()
    return hash.digest('hex')
  } finally {
    await target.close()
  }
}

/** Gives an Original a file of its own in a folder of the second copy, under the first name that is free. A file of
 * that name that holds the very same bytes serves.
 * @returns its name there
 * @throws SourceChanged, SourceUnread, Unsound; the system's errors */
export async function copyOriginal(
  from: string,
  folder: string,
  original: { readonly filename: string; readonly sha256: string; readonly bytes: number },
  copying: Copying,
): Promise<string> {
  const { filename, sha256, bytes } = original
  const [stem, extension] = splitName(filename)
  const nameOf = (n: number) => (n === 1 ? filename : `${stem}-${n}${extension}`)
  const readBack = copying.readBack ?? sha256Of
  const isIts = async (path: string) => (await sizeOf(path)) === bytes && (await readBack(path)) === sha256
  for (let n = 1; (await sizeOf(join(folder, nameOf(n)))) !== null; n += 1)
    if (await isIts(join(folder, nameOf(n)))) return nameOf(n)
  const copy = await copyBeside(from, join(folder, filename), copying)
  try {
    if (copy.sha256 !== sha256) throw new SourceChanged(`${from} is not what was taken.`)
    for (let n = 1; ; n += 1)
      try {
        await placeNew(copy.part, join(folder, nameOf(n)))
        return nameOf(n)
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error
      }
  } finally {
    await rm(copy.part, { force: true }).catch(() => undefined)
  }
}

/** Renews a file of ours that only grows, such as the journal. One that does not begin with what was copied of it lost
 * something, or is damaged: the copy of before stays then, under another name.
 * @returns that name; null where it grew
 * @throws Unsound, SourceUnread; the system's errors */
export async function renewFile(from: string, to: string, copying: Copying): Promise<string | null> {
  const { part } = await copyBeside(from, to, copying)
  try {
    const kept = (await beginsWith(part, to)) ? null : await stepAside(to)
    await rename(part, to)
    await syncFolder(dirname(to))
    return kept
  } finally {
    await rm(part, { force: true }).catch(() => undefined)
  }
}

/** Whether a file begins with all bytes of another one, or there is no other. */
async function beginsWith(path: string, other: string): Promise<boolean> {
  const size = await sizeOf(other)
  if (size === null || size === 0) return true
  if (((await sizeOf(path)) ?? 0) < size) return false
  try {
    return (await sha256Until(path, size)) === (await sha256Until(other, size))
  } catch (error) {
    // What its disk does not give any more stays as well.
    if (isUnread(error)) return false
    throw error
  }
}

async function sha256Until(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { end: bytes - 1 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

export async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null
    throw error
  }
}
