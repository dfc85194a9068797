import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Pairing } from '../access/pairing.ts'
import { cookieOf, isOwner, originAllowed, type Asker } from '../access/who.ts'
import type { DeviceRecord } from '../catalog/devices.ts'
import { messageOf, Refusal } from '../errors.ts'

export const DEVICE_COOKIE = 'lep_device'

/** Who may call a route. A route that does not say is the owner's. */
export type Access = 'public' | 'editor' | 'owner'

export type Who =
  | { readonly role: 'owner' }
  | { readonly role: 'editor'; readonly device: DeviceRecord }
  | { readonly role: 'guest' }

export interface GuardedRoute {
  readonly method: string
  /** The pattern, such as `/media/:id/:rendition`. */
  readonly url: string
  readonly access: Access
}

declare module 'fastify' {
  interface FastifyRequest {
    who: Who
  }
  interface FastifyContextConfig {
    access?: Access
  }
}

/** Decides who asks and whether they may, before anything of the request but its head is read; also where no
 * route answers, and for the upgrade to a socket. To be called on the root, before any route or plugin that has
 * routes, and after what sets headers on every reply.
 *
 * @param needs.codePage the page that asks a stranger for a code, as HTML
 * @returns every route that is added from here on, as the guard sees it */
export function registerGuard(
  app: FastifyInstance,
  needs: {
    pairing: Pick<Pairing, 'deviceOf' | 'seen'>
    trustLoopback: boolean
    codePage: () => string | Buffer
  },
): { readonly routes: readonly GuardedRoute[] } {
  const { pairing, trustLoopback, codePage } = needs
  const routes: GuardedRoute[] = []

  function whoAsks(request: FastifyRequest, asker: Asker): Who {
    if (isOwner(asker, { trustLoopback })) return { role: 'owner' }
    const token = cookieOf(asker.headers, DEVICE_COOKIE)
    const device = token === undefined ? undefined : pairing.deviceOf(token)
    if (!device) return { role: 'guest' }
    try {
      pairing.seen(device, asker.remoteAddress ?? '')
    } catch (error) {
      // When a device was last here is a nicety: a full disk must not keep the assistant out.
      request.log.warn({ trouble: messageOf(error), device: device.id }, 'could not note a device as seen')
    }
    return { role: 'editor', device }
  }

  app.addHook('onRoute', (route) => {
    for (const method of [route.method].flat())
      routes.push({
        method,
        url: route.url,
        // Read late: a plugin's own hook may still set it.
        get access() {
          return accessOf(route.config?.access)
        },
      })
  })

  app.decorateRequest('who')
  app.addHook('onRequest', async (request, reply) => {
    const { method } = request
    const asker = askerOf(request)
    request.who = whoAsks(request, asker)

    const upgrades = request.headers.upgrade !== undefined
    if ((upgrades || !isRead(method)) && !originAllowed(asker))
      throw new Refusal(403, 'bad_origin', 'This request comes from another page than our own.')

    // That an address leads nowhere is for those to know who may know the others.
    const access = request.is404 ? 'editor' : accessOf(request.routeOptions.config.access)
    if (access === 'public' || request.who.role === 'owner') return
    if (request.who.role === 'guest') {
      if (isNavigation(request)) return askForCode(reply, codePage())
      throw new Refusal(401, 'not_paired', 'This device is not paired. Ask the owner for a code.')
    }
    if (access === 'owner')
      throw new Refusal(403, 'owner_only', 'Only the owner can do this, at the machine itself.')
  })

  app.addHook('onResponse', async ({ headers, raw }, reply) => {
    // Node lets go of a socket that asks for an upgrade: refused, it would stay open and hold up the stop.
    if (headers.upgrade !== undefined && reply.statusCode >= 400) socketOf(raw)?.destroy?.()
  })

  return { routes }
}

/** Requests that tests inject have no socket, or one that knows little more than an address. */
function socketOf(raw: FastifyRequest['raw']): Partial<FastifyRequest['raw']['socket']> | undefined {
  return raw.socket
}

/** Whatever is not one of the three, and what was forgotten, is the owner's. */
function accessOf(declared: unknown): Access {
  return declared === 'public' || declared === 'editor' ? declared : 'owner'
}

/** The head of a request as the rules want it. */
function askerOf({ raw, protocol }: FastifyRequest): Asker {
  const socket = socketOf(raw)
  return {
    remoteAddress: socket?.remoteAddress,
    // An injected request counts as one to the scheme's own port.
    port: socket?.localPort ?? 80,
    scheme: protocol,
    // Node keeps the first of two Host headers and drops the other; here both show.
    headers: (raw as Partial<typeof raw>).headersDistinct ?? raw.headers,
  }
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function isNavigation({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && /\btext\/html\b/i.test(headers.accept ?? '')
}

function askForCode(reply: FastifyReply, page: string | Buffer): FastifyReply {
  return reply.code(401).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(page)
}
