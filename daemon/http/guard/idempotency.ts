import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { Check } from 'typebox/schema'
import type { Requests } from '../../catalog/people/requests.ts'
import { Refusal } from '../../errors.ts'

/** A body that may be sent again. Its route's schema says what an id looks like. */
const Identified = Type.Object({ request_id: Type.String() })

/** How many replies are remembered that the disk did not take. */
const UNWRITTEN_MOST = 500

/** A changing request that carries a `request_id` is done once: its first reply is repeated for 24 hours, and a
 * second one that comes while the first is under way waits for it. A request that was refused or failed had no effect,
 * so the next one with its id is tried.
 *
 * A handler whose effect must not happen twice calls `request.record` (audit.ts) in the transaction of that effect: a
 * crash between the two would let the effect stand without its reply. */
export function registerIdempotency(app: FastifyInstance, requests: Requests): void {
  const underWay = new Map<string, Promise<void>>()
  const unwritten = new Map<string, { status: number; reply: string }>()
  app.decorateRequest('once', null)

  app.addHook('preHandler', async (request, reply) => {
    const body = request.body
    if (request.method !== 'POST' || !Check(Identified, body)) return
    const { request_id: id } = body
    const scope = `${request.who.device?.id ?? request.who.role} ${request.routeOptions.url}`
    const key = `${scope} ${id}`
    for (let first = underWay.get(key); first; first = underWay.get(key)) await first
    const stored = unwritten.get(key) ?? requests.find(scope, id)
    if (stored) return reply.code(stored.status).type('application/json; charset=utf-8').send(stored.reply)
    const { promise, resolve } = Promise.withResolvers<void>()
    underWay.set(key, promise)
    let isKept = false
    request.once = {
      keep(status, answer) {
        requests.keep(scope, id, status, JSON.stringify(answer))
        isKept = true
      },
      answered(status, payload) {
        if (isKept) return
        try {
          requests.keep(scope, id, status, payload)
        } catch (error) {
          // What was done is done, and its answer is true: it goes out, and is known until the next start.
          request.log.error({ err: error }, 'The reply to a request could not be kept')
          unwritten.set(key, { status, reply: payload })
          const [oldest] = unwritten.keys()
          if (unwritten.size > UNWRITTEN_MOST && oldest !== undefined) unwritten.delete(oldest)
        }
      },
      end() {
        underWay.delete(key)
        resolve()
      },
    }
  })

  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode < 400 && typeof payload === 'string')
      request.once?.answered(reply.statusCode, payload)
    // Not in onResponse, which does not come when the client has hung up: its twin would wait forever.
    request.once?.end()
    return payload
  })
}

/** Names (percent-encoded) the event that a page had on its screen. A file name means another photo in another event,
 * so what was decided while the network was away must not fall on whatever is open by the time it arrives. */
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

declare module 'fastify' {
  interface FastifyRequest {
    once: {
      /** Keeps the reply with the effect. Call in the transaction that makes it true. */
      keep(status: number, answer: object): void
      answered(status: number, payload: string): void
      end(): void
    } | null
  }
}
