import { createHash, randomUUID } from 'node:crypto'
import { constants, createReadStream } from 'node:fs'
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from 'typebox'
import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'
import { DoneReply, HeroBody, HeroList, NameBody } from '../contract/api.ts'
import { NEUTRAL } from '../contract/recipe.ts'
import type { Darkroom } from '../darkroom/darkroom.ts'
import { errnoOf, Refusal } from '../errors.ts'
import { placeNew, syncFile } from '../files.ts'
import { sendFile } from './files.ts'
import type { FetchPicture } from './hero-fetch.ts'
import type { App } from './plugin.ts'
import { withUpload } from './upload-part.ts'

const HERO = /^hero-[0-9a-f]{16}\.jpg$/

/** Hero pictures: kept as files of the Event, decoded before they replace anything. */
export function registerAssets(
  app: App,
  needs: {
    catalog: Catalog
    darkroom: Pick<Darkroom, 'inspect' | 'print'>
    change: (eventId: number, change: { hero: string | null }) => Promise<void>
    fetchPicture: FetchPicture
  },
): void {
  const { events } = needs.catalog
  const config = { access: 'owner' } as const
  const folderOf = ({ folders }: EventRecord) => join(folders.web, 'assets')

  async function names(event: EventRecord): Promise<string[]> {
    try {
      return (await readdir(folderOf(event))).filter((name) => HERO.test(name)).sort()
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return []
      throw error
    }
  }

  async function known(event: EventRecord, filename: string): Promise<string> {
    if ((await names(event)).includes(filename)) return filename
    throw new Refusal(404, 'unknown_picture', `There is no hero picture named "${filename}".`)
  }

  app.get(
    '/api/list-hero-images',
    { config: { access: 'viewer' }, schema: { response: { 200: HeroList } } },
    async () => {
      const event = events.current()
      return { images: await names(event), current: event.hero }
    },
  )

  /** Makes a hero of whatever `fill` writes, once it is decoded.
   * @param fill writes the file at the path it is given */
  async function keep(fill: (part: string) => Promise<void>): Promise<string> {
    // Another event may be opened meanwhile: it is this one's picture.
    const event = events.current()
    const folder = folderOf(event)
    await mkdir(folder, { recursive: true })
    const part = join(folder, `.${randomUUID()}.part`)
    const made = `${part}.jpg`
    try {
      await fill(part)
      await needs.darkroom.inspect(part)
      const hash = createHash('sha256')
      for await (const chunk of createReadStream(part)) hash.update(chunk as Buffer)
      const sha256 = hash.digest('hex')
      await needs.darkroom.print({ path: part, sha256 }, NEUTRAL, [{ name: 'web', path: made }])
      await syncFile(made)
      const name = `hero-${sha256.slice(0, 16)}.jpg`
      if (!(await names(event)).includes(name)) await placeNew(made, join(folder, name))
      await needs.change(event.id, { hero: name })
      return name
    } finally {
      await Promise.all([rm(part, { force: true }), rm(made, { force: true })])
    }
  }

  app.post(
    '/api/upload-hero-image',
    { config, schema: { response: { 200: DoneReply } } },
    async (request) => {
      const filename = await withUpload(request, (path) =>
        keep((part) => copyFile(path, part, constants.COPYFILE_EXCL)),
      )
      return { status: 'success' as const, filename }
    },
  )

  app.post(
    '/api/set-hero-image',
    { config, schema: { body: HeroBody, response: { 200: DoneReply } } },
    async ({ body }) => {
      if ('url' in body) {
        const { url } = body
        const filename = await keep((part) => needs.fetchPicture(url, part))
        return { status: 'success' as const, filename }
      }
      const event = events.current()
      await needs.change(event.id, { hero: await known(event, body.filename) })
      return { status: 'success' as const, filename: body.filename }
    },
  )

  app.post(
    '/api/delete-hero-image',
    { config, schema: { body: NameBody, response: { 200: DoneReply } } },
    async ({ body }) => {
      const event = events.current()
      const name = await known(event, body.filename)
      if (event.hero === name) await needs.change(event.id, { hero: null })
      await rm(join(folderOf(event), name), { force: true })
      return { status: 'success' as const, filename: name }
    },
  )

  app.get(
    '/assets/:file',
    { config: { access: 'viewer' }, schema: { params: Type.Object({ file: Type.String() }) } },
    async (request, reply) => {
      const event = events.current()
      const path = join(folderOf(event), await known(event, request.params.file))
      return sendFile(request, reply, path, { type: 'image/jpeg', cache: 'private, no-cache' })
    },
  )
}
