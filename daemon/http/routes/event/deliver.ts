import { DeliverBody, DeliverReply } from '../../../contract/deliver.ts'
import { Refusal } from '../../../errors.ts'
import type { Deliveries } from '../../../events/deliver/deliveries.ts'
import type { AuditedCall } from '../../guard/audit.ts'
import type { App } from '../../plugin.ts'

const deliverAudit = ({ body }: AuditedCall<DeliverBody, DeliverReply>) => ({
  what: body.action === 'start' ? 'delivery begun' : 'delivery stopped',
  subject: body.folder ?? '',
  details: [],
})

/** The event's photos into a folder of this computer. */
export function registerDeliver(app: App, { deliveries }: { deliveries: Deliveries }): void {
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
