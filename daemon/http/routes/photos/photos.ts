import type { Catalog } from '../../../catalog/catalog.ts'
import { tidyWords } from '../../../darkroom/words/words.ts'
import { requirePhoto } from '../../../catalog/photos/require-photo.ts'
import type { OriginalFiles } from '../../../originals/original-files.ts'
import type { Views } from '../../../views/views.ts'
import type { Decided, Decisions } from '../../../decisions/decisions.ts'
import {
  AutoEditQuery,
  AutoEditReply,
  DoneReply,
  EditBody,
  EditReply,
  ListQuery,
  NameBody,
  CaptionBody,
  RateBody,
} from '../../../contract/api.ts'
import { PhotoPage } from '../../../contract/photo.ts'
import type { Darkroom } from '../../../darkroom/darkroom.ts'
import { actorOf } from '../../guard/actor.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import { checkChange, doneReply, recording } from './decisions.ts'
import type { App } from '../../plugin.ts'

/** The buffer, and what a person decides about a Photo short of publishing it. */
export function registerPhotos(
  app: App,
  needs: {
    catalog: Catalog
    originalFiles: OriginalFiles
    views: Views
    decisions: Pick<Decisions, 'decide'>
    darkroom: Pick<Darkroom, 'propose'>
  },
): void {
  const { catalog, originalFiles, views, decisions, darkroom } = needs
  const config = { access: 'editor', audit: null } as const

  app.get(
    '/api/buffer',
    {
      config: { access: 'viewer', audit: null },
      schema: {
        summary: 'The photos of one state, newest first, in pages',
        errors: {},
        querystring: ListQuery,
        response: { 200: PhotoPage },
      },
    },
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

  for (const [kind, what, summary] of [
    ['archive', 'archived', 'Put a photo in the archive'],
    ['reject', 'rejected', 'Put a photo in the trash'],
    ['restore', 'restored', 'Bring a photo back into the buffer'],
  ] as const) {
    const errors = {
      404: ['unknown_photo'],
      409: ['photo_is_held', 'photo_is_live'],
      503: ['folder_away', 'event_changing'],
    }
    const audit = ({ reply }: AuditedCall<unknown, DoneReply>) => ({
      what,
      subject: reply.filename ?? '',
      details: [],
    })
    app.post(
      `/api/${kind}`,
      {
        config: { access: 'editor', audit },
        schema: { summary, errors, body: NameBody, response: { 200: DoneReply } },
      },
      async (request) => {
        const decision = { kind, filename: request.body.filename }
        return doneReply(await decisions.decide(actorOf(request), decision, recording(request)))
      },
    )
  }

  app.post(
    '/api/edit',
    {
      config,
      schema: {
        summary: "Change a photo's edit",
        errors: { 404: ['unknown_photo'], 503: ['event_changing'] },
        body: EditBody,
        response: { 200: EditReply },
      },
    },
    async (request) => {
      const change = checkChange(request.body.edit)
      const decision = { kind: 'edit', filename: request.body.filename, edit: change } as const
      const answer = (decided: Decided) => ({ ...doneReply(decided), edit: decided.edit! })
      return answer(await decisions.decide(actorOf(request), decision, recording(request, answer)))
    },
  )

  app.get(
    '/api/auto-edit',
    {
      config,
      schema: {
        summary: 'Propose an exposure for a photo',
        errors: {
          404: ['unknown_photo'],
          409: ['original_missing', 'original_changed', 'original_unread'],
          422: ['picture_breaks_decoder'],
          503: ['stopping'],
        },
        querystring: AutoEditQuery,
        response: { 200: AutoEditReply },
      },
    },
    async ({ query }) => {
      const photo = requirePhoto(catalog, query.filename)
      const exposure = await darkroom.propose(originalFiles.claimOf(photo))
      return { filename: photo.filename, edit: { exposure } }
    },
  )

  app.post(
    '/api/rate',
    {
      config,
      schema: {
        summary: 'Rate a photo, pick it, or note it as seen',
        errors: { 404: ['unknown_photo'], 503: ['event_changing'] },
        body: RateBody,
        response: { 200: DoneReply },
      },
    },
    async (request) => {
      const { request_id: _, ...wanted } = request.body
      const decision = { kind: 'rate', ...wanted } as const
      return doneReply(await decisions.decide(actorOf(request), decision, recording(request)))
    },
  )

  app.post(
    '/api/caption',
    {
      config,
      schema: {
        summary: 'Say what a photo shows: caption, keywords and the other words that IPTC knows',
        errors: { 404: ['unknown_photo'], 503: ['event_changing'] },
        body: CaptionBody,
        response: { 200: DoneReply },
      },
    },
    async (request) => {
      const { filename, words } = request.body
      const decision = { kind: 'caption', filename, words: tidyWords(words) } as const
      return doneReply(await decisions.decide(actorOf(request), decision, recording(request)))
    },
  )
}
