import { Type } from 'typebox'
import type { WebSocket } from 'ws'
import type { Bus } from '../../../bus.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import { deltaOf, PING, PONG, readCounts, type CountsMessage } from '../../../contract/delta.ts'
import type { ManifestHead } from '../../../contract/manifest.ts'
import { Refusal } from '../../../errors.ts'
import type { GalleryTree } from '../../../publish/gallery-tree.ts'
import type { Connections } from '../../guard/connections.ts'
import type { App } from '../../plugin.ts'
import { doorMark, type Doors } from './door.ts'
import { createWatchers, textOf, type Watcher, type Watchers } from './watchers.ts'

/** Milliseconds between two messages about one event. */
const EVERY = 250
const HEARTBEAT = 30_000
/** Messages and pings that a page may send between two heartbeats. */
const MOST_SAID = 60
const CLOSED = { policy: 1008, stopping: 1001, door: 4001 } as const
/** Milliseconds that a page has to answer a goodbye. */
const GOODBYE = 1000

export interface GuestSockets {
  /** What guests read may be another now. Cheap to call often. */
  changed(): void
  close(): void
}

interface Told {
  readonly watchers: Watchers
  /** What its pages know. */
  head: ManifestHead
  /** Who might come in when they did. */
  readonly door: string
}

/** News for guests' pages on this network: each hears a small delta as soon as something changes. A page that missed
 * one fetches the head; one for which there is no room asks by itself. */
export function registerGuestSocket(
  app: App,
  needs: {
    catalog: Pick<Catalog, 'events'>
    doors: Doors
    tree: Pick<GalleryTree, 'files'>
    bus: Pick<Bus, 'on'>
    connections: Pick<Connections, 'keep'>
    /** Called with how many guests' pages wait for news, of all events; walls are none. */
    onCount: (guests: number) => void
    onCounts: (eventId: number, counts: CountsMessage) => void
    /** Milliseconds since 1970. */
    now: () => number
  },
): GuestSockets {
  const { catalog, tree } = needs
  const bySlug = new Map<string, Told>()
  let timer: NodeJS.Timeout | undefined
  let toldAt = -Infinity

  let walls = 0
  const count = () =>
    needs.onCount([...bySlug.values()].reduce((sum, { watchers }) => sum + watchers.size, -walls))

  function tell(slug: string, told: Told): void {
    const event = catalog.events.find(slug)
    if (!event) return
    const { head } = tree.files(event)
    const before = told.head
    if (head.revision === before.revision) return
    told.head = head
    const delta = deltaOf(before, head)
    told.watchers.tell(delta ? { type: 'delta', delta } : { type: 'head', revision: head.revision })
  }

  function tellAll(): void {
    timer = undefined
    toldAt = performance.now()
    for (const [slug, told] of bySlug)
      try {
        tell(slug, told)
      } catch (error) {
        app.log.error({ err: error }, 'Guests could not be told')
      }
  }

  /** Pages that came in by a door that is another by now, or shut, go through it again. */
  function turnOut(): void {
    for (const [slug, { watchers, door }] of bySlug) {
      const event = catalog.events.find(slug)
      if (event && door === doorOf(event)) continue
      bySlug.delete(slug)
      watchers.end(CLOSED.door, 'the door is another')
    }
  }
  const doorOf = (event: EventRecord) => doorMark(event, needs.now())

  let current = catalog.events.current().slug
  const off = needs.bus.on((notice) => {
    if (notice.type !== 'status.changed') return
    turnOut()
    if (notice.status.event.slug === current) return
    current = notice.status.event.slug
    for (const { watchers } of bySlug.values()) watchers.tell({ type: 'index' })
  })
  const heartbeat = setInterval(() => {
    turnOut()
    for (const { watchers, head } of bySlug.values()) watchers.beat(head.revision)
  }, HEARTBEAT)
  heartbeat.unref()

  function end(socket: WebSocket): void {
    socket.close(CLOSED.policy, 'not understood')
    setTimeout(() => socket.terminate(), GOODBYE).unref()
  }

  function hear(watcher: Watcher, eventId: number, text: string): void {
    if (++watcher.said > MOST_SAID) return end(watcher.socket)
    if (text === PING) return watcher.socket.send(PONG)
    let counts: CountsMessage | null = null
    try {
      counts = readCounts(JSON.parse(text))
    } catch {
      // Not ours; see below.
    }
    if (!counts) return end(watcher.socket)
    needs.onCounts(eventId, counts)
  }

  app.get(
    '/guests/:slug/socket',
    {
      config: { access: 'public', audit: null, socket: true },
      schema: {
        params: Type.Object({ slug: Type.String() }),
        querystring: Type.Object({ wall: Type.Optional(Type.String()) }),
      },
      websocket: true,
      preValidation: async (request, reply) => {
        const event = await needs.doors.bySlug(request, reply, request.params.slug)
        if (!event) return reply
        if (needs.connections.keep(request.raw)) return
        void reply.header('retry-after', '60')
        throw new Refusal(503, 'guests_full', 'Many guests watch already. This page asks by itself instead.')
      },
    },
    (socket: WebSocket, { params: { slug }, query }) => {
      const isWall = query.wall !== undefined
      const event = catalog.events.find(slug)
      if (!event) return socket.terminate()
      const told = bySlug.get(slug) ?? {
        watchers: createWatchers(),
        head: tree.files(event).head,
        door: doorOf(event),
      }
      bySlug.set(slug, told)
      const watcher: Watcher = { socket, alive: true, said: 0, isBehind: false }
      told.watchers.add(watcher)
      if (isWall) walls += 1
      socket.on('pong', () => (watcher.alive = true))
      socket.on('ping', () => {
        if (++watcher.said > MOST_SAID) end(socket)
      })
      socket.on('message', (data: Buffer, isBinary) =>
        isBinary ? end(socket) : hear(watcher, event.id, data.toString()),
      )
      socket.on('error', () => socket.terminate())
      socket.on('close', () => {
        told.watchers.remove(watcher)
        if (isWall) walls -= 1
        if (told.watchers.size === 0 && bySlug.get(slug) === told) bySlug.delete(slug)
        count()
      })
      // Of what was changed since and not told yet, it hears with the others.
      socket.send(textOf({ type: 'hello', revision: told.head.revision }))
      count()
    },
  )

  return {
    changed() {
      if (bySlug.size === 0) return
      // Not at once: the change may be inside a transaction.
      timer ??= setTimeout(tellAll, Math.max(1, toldAt + EVERY - performance.now()))
    },
    close() {
      clearTimeout(timer)
      clearInterval(heartbeat)
      off()
      for (const { watchers } of bySlug.values()) watchers.end(CLOSED.stopping, 'stopping')
    },
  }
}
