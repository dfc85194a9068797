import type { FastifyInstance } from 'fastify'
import type { Requests } from '../catalog/requests.ts'

/** A changing request that carries a `request_id` is done once: its first reply is repeated for 24 hours, and a
 * second one that comes while the first is under way waits for it. Replies of 500 and above are not kept. */
export function registerOnce(app: FastifyInstance, requests: Requests): void {
  const underWay = new Map<string, Promise<void>>()
  app.decorateRequest('once', null)

  app.addHook('preHandler', async (request, reply) => {
    const body = request.body
    if (request.method !== 'POST' || typeof body !== 'object' || body === null) return
    const id = (body as { request_id?: unknown }).request_id
    if (typeof id !== 'string') return
    const scope = `${request.who.device?.id ?? request.who.role} ${request.routeOptions.url}`
    const key = `${scope} ${id}`
    for (let first = underWay.get(key); first; first = underWay.get(key)) await first
    const kept = requests.find(scope, id)
    if (kept) return reply.code(kept.status).type('application/json; charset=utf-8').send(kept.reply)
    const { promise, resolve } = Promise.withResolvers<void>()
    underWay.set(key, promise)
    request.once = {
      keep: (status, payload) => requests.keep(scope, id, status, payload),
      end() {
        underWay.delete(key)
        resolve()
      },
    }
  })

  app.addHook('onSend', async (request, reply, payload) => {
    if (request.once && reply.statusCode < 500 && typeof payload === 'string')
      request.once.keep(reply.statusCode, payload)
    // Here and not in onResponse, which does not come when the client has hung up: its twin would wait for ever.
    request.once?.end()
    return payload
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    once: { keep(status: number, payload: string): void; end(): void } | null
  }
}
