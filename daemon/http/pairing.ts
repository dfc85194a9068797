import type { Pairing, PairingCode } from '../access/pairing.ts'
import type { DeviceRecord, Devices } from '../catalog/devices.ts'
import {
  DeviceBody,
  DevicesReply,
  MeReply,
  NoBody,
  PairBody,
  PairCodeReply,
  PairReply,
  type DeviceView,
} from '../contract/api.ts'
import { Refusal } from '../errors.ts'
import { DEVICE_COOKIE } from './guard.ts'
import type { App } from './plugin.ts'

/** The longest that browsers keep a cookie. */
const COOKIE_LIFE_S = 400 * 86_400

export interface PairingNeeds {
  pairing: Pairing
  devices: Pick<Devices, 'list'>
  /** Told of each new code, to show it where the owner looks. */
  announce: (code: PairingCode) => void
  /** Where a device on the venue's network finds the app, such as `http://192.168.1.5:8000/admin/`. */
  adminUrls: () => readonly string[]
}

/** Pairing: codes, the cookie that one is exchanged for, and the list of devices. */
export function registerPairing(app: App, needs: PairingNeeds): void {
  const { pairing, devices, announce, adminUrls } = needs

  app.post(
    '/api/pair',
    {
      config: { access: 'public' },
      bodyLimit: 4096,
      schema: { body: PairBody, response: { 200: PairReply } },
    },
    async (request, reply) => {
      const { code, name } = request.body
      const { token, device } = pairing.redeem(code, name, request.raw.socket?.remoteAddress ?? 'unknown')
      // The cookie that this browser had is overwritten: nobody holds it any more.
      if (request.who.role === 'editor') pairing.revoke(request.who.device.id)
      reply.header('set-cookie', deviceCookie(token, request.protocol)).header('cache-control', 'no-store')
      return { status: 'success' as const, name: device.name }
    },
  )

  app.post(
    '/api/pair/code',
    { config: { access: 'owner' }, schema: { body: NoBody, response: { 200: PairCodeReply } } },
    async (_request, reply) => {
      const made = pairing.newCode()
      announce(made)
      reply.header('cache-control', 'no-store')
      return {
        code: made.code,
        expires_at: new Date(made.expiresAt).toISOString(),
        key: made.key,
        urls: [...adminUrls()],
      }
    },
  )

  app.get(
    '/api/me',
    { config: { access: 'editor' }, schema: { response: { 200: MeReply } } },
    async ({ who }, reply) => {
      reply.header('cache-control', 'no-store')
      return who.role === 'editor'
        ? { role: 'editor' as const, name: who.device.name }
        : { role: 'owner' as const, name: '' }
    },
  )

  app.get(
    '/api/devices',
    { config: { access: 'owner' }, schema: { response: { 200: DevicesReply } } },
    async () => ({ devices: devices.list().map(view) }),
  )

  app.post(
    '/api/devices',
    { config: { access: 'owner' }, schema: { body: DeviceBody, response: { 200: DevicesReply } } },
    async ({ body }) => {
      if (!pairing.revoke(body.id))
        throw new Refusal(404, 'no_such_device', `There is no device ${JSON.stringify(body.id)}.`)
      return { devices: devices.list().map(view) }
    },
  )
}

/** Strict is enough for an address typed, scanned or started from the home screen: no other site asks for those.
 * Not Secure on HTTP, where a browser would drop it. */
function deviceCookie(token: string, protocol: 'http' | 'https'): string {
  const life = `Max-Age=${COOKIE_LIFE_S}; Path=/`
  return `${DEVICE_COOKIE}=${token}; ${life}; HttpOnly; SameSite=Strict${protocol === 'https' ? '; Secure' : ''}`
}

function view(device: DeviceRecord): DeviceView {
  const { id, name, role, address, pairedAt, seenAt } = device
  return {
    id,
    name,
    role,
    paired_at: new Date(pairedAt).toISOString(),
    seen_at: seenAt === null ? null : new Date(seenAt).toISOString(),
    address,
  }
}
