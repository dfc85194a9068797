import { Type } from 'typebox'
import { Check } from 'typebox/schema'
import type { WebSocket } from 'ws'
import type { DeviceChange } from '../../../access/pairing.ts'
import type { Bus } from '../../../bus.ts'
import type { AccessRequestView } from '../../../contract/access.ts'
import type { Hello, AccessRequests, SocketMessage } from '../../../contract/notice.ts'
import { atLeast, type Role } from '../../../contract/roles.ts'
import { Status } from '../../../contract/status.ts'
import type { OpenPhoto } from '../../../contract/presence.ts'
import { Refusal } from '../../../errors.ts'
import { actorOf } from '../../guard/actor.ts'
import type { StatusReporter } from '../../../views/status.ts'
import type { App } from '../../plugin.ts'

/** Sockets at once: in all, of which the last are kept for owners; and of one device. Strangers have none. */
export const SOCKETS = { all: 100, keptForOwners: 10, device: 10 } as const
/** A client that does not read is cut off at this many bytes waiting for it; it reconnects and reloads. */
const MAX_WAITING = 4 * 1024 * 1024
const HEARTBEAT = 15_000
/** Control frames (pings) that a client may send between two heartbeats. */
const PINGS = 30
/** Milliseconds that a page has to answer a goodbye. */
const GOODBYE = 1000

/** The least role that hears each message: every type stands here, or this does not compile. Notices are numbered, and
 * a page that misses a number reloads: each must be for everybody who has a socket. */
export const HEARS: Readonly<Record<(SocketMessage | AccessRequests)['type'], Role>> = {
  snapshot: 'viewer',
  resumed: 'viewer',
  'photo.added': 'viewer',
  'photo.changed': 'viewer',
  'rendition.ready': 'viewer',
  'publication.live': 'viewer',
  'publication.gone': 'viewer',
  'photo.deleted': 'viewer',
  'photo.opened': 'viewer',
  'job.changed': 'viewer',
  'removal.asked': 'viewer',
  'removal.answered': 'viewer',
  'machine.changed': 'viewer',
  'rehearsal.changed': 'viewer',
  'status.changed': 'viewer',
  access_requests: 'owner',
}

/** What a client may say, and the least role for it. Nothing so far: whatever comes closes the socket. */
export const MAY_SAY: Readonly<Record<string, Role>> = {}

const TypedMessage = Type.Object({ type: Type.String() })

/** Codes that a socket is closed with. */
export const CLOSED = { policy: 1008, stopping: 1001, revoked: 4001, changed: 4002 } as const

export interface Sockets {
  /** The devices that ask to be let in are others now. */
  accessRequestsChanged(): void
  /** Closes all sockets. */
  close(): void
}

interface Client {
  readonly socket: WebSocket
  readonly device: string | null
  /** Who it is for reservations and undo. */
  readonly actor: string
  readonly role: Role
  alive: boolean
  pings: number
}

/** How everything is just now. */
export function registerStatus(app: App, status: StatusReporter): void {
  app.get(
    '/api/status',
    {
      config: { access: 'viewer', audit: null },
      schema: { summary: 'How everything is just now', errors: {}, response: { 200: Status } },
    },
    () => status.read(),
  )
}

/** The one socket: `snapshot` or `resumed`, then every Notice as it happens. */
export function registerSocket(
  app: App,
  needs: {
    bus: Bus
    status: () => Promise<Status>
    accessRequests: () => readonly AccessRequestView[]
    /** A device's role at this moment, or undefined when it is not known any more. */
    roleNow: (deviceId: string) => Role | undefined
    onChange: (listener: (deviceId: string, change: DeviceChange) => void) => () => void
    /** Called with how many are connected now. */
    onCount: (clients: number) => void
    reservations: { list: () => OpenPhoto[]; leave: (actorId: string) => void }
  },
): Sockets {
  const { bus } = needs
  const clients = new Set<Client>()

  const heartbeat = setInterval(() => {
    for (const client of clients) {
      if (!client.alive) client.socket.terminate()
      client.alive = false
      client.pings = 0
      client.socket.ping()
    }
  }, HEARTBEAT)
  heartbeat.unref()

  /** Closes a socket; one that does not answer the close is cut off. */
  function end({ socket }: Client, code: number, reason: string): void {
    socket.close(code, reason)
    setTimeout(() => socket.terminate(), GOODBYE / 2).unref()
  }
  const unsubscribe = needs.onChange((id, change) => {
    for (const client of clients)
      if (client.device === id)
        // Who may do more, or less, connects again and is greeted as what it is now.
        end(client, change === 'revoked' ? CLOSED.revoked : CLOSED.changed, change)
  })

  function accessRequests(client: Client): void {
    if (!atLeast(client.role, HEARS.access_requests) || client.socket.readyState !== client.socket.OPEN)
      return
    client.socket.send(
      JSON.stringify({
        type: 'access_requests',
        access_requests: needs.accessRequests(),
      } satisfies AccessRequests),
    )
  }

  const Query = Type.Object(
    {
      since: Type.Optional(Type.String({ pattern: '^[0-9]{1,16}$' })),
      /** What the other calls send in a header. */
      client: Type.Optional(Type.String({ maxLength: 64 })),
    },
    { additionalProperties: false },
  )

  app.get(
    '/api/live-socket',
    {
      websocket: true,
      config: { access: 'viewer', audit: null, socket: true },
      schema: {
        summary: 'The socket: a greeting, then every notice as it happens',
        errors: { 400: ['no_socket'], 429: ['too_many_clients'] },
        querystring: Query,
      },
      preValidation: async ({ who }) => {
        const room = who.role === 'owner' ? SOCKETS.all : SOCKETS.all - SOCKETS.keptForOwners
        if (clients.size >= room)
          throw new Refusal(429, 'too_many_clients', `${clients.size} pages are connected already.`)
        const own = who.device && [...clients].filter(({ device }) => device === who.device?.id).length
        if (own !== null && own >= SOCKETS.device)
          throw new Refusal(429, 'too_many_clients', `${own} pages of this device are connected already.`)
      },
    },
    async (socket: WebSocket, request) => {
      const { who } = request
      const { since, client: mark } = request.query
      // The device may have been revoked while the upgrade was on its way.
      if (who.role === 'guest' || (who.device && needs.roleNow(who.device.id) !== who.role))
        return socket.terminate()
      const { role } = who
      const you = actorOf(request, mark).id
      const client: Client = {
        socket,
        device: who.device?.id ?? null,
        actor: you,
        role,
        alive: true,
        pings: 0,
      }
      let off = (): void => undefined
      clients.add(client)
      socket.on('pong', () => (client.alive = true))
      socket.on('ping', () => {
        client.pings += 1
        if (client.pings > PINGS) end(client, CLOSED.policy, 'too many pings')
      })
      socket.on('message', (data: Buffer, isBinary) => {
        if (!maySay(role, isBinary ? null : data)) end(client, CLOSED.policy, 'not understood')
      })
      socket.on('error', (error) => request.log.debug({ err: error }, 'A socket failed'))
      socket.on('close', () => {
        off()
        clients.delete(client)
        // A device whose last page is gone has nothing open.
        if (![...clients].some(({ actor }) => actor === you)) needs.reservations.leave(you)
        needs.onCount(clients.size)
      })
      const send = (message: SocketMessage) => {
        if (socket.bufferedAmount > MAX_WAITING) socket.terminate()
        else socket.send(JSON.stringify(message))
      }
      // Read before the greeting, so that no Notice falls between the greeting's seq and the subscription.
      const status = await needs.status()
      const resumed = since === undefined ? null : bus.since(Number(since))
      const hello: Hello = resumed
        ? { type: 'resumed', seq: bus.seq, role, you }
        : { type: 'snapshot', seq: bus.seq, role, status, you, open: needs.reservations.list() }
      send(hello)
      for (const notice of resumed ?? []) send(notice)
      off = bus.on(send)
      if (socket.readyState !== socket.OPEN) off()
      if (needs.accessRequests().length > 0) accessRequests(client)
      needs.onCount(clients.size)
    },
  )

  return {
    accessRequestsChanged() {
      for (const client of clients) accessRequests(client)
    },
    close() {
      clearInterval(heartbeat)
      unsubscribe()
      for (const { socket } of clients) {
        socket.close(CLOSED.stopping, 'stopping')
        // A page that vanished never answers the close.
        setTimeout(() => socket.terminate(), GOODBYE).unref()
      }
    },
  }
}

function maySay(role: Role, data: Buffer | null): boolean {
  if (data === null) return false
  try {
    const message: unknown = JSON.parse(data.toString())
    if (!Check(TypedMessage, message) || !Object.hasOwn(MAY_SAY, message.type)) return false
    const least = MAY_SAY[message.type]
    return least !== undefined && atLeast(role, least)
  } catch {
    return false
  }
}
