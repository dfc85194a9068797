import type { Catalog } from '../../../catalog/catalog.ts'
import type { Views } from '../../../views/views.ts'
import {
  BatchPublishBody,
  BatchPublishReply,
  DoneReply,
  DelayedReply,
  ListQuery,
  NameBody,
  PublishBody,
  PublishReply,
} from '../../../contract/api.ts'
import type { EditChange } from '../../../contract/edit.ts'
import type { Decided, Decisions } from '../../../decisions/decisions.ts'
import { PublicationPage } from '../../../contract/publication.ts'
import { Refusal } from '../../../errors.ts'
import type { GalleryTree } from '../../../publish/gallery-tree.ts'
import { actorOf } from '../../guard/actor.ts'
import { checkChange, doneReply, recording } from './decisions.ts'
import { fileError } from '../../guard/errors.ts'
import type { App } from '../../plugin.ts'

/** Publications: what guests see, and how it comes to be there and leaves again. The publisher writes the lines of the
 * audit trail, with each publication: also of what goes out later, or by itself. */
export function registerPublications(
  app: App,
  needs: {
    catalog: Catalog
    decisions: Pick<Decisions, 'decide'>
    views: Views
    tree: Pick<GalleryTree, 'trouble'>
  },
): void {
  const { catalog, decisions, views } = needs
  const config = { access: 'editor', audit: null } as const

  app.get(
    '/api/live',
    {
      config: { access: 'viewer', audit: null },
      schema: {
        summary: 'What is published, newest first, in pages',
        errors: {},
        querystring: ListQuery,
        response: { 200: PublicationPage },
      },
    },
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
    {
      config,
      schema: {
        summary: 'Publish a photo, at once or after a delay',
        errors: {
          404: ['unknown_photo', 'unknown_publication'],
          409: [
            'event_not_open',
            'not_in_buffer',
            'not_live',
            'other_photo',
            'original_missing',
            'original_changed',
            'original_unread',
            'watermark_missing',
            'lut_missing',
            'no_watermark_image',
          ],
          422: ['picture_breaks_decoder', 'raw_small_preview', 'no_watermark_text'],
          503: ['folder_away', 'event_changing', 'stopping'],
        },
        body: PublishBody,
        response: { 200: PublishReply, 202: DelayedReply },
      },
    },
    async (request, reply) => {
      const { filename, again, replaces, hold = 0, request_id: _, ...change } = request.body
      const decision = {
        kind: 'publish' as const,
        filename,
        edit: checkChange(change),
        ...(again !== undefined && { again }),
        ...(replaces !== undefined && { replaces }),
      }
      const answer = ({ already, action, leftMs, publishedAs }: Decided) => {
        const more = { filename, ...(already && { already }), ...(action && { action }) }
        return publishedAs === undefined
          ? { status: 'held' as const, left_ms: Math.round(leftMs ?? 0), ...more }
          : { status: 'success' as const, published_as: publishedAs, ...more }
      }
      const statusOf = ({ publishedAs }: Decided) => (publishedAs === undefined ? 202 : 200)
      const decided = await decisions.decide(actorOf(request), decision, {
        holdMs: hold * 1000,
        // Another's publish that was joined has its name only afterwards, and is no effect of this request.
        done: (now) => now.already || request.record(answer(now), { status: statusOf(now) }),
      })
      return reply.code(statusOf(decided)).send(answer(decided))
    },
  )

  app.post(
    '/api/batch_publish',
    {
      config,
      schema: {
        summary: 'Publish several photos, one after the other; each that is refused is told in the reply',
        errors: { 503: ['event_changing'] },
        body: BatchPublishBody,
        response: { 200: BatchPublishReply },
      },
    },
    async (request) => {
      const { body, log } = request
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
          const edit = checkChange(change)
          const { publishedAs = '' } = await decisions.decide(actorOf(request), {
            kind: 'publish',
            filename,
            edit,
          })
          success.push({ filename, published_as: publishedAs })
        } catch (error) {
          if (!(error instanceof Refusal)) log.error({ err: error }, `Publishing ${filename} failed`)
          errors.push(fileError(filename, error))
        }
      return { status: 'completed' as const, success, errors }
    },
  )

  app.post(
    '/api/unpublish',
    {
      config,
      schema: {
        summary: 'Take a publication out of every gallery',
        errors: {
          404: ['unknown_publication'],
          409: ['several_live', 'mass_removal'],
          503: ['event_changing'],
          507: ['hidden_for_now'],
        },
        body: NameBody,
        response: { 200: DoneReply },
      },
    },
    async (request) => {
      const decision = { kind: 'unpublish', filename: request.body.filename } as const
      const decided = await decisions.decide(actorOf(request), decision, recording(request))
      const warning = needs.tree.trouble()
      return { ...doneReply(decided), ...(warning && { warning }) }
    },
  )
}
