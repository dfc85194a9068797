import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Pairing } from '../../access/pairing.ts'
import { cookieOf, hostKnown, isOwner, isTerminal, originAllowed, type Asker } from '../../access/who.ts'
import type { DeviceRecord } from '../../catalog/people/devices.ts'
import { atLeast, type Role } from '../../contract/roles.ts'
import { messageOf, Refusal } from '../../errors.ts'
import { isAudit } from './audit.ts'
import { addressOf, isNavigation, schemeOf } from './client-address.ts'
import { CODE_PAGE_POLICY } from './headers.ts'

/** Browsers keep the cookie of `__Host-` for exactly this name and HTTPS; on HTTP they refuse such a name. */
export const DEVICE_COOKIE = { http: 'lep_device', https: '__Host-lep_device' } as const

/** Who may call a route: the least role. A route that does not say is the owner's. */
export type Access = 'public' | Role

export type Who =
  /** Without a device: the owner at the machine. */
  | { readonly role: 'owner'; readonly device: DeviceRecord | null }
  | { readonly role: 'editor' | 'viewer'; readonly device: DeviceRecord }
  | { readonly role: 'guest'; readonly device: null }

export interface GuardedRoute {
  readonly method: string
  /** The pattern, such as `/media/:id/:rendition`. */
  readonly url: string
  readonly access: Access
  /** False when the route does not say who may call it. */
  readonly declared: boolean
  /** False when the route does not declare what the audit trail records of it. */
  readonly audited: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    who: Who
  }
  interface FastifyContextConfig {
    access?: Access
    /** The route answers an upgrade. */
    socket?: true
    /** The route holds floods off by itself: strangers are not counted by their address. */
    paced?: true
  }
}

/** What the guard asks, in this order. A test leaves each out in turn and must see it missed. */
export interface GuardRules {
  host: boolean
  limit: boolean
  origin: boolean
  role: boolean
}

export interface GuardNeeds {
  pairing: Pick<Pairing, 'deviceOf' | 'seen'>
  trustLoopback: boolean
  /** This machine's names as they are now, in lower case: see network.ts. Loopback's own are always known. */
  hosts: () => Iterable<string>
  /** Further names that the owner allowed, for proxies. */
  allowedHosts?: readonly string[]
  /** See terminal.ts. */
  terminalKey?: string | null
  /** Refuses clients that ask too often. */
  limit: (request: FastifyRequest) => Promise<void>
  /** The page that asks a stranger for a code, as HTML. */
  codePage: () => string | Buffer
  rules?: Partial<GuardRules>
}

/** Decides who asks and whether they may, before anything of the request but its head is read; also where no
 * route answers, and for the upgrade to a socket. To be called on the root, before any route or plugin that has
 * routes, and after what sets headers on every reply.
 *
 * @returns every route that is added from here on, as the guard sees it */
export function registerGuard(
  app: FastifyInstance,
  needs: GuardNeeds,
): { readonly routes: readonly GuardedRoute[] } {
  const { pairing, trustLoopback, codePage, hosts, allowedHosts = [], terminalKey = null } = needs
  const rules: GuardRules = { host: true, limit: true, origin: true, role: true, ...needs.rules }
  const routes: GuardedRoute[] = []

  function whoAsks(request: FastifyRequest, asker: Asker): Who {
    if (isOwner(asker, { trustLoopback }) || isTerminal(asker, terminalKey))
      return { role: 'owner', device: null }
    const token = cookieOf(asker.headers, DEVICE_COOKIE[asker.scheme])
    const device = token === undefined ? undefined : pairing.deviceOf(token)
    if (!device) return { role: 'guest', device: null }
    try {
      pairing.seen(device, asker.remoteAddress ?? '')
    } catch (error) {
      // When a device was last here is a nicety: a full disk must not keep the assistant out.
      request.log.warn({ trouble: messageOf(error), device: device.id }, 'could not note a device as seen')
    }
    return { role: device.role, device }
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
        get declared() {
          return isAccess(route.config?.access)
        },
        get audited() {
          return isAudit(route.config?.audit)
        },
      })
  })

  app.decorateRequest('who')
  app.addHook('onRequest', async (request, reply) => {
    const { method } = request
    const asker = askerOf(request)
    const host = hostKnown(asker, hosts(), allowedHosts)
    if (rules.host && host === 'no') {
      request.who = { role: 'guest', device: null }
      throw new Refusal(
        421,
        'wrong_host',
        'This is not an address of this computer. Open one that its owner shows.',
      )
    }
    request.who = whoAsks(request, asker)
    if (rules.limit) await needs.limit(request)

    const upgrades = request.headers.upgrade !== undefined
    if (rules.origin && (upgrades || !isRead(method)) && !originAllowed(asker, host === 'proxied'))
      throw new Refusal(403, 'bad_origin', 'This request comes from another page than our own.')

    // That an address leads nowhere is for those to know who may know the others.
    const access = request.is404 ? 'viewer' : accessOf(request.routeOptions.config.access)
    if (!rules.role || access === 'public' || atLeast(request.who.role, access)) {
      // The websocket plugin grants an upgrade on every route, and lets go of it half a minute later.
      if (upgrades && request.routeOptions.config.socket !== true)
        throw new Refusal(400, 'no_socket', 'There is no socket at this address.')
      return
    }
    if (request.who.role === 'guest') {
      if (isNavigation(request)) return askForCode(reply, codePage())
      throw new Refusal(401, 'not_paired', 'This device is not paired. Ask the owner for a code.')
    }
    if (access === 'owner') throw new Refusal(403, 'owner_only', 'Only the owner can do this.')
    throw new Refusal(
      403,
      'editor_only',
      'This device may look, and nothing else. The owner can change that.',
    )
  })

  app.addHook('onResponse', async ({ headers, raw }, reply) => {
    // Node lets go of a socket that asks for an upgrade: answered in any other way it would stay open, and hold up the
    // stop. Where the upgrade is granted, no answer of ours has a head.
    if (headers.upgrade !== undefined && reply.raw.headersSent) socketOf(raw)?.destroySoon?.()
  })

  return { routes }
}

/** Requests that tests inject have no socket, or one that knows little more than an address. */
function socketOf(raw: FastifyRequest['raw']): Partial<FastifyRequest['raw']['socket']> | undefined {
  return raw.socket
}

function isAccess(declared: unknown): declared is Access {
  return declared === 'public' || declared === 'viewer' || declared === 'editor' || declared === 'owner'
}

/** What is none of the four, and what was forgotten, is the owner's. */
export function accessOf(declared: unknown): Access {
  return isAccess(declared) ? declared : 'owner'
}

/** The head of a request as the rules want it. */
function askerOf(request: FastifyRequest): Asker {
  const { raw } = request
  const scheme = schemeOf(request)
  return {
    remoteAddress: addressOf(request),
    // An injected request counts as one to the scheme's own port.
    port: socketOf(raw)?.localPort ?? (scheme === 'https' ? 443 : 80),
    scheme,
    // Node keeps the first of two Host headers and drops the other; here both show.
    headers: (raw as Partial<typeof raw>).headersDistinct ?? raw.headers,
  }
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function askForCode(reply: FastifyReply, page: string | Buffer): FastifyReply {
  return reply
    .code(401)
    .header('cache-control', 'no-store')
    .header('content-security-policy', CODE_PAGE_POLICY)
    .type('text/html; charset=utf-8')
    .send(page)
}
