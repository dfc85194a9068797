import type { Catalog } from '../catalog/catalog.ts'
import type { PhotoRecord } from '../catalog/photos.ts'
import type { Shelf } from '../catalog/shelf.ts'
import type { Views } from '../catalog/views.ts'
import type { Bus } from '../bus.ts'
import {
  AutoEditQuery,
  AutoEditReply,
  DoneReply,
  EditBody,
  EditReply,
  ListQuery,
  NameBody,
  RateBody,
} from '../contract/api.ts'
import { PhotoPage } from '../contract/photo.ts'
import type { Darkroom } from '../darkroom/darkroom.ts'
import { Refusal } from '../errors.ts'
import { checkChange } from './edits.ts'
import type { App } from './plugin.ts'

/** The buffer, and what a person decides about a Photo short of publishing it. */
export function registerPhotos(
  app: App,
  needs: { catalog: Catalog; shelf: Shelf; views: Views; bus: Bus; darkroom: Pick<Darkroom, 'propose'> },
): void {
  const { catalog, shelf, views, bus, darkroom } = needs
  const config = { access: 'editor' } as const

  function find(filename: string): PhotoRecord {
    const photo = catalog.photos.byName(catalog.events.current().id, filename)
    if (!photo) throw new Refusal(404, 'unknown_photo', `There is no photo named "${filename}".`)
    return photo
  }
  const announce = (photo: PhotoRecord) => bus.emit({ type: 'photo.changed', photo: views.photo(photo) })

  app.get(
    '/api/buffer',
    { config, schema: { querystring: ListQuery, response: { 200: PhotoPage } } },
    async ({ query }) => {
      const page = catalog.photos.list(catalog.events.current().id, query.state ?? 'buffer', {
        ...(query.limit !== undefined && { limit: Number(query.limit) }),
        ...(query.after !== undefined && { after: query.after }),
      })
      return {
        images: page.items.map(views.photo),
        total: page.total,
        ...(page.next !== null && { next: page.next }),
      }
    },
  )

  for (const [path, state] of [
    ['/api/archive', 'archived'],
    ['/api/reject', 'trashed'],
    ['/api/restore', 'buffer'],
  ] as const)
    app.post(path, { config, schema: { body: NameBody, response: { 200: DoneReply } } }, async ({ body }) => {
      const photo = await shelf.move(body.filename, state)
      return { status: 'success' as const, filename: photo.filename }
    })

  app.post(
    '/api/edit',
    { config, schema: { body: EditBody, response: { 200: EditReply } } },
    async ({ body }) => {
      const photo = catalog.photos.keepEdit(find(body.filename).id, checkChange(body.edit))
      announce(photo)
      return { status: 'success' as const, filename: photo.filename, edit: photo.edit }
    },
  )

  app.get(
    '/api/auto-edit',
    { config, schema: { querystring: AutoEditQuery, response: { 200: AutoEditReply } } },
    async ({ query }) => {
      const photo = find(query.filename)
      const exposure = await darkroom.propose({ path: shelf.pathOf(photo), sha256: photo.main.sha256 })
      return { filename: photo.filename, edit: { exposure } }
    },
  )

  app.post(
    '/api/rate',
    { config, schema: { body: RateBody, response: { 200: DoneReply } } },
    async ({ body }) => {
      const { filename, rating, pick, seen } = body
      const photo = catalog.photos.rate(find(filename).id, {
        ...(rating !== undefined && { rating }),
        ...(pick !== undefined && { pick }),
        ...(seen !== undefined && { seen }),
      })
      announce(photo)
      return { status: 'success' as const, filename: photo.filename }
    },
  )
}
