import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../errors.ts'
import { isHidden } from '../files.ts'
import { SENTINEL } from '../folders.ts'
import { notAPhoto } from './names.ts'
import { shotKey } from './source.ts'
import type { Saying } from '../contract/saying.ts'
import { saying } from '../saying.ts'

/** A file on a card or in a watched folder that may be a photo. */
export interface Frame {
  readonly key: string
  /** Below the Source's top, with forward slashes. */
  readonly path: string
  readonly folder: string
  readonly filename: string
  readonly bytes: number
  readonly modifiedAt: number
  /** Where to read it. */
  readonly absolute: string
}

export interface Listing {
  readonly frames: Frame[]
  /** What is no photo by its name, and why. */
  readonly others: { readonly path: string; readonly key: string; readonly reason: Saying }[]
}

/** Cards nest two folders deep; a loop made by a broken file system ends here. */
const DEEPEST = 12
/** Larger than the largest RAW that a camera writes. */
const LARGEST = 400 * 1024 * 1024

function tooLarge(bytes: number): Saying {
  return saying('too_large', 'The file is too large for a photo.', { mb: Math.round(bytes / 1e6) })
}

/** Everything below a folder. Hidden folders, links and our own photo folders are left out: what was published from
 * here must not come back as a new photo.
 * @param prefix how the top is called in the frames' paths; '' for none
 * @throws the system's error when the top cannot be read; a folder below that went away is skipped */
export async function listFrames(top: string, prefix: string, signal: AbortSignal): Promise<Listing> {
  const listing: Listing = { frames: [], others: [] }
  await walk(top, prefix, 0)
  return listing

  async function walk(folder: string, path: string, depth: number): Promise<void> {
    signal.throwIfAborted()
    const entries = await readdir(folder, { withFileTypes: true })
    if (entries.some(({ name }) => name === SENTINEL)) return
    const files = entries.filter((entry) => entry.isFile())
    for (let i = 0; i < files.length; i += 64)
      await Promise.all(files.slice(i, i + 64).map((entry) => look(folder, path, entry)))
    if (depth === DEEPEST) return
    for (const { name } of entries.filter((entry) => entry.isDirectory() && !isHidden(entry.name))) {
      try {
        await walk(join(folder, name), path === '' ? name : `${path}/${name}`, depth + 1)
      } catch (error) {
        if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EACCES') throw error
      }
    }
  }

  async function look(folder: string, under: string, { name }: Dirent): Promise<void> {
    const absolute = join(folder, name)
    const path = under === '' ? name : `${under}/${name}`
    let stats
    try {
      stats = await stat(absolute)
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return
      throw error
    }
    const key = shotKey(path, stats.size, stats.mtimeMs)
    const reason = notAPhoto(name) ?? (stats.size > LARGEST ? tooLarge(stats.size) : null)
    if (reason !== null) listing.others.push({ path, key, reason })
    else
      listing.frames.push({
        key,
        path,
        folder: under,
        filename: name,
        bytes: stats.size,
        modifiedAt: Math.round(stats.mtimeMs),
        absolute,
      })
  }
}
