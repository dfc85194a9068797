import type { Catalog } from '../../../catalog/catalog.ts'
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
      schema: { querystring: ListQuery, response: { 200: PhotoPage } },
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

  for (const [kind, what] of [
    ['archive', 'archived'],
    ['reject', 'rejected'],
    ['restore', 'restored'],
  ] as const) {
    const audit = ({ reply }: AuditedCall<unknown, DoneReply>) => ({
      what,
      subject: reply.filename ?? '',
      details: [],
    })
    app.post(
      `/api/${kind}`,
      { config: { access: 'editor', audit }, schema: { body: NameBody, response: { 200: DoneReply } } },
      async (request) => {
        const decision = { kind, filename: request.body.filename }
        return doneReply(await decisions.decide(actorOf(request), decision, recording(request)))
      },
    )
  }

  app.post(
    '/api/edit',
    { config, schema: { body: EditBody, response: { 200: EditReply } } },
    async (request) => {
      const change = checkChange(request.body.edit)
      const decision = { kind: 'edit', filename: request.body.filename, edit: change } as const
      const answer = (decided: Decided) => ({ ...doneReply(decided), edit: decided.edit! })
      return answer(await decisions.decide(actorOf(request), decision, recording(request, answer)))
    },
  )

  app.get(
    '/api/auto-edit',
    { config, schema: { querystring: AutoEditQuery, response: { 200: AutoEditReply } } },
    async ({ query }) => {
      const photo = requirePhoto(catalog, query.filename)
      const exposure = await darkroom.propose({
        path: originalFiles.pathOf(photo),
        sha256: photo.main.sha256,
      })
      return { filename: photo.filename, edit: { exposure } }
    },
  )

  app.post(
    '/api/rate',
    { config, schema: { body: RateBody, response: { 200: DoneReply } } },
    async (request) => {
      const { request_id: _, ...wanted } = request.body
      const decision = { kind: 'rate', ...wanted } as const
      return doneReply(await decisions.decide(actorOf(request), decision, recording(request)))
    },
  )
}
