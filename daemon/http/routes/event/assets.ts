import { constants } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import { DoneReply, HeroBody, HeroList, NameBody } from '../../../contract/api.ts'
import { sendFile } from '../../static/files.ts'
import type { Heroes } from '../../../events/heroes.ts'
import { pictureOf } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'
import { withUpload } from '../upload-part.ts'

/** Hero pictures: kept as files of the Event, decoded before they replace anything. */
export function registerAssets(
  app: App,
  needs: {
    catalog: Catalog
    heroes: Heroes
    change: (eventId: number, change: { hero: string | null }, noted?: () => void) => Promise<void>
  },
): void {
  const { heroes } = needs
  const { events } = needs.catalog

  const done = (filename: string) => ({ status: 'success' as const, filename })

  async function show(request: FastifyRequest, event: EventRecord, name: string) {
    await needs.change(event.id, { hero: name }, () => request.record(done(name)))
    return done(name)
  }

  app.get(
    '/api/list-hero-images',
    {
      config: { access: 'viewer', audit: null },
      schema: {
        summary: 'The pictures for the head of the gallery',
        errors: {},
        response: { 200: HeroList },
      },
    },
    async () => {
      const event = events.current()
      return { images: await heroes.names(event), current: event.hero }
    },
  )

  app.post(
    '/api/upload-hero-image',
    {
      config: { access: 'owner', audit: pictureOf('picture added', 'hero') },
      schema: {
        summary: 'Add a picture for the head of the gallery and show it',
        errors: {
          400: ['no_file', 'bad_request'],
          422: ['picture_breaks_decoder'],
          503: ['folder_away', 'stopping'],
        },
        response: { 200: DoneReply },
      },
    },
    (request) =>
      withUpload(request, (path) => {
        // Another event may be opened meanwhile: it is this one's picture.
        const event = events.current()
        const made = heroes.make(event, (part) => copyFile(path, part, constants.COPYFILE_EXCL))
        return made.then((name) => show(request, event, name))
      }),
  )

  app.post(
    '/api/set-hero-image',
    {
      config: { access: 'owner', audit: pictureOf('picture chosen', 'hero') },
      schema: {
        summary: 'Choose the picture at the head of the gallery, or fetch it from an address',
        errors: {
          404: ['unknown_picture'],
          413: ['picture_too_large'],
          422: [
            'bad_address',
            'https_only',
            'too_many_hops',
            'address_answers',
            'address_silent',
            'address_closed',
            'picture_breaks_decoder',
          ],
          503: ['folder_away', 'stopping'],
        },
        body: HeroBody,
        response: { 200: DoneReply },
      },
    },
    async (request) => {
      const { body } = request
      const event = events.current()
      const picture = 'url' in body ? heroes.fetch(event, body.url) : heroes.known(event, body.filename)
      return show(request, event, await picture)
    },
  )

  app.post(
    '/api/delete-hero-image',
    {
      config: { access: 'owner', audit: pictureOf('picture removed', 'hero') },
      schema: {
        summary: 'Remove a picture for the head of the gallery',
        errors: { 404: ['unknown_picture'], 503: ['folder_away'] },
        body: NameBody,
        response: { 200: DoneReply },
      },
    },
    async ({ body }) => {
      const event = events.current()
      const name = await heroes.known(event, body.filename)
      if (event.hero === name) await needs.change(event.id, { hero: null })
      await rm(heroes.pathOf(event, name), { force: true })
      return done(name)
    },
  )

  app.get(
    '/assets/:file',
    { config: { access: 'viewer', audit: null }, schema: { params: Type.Object({ file: Type.String() }) } },
    async (request, reply) => {
      const event = events.current()
      const path = heroes.pathOf(event, await heroes.known(event, request.params.file))
      return sendFile(request, reply, path, { type: 'image/jpeg', cache: 'private, no-cache' })
    },
  )
}
