import type { Bus } from '../../../bus.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import { EmptyTrashBody, EmptyTrashReply } from '../../../contract/trash.ts'
import { PublishDelaySettings, PublishDelaySettingsBody } from '../../../contract/publish-delay.ts'
import { JobActionBody, JobBody, JobReply, type JobView, JobsReply } from '../../../contract/job.ts'
import { ReserveBody, ReserveReply } from '../../../contract/presence.ts'
import { UndoBody, UndoList, UndoReply } from '../../../contract/undo.ts'
import { type Decision } from '../../../contract/decision.ts'
import type { Decisions } from '../../../decisions/decisions.ts'
import type { DelaySetting } from '../../../decisions/delay-setting.ts'
import type { Emptied } from '../../../decisions/trash.ts'
import type { Undone } from '../../../decisions/undo.ts'
import { KEPT_FOR } from '../../../decisions/presence.ts'
import { Refusal } from '../../../errors.ts'
import { actorOf } from '../../guard/actor.ts'
import { checkChange } from './edits.ts'
import type { App } from '../../plugin.ts'

/** Going back, many at once, who has what open, and the one thing that cannot be undone. */
export function registerUndo(
  app: App,
  needs: {
    catalog: Catalog
    decisions: Decisions
    bus: Bus
    delay: DelaySetting
  },
): void {
  const { catalog, decisions, delay } = needs
  const config = { access: 'editor' } as const
  const owner = { access: 'owner' } as const

  app.get('/api/undo', { config, schema: { response: { 200: UndoList } } }, async (request) => ({
    actions: decisions.undo.list(actorOf(request)),
  }))
  app.post(
    '/api/undo',
    { config, schema: { body: UndoBody, response: { 200: UndoReply } } },
    async (request) => {
      const answer = (undone: Undone) => ({ status: 'success' as const, ...undone })
      const keep = (undone: Undone) => request.once?.keep(200, answer(undone))
      return answer(await decisions.undo.undo(actorOf(request), request.body.ids, keep))
    },
  )

  app.get('/api/jobs', { config, schema: { response: { 200: JobsReply } } }, async () => ({
    jobs: decisions.jobs.list(),
  }))
  app.post(
    '/api/jobs',
    { config, schema: { body: JobBody, response: { 202: JobReply } } },
    async (request, reply) => {
      const { kind, items, hold: seconds = 0 } = request.body
      const wanted = items.map((item): Decision => {
        const { filename, rating, pick, again, replaces, ...edit } = item
        return {
          kind,
          filename,
          edit: checkChange(edit),
          ...(rating !== undefined && { rating }),
          ...(pick !== undefined && { pick }),
          ...(again !== undefined && { again }),
          ...(replaces !== undefined && { replaces }),
        }
      })
      const answer = (job: JobView) => ({ status: 'queued' as const, job })
      const job = decisions.jobs.add(actorOf(request), kind, wanted, {
        holdMs: seconds * 1000,
        added: (made) => request.once?.keep(202, answer(made)),
      })
      return reply.code(202).send(answer(job))
    },
  )
  app.post(
    '/api/jobs/change',
    { config, schema: { body: JobActionBody, response: { 200: JobReply } } },
    async ({ body, once }) => {
      const answer = (job: JobView) => ({ status: 'queued' as const, job })
      return answer(decisions.jobs.change(body.id, body.action, (job) => once?.keep(200, answer(job))))
    },
  )

  app.post(
    '/api/reserve',
    { config, schema: { body: ReserveBody, response: { 200: ReserveReply } } },
    async (request) => {
      const { open } = request.body
      const photo = open === null ? null : catalog.photos.named(catalog.events.current().id, open)
      if (photo === undefined) throw new Refusal(404, 'unknown_photo', `There is no photo named "${open}".`)
      const taken = decisions.reservations.open(actorOf(request), photo?.id ?? null)
      return { seconds: taken ? 0 : KEPT_FOR / 1000, taken }
    },
  )

  app.post(
    '/api/empty-trash',
    { config: owner, schema: { body: EmptyTrashBody, response: { 200: EmptyTrashReply } } },
    async ({ body, once }) => {
      const answer = (emptied: Emptied) => ({ status: 'success' as const, ...emptied })
      return answer(await decisions.emptyTrash(body.count, (emptied) => once?.keep(200, answer(emptied))))
    },
  )

  app.post(
    '/api/hold-settings',
    { config: owner, schema: { body: PublishDelaySettingsBody, response: { 200: PublishDelaySettings } } },
    async ({ body }) => {
      delay.set(body.hold_seconds)
      return { hold_seconds: delay.get() }
    },
  )
}
