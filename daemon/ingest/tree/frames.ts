import { lstat } from 'node:fs/promises'
import { messageOf, errnoOf } from '../../errors.ts'
import { isHidden } from '../../files.ts'
import { SENTINEL } from '../../folders.ts'
import { readEntries, type DiskPath, type Entry } from './entries.ts'
import { isSystemFolder, notAPhoto } from '../../originals/names.ts'
import { shotKey } from '../source.ts'
import type { Message } from '../../contract/message.ts'
import { newMessage } from '../../util/message.ts'

/** A file on a card or in a watched folder that may be a photo. */
export interface Frame {
  readonly key: string
  /** The key, and when the file was last touched in any way: what was set aside is looked at again when this
   * differs. */
  readonly looks: string
  /** Below the Source's top, with forward slashes. */
  readonly path: string
  readonly folder: string
  readonly filename: string
  readonly bytes: number
  readonly modifiedAt: number
  /** Where to read it. */
  readonly absolute: DiskPath
}

export interface Listing {
  readonly frames: Frame[]
  /** What is no photo by its name, and why. */
  readonly others: { readonly path: string; readonly looks: string; readonly reason: Message }[]
  /** Files and folders that could not be looked at. What lies in such a folder nobody knows. */
  readonly unread: { readonly path: string; readonly reason: Message }[]
}

/** Cards nest two folders deep; a loop made by a broken file system ends here. What lies deeper is owed. */
const DEEPEST = 12
const TOO_DEEP = newMessage(
  'too_deep',
  `It lies more than ${DEEPEST} folders deep and was not looked into.`,
  {
    n: DEEPEST,
  },
)
/** Why files are passed over in a folder of our own without a word. */
const BESIDE: ReadonlySet<string> = new Set(['system_file', 'being_written', 'sidecar'])
/** Larger than the largest RAW that a camera writes. */
const LARGEST = 400 * 1024 * 1024

function tooLarge(bytes: number): Message {
  return newMessage('too_large', 'The file is too large for a photo.', { mb: Math.round(bytes / 1e6) })
}

/** `EIO: i/o error, lstat '/Volumes/...'` -> `EIO: i/o error` */
export function unreadable(error: unknown): Message {
  const why = messageOf(error).split(', ')[0]!
  return newMessage('unreadable', `It could not be read: ${why}`, { why })
}

/** Everything below a folder. Hidden folders, those of systems, links and our own photo folders are left out: what was
 * published from here must not come back as a new photo. One bad place on a disk stops nothing but itself.
 * @param prefix how the top is called in the frames' paths; '' for none
 * @param how.isFlat what lies in folders below it is left out, too
 * @param how.isOwn the top itself is a photo folder of ours
 * @throws the system's error when the top cannot be read */
export async function listFrames(
  top: string,
  prefix: string,
  signal: AbortSignal,
  { isFlat = false, isOwn = false }: { isFlat?: boolean | undefined; isOwn?: boolean | undefined } = {},
): Promise<Listing> {
  const listing: Listing = { frames: [], others: [], unread: [] }
  await walk(top, prefix, 0)
  return listing

  async function walk(folder: DiskPath, path: string, depth: number): Promise<void> {
    signal.throwIfAborted()
    const entries = await readEntries(folder)
    if (!(isOwn && depth === 0) && entries.some(({ name }) => name === SENTINEL)) return
    const folders: Entry[] = []
    for (let i = 0; i < entries.length; i += 64)
      await Promise.all(
        entries.slice(i, i + 64).map(async (entry) => {
          if (await isFolder(path, entry)) folders.push(entry)
        }),
      )
    if (isFlat) return
    const inside = path.split('/').at(-1) ?? ''
    const order = new Map(entries.map((entry, index) => [entry, index]))
    folders.sort((a, b) => order.get(a)! - order.get(b)!)
    for (const { name, path: absolute } of folders)
      if (!isHidden(name) && !isSystemFolder(name, inside)) {
        const below = path === '' ? name : `${path}/${name}`
        if (depth === DEEPEST) listing.unread.push({ path: below, reason: TOO_DEEP })
        else await walk(absolute, below, depth + 1).catch((error: unknown) => failed(below, error))
      }
  }

  /** What went away meanwhile is not there any more; everything else is owed. */
  function failed(path: string, error: unknown): void {
    signal.throwIfAborted()
    if (errnoOf(error) !== 'ENOENT') listing.unread.push({ path, reason: unreadable(error) })
  }

  /** Notes what a file is. @returns whether it is a folder */
  async function isFolder(under: string, { name, path: absolute }: Entry): Promise<boolean> {
    const path = under === '' ? name : `${under}/${name}`
    const stats = await lstat(absolute).catch((error: unknown) => {
      // Of a hidden one nobody asks.
      if (!isHidden(name)) failed(path, error)
      return null
    })
    if (stats === null || !stats.isFile()) return stats?.isDirectory() ?? false
    const key = shotKey(path, stats.size, stats.mtimeMs)
    const looks = `${key}|${Math.round(stats.ctimeMs)}`
    const reason = notAPhoto(name) ?? (stats.size > LARGEST ? tooLarge(stats.size) : null)
    // Of what programs keep beside finals nobody asks.
    if (isOwn && reason !== null && BESIDE.has(reason.code)) return false
    if (reason !== null) listing.others.push({ path, looks, reason })
    else
      listing.frames.push({
        key,
        looks,
        path,
        folder: under,
        filename: name,
        bytes: stats.size,
        modifiedAt: Math.round(stats.mtimeMs),
        absolute,
      })
    return false
  }
}
