import { constants } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { Type } from 'typebox'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import { DoneReply, HeroBody, HeroList, NameBody } from '../../../contract/api.ts'
import { sendFile } from '../../static/files.ts'
import type { Heroes } from '../../../events/heroes.ts'
import type { App } from '../../plugin.ts'
import { withUpload } from '../upload-part.ts'

/** Hero pictures: kept as files of the Event, decoded before they replace anything. */
export function registerAssets(
  app: App,
  needs: {
    catalog: Catalog
    heroes: Heroes
    change: (eventId: number, change: { hero: string | null }) => Promise<void>
  },
): void {
  const { heroes } = needs
  const { events } = needs.catalog
  const config = { access: 'owner' } as const

  async function show(event: EventRecord, name: string): Promise<string> {
    await needs.change(event.id, { hero: name })
    return name
  }

  app.get(
    '/api/list-hero-images',
    { config: { access: 'viewer' }, schema: { response: { 200: HeroList } } },
    async () => {
      const event = events.current()
      return { images: await heroes.names(event), current: event.hero }
    },
  )

  app.post(
    '/api/upload-hero-image',
    { config, schema: { response: { 200: DoneReply } } },
    async (request) => {
      const filename = await withUpload(request, (path) => {
        // Another event may be opened meanwhile: it is this one's picture.
        const event = events.current()
        const made = heroes.make(event, (part) => copyFile(path, part, constants.COPYFILE_EXCL))
        return made.then((name) => show(event, name))
      })
      return { status: 'success' as const, filename }
    },
  )

  app.post(
    '/api/set-hero-image',
    { config, schema: { body: HeroBody, response: { 200: DoneReply } } },
    async ({ body }) => {
      const event = events.current()
      const picture = 'url' in body ? heroes.fetch(event, body.url) : heroes.known(event, body.filename)
      return { status: 'success' as const, filename: await show(event, await picture) }
    },
  )

  app.post(
    '/api/delete-hero-image',
    { config, schema: { body: NameBody, response: { 200: DoneReply } } },
    async ({ body }) => {
      const event = events.current()
      const name = await heroes.known(event, body.filename)
      if (event.hero === name) await needs.change(event.id, { hero: null })
      await rm(heroes.pathOf(event, name), { force: true })
      return { status: 'success' as const, filename: name }
    },
  )

  app.get(
    '/assets/:file',
    { config: { access: 'viewer' }, schema: { params: Type.Object({ file: Type.String() }) } },
    async (request, reply) => {
      const event = events.current()
      const path = heroes.pathOf(event, await heroes.known(event, request.params.file))
      return sendFile(request, reply, path, { type: 'image/jpeg', cache: 'private, no-cache' })
    },
  )
}
