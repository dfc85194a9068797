import type { AccessRequests } from '../../../access/access-requests.ts'
import { isTyped, type Pairing, type PairingCode } from '../../../access/pairing.ts'
import { createTries, type Tries } from '../../../access/tries.ts'
import { cookieOf } from '../../../access/who.ts'
import {
  HandoverReply,
  AccessRequestAnswerBody,
  AccessRequestBody,
  AccessRequestReply,
  AccessRequestsReply,
  AccessRequestWaitBody,
  AccessRequestWaitReply,
  MeReply,
  PairBody,
  PairCodeBody,
  PairCodeReply,
  PairReply,
} from '../../../contract/access.ts'
import { NoBody } from '../../../contract/api.ts'
import { Refusal } from '../../../errors.ts'
import { addressOf, goneOf, schemeOf } from '../../guard/client-address.ts'
import { DEVICE_COOKIE } from '../../guard/guard.ts'
import type { App } from '../../plugin.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The longest that browsers keep a cookie. */
const COOKIE_LIFE_S = 400 * 86_400
/** A code, a name, a secret: nothing that a stranger may send is longer. */
const SMALL = 4096

export interface PairingNeeds {
  pairing: Pairing
  accessRequests: AccessRequests
  tries?: Tries
  /** Told of each new code, to show it where the owner looks. */
  announce: (code: PairingCode) => void
  /** Where a device on the venue's network finds the app, such as `http://192.168.1.5:8000/admin/`. */
  adminUrls: () => readonly string[]
}

/** Pairing: codes, the cookie that one is exchanged for, its way to HTTPS, and knocking after a change of address. */
export function registerPairing(app: App, needs: PairingNeeds): void {
  const { pairing, accessRequests, announce, adminUrls, tries = createTries() } = needs
  app.addHook('onClose', async () => tries.stop())
  const open = { config: { access: 'public' }, bodyLimit: SMALL } as const

  app.post(
    '/api/pair',
    // Counted by who tries codes instead: behind one address are the guesser and the assistant.
    {
      ...open,
      config: { ...open.config, paced: true },
      schema: { body: PairBody, response: { 200: PairReply } },
    },
    async (request, reply) => {
      const { code, name } = request.body
      const address = addressOf(request) ?? 'unknown'
      // A handed-over pairing may only grow safer: towards the cookie that no other listener can read.
      const handed = schemeOf(request) === 'https' ? pairing.redeemHandover(code) : null
      const { token, device } =
        handed ??
        (await tries.take(
          { address, connection: request.raw.socket },
          isTyped(code),
          () => pairing.redeem(code, name, address),
          goneOf(reply),
        ))
      giveCookie(request, reply, token)
      request.deed = {
        actor: device,
        deed: handed ? null : { what: 'paired', subject: device.name, details: [device.role] },
      }
      return { status: 'success' as const, id: device.id, name: device.name, role: device.role }
    },
  )

  app.post(
    '/api/pair/code',
    {
      config: { access: 'owner' },
      bodyLimit: SMALL,
      schema: { body: PairCodeBody, response: { 200: PairCodeReply } },
    },
    async ({ body }, reply) => {
      const made = pairing.newCode(body ?? {})
      announce(made)
      reply.header('cache-control', 'no-store')
      return {
        code: made.code,
        role: made.role,
        expires_at: new Date(made.expiresAt).toISOString(),
        key: made.key,
        urls: [...adminUrls()],
      }
    },
  )

  app.post(
    '/api/pair/handover',
    {
      config: { access: 'viewer' },
      bodyLimit: SMALL,
      schema: { body: NoBody, response: { 200: HandoverReply } },
    },
    async ({ who }, reply) => {
      if (!who.device)
        throw new Refusal(
          409,
          'no_device',
          'This computer is the owner by itself and has no pairing to take along.',
        )
      const { code, expiresAt } = pairing.newHandover(who.device)
      reply.header('cache-control', 'no-store')
      return { code, expires_at: new Date(expiresAt).toISOString() }
    },
  )

  app.post(
    '/api/pair/access-request',
    { ...open, schema: { body: AccessRequestBody, response: { 200: AccessRequestReply } } },
    async (request, reply) => {
      const device = pairing.find(request.body.device)
      const { secret, code, expiresAt } = accessRequests.add(device, plainAddress(request))
      reply.header('cache-control', 'no-store')
      return { secret, code, expires_at: new Date(expiresAt).toISOString() }
    },
  )

  app.post(
    '/api/pair/access-request/wait',
    { ...open, schema: { body: AccessRequestWaitBody, response: { 200: AccessRequestWaitReply } } },
    async (request, reply) => {
      const found = accessRequests.ask(request.body.secret)
      reply.header('cache-control', 'no-store')
      if (found.state !== 'allowed') return { state: found.state }
      const welcomed = pairing.welcome(found.device)
      if (!welcomed) return { state: 'over' as const }
      giveCookie(request, reply, welcomed.token)
      return { state: 'allowed' as const }
    },
  )

  app.get(
    '/api/pair/access-requests',
    { config: { access: 'owner' }, schema: { response: { 200: AccessRequestsReply } } },
    async () => ({ access_requests: accessRequests.list() }),
  )

  app.post(
    '/api/pair/access-requests',
    {
      config: { access: 'owner' },
      bodyLimit: SMALL,
      schema: { body: AccessRequestAnswerBody, response: { 200: AccessRequestsReply } },
    },
    async (request) => {
      const { id, action } = request.body
      const answered = accessRequests.answer(id, action === 'allow')
      if (!answered) throw new Refusal(404, 'no_such_access_request', 'This device does not ask any more.')
      const device = pairing.find(answered.device)
      if (device)
        request.deed = {
          deed: {
            what: action === 'allow' ? 'readmitted' : 'turned away',
            subject: device.name,
            details: [],
          },
        }
      return { access_requests: accessRequests.list() }
    },
  )

  app.get(
    '/api/me',
    { config: { access: 'viewer' }, schema: { response: { 200: MeReply } } },
    async ({ who }, reply) => {
      reply.header('cache-control', 'no-store')
      if (who.role === 'guest') throw new Refusal(401, 'not_paired', 'This device is not paired.')
      return { role: who.role, id: who.device?.id ?? '', name: who.device?.name ?? '' }
    },
  )

  /** The cookie that this browser had is overwritten: nobody holds that one any more. */
  function giveCookie(request: FastifyRequest, reply: FastifyReply, token: string): void {
    const scheme = schemeOf(request)
    const before = cookieOf(request.headers, DEVICE_COOKIE[scheme])
    if (before !== undefined) pairing.drop(before)
    void reply.header('set-cookie', deviceCookie(token, scheme)).header('cache-control', 'no-store')
  }
}

/** Strict is enough for an address typed, scanned or started from the home screen: no other site asks for those.
 * Not Secure on HTTP, where a browser would drop it. */
function deviceCookie(token: string, scheme: 'http' | 'https'): string {
  const life = `Max-Age=${COOKIE_LIFE_S}; Path=/`
  return `${DEVICE_COOKIE[scheme]}=${token}; ${life}; HttpOnly; SameSite=Strict${scheme === 'https' ? '; Secure' : ''}`
}

function plainAddress(request: FastifyRequest): string {
  return (addressOf(request) ?? 'unknown').replace(/^::ffff:/i, '')
}
