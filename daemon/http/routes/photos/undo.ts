import type { Bus } from '../../../bus.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import { requirePhoto } from '../../../catalog/photos/require-photo.ts'
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
import { tidyWords } from '../../../darkroom/words/words.ts'
import { KEPT_FOR } from '../../../decisions/presence.ts'
import { actorOf } from '../../guard/actor.ts'
import { settingsChanged, type AuditedCall } from '../../guard/audit.ts'
import { checkChange } from './decisions.ts'
import type { App } from '../../plugin.ts'

const MANY: Partial<Record<JobBody['kind'], string>> = {
  archive: 'many archived',
  reject: 'many rejected',
  restore: 'many restored',
}

/** What a job publishes and takes down is in the trail photo by photo, by the publisher. */
function jobAudit({ body }: AuditedCall<JobBody>) {
  const what = MANY[body.kind]
  return what === undefined ? null : { what, subject: '', details: [String(body.items.length)] }
}

const emptyTrashAudit = ({ reply }: AuditedCall<unknown, EmptyTrashReply>) => ({
  what: 'trash emptied',
  subject: '',
  details: [String(reply.deleted)],
})

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
  const config = { access: 'editor', audit: null } as const
  const owner = { access: 'owner', audit: null } as const

  app.get(
    '/api/undo',
    {
      config,
      schema: { summary: 'What this device can undo, newest first', errors: {}, response: { 200: UndoList } },
    },
    async (request) => ({
      actions: decisions.undo.list(actorOf(request)),
    }),
  )
  app.post(
    '/api/undo',
    {
      config,
      schema: {
        summary: 'Undo what this device did',
        errors: {
          403: ['not_yours'],
          404: ['no_such_action'],
          409: [
            'undo_later_first',
            'changed_since',
            'changed_meanwhile',
            'deleted_for_good',
            'print_went',
            'event_not_open',
          ],
          503: ['folder_away', 'event_changing'],
        },
        body: UndoBody,
        response: { 200: UndoReply },
      },
    },
    async (request) => {
      const answer = (undone: Undone) => ({ status: 'success' as const, ...undone })
      const keep = (undone: Undone) => request.record(answer(undone))
      return answer(await decisions.undo.undo(actorOf(request), request.body.ids, keep))
    },
  )

  app.get(
    '/api/jobs',
    {
      config,
      schema: { summary: 'The jobs of the current event', errors: {}, response: { 200: JobsReply } },
    },
    async () => ({
      jobs: decisions.jobs.list(),
    }),
  )
  app.post(
    '/api/jobs',
    {
      config: { ...config, audit: jobAudit },
      schema: {
        summary: 'Decide about many photos at once',
        errors: { 409: ['event_not_open'], 503: ['event_changing'] },
        body: JobBody,
        response: { 202: JobReply },
      },
    },
    async (request, reply) => {
      const { kind, items, hold: seconds = 0 } = request.body
      const wanted = items.map((item): Decision => {
        const { filename, rating, pick, words, copies, again, replaces, ...edit } = item
        return {
          kind,
          filename,
          edit: checkChange(edit),
          ...(rating !== undefined && { rating }),
          ...(pick !== undefined && { pick }),
          ...(words && { words: tidyWords(words) }),
          ...(copies !== undefined && { copies }),
          ...(again !== undefined && { again }),
          ...(replaces !== undefined && { replaces }),
        }
      })
      const answer = (job: JobView) => ({ status: 'queued' as const, job })
      const job = decisions.jobs.add(actorOf(request), kind, wanted, {
        holdMs: seconds * 1000,
        added: (made) => request.record(answer(made), { status: 202 }),
      })
      return reply.code(202).send(answer(job))
    },
  )
  app.post(
    '/api/jobs/change',
    {
      config,
      schema: {
        summary: 'Pause, resume, cancel or retry a job',
        errors: { 404: ['no_such_job'], 409: ['job_over'] },
        body: JobActionBody,
        response: { 200: JobReply },
      },
    },
    async (request) => {
      const { id, action } = request.body
      const answer = (job: JobView) => ({ status: 'queued' as const, job })
      return answer(decisions.jobs.change(id, action, (job) => request.record(answer(job))))
    },
  )

  app.post(
    '/api/reserve',
    {
      config,
      schema: {
        summary: 'Tell which photo this device has open',
        errors: { 404: ['unknown_photo'] },
        body: ReserveBody,
        response: { 200: ReserveReply },
      },
    },
    async (request) => {
      const { open } = request.body
      const photo = open === null ? null : requirePhoto(catalog, open)
      const taken = decisions.reservations.open(actorOf(request), photo?.id ?? null)
      return { seconds: taken ? 0 : KEPT_FOR / 1000, taken }
    },
  )

  app.post(
    '/api/empty-trash',
    {
      config: { ...owner, audit: emptyTrashAudit },
      schema: {
        summary: 'Delete what is in the trash, for good',
        errors: { 409: ['trash_changed'], 503: ['folder_away', 'event_changing'] },
        body: EmptyTrashBody,
        response: { 200: EmptyTrashReply },
      },
    },
    async (request) => {
      const answer = (emptied: Emptied) => ({ status: 'success' as const, ...emptied })
      const record = (emptied: Emptied) => request.record(answer(emptied))
      return answer(await decisions.emptyTrash(request.body.count, record))
    },
  )

  app.post(
    '/api/hold-settings',
    {
      config: { ...owner, audit: settingsChanged('publishing') },
      schema: {
        summary: 'Set how long a publish can be taken back before it goes out',
        errors: {},
        body: PublishDelaySettingsBody,
        response: { 200: PublishDelaySettings },
      },
    },
    async (request) =>
      catalog.transaction(() => {
        delay.set(request.body.hold_seconds)
        const reply = { hold_seconds: delay.get() }
        request.record(reply)
        return reply
      }),
  )
}
