import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Message } from '../contract/message.ts'
import { FOLDER_ROLES, SENTINEL, type Folders } from '../folders.ts'
import { newMessage } from '../util/message.ts'

/** Folders beside the lost one that are looked into. */
const MOST = 200

/** Finds the open Event's folders that are not in their place, and says where they are now when somebody renamed them.
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

  /** @returns the name that the folder has now, beside where it was */
  async function newNameOf(path: string): Promise<string | null> {
    const id = needs.idOf(path)
    const names = await readdir(dirname(path)).catch(() => [])
    for (const name of names.slice(0, MOST)) {
      const sentinel = await readFile(join(dirname(path), name, SENTINEL), 'utf8').catch(() => null)
      if (sentinel !== null && sentinel.trim() === id) return name
    }
    return null
  }

  async function lookFor(path: string): Promise<Message> {
    const name = await newNameOf(path)
    return name === null
      ? newMessage(
          'folder_missing',
          `The folder ${path} is away. Nothing is written there; all goes on by itself once it is back.`,
          { folder: path },
        )
      : newMessage(
          'folder_renamed',
          `The folder ${path} is called "${name}" now. Name it "${basename(path)}" again; all goes on by itself then.`,
          { folder: path, name, before: basename(path) },
        )
  }

  return {
    async look() {
      const now: Message[] = []
      for (const role of FOLDER_ROLES) {
        const path = folders.path(role)
        const isThere = await folders.check(role).then(
          () => true,
          () => false,
        )
        if (!isThere) now.push(await lookFor(path))
      }
      const same = JSON.stringify(now) === JSON.stringify(found)
      found = now
      if (!same) needs.changed()
    },
    warnings: () => found,
  }
}
