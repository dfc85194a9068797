import type { FastifyInstance } from 'fastify'
import { Refusal } from '../../errors.ts'

/** Names (percent-encoded) the event that a page had on its screen. A file name means another photo in another event, so what was
 * decided while the network was away must not fall on whatever is open by the time it arrives. */
export const EVENT_HEADER = 'x-lep-event'

/** Refuses a change that was meant for another event than the one that is open now. To be called after what repeats
 * first replies: what was done in time stays done.
 * @param current its slug */
export function registerSameEvent(app: FastifyInstance, current: () => string): void {
  app.addHook('preHandler', async (request, reply) => {
    const meant = request.headers[EVENT_HEADER]
    if (typeof meant !== 'string' || request.method !== 'POST' || reply.sent) return
    if (meant !== encodeURIComponent(current()))
      throw new Refusal(
        409,
        'other_event',
        `This was decided for the event "${meant}", which is not open now.`,
      )
  })
}
