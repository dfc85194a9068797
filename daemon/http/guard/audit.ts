import type { FastifyRequest } from 'fastify'
import type { Bus } from '../../bus.ts'
import { BY_ITSELF, type Actor, type Audit, type DeedRecord } from '../../catalog/people/audit.ts'
import { AuditQuery, AuditReply, type AuditEntry } from '../../contract/access.ts'
import type { Role } from '../../contract/roles.ts'
import { deedOf, type DeedText } from './deeds.ts'
import type { App } from '../plugin.ts'

const PAGE = 50
/** Publishing may be held or wait its turn: for so long the asker is remembered, milliseconds; and so many askings. */
const ASKED_FOR = 30 * 60_000
const ASKED_MOST = 20_000

declare module 'fastify' {
  interface FastifyRequest {
    /** What a handler did, where the trail cannot tell it from the call: `deed` null is nothing worth a line. `actor`
     * where it is not the asker. */
    deed: { deed: DeedText | null; actor?: { id: string; name: string; role: Role } } | null
    eventBefore: number
  }
}

export interface AuditNeeds {
  audit: Audit
  bus: Pick<Bus, 'on'>
  /** The current Event's id. */
  event: () => number
  /** The file name of a Photo. */
  photoName: (id: string) => string | undefined
  now: () => number
}

/** Writes down who did what, and shows it to the owner. A line that cannot be written is logged and stops nothing: the
 * photo that was published is published.
 * @returns the function that ends it */
export function registerAudit(app: App, needs: AuditNeeds): () => void {
  const { audit, event, now } = needs
  /** Who asked for a photo to be published, or a publication to go; by its name, which the Notice gives back. */
  const asked = new Map<string, { actor: Actor; at: number }>()

  function write(eventId: number, actor: Actor, deed: DeedText): void {
    try {
      audit.note(eventId, { ...actor, ...deed })
    } catch (err) {
      app.log.error({ err, what: deed.what }, 'A line of the audit trail was not written')
    }
  }

  function remember(request: FastifyRequest): void {
    const actor = actorOf(request)
    for (const name of namesIn(request.body)) {
      asked.delete(name)
      asked.set(name, { actor, at: now() })
      const oldest = asked.keys().next().value
      if (asked.size > ASKED_MOST && oldest !== undefined) asked.delete(oldest)
    }
  }

  function whoAsked(names: readonly (string | undefined)[]): Actor {
    for (const name of names) {
      const found = name === undefined ? undefined : asked.get(name)
      if (found && Math.abs(now() - found.at) < ASKED_FOR) return found.actor
    }
    return BY_ITSELF
  }

  app.decorateRequest('deed', null)
  app.decorateRequest('eventBefore', 0)
  app.addHook('preHandler', async (request) => {
    if (request.method !== 'POST') return
    request.eventBefore = event()
    if (PUBLISHES.test(request.routeOptions.url ?? '')) remember(request)
  })
  app.addHook('preSerialization', async (request, reply, payload) => {
    if (request.method !== 'POST' || reply.statusCode >= 400) return payload
    const said = request.deed
    const deed = said ? said.deed : deedOf(request.routeOptions.url ?? '', request.body, payload)
    if (!deed) return payload
    const actor = said?.actor
      ? { device: said.actor.id, name: said.actor.name, role: said.actor.role }
      : actorOf(request)
    for (const id of new Set([request.eventBefore, event()])) write(id, actor, deed)
    return payload
  })
  // What was answered is done: who asked for it is not taken for the asker of something later.
  app.addHook('onResponse', async (request, reply) => {
    if (
      request.method === 'POST' &&
      reply.statusCode !== 202 &&
      PUBLISHES.test(request.routeOptions.url ?? '')
    )
      for (const name of namesIn(request.body)) asked.delete(name)
  })

  const off = needs.bus.on((notice) => {
    if (notice.type === 'publication.live') {
      const { filename, original } = notice.publication
      const what = notice.replaced === null ? 'published' : 'replaced'
      const details = notice.replaced === null ? [filename] : [filename, notice.replaced]
      write(event(), whoAsked([original, filename]), { what, subject: original, details })
    } else if (notice.type === 'publication.gone') {
      const original = needs.photoName(notice.photo_id)
      const actor = whoAsked([notice.filename, original])
      write(event(), actor, { what: 'unpublished', subject: original ?? '', details: [notice.filename] })
    }
  })

  app.get(
    '/api/audit',
    { config: { access: 'owner' }, schema: { querystring: AuditQuery, response: { 200: AuditReply } } },
    async ({ query }) => {
      const limit = Number(query.limit ?? PAGE)
      const { device } = query
      const found = audit.list(event(), {
        limit: limit + 1,
        ...(query.after !== undefined && { before: Number(query.after) }),
        ...(device !== undefined && { device: device === 'mac' ? '' : device }),
      })
      const entries = found.slice(0, limit).map(view)
      const next = found.length > limit ? String(entries.at(-1)?.id) : null
      return { entries, actors: audit.actors(event()), next }
    },
  )
  return off
}

/** Calls whose effect the bus tells, perhaps later. */
const PUBLISHES = /publish|^\/api\/(undo|jobs)\b/

function actorOf({ who }: FastifyRequest): Actor {
  if (who.role === 'guest') return BY_ITSELF
  return { device: who.device?.id ?? '', name: who.device?.name ?? '', role: who.role }
}

function namesIn(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return []
  const { filename, filenames, items } = body as Record<string, unknown>
  const named = (Array.isArray(items) ? items : []).map((item) => (item as { filename?: unknown }).filename)
  return [filename, ...(Array.isArray(filenames) ? (filenames as unknown[]) : []), ...named].filter(
    (name) => typeof name === 'string',
  )
}

function view({ at, ...rest }: DeedRecord): AuditEntry {
  return { ...rest, details: [...rest.details], at: new Date(at).toISOString() }
}
