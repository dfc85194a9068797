import type { FastifyRequest } from 'fastify'
import { BY_ITSELF, type Audit, type AuditActor, type AuditText } from '../../catalog/people/audit.ts'
import type { App } from '../plugin.ts'

/** A call that was answered, as a route's `audit` reads it. */
export interface AuditedCall<Body = unknown, Reply = unknown, Known = unknown> {
  readonly body: Body
  /** What was answered, or will be. */
  readonly reply: Reply
  /** What the handler added through `record`. */
  readonly known: Known
}

/** A route says which bodies and replies it reads; its schemas hold that they are so. */
interface Describing {
  describe(call: AuditedCall): (AuditText & { readonly by?: AuditActor }) | null
}
/** What the trail says of a call that had its effect, or null where that is nothing worth a line. `by` where it is not
 * the asker. Names only: no value of a setting, no key, no path. */
export type Describe = Describing['describe']

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the audit trail says of a call; null for a route that changes nothing, or nothing worth a line, or whose
     * line the part writes that makes it true. */
    audit?: Describe | null
  }
  interface FastifyRequest {
    /** Keeps the reply for the request's id and writes the line of the audit trail. To be called in the transaction of
     * the effect, so that a crash leaves all three or none. A route that does not call it has both done after its
     * effect.
     * @param more.status of the reply; 200 by default
     * @param more.known for the route's `audit`, where body and reply do not say enough */
    record(reply: object, more?: { status?: number; known?: unknown }): void
    /** The line alone, of an effect whose reply is not known yet. */
    recordLine(reply: object, known?: unknown): void
    trail: { eventBefore: number; written: boolean }
  }
}

/** Whether a route declares what the trail records of it. */
export function isAudit(declared: unknown): declared is Describe | null {
  return declared === null || typeof declared === 'function'
}

/** What the trail says of settings: which were sent, never what they were set to. */
export function settingsChanged(of: string): Describe {
  return ({ body }) => {
    const fields = typeof body === 'object' && body !== null ? Object.keys(body) : []
    const details = fields.filter((name) => !['request_id', 'action', 'id'].includes(name))
    return details.length > 0 ? { what: 'settings changed', subject: of, details } : null
  }
}

/** What the trail says of a picture that was added, chosen or removed. */
export function pictureOf(what: string, subject: string) {
  return ({ reply }: AuditedCall<unknown, { filename: string }>): AuditText => ({
    what,
    subject,
    details: [reply.filename].filter(Boolean),
  })
}

export interface AuditNeeds {
  audit: Pick<Audit, 'note'>
  /** The current Event's id. */
  event: () => number
}

/** Writes down who did what. A line that comes after its effect and cannot be written is logged
 * and stops nothing. */
export function registerAudit(app: App, { audit, event }: AuditNeeds): void {
  function describe(request: FastifyRequest, reply: unknown, known?: unknown) {
    const { url = '', config } = request.routeOptions
    // A changing call that nobody described is in the trail all the same, by its address.
    if (!isAudit(config.audit)) return { what: 'other', subject: url, details: [] }
    return config.audit?.({ body: request.body ?? {}, reply, known }) ?? null
  }

  function write(request: FastifyRequest, reply: unknown, known?: unknown): void {
    if (request.method !== 'POST') return
    request.trail.written = true
    const line = describe(request, reply, known)
    if (!line) return
    const { by = askerOf(request), ...text } = line
    for (const id of new Set([request.trail.eventBefore, event()])) audit.note(id, { ...by, ...text })
  }

  app.decorateRequest('trail')
  app.decorateRequest('record', function (this: FastifyRequest, reply, { status = 200, known } = {}) {
    this.once?.keep(status, reply)
    write(this, reply, known)
  })
  app.decorateRequest('recordLine', function (this: FastifyRequest, reply, known) {
    write(this, reply, known)
  })
  app.addHook('preHandler', async (request) => {
    if (request.method === 'POST') request.trail = { eventBefore: event(), written: false }
  })
  app.addHook('preSerialization', async (request, reply, payload) => {
    if (request.method !== 'POST' || reply.statusCode >= 400 || request.trail.written) return payload
    try {
      write(request, payload)
    } catch (err) {
      app.log.error({ err, url: request.routeOptions.url }, 'A line of the audit trail was not written')
    }
    return payload
  })
}

function askerOf({ who }: FastifyRequest): AuditActor {
  if (who.role === 'guest') return BY_ITSELF
  return { device: who.device?.id ?? '', name: who.device?.name ?? '', role: who.role }
}
