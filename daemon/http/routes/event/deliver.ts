import { DeliverBody, DeliverReply, PhotoListQuery } from '../../../contract/deliver.ts'
import { Refusal } from '../../../errors.ts'
import type { Deliveries } from '../../../events/deliver/deliveries.ts'
import { listOf, type ListNeeds } from '../../../events/deliver/lists.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

const deliverAudit = ({ body }: AuditedCall<DeliverBody, DeliverReply>) => ({
  what: body.action === 'start' ? 'delivery begun' : 'delivery stopped',
  subject: body.folder ?? '',
  details: [],
})

/** The event's photos into a folder of this computer, and lists of them. */
export function registerDeliver(
  app: App,
  { deliveries, lists }: { deliveries: Deliveries; lists: () => ListNeeds },
): void {
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
    async () => ({ delivery: deliveries.current() }),
  )

  app.post(
    '/api/deliver',
    {
      config: { access: 'owner', audit: deliverAudit },
      schema: {
        summary: 'Deliver the current event into a folder of this computer, or stop that',
        errors: {
          409: ['deliver_running'],
          422: ['deliver_no_folder', 'not_a_path', 'deliver_sidecars_shot', 'deliver_bad_names'],
        },
        body: DeliverBody,
        response: { 200: DeliverReply },
      },
    },
    async ({ body: { action, folder, second, choice = {} } }) => {
      if (action === 'stop') {
        await deliveries.stop()
        return { delivery: deliveries.current() }
      }
      if (folder === undefined)
        throw new Refusal(422, 'deliver_no_folder', 'Choose the folder that the photos are to go to.')
      return { delivery: deliveries.start({ folder, second, choice }) }
    },
  )
}
