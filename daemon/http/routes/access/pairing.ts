import type { AccessRequests } from '../../../access/access-requests.ts'
import { isTyped, type Pairing, type PairingCode } from '../../../access/pairing.ts'
import { createTries, type Tries } from '../../../access/tries.ts'
import { cookieOf } from '../../../access/who.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { DeviceRecord } from '../../../catalog/people/devices.ts'
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
import type { AuditedCall } from '../../guard/audit.ts'
import { DEVICE_COOKIE } from '../../guard/guard.ts'
import type { App } from '../../plugin.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** The longest that browsers keep a cookie. */
const COOKIE_LIFE_S = 400 * 86_400
/** A code, a name, a secret: nothing that a stranger may send is longer. */
const SMALL = 4096

export interface PairingNeeds {
  pairing: Pairing
  catalog: Pick<Catalog, 'transaction'>
  accessRequests: AccessRequests
  tries?: Tries
  /** Told of each new code, to show it where the owner looks. */
  announce: (code: PairingCode) => void
  /** Where a device on the venue's network finds the app, such as `http://192.168.1.5:8000/admin/`. */
  adminUrls: () => readonly string[]
}

/** @param call.known true where the device is a new one, and not only at another address */
function pairAudit({ reply: { id, name, role }, known }: AuditedCall<unknown, PairReply, true | undefined>) {
  if (!known) return null
  return { by: { device: id, name, role }, what: 'paired', subject: name, details: [role] }
}

const codeAudit = ({ reply }: AuditedCall<unknown, PairCodeReply>) => ({
  what: 'code shown',
  subject: '',
  details: [reply.role],
})

function answerAudit({
  body,
  known,
}: AuditedCall<AccessRequestAnswerBody, unknown, DeviceRecord | undefined>) {
  const what = body.action === 'allow' ? 'readmitted' : 'turned away'
  return known ? { what, subject: known.name, details: [] } : null
}

/** Pairing: codes, the cookie that one is exchanged for, its way to HTTPS, and asking to be let in again after a change
 * of address. */
export function registerPairing(app: App, needs: PairingNeeds): void {
  const { pairing, catalog, accessRequests, announce, adminUrls, tries = createTries() } = needs
  app.addHook('onClose', async () => tries.stop())
  const open = { config: { access: 'public', audit: null }, bodyLimit: SMALL } as const

  app.post(
    '/api/pair',
    // Counted by who tries codes instead: behind one address are the guesser and the assistant.
    {
      ...open,
      config: { ...open.config, audit: pairAudit, paced: true },
      schema: {
        summary: 'Redeem a code, a key or a handover for the device cookie',
        errors: { 403: ['wrong_code'], 429: ['too_many_tries'] },
        body: PairBody,
        response: { 200: PairReply },
      },
    },
    async (request, reply) => {
      const { code, name } = request.body
      const address = addressOf(request) ?? 'unknown'
      // A handed-over pairing may only grow safer: towards the cookie that no other listener can read.
      const answer = ({ id, name, role }: DeviceRecord) => ({ status: 'success' as const, id, name, role })
      const handed = schemeOf(request) === 'https' ? pairing.redeemHandover(code) : null
      const { token, device } =
        handed ??
        (await tries.take(
          { address, connection: request.raw.socket },
          isTyped(code),
          () =>
            catalog.transaction(() => {
              const made = pairing.redeem(code, name, address)
              request.record(answer(made.device), { known: true })
              return made
            }),
          goneOf(reply),
        ))
      giveCookie(request, reply, token)
      return answer(device)
    },
  )

  app.post(
    '/api/pair/code',
    {
      config: { access: 'owner', audit: codeAudit },
      bodyLimit: SMALL,
      schema: {
        summary: 'Show a new pairing code',
        errors: {},
        body: PairCodeBody,
        response: { 200: PairCodeReply },
      },
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
      config: { access: 'viewer', audit: null },
      bodyLimit: SMALL,
      schema: {
        summary: 'A code that takes this pairing along to HTTPS',
        errors: { 409: ['no_device'] },
        body: NoBody,
        response: { 200: HandoverReply },
      },
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
    {
      ...open,
      schema: {
        summary: 'Ask to be let in again after the cookie was lost',
        errors: { 403: ['unknown_device'], 429: ['too_many_access_requests'] },
        body: AccessRequestBody,
        response: { 200: AccessRequestReply },
      },
    },
    async (request, reply) => {
      const device = pairing.find(request.body.device)
      const { secret, code, expiresAt } = accessRequests.add(device, plainAddress(request))
      reply.header('cache-control', 'no-store')
      return { secret, code, expires_at: new Date(expiresAt).toISOString() }
    },
  )

  app.post(
    '/api/pair/access-request/wait',
    {
      ...open,
      schema: {
        summary: 'What became of an access request',
        errors: {},
        body: AccessRequestWaitBody,
        response: { 200: AccessRequestWaitReply },
      },
    },
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
    {
      config: { access: 'owner', audit: null },
      schema: {
        summary: 'The devices that ask to be let in again',
        errors: {},
        response: { 200: AccessRequestsReply },
      },
    },
    async () => ({ access_requests: accessRequests.list() }),
  )

  app.post(
    '/api/pair/access-requests',
    {
      config: { access: 'owner', audit: answerAudit },
      bodyLimit: SMALL,
      schema: {
        summary: 'Let a device in again, or turn it away',
        errors: { 404: ['no_such_access_request'] },
        body: AccessRequestAnswerBody,
        response: { 200: AccessRequestsReply },
      },
    },
    async (request) => {
      const { id, action } = request.body
      const answered = accessRequests.answer(id, action === 'allow')
      if (!answered) throw new Refusal(404, 'no_such_access_request', 'This device does not ask any more.')
      const reply = { access_requests: accessRequests.list() }
      request.record(reply, { known: pairing.find(answered.device) })
      return reply
    },
  )

  app.get(
    '/api/me',
    {
      config: { access: 'viewer', audit: null },
      schema: { summary: 'Who this browser is', errors: {}, response: { 200: MeReply } },
    },
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
