import { randomBytes } from 'node:crypto'
import { Type } from 'typebox'
import type { WebSocket } from 'ws'
import type { Bus } from '../../../bus.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import type { EventRecord } from '../../../catalog/events.ts'
import { PING, PONG } from '../../../contract/delta.ts'
import { readWallReport, type WallMessage, type WallReport } from '../../../contract/wall.ts'
import { Refusal } from '../../../errors.ts'
import type { GalleryTree } from '../../../publish/gallery-tree.ts'
import type { OutputSettingsStore } from '../../../publish/output-settings.ts'
import { addressOf } from '../../guard/client-address.ts'
import type { Connections } from '../../guard/connections.ts'
import type { App } from '../../plugin.ts'
import { sendFile } from '../../static/files.ts'
import { doorMark, nothingHere, type Doors } from './door.ts'
import { hasRoom, type WallAsker } from './wall-room.ts'

const HEARTBEAT = 15_000
/** Messages and control frames that a wall may send between two heartbeats. */
const MOST_SAID = 40
/** Bytes that may wait for a wall: one that does not read is let go, and comes again. */
const MOST_WAITING = 256 * 1024
/** Milliseconds in which marks that were changed together become one message. */
const GATHER = 300
const CLOSED = { policy: 1008, stopping: 1001, door: 4001 } as const
const GOODBYE = 1000

/** A wall that is connected. */
export interface ConnectedWall extends WallAsker {
  readonly id: string
  readonly eventId: number
  /** What it says of itself; null until it did. */
  readonly report: WallReport | null
}

export interface WallSockets {
  /** Those of the Event that said what they are. */
  list(eventId: number): readonly ConnectedWall[]
  /** Settings of the Event are others now. */
  changed(eventId: number): void
  /** @param id null is all of the Event
   * @returns how many were told */
  ask(eventId: number, id: string | null, filename: string): number
  close(): void
}

interface Wall extends ConnectedWall {
  report: WallReport | null
  readonly socket: WebSocket
  readonly door: string
  alive: boolean
  said: number
  told: string
}

/** Whether walls may show the mark that published photos carry. */
export const hasLogo = (outputSettings: Pick<OutputSettingsStore, 'files'>): boolean =>
  outputSettings.files().image !== null

/** The line on which walls hear what people want of them. Anybody who may see the Event may be a wall: what is said here is
 * public, and what a wall says changes nothing but its own line in the app. */
export function registerWallSocket(
  app: App,
  needs: {
    catalog: Pick<Catalog, 'events' | 'publications' | 'walls'>
    doors: Doors
    tree: Pick<GalleryTree, 'isHidden'>
    bus: Pick<Bus, 'on'>
    connections: Pick<Connections, 'keep'>
    outputSettings: Pick<OutputSettingsStore, 'files' | 'pathOf'>
    /** Called with how many are connected. */
    onCount: (walls: number) => void
    /** Milliseconds since 1970. */
    now: () => number
  },
): WallSockets {
  const { catalog, outputSettings } = needs
  const { events, publications } = catalog
  const walls = new Set<Wall>()
  let timer: NodeJS.Timeout | undefined

  /** Which photos are picks is the photographers' own. Walls of this computer and of paired devices hear it, and strangers'
   * once a person wants picks alone on the walls: then everybody in the room sees it. */
  function picksFor(wall: Wall, wish: string): readonly string[] {
    if (wish === 'no' || (wish === 'more' && !wall.isKnown)) return []
    return publications
      .picked(wall.eventId)
      .filter(({ id }) => !needs.tree.isHidden(id))
      .map(({ name }) => name)
  }

  function send(wall: Wall, message: WallMessage): void {
    const { socket } = wall
    if (socket.bufferedAmount > MOST_WAITING) return socket.terminate()
    socket.send(JSON.stringify(message))
  }

  function tell(wall: Wall): void {
    const settings = catalog.walls.of(wall.eventId, wall.report?.key)
    const logo = settings.logo !== 'off' && hasLogo(outputSettings)
    const message = { type: 'settings', settings, picks: picksFor(wall, settings.picks), logo } as const
    const text = JSON.stringify(message)
    if (text === wall.told) return
    wall.told = text
    send(wall, message)
  }

  function tellAll(): void {
    timer = undefined
    for (const wall of walls)
      try {
        tell(wall)
      } catch (error) {
        app.log.error({ err: error }, 'A wall could not be told')
      }
  }
  const soon = () => void (timer ??= setTimeout(tellAll, GATHER))

  function end({ socket }: Wall, code: number, reason: string): void {
    socket.close(code, reason)
    setTimeout(() => socket.terminate(), GOODBYE).unref()
  }

  /** Walls that came in by a door that is another by now, or shut, go through it again. */
  function turnOut(): void {
    for (const wall of walls) {
      const event = events.list().find(({ id }) => id === wall.eventId)
      if (!event || doorMark(event, needs.now()) !== wall.door) end(wall, CLOSED.door, 'the door is another')
    }
  }

  const off = needs.bus.on((notice) => {
    if (walls.size === 0) return
    if (notice.type === 'status.changed') turnOut()
    if (['photo.changed', 'publication.live', 'publication.gone', 'status.changed'].includes(notice.type))
      soon()
  })
  const heartbeat = setInterval(() => {
    turnOut()
    for (const wall of walls) {
      if (!wall.alive) wall.socket.terminate()
      wall.alive = false
      wall.said = 0
      wall.socket.ping()
    }
  }, HEARTBEAT)
  heartbeat.unref()

  function hear(wall: Wall, data: Buffer, isBinary: boolean): void {
    if (++wall.said > MOST_SAID || isBinary) return end(wall, CLOSED.policy, 'not understood')
    const text = data.toString()
    if (text === PING) return wall.socket.send(PONG)
    let report: WallReport | null = null
    try {
      report = readWallReport(JSON.parse(text))
    } catch {
      // Not ours; see below.
    }
    if (!report) return end(wall, CLOSED.policy, 'not understood')
    const isFirst = wall.report?.key !== report.key
    wall.report = report
    // Only now it is known which wall it is, and whether it has settings of its own.
    if (isFirst) tell(wall)
  }

  const OfEvent = Type.Object({ slug: Type.String() })
  const config = { access: 'public', audit: null } as const

  app.get(
    '/guests/:slug/wall',
    {
      config: { ...config, socket: true },
      schema: { params: OfEvent },
      websocket: true,
      preValidation: async (request, reply) => {
        const event = await needs.doors.bySlug(request, reply, request.params.slug)
        if (!event) return reply
        const asker = { isKnown: request.who.role !== 'guest', address: addressOf(request) ?? '' }
        if (hasRoom(walls, asker) && needs.connections.keep(request.raw)) return
        void reply.header('retry-after', '60')
        throw new Refusal(503, 'walls_full', 'Many walls are connected already. This one goes on by itself.')
      },
    },
    (socket: WebSocket, request) => {
      const event = events.find(request.params.slug)
      if (!event) return socket.terminate()
      const wall: Wall = {
        id: randomBytes(9).toString('base64url'),
        eventId: event.id,
        isKnown: request.who.role !== 'guest',
        address: addressOf(request) ?? '',
        report: null,
        socket,
        door: doorMark(event, needs.now()),
        alive: true,
        said: 0,
        told: '',
      }
      walls.add(wall)
      needs.onCount(walls.size)
      socket.on('pong', () => (wall.alive = true))
      socket.on('ping', () => {
        if (++wall.said > MOST_SAID) end(wall, CLOSED.policy, 'too many pings')
      })
      socket.on('message', (data: Buffer, isBinary) => hear(wall, data, isBinary))
      socket.on('error', () => socket.terminate())
      socket.on('close', () => {
        walls.delete(wall)
        needs.onCount(walls.size)
      })
      tell(wall)
    },
  )

  const wantsLogo = ({ id }: EventRecord) =>
    catalog.walls.of(id).logo !== 'off' ||
    [...walls].some((wall) => wall.eventId === id && catalog.walls.of(id, wall.report?.key).logo !== 'off')

  app.get('/guests/:slug/wall/logo', { config, schema: { params: OfEvent } }, async (request, reply) => {
    const event = await needs.doors.bySlug(request, reply, request.params.slug)
    if (!event) return reply
    const name = outputSettings.files().image
    const path = name === null ? null : outputSettings.pathOf(name)
    // The file is the owner's until a person puts it on a wall.
    if (path === null || !wantsLogo(event)) throw nothingHere()
    return sendFile(request, reply, path, { type: 'image/png', cache: 'private, no-cache' })
  })

  return {
    list: (eventId) => [...walls].filter((wall) => wall.eventId === eventId && wall.report !== null),
    changed(eventId) {
      for (const wall of walls) if (wall.eventId === eventId) tell(wall)
    },
    ask(eventId, id, filename) {
      const asked = [...walls].filter((wall) => wall.eventId === eventId && (id === null || wall.id === id))
      for (const wall of asked) send(wall, { type: 'ask', filename })
      return asked.length
    },
    close() {
      clearTimeout(timer)
      clearInterval(heartbeat)
      off()
      for (const wall of walls) end(wall, CLOSED.stopping, 'stopping')
    },
  }
}
