import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from './errors.ts'

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

/** Replaces a file as a whole: a reader sees the old bytes or the new ones, also after a power cut. */
export async function writeAtomic(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  const part = `${path}.${randomUUID()}.part`
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
    await rm(part, { force: true })
    throw error
  }
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

/** Gives a complete, synced file its final name without ever replacing another; `part` is gone afterwards.
 * @throws the system's EEXIST when the name is taken; `part` is then still there */
export async function placeNew(part: string, path: string): Promise<void> {
  try {
    await link(part, path)
    await unlink(part)
  } catch (error) {
    const code = errnoOf(error)
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error
    // exFAT and some network disks have no hard links: reserve the name, then rename over our own empty file.
    await (await open(path, 'wx')).close()
    await rename(part, path)
  }
  await syncFolder(dirname(path))
  if (dirname(part) !== dirname(path)) await syncFolder(dirname(part))
}

/** Moves a file without ever replacing another, across disks too. Safe to repeat after a crash.
 * @throws the system's EEXIST when the target's name is taken by another file */
export async function moveFile(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true })
  try {
    await placeNew(from, to)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && (await sameFile(from, to))) {
      // An earlier try was cut off between making the new name and removing the old one.
      await unlink(from)
      await syncFolder(dirname(from))
      return
    }
    if (errnoOf(error) !== 'EXDEV') throw error
    const part = join(dirname(to), `.${randomUUID()}.part`)
    try {
      await copyFile(from, part, constants.COPYFILE_EXCL)
      await syncFile(part)
      await placeNew(part, to)
    } finally {
      await rm(part, { force: true })
    }
    await unlink(from)
    await syncFolder(dirname(from))
  }
}

async function sameFile(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([stat(a), stat(b)])
  return left.dev === right.dev && left.ino === right.ino
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
