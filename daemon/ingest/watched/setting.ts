import { realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import { WATCH_LIMIT } from '../../config.ts'
import { WatchedFolder, type WatchedFoldersReply } from '../../contract/watched-folders.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { FOLDER_ROLES, liesIn, type FolderPaths } from '../../folders.ts'
import { isSystemFolder } from '../../originals/names.ts'
import { readList } from '../../util/stored.ts'
import { folderSource } from '../folder.ts'

/** Which folders are watched: those given at the start, and those of the settings. Of each change, `noted` is called in
 * the transaction that makes it. */
export interface WatchedSetting {
  /** All of them, those given at the start first. */
  list(): WatchedFoldersReply['folders']
  /** Those of the settings that are to be watched now: with those given at the start, at most WATCH_LIMIT. */
  wanted(): WatchedFolder[]
  /** @throws Refusal 422 `not_a_path`, `folder_of_system`; 404 `no_such_folder`; 403 `folder_closed`; 409
   * `folder_watched`, `folder_meets_photos`, `too_many_watched` */
  add(folder: WatchedFolder, noted?: () => void): Promise<void>
  /** @throws Refusal 404 `not_watched`, 409 `watched_at_start` */
  change(folder: WatchedFolder, noted?: () => void): void
  /** What was taken from it stays. @throws Refusal like `change` */
  remove(path: string, noted?: () => void): void
  /** Whether photo folders may lie there. @throws Refusal 409 `folder_watched` */
  checkPhotoFolders(paths: FolderPaths): void
}

const KEY = 'watched-folders'
/** What lies in the data folder beside photo folders, and holds pictures or secrets of ours. */
const OURS = ['bucket', 'cache', 'config', 'events']

const meet = (a: string, b: string) => liesIn(a, b) || liesIn(b, a)

/** @param needs.fixed those that were given at the start
 *  @param needs.data the data folder */
export function createWatchedSetting(needs: {
  catalog: Pick<Catalog, 'settings' | 'events' | 'transaction'>
  fixed: readonly string[]
  data: string
}): WatchedSetting {
  const { settings, events, transaction } = needs.catalog
  const fixed = [...new Set(needs.fixed)]
  const own = () => readList(WatchedFolder, settings.get(KEY)).filter(({ path }) => !fixed.includes(path))

  function put(folders: readonly WatchedFolder[], noted: (() => void) | undefined): void {
    transaction(() => {
      settings.set(KEY, JSON.stringify(folders))
      noted?.()
    })
  }

  /** @throws Refusal where it is not one of the settings */
  function find(path: string): WatchedFolder {
    const found = own().find((one) => one.path === resolve(path))
    if (found) return found
    const params = { params: { folder: path } }
    if (fixed.includes(resolve(path)))
      throw new Refusal(
        409,
        'watched_at_start',
        `The folder ${path} is watched because the program was started so.`,
        params,
      )
    throw new Refusal(404, 'not_watched', `The folder ${path} is not watched.`, params)
  }

  /** Ours that a watched folder must neither hold nor lie in. */
  const photoFolders = () => [
    ...events.list().flatMap(({ folders }) => FOLDER_ROLES.map((role) => folders[role])),
    ...OURS.map((name) => join(needs.data, name)),
  ]

  async function check(path: string): Promise<void> {
    const isOne = await stat(path).then((stats) => stats.isDirectory(), throwFor(path))
    if (!isOne) throw noSuchFolder(path)
    if (parts(path).some(([name, inside]) => isSystemFolder(name, inside)))
      throw new Refusal(
        422,
        'folder_of_system',
        `The folder ${path} is one of a system or a program, whose photos are copies or were thrown away.`,
        { params: { folder: path } },
      )
    const real = await realOf(path)
    for (const ours of photoFolders())
      if (meet(path, ours) || meet(real, await realOf(ours)))
        throw new Refusal(
          409,
          'folder_meets_photos',
          `The folder ${path} holds or lies in ${ours}, where this program keeps photos.`,
          { params: { folder: path, other: ours } },
        )
    for (const other of [...fixed, ...own().map((one) => one.path)])
      if (meet(path, other) || meet(real, await realOf(other))) throw watched(path, other)
  }

  return {
    list: () => [
      ...fixed.map((path) => ({ path, recursive: true, source: folderSource(path), fixed: true })),
      ...own().map((folder) => ({ ...folder, source: folderSource(folder.path), fixed: false })),
    ],
    wanted: () => own().slice(0, Math.max(0, WATCH_LIMIT - fixed.length)),
    async add({ path: given, recursive }, noted) {
      if (!isAbsolute(given))
        throw new Refusal(422, 'not_a_path', `Expected a whole path but received "${given}".`, {
          params: { folder: given },
        })
      const path = resolve(given)
      await check(path)
      // Looked at last: another may have come meanwhile.
      const before = own()
      const other = before.find((one) => meet(one.path, path))
      if (other) throw watched(path, other.path)
      if (fixed.length + before.length >= WATCH_LIMIT)
        throw new Refusal(
          409,
          'too_many_watched',
          `At most ${WATCH_LIMIT} folders can be watched. Remove one first.`,
          { params: { n: WATCH_LIMIT } },
        )
      put([...before, { path, recursive }], noted)
    },
    change({ path, recursive }, noted) {
      const found = find(path)
      put(
        own().map((one) => (one.path === found.path ? { ...one, recursive } : one)),
        noted,
      )
    },
    remove(path, noted) {
      const found = find(path)
      put(
        own().filter((one) => one.path !== found.path),
        noted,
      )
    },
    checkPhotoFolders(paths) {
      for (const role of FOLDER_ROLES)
        for (const { path } of own()) if (meet(paths[role], path)) throw watched(paths[role], path)
    },
  }
}

/** The names in a path, each with the one that it lies in. */
const parts = (path: string) => {
  const names = path.split('/').filter((name) => name !== '')
  return names.map((name, at) => [name, names[at - 1] ?? ''] as const)
}

/** Where a path leads; of one that is away, where its parent does. */
const realOf = (path: string): Promise<string> =>
  realpath(path).catch(async () => {
    const parent = dirname(path)
    return parent === path ? path : join(await realOf(parent), path.slice(parent.length))
  })

const noSuchFolder = (path: string) =>
  new Refusal(404, 'no_such_folder', `There is no folder "${path}".`, { params: { folder: path } })

const watched = (path: string, other: string) =>
  new Refusal(
    409,
    'folder_watched',
    path === other
      ? `The folder ${path} is watched already.`
      : `The folder ${path} meets ${other}, which is watched.`,
    { params: { folder: path, other } },
  )

const throwFor = (path: string) => (error: unknown) => {
  if (errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM')
    throw new Refusal(403, 'folder_closed', `The system does not let this program look into "${path}".`, {
      params: { folder: path },
    })
  if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') throw noSuchFolder(path)
  throw error
}
