import { randomUUID } from 'node:crypto'
import { mkdir, readFile, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { PhotoState } from './contract/photo.ts'
import type { FolderStatus } from './contract/status.ts'
import { errnoOf, Refusal } from './errors.ts'
import { writeAtomic } from './files.ts'

export const FOLDER_ROLES = ['buffer', 'web', 'trash', 'archive'] as const
export type FolderRole = (typeof FOLDER_ROLES)[number]
/** A Photo's state is the folder that its files are in. */
export const FOLDER_OF: Readonly<Record<PhotoState, FolderRole>> = {
  buffer: 'buffer',
  archived: 'archive',
  trashed: 'trash',
}
export type FolderPaths = Readonly<Record<FolderRole, string>>

/** Lies in each photo folder and holds its id. A pulled disk leaves an empty folder that takes writes; it has no
 * sentinel, or another one. */
export const SENTINEL = '.lep-folder'

/** An Event's four photo folders, which may lie on different disks that come and go. */
export interface Folders {
  readonly paths: FolderPaths
  path(role: FolderRole): string
  /** Call before every write and before every acknowledgement.
   * @throws Refusal 503 `folder_away` when the folder's disk is not there */
  check(role: FolderRole): Promise<void>
  status(): Promise<FolderStatus[]>
  /** Goes over to other folders, making those that were never used before. One that is away stays away until its
   * disk is back. */
  use(paths: FolderPaths): Promise<void>
}

/** @param needs.ids the ids of the folders used before, by path
 *  @param needs.isOurs whether a path lies in the data folder. That disk is there, since the catalog is on it; so a
 *  folder that is missing there was removed, and is made again, while one that is missing elsewhere is away */
export async function openFolders(needs: {
  paths: FolderPaths
  ids: { get(path: string): string | undefined; set(path: string, id: string): void }
  isOurs: (path: string) => boolean
}): Promise<Folders> {
  const { ids } = needs
  let paths = needs.paths

  async function idOnDisk(path: string): Promise<string | undefined> {
    try {
      return (await readFile(join(path, SENTINEL), 'utf8')).trim()
    } catch (error) {
      if (errnoOf(error) === undefined) throw error
      return undefined
    }
  }

  async function isReady(role: FolderRole): Promise<boolean> {
    const id = await idOnDisk(paths[role])
    return id !== undefined && id === ids.get(paths[role])
  }

  async function use(next: FolderPaths): Promise<void> {
    for (const role of FOLDER_ROLES) {
      const path = next[role]
      if (ids.get(path) !== undefined && !needs.isOurs(path)) continue
      await mkdir(path, { recursive: true })
      const found = await idOnDisk(path)
      const id = found ?? randomUUID()
      if (found === undefined) await writeAtomic(join(path, SENTINEL), `${id}\n`)
      ids.set(path, id)
    }
    paths = next
  }

  await use(paths)

  return {
    use,
    get paths() {
      return paths
    },
    path: (role) => paths[role],
    async check(role) {
      if (await isReady(role)) return
      throw new Refusal(
        503,
        'folder_away',
        `The ${role} folder is away: ${paths[role]}. Connect its disk; nothing is written until it is back.`,
      )
    },
    status: () =>
      Promise.all(
        FOLDER_ROLES.map(async (role): Promise<FolderStatus> => {
          const ready = await isReady(role)
          const disk = ready ? await statfs(paths[role]) : null
          return {
            role,
            path: paths[role],
            state: ready ? 'ready' : 'away',
            free_bytes: disk && disk.bavail * disk.bsize,
          }
        }),
      ),
  }
}
