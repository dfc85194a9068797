import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { Message } from '../contract/message.ts'
import { FOLDER_ROLES, SENTINEL, type FolderRole, type Folders } from '../folders.ts'
import { newMessage } from '../util/message.ts'

/** Folders beside the lost one that are looked into. */
const MOST = 200

/** Finds the open Event's folders that are not in their place, and says what they are called now when they were renamed.
 * Nothing is written there meanwhile; with its name back a folder is ready. */
export interface LostFolders {
  /** Looks for those that are away. */
  look(): Promise<void>
  warnings(): Message[]
}

/** @param needs.idOf the id that a folder's sentinel has, by its path
 *  @param needs.disks folders below which disks are mounted
 *  @param needs.changed the warnings are others now */
export function createLostFolders(needs: {
  folders: Pick<Folders, 'path' | 'check'>
  idOf: (path: string) => string | undefined
  disks: readonly string[]
  changed: () => void
}): LostFolders {
  const { folders } = needs
  let found: Message[] = []

  /** Looks for a folder beside where it was, and for the one above it: a Mac calls a disk "SSD 1" when something stands in
   * the place of "SSD". */
  async function findRenamed(path: string): Promise<Message | null> {
    const id = needs.idOf(path)
    for (const folder of [path, dirname(path)]) {
      const names = await readdir(dirname(folder)).catch(() => [])
      for (const name of names.slice(0, MOST)) {
        const there = join(dirname(folder), name, relative(folder, path), SENTINEL)
        const sentinel = await readFile(there, 'utf8').catch(() => null)
        if (sentinel !== null && sentinel.trim() === id) return renamed(folder, name)
      }
    }
    return null
  }

  async function isThere(role: FolderRole): Promise<boolean> {
    return folders.check(role).then(
      () => true,
      () => false,
    )
  }

  /** What the disk is called that all of them were on, where it is not there at all. */
  async function lostDisk(missing: readonly string[]): Promise<string | null> {
    const mounts = new Set(missing.map((path) => mountOf(path)))
    const [mount = null] = mounts
    if (mount === null || mounts.size > 1) return null
    const isHere = await readdir(mount).then(
      () => true,
      () => false,
    )
    return isHere ? null : basename(mount)
  }
  function mountOf(path: string): string | null {
    const root = needs.disks.find((one) => path.startsWith(one + sep))
    const name = root && relative(root, path).split(sep)[0]
    return root && name ? join(root, name) : null
  }

  return {
    async look() {
      const now: Message[] = []
      const missing: string[] = []
      for (const role of FOLDER_ROLES) {
        if (await isThere(role)) continue
        const path = folders.path(role)
        const elsewhere = await findRenamed(path)
        if (elsewhere === null) missing.push(path)
        // Four folders on one disk are one piece of news.
        else if (!now.some(({ message }) => message === elsewhere.message)) now.push(elsewhere)
      }
      if (missing.length > 0) now.push(awayNow(missing, await lostDisk(missing)))
      const same = JSON.stringify(now) === JSON.stringify(found)
      found = now
      if (!same) needs.changed()
    },
    warnings: () => found,
  }
}

function renamed(folder: string, name: string): Message {
  const before = basename(folder)
  return newMessage(
    'folder_renamed',
    `The folder ${folder} is called "${name}" now. Name it "${before}" again; all goes on by itself then.`,
    { folder, name, before },
  )
}

/** One sentence for all: they are most often on one disk. The paths are for whoever asks.
 * @param disk the one that is gone with all of them; null where it is there, or they are on several */
function awayNow(missing: readonly string[], disk: string | null): Message {
  const paths = missing.join('\n')
  const after = 'Nothing is written there; all goes on by itself once'
  if (disk !== null)
    return newMessage('disk_missing', `The disk "${disk}" is away. ${after} it is back.`, {
      ...{ disk, n: missing.length, paths },
    })
  const [first = ''] = missing
  const folder = missing.length === 1 ? basename(first) : commonOf(missing)
  const what =
    missing.length === 1
      ? `The folder "${folder}" is away`
      : `${missing.length} folders in "${folder}" are away`
  return newMessage('folder_missing', `${what}. ${after} the disk or the folder is back.`, {
    ...{ n: missing.length, folder, paths },
  })
}

/** What the folder is called that holds all of them. */
function commonOf(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => dirname(path).split(sep))
  const differs = (part: string, n: number) => others.some((other) => other[n] !== part)
  const end = first.findIndex(differs)
  const common = end < 0 ? first : first.slice(0, end)
  return common.at(-1) || sep
}
