import { constants } from 'node:fs'
import { access, mkdir, readdir, stat, statfs } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { Type, type Static } from 'typebox'
import { FolderListing } from '../../../contract/settings.ts'
import { errnoOf, Refusal } from '../../../errors.ts'
import { isHidden } from '../../../files.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'
import { closed, RequestId } from '../../../contract/shapes.ts'

const MOST = 2000
const Path = Type.String({ minLength: 1, maxLength: 1024 })
/** One step of a path. */
const FolderName = Type.String({ minLength: 1, maxLength: 120, pattern: '^[^/\\\\:\\u0000-\\u001f]+$' })

const FolderBody = Type.Object(
  { parent: Path, name: FolderName, request_id: Type.Optional(RequestId) },
  closed,
)

const folderAudit = ({ body }: AuditedCall<Static<typeof FolderBody>>) => ({
  what: 'folder made',
  subject: body.name,
  details: [],
})

/** Lists folders for the person at the machine, who may look anywhere the daemon may: names of folders and nothing
 * else, no file, no content. */
export function registerFolderPicker(
  app: App,
  needs: {
    data: string
    /** Where listing begins; what lies in the data folder is no place for anything else. */
    home: string
    /** Folders below which disks are mounted. */
    disks: readonly string[]
  },
): void {
  const config = { access: 'owner', audit: null } as const

  async function foldersIn(path: string): Promise<FolderListing['folders']> {
    const entries = await readdir(path, { withFileTypes: true })
    const seen = entries.filter((entry) => !isHidden(entry.name)).slice(0, MOST)
    const areFolders = await Promise.all(
      seen.map(async (entry) => {
        if (entry.isDirectory()) return true
        // A link to a folder is one, too: that is how many a Mac names its second disk.
        if (!entry.isSymbolicLink()) return false
        return stat(join(path, entry.name)).then(
          (stats) => stats.isDirectory(),
          () => false,
        )
      }),
    )
    return seen
      .filter((_, n) => areFolders[n])
      .map(({ name }) => ({ name, path: join(path, name) }))
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  }

  async function places(): Promise<FolderListing['places']> {
    const disks = await Promise.all(
      needs.disks.map((root) => foldersIn(root).catch(() => [] as FolderListing['folders'])),
    )
    return [
      { kind: 'data' as const, name: basename(needs.data), path: needs.data },
      { kind: 'home' as const, name: basename(needs.home), path: needs.home },
      ...disks.flat().map((disk) => ({ kind: 'disk' as const, ...disk })),
    ]
  }

  /** @throws Refusal 422 or 404 in words that quote the path */
  async function list(given: string): Promise<FolderListing> {
    if (!isAbsolute(given))
      throw new Refusal(422, 'not_a_path', `Expected a whole path but received "${given}".`, {
        params: { folder: given },
      })
    const path = resolve(given)
    try {
      const [folders, free, writable] = await Promise.all([
        foldersIn(path),
        statfs(path).then(
          ({ bavail, bsize }) => bavail * bsize,
          () => null,
        ),
        access(path, constants.W_OK).then(
          () => true,
          () => false,
        ),
      ])
      const parent = dirname(path)
      return {
        path,
        parent: parent === path ? null : parent,
        folders,
        writable,
        free_bytes: free,
        places: await places(),
      }
    } catch (error) {
      const params = { params: { folder: path } }
      if (errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM')
        throw new Refusal(
          403,
          'folder_closed',
          `The system does not let this program look into "${path}".`,
          params,
        )
      if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR')
        throw new Refusal(404, 'no_such_folder', `There is no folder "${path}".`, params)
      throw error
    }
  }

  app.get(
    '/api/folders',
    {
      config,
      schema: {
        summary: 'The folders in a folder of this computer',
        errors: { 403: ['folder_closed'], 404: ['no_such_folder'], 422: ['not_a_path'] },
        querystring: Type.Object({ path: Type.Optional(Path) }, closed),
        response: { 200: FolderListing },
      },
    },
    ({ query }) =>
      query.path === undefined ? list(needs.home).catch(() => list(needs.data)) : list(query.path),
  )

  app.post(
    '/api/folders',
    {
      config: { ...config, audit: folderAudit },
      schema: {
        summary: 'Make a folder on this computer',
        errors: {
          403: ['folder_closed'],
          404: ['no_such_folder'],
          409: ['folder_exists'],
          422: ['not_a_path', 'bad_name'],
        },
        body: FolderBody,
        response: { 200: FolderListing },
      },
    },
    async ({ body }) => {
      const { path } = await list(body.parent)
      const made = join(path, body.name.trim())
      if (isHidden(body.name.trim()))
        throw new Refusal(422, 'bad_name', `A folder cannot be called "${body.name}".`, {
          params: { name: body.name },
        })
      try {
        await mkdir(made)
      } catch (error) {
        if (errnoOf(error) === 'EEXIST')
          throw new Refusal(409, 'folder_exists', `There is a "${body.name}" already.`, {
            params: { name: body.name },
          })
        if (['EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? ''))
          throw new Refusal(
            403,
            'folder_closed',
            `The system does not let this program write into "${path}".`,
            {
              params: { folder: path },
            },
          )
        throw error
      }
      return list(made)
    },
  )
}
