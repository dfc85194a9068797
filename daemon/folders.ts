import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, rmdir, statfs } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { PhotoState } from './contract/photo.ts'
import type { FolderStatus } from './contract/status.ts'
import { errnoOf, isDiskFull, messageOf, Refusal } from './errors.ts'
import { nameKey, removeOldParts, writeAtomic } from './files.ts'

export const FOLDER_ROLES = ['buffer', 'web', 'trash', 'archive', 'finals'] as const
export type FolderRole = (typeof FOLDER_ROLES)[number]
/** A Photo's state is the folder that its files are in. */
export const FOLDER_OF: Readonly<Record<PhotoState, FolderRole>> = {
  buffer: 'buffer',
  archived: 'archive',
  trashed: 'trash',
}
export type FolderPaths = Readonly<Record<FolderRole, string>>

/** Where finals lie of an Event that is older than they are: beside its buffer folder, under a name that follows from
 * that one's, so that two Events never share it. */
export function finalsBeside(buffer: string): string {
  const name = basename(buffer)
  const own = /buffer/i.test(name) ? name.replace(/buffer/i, 'finals') : `${name}_finals`
  return join(dirname(buffer), own)
}

/** Lies in each photo folder and holds its id. A pulled disk leaves an empty folder that takes writes; it has no
 * sentinel, or another one. */
export const SENTINEL = '.lep-folder'

/** In the data folder: where shots wait that came while the disk of their folder was away, by Event. */
export const SPILL = 'spill'

/** Paths with a folder for finals, also where those are older than it. */
export const withFinals = (
  paths: Omit<FolderPaths, 'finals'> & { readonly finals?: string },
): FolderPaths => ({
  ...paths,
  finals: paths.finals ?? finalsBeside(paths.buffer),
})

/** In the folder of finals: their bytes as they were taken, by their hash. What lies beside it, programs write over. */
export const KEPT = '.kept'

/** An Event's photo folders, which may lie on different disks that come and go. */
export interface Folders {
  readonly paths: FolderPaths
  path(role: FolderRole): string
  /** Call before every write and before every acknowledgement.
   * @throws Refusal 503 `folder_away` when the folder's disk is not there */
  check(role: FolderRole): Promise<void>
  status(): Promise<FolderStatus[]>
  /** Hears of each folder that was away and is back, as soon as anybody looked. @returns the function that ends it */
  onBack(listener: () => void): () => void
  /** Makes those of an Event's folders that were never used before, without going over to them. One that is away stays
   * away until its disk is back.
   * @throws Refusal 409 `folder_of_others` for a folder of another data folder, 422 `folder_not_made` or 507
   * `disk_full` where one cannot be made; nothing is left of it then */
  prepare(paths: FolderPaths): Promise<Prepared>
}

/** Folders that are there and not used yet. */
export interface Prepared {
  readonly paths: FolderPaths
  /** Remembers them. Call in the transaction that gives them to an Event. */
  record(): void
  /** Goes over to them, once that is committed. */
  enter(): void
  /** Removes what was made of them. */
  discard(): Promise<void>
}

/** What the catalog knows of folders, by their paths. */
export interface FolderIds {
  get(path: string): string | undefined
  set(path: string, id: string): void
  /** Whether a folder with this id is known, wherever it lay, or being made. */
  isKnown(id: string): boolean
  /** Ids of folders that are being made, by their paths. Kept before their marks are written: what a crash leaves there
   * is ours. */
  making(): Readonly<Record<string, string>>
  keepMaking(ids: Readonly<Record<string, string>>): void
}

/** Whether a path is another or lies below it, also on a disk that knows names without their case and in one Unicode
 * form. */
export function liesIn(path: string, other: string): boolean {
  return `${nameKey(path)}/`.startsWith(`${nameKey(other).replace(/\/$/u, '')}/`)
}

/** @param needs.ids the ids of the folders used before, by path
 *  @param needs.isOurs whether a path lies in the data folder. That disk is there, since the catalog is on it; so a
 *  folder that is missing there was removed, and is made again, while one that is missing elsewhere is away */
export async function openFolders(needs: {
  paths: FolderPaths
  ids: FolderIds
  isOurs: (path: string) => boolean
}): Promise<Folders> {
  const { ids } = needs
  let paths = withFinals(needs.paths)

  async function idOnDisk(path: string): Promise<string | undefined> {
    try {
      return (await readFile(join(path, SENTINEL), 'utf8')).trim()
    } catch (error) {
      if (errnoOf(error) === undefined) throw error
      return undefined
    }
  }

  const listeners = new Set<() => void>()
  const away = new Set<string>()

  /** Whether a folder that was never used would come to lie where a pulled disk was. */
  async function isBesideNothing(role: FolderRole, all: FolderPaths): Promise<boolean> {
    const known = ids.get(all.buffer)
    if (role !== 'finals' || known === undefined || ids.get(all.finals) !== undefined) return false
    return (await idOnDisk(all.buffer)) !== known
  }

  /** An Event of before there were finals gets their folder as soon as its disk is there and has room. */
  async function makeLate(role: FolderRole): Promise<void> {
    if (role !== 'finals' || ids.get(paths.finals) !== undefined) return
    if (await isBesideNothing(role, paths)) return
    const { finals } = paths
    const made = await beginMaking([finals])
      .then(() => make(role, finals))
      .catch(() => null)
    if (made) ids.set(made.path, made.id)
    if (made) endMaking([made.path])
  }

  async function isReady(role: FolderRole): Promise<boolean> {
    await makeLate(role)
    const path = paths[role]
    const id = await idOnDisk(path)
    const ready = id !== undefined && id === ids.get(path)
    if (!ready) away.add(path)
    else if (away.delete(path)) for (const listener of listeners) listener()
    return ready
  }

  /** Keeps the ids that folders get which have no mark yet. */
  async function beginMaking(paths: readonly string[]): Promise<void> {
    const making = { ...ids.making() }
    for (const path of paths) if ((await idOnDisk(path)) === undefined) making[path] ??= randomUUID()
    if (Object.keys(making).length > Object.keys(ids.making()).length) ids.keepMaking(making)
  }

  function endMaking(paths: readonly string[]): void {
    const making = Object.entries(ids.making())
    const others = making.filter(([path]) => !paths.includes(path))
    if (others.length < making.length) ids.keepMaking(Object.fromEntries(others))
  }

  /** @returns the id of the folder that was found or made, and how to remove what was made */
  async function make(role: FolderRole, path: string): Promise<Made> {
    const undo: (() => Promise<void>)[] = []
    const discard = async () => {
      for (const step of undo.splice(0).reverse()) await step().catch(() => undefined)
    }
    try {
      const first = await mkdir(path, { recursive: true })
      if (first !== undefined) undo.push(() => removeEmpty(path, first))
      const found = await idOnDisk(path)
      if (found !== undefined && !ids.isKnown(found) && !needs.isOurs(path)) throw ofOthers(role, path)
      const id = found ?? ids.making()[path] ?? randomUUID()
      if (found === undefined) {
        undo.push(() => rm(join(path, SENTINEL), { force: true }))
        await writeAtomic(join(path, SENTINEL), `${id}\n`)
      }
      return { path, id, discard }
    } catch (error) {
      await discard()
      throw error instanceof Refusal ? error : notMade(path, error)
    }
  }

  /** Whether what is wrong with a folder may wait: an Event of before goes on without one for finals. */
  const mayWait = (role: FolderRole, next: FolderPaths) =>
    role === 'finals' && ids.get(next.buffer) !== undefined && ids.get(next.finals) === undefined

  async function makeOne(role: FolderRole, next: FolderPaths): Promise<Made | null> {
    if (await isBesideNothing(role, next)) return null
    try {
      return await make(role, next[role])
    } catch (error) {
      if (mayWait(role, next) && next.finals === finalsBeside(next.buffer)) return null
      throw error
    }
  }

  async function prepare(wanted: FolderPaths): Promise<Prepared> {
    const next = withFinals(wanted)
    const made: Made[] = []
    const roles = FOLDER_ROLES.filter((role) => ids.get(next[role]) === undefined || needs.isOurs(next[role]))
    const wants = roles.map((role) => next[role])
    const discard = async () => {
      for (const one of made.splice(0).reverse()) await one.discard()
      const marks = await Promise.all(wants.map(idOnDisk))
      try {
        endMaking(wants.filter((_, n) => marks[n] === undefined))
      } catch {
        // What stays, on the disk or in the catalog, is known as ours, and used when it is asked for again.
      }
    }
    await beginMaking(wants)
    try {
      for (const role of roles) {
        const one = await makeOne(role, next)
        if (one) made.push(one)
      }
    } catch (error) {
      await discard()
      throw error
    }
    return {
      paths: next,
      record() {
        for (const { path, id } of made) if (ids.get(path) !== id) ids.set(path, id)
        endMaking(wants)
      },
      enter() {
        paths = next
      },
      discard,
    }
  }

  // A disk that is away keeps its half-written mark: whoever wants that folder again finds it.
  for (const path of Object.keys(ids.making())) await removeOldParts(path).catch(() => undefined)
  ;(await prepare(paths)).record()

  return {
    prepare,
    onBack(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get paths() {
      return paths
    },
    path: (role) => paths[role],
    async check(role) {
      if (await isReady(role)) return
      throw folderAway(role, paths[role])
    },
    status: () =>
      Promise.all(
        FOLDER_ROLES.map(async (role): Promise<FolderStatus> => {
          const ready = await isReady(role)
          // A disk that cannot say it is no reason to say nothing of the others.
          const disk = ready ? await statfs(paths[role]).catch(() => null) : null
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

interface Made {
  readonly path: string
  readonly id: string
  discard(): Promise<void>
}

/** Removes a folder that was just made, and those above it up to `first`, as far as nothing lies in them. */
async function removeEmpty(path: string, first: string): Promise<void> {
  for (let folder = path; folder.startsWith(first); folder = dirname(folder)) await rmdir(folder)
}

/** Whether a folder is the one that was used under this path, by its sentinel; of any Event. */
export async function isReadyFolder(path: string, ids: Pick<FolderIds, 'get'>): Promise<boolean> {
  const id = (await readFile(join(path, SENTINEL), 'utf8').catch(() => '')).trim()
  return id !== '' && id === ids.get(path)
}

/** The disk of a folder is not there, or takes nothing. */
export function folderAway(role: FolderRole, path: string, cause?: unknown): Refusal {
  const message = `The ${role} folder is away: ${path}. Connect its disk; nothing is written until it is back.`
  return new Refusal(503, 'folder_away', message, { cause })
}

function ofOthers(role: FolderRole, path: string): Refusal {
  return new Refusal(
    409,
    'folder_of_others',
    `The ${role} folder ${path} belongs to another data folder. Two of them must not share one; choose another folder.`,
    { params: { folder: path } },
  )
}

function notMade(folder: string, cause: unknown): Refusal {
  const why = messageOf(cause)
  if (isDiskFull(cause))
    return new Refusal(507, 'disk_full', `The folder ${folder} could not be made: its disk is full.`, {
      cause,
    })
  return new Refusal(422, 'folder_not_made', `The folder ${folder} could not be made: ${why}`, {
    cause,
    params: { folder, why },
  })
}
