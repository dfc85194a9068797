import type { Catalog } from '../catalog/catalog.ts'
import type { Views } from '../catalog/views.ts'
import {
  BatchPublishBody,
  BatchPublishReply,
  DoneReply,
  ListQuery,
  NameBody,
  PublishBody,
  PublishReply,
  UndoBody,
} from '../contract/api.ts'
import type { EditChange } from '../contract/edit.ts'
import { PublicationPage } from '../contract/publication.ts'
import { Refusal } from '../errors.ts'
import type { Publisher } from '../publish/publisher.ts'
import { checkChange } from './edits.ts'
import { fileError } from './errors.ts'
import type { App } from './plugin.ts'

/** Publications: what guests see, and how it comes to be there and leaves again. */
export function registerPublications(
  app: App,
  needs: { catalog: Catalog; publisher: Publisher; views: Views },
): void {
  const { catalog, publisher, views } = needs
  const config = { access: 'editor' } as const

  app.get(
    '/api/live',
    { config: { access: 'viewer' }, schema: { querystring: ListQuery, response: { 200: PublicationPage } } },
    async ({ query }) => {
      const page = catalog.publications.list(catalog.events.current().id, {
        ...(query.limit !== undefined && { limit: Number(query.limit) }),
        ...(query.after !== undefined && { after: query.after }),
      })
      return {
        images: page.items.map(views.publication),
        total: page.total,
        ...(page.next !== null && { next: page.next }),
      }
    },
  )

  app.post(
    '/api/publish',
    { config, schema: { body: PublishBody, response: { 200: PublishReply } } },
    async ({ body }) => {
      const { filename, again, replaces, request_id: _, ...change } = body
      const { publication, already } = await publisher.publish({
        filename,
        change: checkChange(change),
        ...(again !== undefined && { again }),
        ...(replaces !== undefined && { replaces }),
      })
      return {
        status: 'success' as const,
        filename,
        published_as: publication.name,
        ...(already && { already }),
      }
    },
  )

  app.post(
    '/api/batch_publish',
    { config, schema: { body: BatchPublishBody, response: { 200: BatchPublishReply } } },
    async ({ body, log }) => {
      const items: ({ filename: string } & EditChange)[] =
        'items' in body
          ? body.items
          : body.filenames.map((filename) => ({
              filename,
              ...(body.exposure !== undefined && { exposure: body.exposure }),
            }))
      const success: BatchPublishReply['success'] = []
      const errors: BatchPublishReply['errors'] = []
      // One after the other: the darkroom is the bottleneck, and single publishes must not wait behind a batch.
      for (const { filename, ...change } of items)
        try {
          const { publication } = await publisher.publish({ filename, change: checkChange(change) })
          success.push({ filename, published_as: publication.name })
        } catch (error) {
          if (!(error instanceof Refusal)) log.error({ err: error }, `Publishing ${filename} failed`)
          errors.push(fileError(filename, error))
        }
      return { status: 'completed' as const, success, errors }
    },
  )

  app.post(
    '/api/unpublish',
    { config, schema: { body: NameBody, response: { 200: DoneReply } } },
    async ({ body }) => {
      const publication = await publisher.unpublish(body.filename)
      return { status: 'success' as const, filename: publication.name }
    },
  )

  app.post(
    '/api/undo',
    { config, schema: { body: UndoBody, response: { 200: DoneReply } } },
    async ({ body }) => {
      const publication = await publisher.undoUnpublish(body.filename)
      return { status: 'success' as const, filename: publication.name }
    },
  )
}
