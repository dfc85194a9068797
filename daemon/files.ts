import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import {
  copyFile,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  unlink,
  type FileHandle,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { errnoOf } from './errors.ts'

const CHUNK = 1 << 20

/** Flushes a folder's entries to the disk, so that a name that was just made or removed survives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces a file as a whole: a reader sees the old bytes or the new ones, also after a power cut. What a crash leaves
 * beside it `removeOldParts` knows. */
export async function writeAtomic(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  const part = join(dirname(path), newPartName())
  try {
    const handle = await open(part, 'wx', mode)
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await discard(part)
    throw error
  }
}

/** Copies that could not be removed when they should have been. */
const owed = new Set<string>()

/** Removes a copy of ours that is of no use any more, whose name is never used again. What a disk refuses to remove is no
 * reason for anything else to fail: it is owed, see `removeOwed`. */
export async function discard(part: string): Promise<void> {
  try {
    await rm(part, { force: true })
    owed.delete(part)
  } catch {
    owed.add(part)
  }
}

/** Tries to remove what `discard` could not. To be called every few seconds. */
export async function removeOwed(): Promise<void> {
  for (const part of owed) await discard(part)
}

/** Writes over a file where it lies, for a disk that has no room for a second one. A reader may see half of it. */
export async function overwrite(path: string, data: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    const { bytesWritten } = await handle.write(data, 0)
    await handle.truncate(bytesWritten)
    await handle.sync()
    if (bytesWritten < Buffer.byteLength(data)) throw new Error(`${path} took ${bytesWritten} bytes only`)
  } finally {
    await handle.close()
  }
}

/** Names that are being given on a disk without hard links: two of ours must not find the same one free. */
const underWay = new Set<string>()

/** Gives a complete, synced file its final name without ever replacing another; `part` is gone afterwards.
 * @throws the system's EEXIST when the name is taken; `part` is then still there */
export async function placeNew(part: string, path: string): Promise<void> {
  await nameNew(part, path)
  await syncFolder(dirname(path))
  if (dirname(part) !== dirname(path)) await syncFolder(dirname(part))
}

/** The same without flushing the folder, for who does it once for many.
 * @throws like `placeNew` */
export async function nameNew(part: string, path: string): Promise<void> {
  try {
    await link(part, path)
    await unlink(part)
  } catch (error) {
    const code = errnoOf(error)
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
    await renameNew(part, path)
  }
}

/** Where there are no hard links (exFAT, some network disks) the name is looked at and then taken. Reserving it with an
 * empty file would be no safer against programs that write over what is there, and a crash between the two would leave
 * that file, which nobody could distinguish from a photo that is still coming. */
async function renameNew(part: string, path: string): Promise<void> {
  if (underWay.has(path)) throw taken(path)
  underWay.add(path)
  try {
    if (await isTaken(path)) throw taken(path)
    await rename(part, path)
  } finally {
    underWay.delete(path)
  }
}

function taken(path: string): Error {
  return Object.assign(new Error(`EEXIST: file already exists, '${path}'`), { code: 'EEXIST' })
}

/** Whether something is there, a broken link included. */
async function isTaken(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}

/** Makes a folder in one that is there. Where that is missing its disk may be away: nothing is made in its place.
 * @throws the system's ENOENT then */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}

/** Moves a file into a folder that is there without ever replacing another, across disks too. Safe to repeat after a crash at any moment.
 * @param emptyIsOurs whether an empty file in its place can only be what an earlier try left, for nobody else writes
 *   there
 * @throws the system's EEXIST when the target's name is taken by another file */
export async function moveFile(from: string, to: string, { emptyIsOurs = false } = {}): Promise<void> {
  try {
    await placeNew(from, to)
    return
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return moveOver(from, to, emptyIsOurs, error)
    if (errnoOf(error) !== 'EXDEV') throw error
  }
  const part = join(dirname(to), newPartName())
  try {
    await copyFile(from, part, constants.COPYFILE_EXCL)
    await syncFile(part)
    await placeNew(part, to)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return await moveOver(from, to, emptyIsOurs, error)
    throw error
  } finally {
    await discard(part)
  }
  await unlink(from)
  await syncFolder(dirname(from))
}

/** What an earlier try that was cut off left at the target: the file itself, under both names, or an empty one. */
async function moveOver(from: string, to: string, emptyIsOurs: boolean, otherwise: unknown): Promise<void> {
  const [left, right] = await Promise.all([stat(from), stat(to)])
  const isEmpty = right.size === 0 && left.size > 0
  if (isEmpty && emptyIsOurs) {
    await unlink(to)
    return moveFile(from, to)
  }
  const isOne = left.dev === right.dev && left.ino === right.ino
  if (!isOne && (left.size !== right.size || !(await haveEqualBytes(from, to)))) throw otherwise
  if (!isOne) await syncFile(to)
  await unlink(from)
  await syncFolder(dirname(from))
}

async function haveEqualBytes(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([open(a, 'r'), open(b, 'r').catch(() => null)])
  try {
    if (!right) return false
    const [one, other] = [Buffer.allocUnsafe(CHUNK), Buffer.allocUnsafe(CHUNK)]
    for (;;) {
      const n = await fill(left, one)
      if (n !== (await fill(right, other)) || !one.subarray(0, n).equals(other.subarray(0, n))) return false
      if (n < CHUNK) return true
    }
  } finally {
    await left.close()
    await right?.close()
  }
}

async function fill(handle: FileHandle, into: Buffer): Promise<number> {
  let at = 0
  while (at < into.length) {
    const { bytesRead } = await handle.read(into, at, into.length - at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return at
}

/** The run that made it. */
const runMark = () => `${process.pid}-${Math.round(performance.timeOrigin)}`
/** A hidden name for a copy that is on its way, which `isOldPart` knows again after a crash. */
export const newPartName = () => `.${runMark()}-${randomUUID()}.part`

/** Whether a file of that name is a copy of ours that is on its way, or was. */
export const isPart = (name: string) =>
  /^\.(\d+-\d+-)?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.part$/.test(name)

/** Whether an earlier run left it. */
export const isOldPart = (name: string) => isPart(name) && !isOwnPart(name)

/** Whether this run made it, and may be writing it. */
export const isOwnPart = (name: string) => isPart(name) && name.startsWith(`.${runMark()}-`)

/** As versions up to 0.3 called what they wrote beside a file. */
const FORMER_PART = /.\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.part$/

/** Removes what earlier runs left half-written in a folder; one that is not there holds nothing.
 * @throws the system's errors but ENOENT */
export async function removeOldParts(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  })
  for (const name of names)
    if (isOldPart(name) || (!name.startsWith('.') && FORMER_PART.test(name)))
      await rm(join(folder, name), { force: true })
}

/** Gives a file that stands where another belongs the first free name beside it, and nothing is lost whatever it is.
 * @returns its name now */
export async function stepAside(path: string): Promise<string> {
  const [stem, extension] = splitName(basename(path))
  for (let n = 2; ; n += 1) {
    const name = `${stem}-${n}${extension}`
    try {
      await placeNew(path, join(dirname(path), name))
      return name
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') throw error
    }
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return false
    throw error
  }
}

/** Two names with the same key may be one file on a Mac: compared composed (NFC) and without case. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** `IMG_1.tar.JPG` -> [`IMG_1.tar`, `.JPG`]; a name without a dot, or with only a leading one, has no extension. */
export function splitName(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
}

/** Files that systems scatter beside photos: `._x`, `.DS_Store`, and everything else that is hidden. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name === 'Thumbs.db' || name === 'desktop.ini'
}
