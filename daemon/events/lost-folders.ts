import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
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
 *  @param needs.changed the warnings are others now */
export function createLostFolders(needs: {
  folders: Pick<Folders, 'path' | 'check'>
  idOf: (path: string) => string | undefined
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
      if (missing.length > 0) now.push(awayNow(missing))
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

/** One sentence for all: they are most often on one disk. */
function awayNow(missing: readonly string[]): Message {
  const folder = missing.join(', ')
  const what = missing.length === 1 ? `The folder ${folder} is away` : `The folders ${folder} are away`
  return newMessage(
    'folder_missing',
    `${what}. Nothing is written there; all goes on by itself once the disk or the folder is back.`,
    { n: missing.length, folder },
  )
}
