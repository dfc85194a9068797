import type { WebSocket } from 'ws'
import type { Bus } from '../bus.ts'
import type { Hello, SocketMessage } from '../contract/notice.ts'
import type { Status } from '../contract/status.ts'
import type { OpenPhoto } from '../contract/undo.ts'
import { Type } from 'typebox'
import { Refusal } from '../errors.ts'
import { actorOf } from './actor.ts'
import type { App } from './plugin.ts'

const MAX_CLIENTS = 100
/** A client that does not read is cut off at this many bytes waiting for it; it reconnects and reloads. */
const MAX_WAITING = 4 * 1024 * 1024
const HEARTBEAT = 15_000
/** Milliseconds that a page has to answer a goodbye. */
const GOODBYE = 1000

export interface Live {
  readonly clients: number
  /** Says goodbye to everybody. */
  close(): void
}

/** The one socket: `snapshot` or `resumed`, then every Notice as it happens. What a client sends is ignored. */
export function registerLive(
  app: App,
  needs: {
    bus: Bus
    status: () => Promise<Status>
    onRevoked: (listener: (deviceId: string) => void) => () => void
    onCount: () => void
    reservations: { list: () => OpenPhoto[]; leave: (actorId: string) => void }
  },
): Live {
  const { bus } = needs
  const clients = new Set<{
    socket: WebSocket
    device: string | null
    actor: string
    alive: boolean
  }>()

  const heartbeat = setInterval(() => {
    for (const client of clients) {
      if (!client.alive) client.socket.terminate()
      client.alive = false
      client.socket.ping()
    }
  }, HEARTBEAT)
  heartbeat.unref()
  const unsubscribe = needs.onRevoked((id) => {
    for (const { socket, device } of clients) if (device === id) socket.close(4001, 'revoked')
  })

  const Query = Type.Object({
    since: Type.Optional(Type.String({ pattern: '^[0-9]{1,16}$' })),
    /** What the other calls tell in a header. */
    client: Type.Optional(Type.String({ maxLength: 64 })),
  })

  app.get(
    '/api/live-socket',
    {
      websocket: true,
      config: { access: 'editor' },
      schema: { querystring: Query },
      preValidation: async () => {
        if (clients.size >= MAX_CLIENTS)
          throw new Refusal(429, 'too_many_clients', `${MAX_CLIENTS} pages are connected already.`)
      },
    },
    async (socket: WebSocket, request) => {
      const { who } = request
      const { since, client: mark } = request.query
      const you = actorOf(request, mark).id
      const device = who.role === 'editor' ? who.device.id : null
      const client = { socket, device, actor: you, alive: true }
      const role = who.role === 'editor' ? 'editor' : 'owner'
      let off = (): void => undefined
      clients.add(client)
      socket.on('pong', () => (client.alive = true))
      socket.on('error', (error) => request.log.debug({ err: error }, 'A socket failed'))
      socket.on('close', () => {
        off()
        clients.delete(client)
        // A device whose last page is gone has nothing open.
        if (![...clients].some(({ actor }) => actor === you)) needs.reservations.leave(you)
        needs.onCount()
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
      needs.onCount()
    },
  )

  return {
    get clients() {
      return clients.size
    },
    close() {
      clearInterval(heartbeat)
      unsubscribe()
      for (const { socket } of clients) {
        socket.close(1001, 'stopping')
        // A page that is gone without a word never answers the goodbye.
        setTimeout(() => socket.terminate(), GOODBYE).unref()
      }
    },
  }
}
