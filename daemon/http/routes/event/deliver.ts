import { DeliverBody, DeliverReply, PhotoListQuery } from '../../../contract/deliver.ts'
import { Refusal } from '../../../errors.ts'
import type { BesideSidecars } from '../../../events/deliver/beside.ts'
import type { Deliveries } from '../../../events/deliver/deliveries.ts'
import { listOf, type ListNeeds } from '../../../events/deliver/lists.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

function auditedAs({ action, on }: DeliverBody): string {
  if (action === 'sidecars') return on ? 'sidecars begun' : 'sidecars stopped'
  return action === 'start' ? 'delivery begun' : 'delivery stopped'
}
const deliverAudit = ({ body }: AuditedCall<DeliverBody, DeliverReply>) => ({
  what: auditedAs(body),
  subject: body.folder ?? '',
  details: [],
})

/** The event's photos into a folder of this computer, and lists of them. */
export function registerDeliver(
  app: App,
  needs: { deliveries: Deliveries; sidecars: BesideSidecars; lists: () => ListNeeds },
): void {
  const { deliveries, sidecars, lists } = needs
  const replyNow = (): DeliverReply => ({
    delivery: deliveries.current(),
    sidecars: { on: sidecars.isOn(), trouble: sidecars.trouble() },
  })
  app.get(
    '/api/photo-list',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary:
          "The event's photos as a list for other programs: a text to filter by, file names, or a table (RFC 4180)",
        errors: {},
        querystring: PhotoListQuery,
      },
    },
    async ({ query: { form, what, rating = '1' } }, reply) => {
      const needs = lists()
      const isTable = form === 'csv'
      const name = encodeURIComponent(`${needs.event.slug}-${what}-${form}.${isTable ? 'csv' : 'txt'}`)
      return reply
        .type(`text/${isTable ? 'csv' : 'plain'}; charset=utf-8`)
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
        .send(listOf(form, { what, rating: Number(rating) }, needs))
    },
  )
  app.get(
    '/api/deliver',
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: 'The delivery under way, or the last one',
        errors: {},
        response: { 200: DeliverReply },
      },
    },
    async () => replyNow(),
  )

  app.post(
    '/api/deliver',
    {
      config: { access: 'owner', audit: deliverAudit },
      schema: {
        summary:
          'Deliver the current event into a folder of this computer, or stop that; keep sidecars beside the photos, or no more',
        errors: {
          409: ['deliver_running'],
          422: ['deliver_no_folder', 'not_a_path', 'deliver_sidecars_shot', 'deliver_bad_names'],
        },
        body: DeliverBody,
        response: { 200: DeliverReply },
      },
    },
    async ({ body: { action, folder, second, choice = {}, on = false } }) => {
      if (action === 'sidecars') {
        sidecars.turn(on)
        return replyNow()
      }
      if (action === 'stop') {
        await deliveries.stop()
        return replyNow()
      }
      if (folder === undefined)
        throw new Refusal(422, 'deliver_no_folder', 'Choose the folder that the photos are to go to.')
      deliveries.start({ folder, second, choice })
      return replyNow()
    },
  )
}
