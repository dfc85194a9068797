import type { Catalog } from '../../../catalog/catalog.ts'
import { LooksBody, LooksReply } from '../../../contract/look.ts'
import { JobReply, type JobView } from '../../../contract/job.ts'
import { SceneBody, SceneQuery, SceneReply } from '../../../contract/scene.ts'
import type { CameraSettings } from '../../../decisions/camera-settings.ts'
import type { Decisions } from '../../../decisions/decisions.ts'
import { Refusal } from '../../../errors.ts'
import { looksView } from '../../../views/looks.ts'
import { actorOf } from '../../guard/actor.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

/** Which Look somebody picked last is nothing worth a line. */
function looksAudit({ body }: AuditedCall<LooksBody>) {
  if (body.action === 'used') return null
  return { what: 'settings changed', subject: 'looks', details: [body.action] }
}

/** Looks, the frames that get one as they come in, and the photos of a scene that are to look alike. */
export function registerLooks(
  app: App,
  needs: {
    catalog: Pick<Catalog, 'looks' | 'transaction'>
    cameras: Pick<CameraSettings, 'known'>
    scene: Decisions['scene']
    status: { changed(): void }
  },
): void {
  const { catalog, scene } = needs
  const { looks } = catalog
  const config = { access: 'editor', audit: null } as const
  const camera = (id: string) => needs.cameras.known().find((one) => one.id === id)
  const reply = () => looksView(looks, (id) => camera(id)?.name ?? id)

  function change(body: LooksBody): void {
    switch (body.action) {
      case 'save':
        looks.save(body.name, body)
        return
      case 'rename':
        return looks.rename(body.id, body.name)
      case 'delete':
        return looks.remove(body.id)
      case 'used':
        return looks.used(body.id)
      case 'from_now_on':
        if (body.look !== null && body.camera_id !== null && !camera(body.camera_id))
          throw new Refusal(404, 'no_such_camera', `There is no camera ${body.camera_id}.`)
        return looks.setIncoming(body.camera_id, body.look)
    }
  }

  app.get(
    '/api/looks',
    {
      config: { access: 'viewer', audit: null },
      schema: {
        summary: 'The looks, and which of them new frames get',
        errors: {},
        response: { 200: LooksReply },
      },
    },
    async () => reply(),
  )
  app.post(
    '/api/looks',
    {
      config: { access: 'editor', audit: looksAudit },
      schema: {
        summary: 'Save, rename or delete a look, or give one to every new frame from now on',
        errors: { 404: ['no_such_look', 'no_such_camera'], 409: ['too_many_looks', 'look_name_taken'] },
        body: LooksBody,
        response: { 200: LooksReply },
      },
    },
    async (request) => {
      const changed = catalog.transaction(() => {
        change(request.body)
        const answer = reply()
        request.record(answer)
        return answer
      })
      needs.status.changed()
      return changed
    },
  )

  app.get(
    '/api/scene',
    {
      config,
      schema: {
        summary: "The photos of a photo's scene that look otherwise than it does",
        errors: { 404: ['unknown_photo'] },
        querystring: SceneQuery,
        response: { 200: SceneReply },
      },
    },
    async ({ query }) => ({ filenames: scene.others(query.filename) }),
  )
  app.post(
    '/api/scene',
    {
      config,
      schema: {
        summary: "Give the photos of a photo's scene its light and colour, what is published of them too",
        errors: { 404: ['unknown_photo'], 409: ['no_scene'], 503: ['event_changing'] },
        body: SceneBody,
        response: { 202: JobReply },
      },
    },
    async (request, reply) => {
      const answer = (job: JobView) => ({ status: 'queued' as const, job })
      const job = scene.apply(actorOf(request), request.body.filename, (made) =>
        request.record(answer(made), { status: 202 }),
      )
      return reply.code(202).send(answer(job))
    },
  )
}
