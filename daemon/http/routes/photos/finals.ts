import { createReadStream } from 'node:fs'
import { Type } from 'typebox'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { FinalRecord } from '../../../catalog/photos/finals.ts'
import {
  FinalBackBody,
  FinalBody,
  FinalReply,
  WaitingFinals,
  type WaitingFinal,
} from '../../../contract/final.ts'
import { NEUTRAL } from '../../../contract/recipe.ts'
import { UploadReply } from '../../../contract/api.ts'
import type { Darkroom } from '../../../darkroom/darkroom.ts'
import type { Decisions } from '../../../decisions/decisions.ts'
import { Refusal } from '../../../errors.ts'
import type { Folders } from '../../../folders.ts'
import type { TakeFinalUpload, TakeUpload } from '../../../ingest/upload.ts'
import { finalPath } from '../../../originals/finals/shown.ts'
import type { Views } from '../../../views/views.ts'
import { actorOf } from '../../guard/actor.ts'
import { looksOf } from '../../guard/client-address.ts'
import { sendFile } from '../../static/files.ts'
import type { App } from '../../plugin.ts'
import { takeFiles, uploadAudit } from '../sources/upload.ts'

const Media = Type.Object({ id: Type.String() })

/** Finished pictures that came back: what waits for a person, what becomes of it, and the way back. */
export function registerFinals(
  app: App,
  needs: {
    catalog: Catalog
    folders: Folders
    darkroom: Pick<Darkroom, 'rendition'>
    decisions: Pick<Decisions, 'finals'>
    views: Views
    sources: { current(): { uploadFinal: TakeFinalUpload; upload: TakeUpload } }
  },
): void {
  const { catalog, decisions, views } = needs
  const config = { access: 'editor', audit: null } as const
  const pathOf = (final: FinalRecord) => finalPath(needs.folders.path('finals'), final)

  function viewOf(final: FinalRecord): WaitingFinal {
    const candidates = final.candidates.flatMap((id) => {
      const photo = catalog.photos.byId(id)
      return photo?.deletedAt === null ? [views.photo(photo)] : []
    })
    return {
      id: final.id,
      filename: final.filename,
      reason: final.reason ?? 'no_match',
      width: final.width,
      height: final.height,
      size_kb: Math.round(final.bytes / 102.4) / 10,
      came_at: new Date(final.cameAt).toISOString(),
      preview: `/media/finals/${final.id}`,
      candidates,
    }
  }

  app.get(
    '/api/finals',
    {
      config,
      schema: {
        summary: 'Finals that wait for a person to say whose they are',
        errors: {},
        response: { 200: WaitingFinals },
      },
    },
    async () => ({ finals: catalog.finals.list(catalog.events.current().id, 'waiting').map(viewOf) }),
  )

  app.get(
    '/media/finals/:id',
    { config: { access: 'viewer', audit: null }, schema: { params: Media } },
    async (request, reply) => {
      const final = catalog.finals.byId(request.params.id)
      if (final?.eventId !== catalog.events.current().id)
        throw new Refusal(404, 'not_found', 'There is nothing at this address.')
      const source = { path: pathOf(final), sha256: final.sha256 }
      const { path } = await needs.darkroom.rendition(source, 'preview', NEUTRAL, looksOf(request, reply))
      return sendFile(request, reply, path, { type: 'image/jpeg', cache: 'private, max-age=600' })
    },
  )

  app.post(
    '/api/finals/decide',
    {
      config,
      schema: {
        summary: 'Say whose a final is that waits: a photo’s, a photo of its own, or none of ours',
        errors: {
          404: ['no_such_final', 'unknown_photo'],
          409: ['final_decided', 'event_paused'],
          503: ['event_changing', 'folder_away'],
          507: ['disk_full'],
        },
        body: FinalBody,
        response: { 200: FinalReply },
      },
    },
    async (request) => {
      const { body } = request
      const answer = (filename: string | null) => ({ status: 'success' as const, filename })
      const noted = (filename: string | null) => () => request.record(answer(filename))
      const { finals } = decisions
      if (body.as === 'final') {
        const photo = await finals.place(actorOf(request), body.id, body.filename, noted(body.filename))
        return answer(photo.filename)
      }
      if (body.as === 'left') {
        finals.leave(body.id, noted(null))
        return answer(null)
      }
      const upload = (final: FinalRecord) =>
        needs.sources.current().upload({ filename: final.filename, stream: createReadStream(pathOf(final)) })
      const { photo } = await finals.asPhoto(body.id, upload, (made) => noted(made.photo.filename)())
      return answer(photo.filename)
    },
  )

  app.post(
    '/api/finals/back',
    {
      config,
      schema: {
        summary: 'Take a photo’s final away: it shows again what it showed before',
        errors: { 404: ['unknown_photo'], 409: ['no_final'], 503: ['event_changing'] },
        body: FinalBackBody,
        response: { 200: FinalReply },
      },
    },
    async (request) => {
      const { filename } = request.body
      const answer = { status: 'success' as const, filename }
      await decisions.finals.back(actorOf(request), filename, () => request.record(answer))
      return answer
    },
  )

  app.post(
    '/api/finals/upload',
    {
      config: { access: 'editor', audit: uploadAudit },
      schema: {
        summary: 'Take finished pictures; each that is refused is told in the reply',
        errors: { 400: ['no_file', 'bad_request'] },
        response: { 200: UploadReply },
      },
    },
    (request) =>
      takeFiles(request, async (upload) => {
        const { filename, already } = await needs.sources.current().uploadFinal(upload)
        return { saved_as: filename, already }
      }),
  )
}
