import { randomUUID } from 'node:crypto'
import { access, constants, readFile, stat } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { Type, type Static } from 'typebox'
import type { Catalog } from '../../catalog/catalog.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { writeAtomic } from '../../files.ts'
import { SENTINEL, type FolderPaths } from '../../folders.ts'
import { overlap } from '../../util/real-path.ts'
import { readStored } from '../../util/stored.ts'

/** Begins the id of a second copy: its folder is no photo folder, and that of an earlier catalog may be gone on with. */
export const MARK = 'second-copy:'
const KEY = 'second-copy'

const Target = Type.Object({ folder: Type.String(), id: Type.String() })
/** Where the second copy goes: a folder, and the id that its sentinel must hold. */
export type Target = Static<typeof Target>

/** Which folder the second copy goes to. */
export type Place = ReturnType<typeof createPlace>

/** @param needs.data the data folder
 *  @param needs.watched folders that photos are copied from */
export function createPlace(needs: {
  catalog: Pick<Catalog, 'settings' | 'events' | 'transaction'>
  data: string
  watched: () => readonly string[]
}) {
  const { settings, events, transaction } = needs.catalog

  async function checkFolder(folder: string): Promise<void> {
    const photoFolders = events.list().flatMap(({ folders }) => Object.values(folders))
    for (const ours of [...photoFolders, needs.data])
      if (await overlap(folder, ours))
        throw new Refusal(
          409,
          'second_copy_inside',
          `The folder ${folder} holds or lies in ${ours}, where the photos are: a copy there is no second one.`,
          { params: { folder, other: ours } },
        )
    for (const other of needs.watched())
      if (await overlap(folder, other))
        throw new Refusal(409, 'folder_watched', `The folder ${folder} meets ${other}, which is watched.`, {
          params: { folder, other },
        })
  }

  /** @returns the id of a second copy that lies there already, or of a new one */
  async function claim(folder: string): Promise<string> {
    const params = { params: { folder } }
    try {
      if (!(await stat(folder)).isDirectory())
        throw new Refusal(404, 'no_such_folder', `There is no folder "${folder}".`, params)
      await access(folder, constants.W_OK)
      const found = await idIn(folder)
      if (found !== null && !found.startsWith(MARK))
        throw new Refusal(
          409,
          'folder_of_others',
          `The folder ${folder} is a photo folder of another data folder. Choose another one.`,
          params,
        )
      const id = found ?? `${MARK}${randomUUID()}`
      if (found === null) await writeAtomic(join(folder, SENTINEL), `${id}\n`)
      return id
    } catch (cause) {
      if (errnoOf(cause) === 'ENOENT' || errnoOf(cause) === 'ENOTDIR')
        throw new Refusal(404, 'no_such_folder', `There is no folder "${folder}".`, params)
      if (['EACCES', 'EPERM', 'EROFS'].includes(errnoOf(cause) ?? ''))
        throw new Refusal(
          403,
          'folder_closed',
          `The system does not let this program write into "${folder}".`,
          {
            ...params,
            cause,
          },
        )
      throw cause
    }
  }

  const target = (): Target | null => readStored(Target, settings.get(KEY)) ?? null

  return {
    target,
    /** @param noted is called in the transaction of the change
     *  @throws Refusal 422 `not_a_path`; 404 `no_such_folder`; 403 `folder_closed`; 409 `second_copy_inside`,
     *  `folder_watched`, `folder_of_others` */
    async set(given: string | null, noted?: () => void): Promise<void> {
      if (given !== null && !isAbsolute(given))
        throw new Refusal(422, 'not_a_path', `Expected a whole path but received "${given}".`, {
          params: { folder: given },
        })
      const folder = given === null ? null : resolve(given)
      if (folder !== null) await checkFolder(folder)
      const next = folder === null ? null : { folder, id: await claim(folder) }
      transaction(() => {
        settings.set(KEY, next === null ? '' : JSON.stringify(next))
        noted?.()
      })
    },
    /** Whether its own disk is there: an empty folder in its place takes no writes. */
    isThere: async (one: Target): Promise<boolean> => (await idIn(one.folder)) === one.id,
    /** Whether photo folders may lie there. @throws Refusal 409 `second_copy_inside` */
    async checkPhotoFolders(paths: FolderPaths): Promise<void> {
      const now = target()
      if (now === null) return
      for (const path of Object.values(paths))
        if (await overlap(path, now.folder))
          throw new Refusal(
            409,
            'second_copy_inside',
            `The folder ${path} holds or lies in ${now.folder}, where the second copy is: a copy there is no second one.`,
            { params: { folder: path, other: now.folder } },
          )
    },
  }
}

async function idIn(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, SENTINEL), 'utf8').catch(() => '')
  return text.trim() || null
}
