import {
  deltaOf,
  PING,
  PONG,
  readCounts,
  type GuestMessage,
  type HostMessage,
} from '../../daemon/contract/delta.ts'
import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import { createRemovalDesk } from '../removals.ts'
import { createTally } from './tally.ts'
import { autoResponse, upgrade, type ObjectContext, type ObjectEnv, type Socket } from './runtime.ts'

/** The head is read at most this often, however often it is said to be new; milliseconds. */
const READ_EVERY = 1000
/** How many watch is told at most this often, milliseconds. */
const COUNT_EVERY = 1000
/** Pages that wait for news of one event. The runtime takes four times as many. */
const MOST = 8000
/** Daemons that listen. */
const MOST_HOSTS = 20
const OPEN = 1
/** Codes that a page's line is closed with. */
const CLOSED = { door: 4001, policy: 1008 } as const

/** What the Function says of the event with every call. */
interface About {
  readonly slug: string
  readonly prefix: string
  /** Another one when who may come in is another. */
  readonly door: string
  readonly endsAt: string | null
}

const aboutOf = (url: URL): About => ({
  slug: url.searchParams.get('slug') ?? '',
  prefix: url.searchParams.get('prefix') ?? '',
  door: url.searchParams.get('door') ?? '',
  endsAt: url.searchParams.get('ends'),
})

/** One event's guests on the internet. It believes nobody: that something is new it is told by anybody, and what that is
 * it reads in the bucket itself. Between two calls it sleeps, and the lines stay open. */
export function createGuests(context: ObjectContext, env: ObjectEnv) {
  const { storage } = context
  let about: About | null = null
  let head: ManifestHead | null | undefined
  let readAt = -Infinity
  let next: Promise<void> | null = null
  let counting = false
  context.setWebSocketAutoResponse(autoResponse(PING, PONG))

  /** How many watch: a wall hears what guests hear, and is none. */
  function guests(): number {
    const walls = new Set(context.getWebSockets('wall'))
    return context.getWebSockets('guest').filter((one) => one.readyState === OPEN && !walls.has(one)).length
  }
  const tally = createTally({ storage, bucket: env.GALLERY })
  const desk = createRemovalDesk({ bucket: env.GALLERY, now: () => Date.now() })

  function send(socket: Socket, message: GuestMessage | HostMessage, text = JSON.stringify(message)): void {
    try {
      socket.send(text)
    } catch {
      // It left at this moment.
    }
  }
  function tell(tag: 'guest' | 'host', message: GuestMessage | HostMessage): void {
    const text = JSON.stringify(message)
    for (const socket of context.getWebSockets(tag)) send(socket, message, text)
  }

  /** Notes what the Function knows; where the door is another now, everybody has to come through it again. */
  async function note(said: About): Promise<void> {
    about ??= ((await storage.get('about')) as About | undefined) ?? null
    if (JSON.stringify(about) === JSON.stringify(said)) return
    const isOther = about !== null && about.door !== said.door
    about = said
    await storage.put('about', said)
    if (isOther) turnOut()
  }
  function turnOut(): void {
    tell('guest', { type: 'index' })
    for (const socket of context.getWebSockets('guest')) socket.close(CLOSED.door, 'the door is another')
  }
  const hasEnded = (): boolean => typeof about?.endsAt === 'string' && Date.parse(about.endsAt) <= Date.now()

  /** The head that the pages know. It is kept at once, and so is which event the index names: an object that sleeps
   * meanwhile would take the next ones for these. */
  async function known(): Promise<ManifestHead | null> {
    head ??= (await storage.get('head')) as ManifestHead | undefined
    if (head) return head
    head = (await read()) ?? undefined
    if (head) await storage.put('head', head)
    await lookAtIndex()
    return head ?? null
  }
  async function read(): Promise<ManifestHead | null> {
    const stored = await env.GALLERY.get(`${about?.prefix ?? ''}/manifest.json`)
    try {
      return JSON.parse((await stored?.text?.()) ?? 'null') as ManifestHead | null
    } catch {
      return null
    }
  }

  /** Which event the front door shows may be another one. */
  async function lookAtIndex(): Promise<void> {
    const etag = (await env.GALLERY.head('events.json'))?.httpEtag ?? ''
    const before = await storage.get('index')
    if (before === etag) return
    await storage.put('index', etag)
    if (before !== undefined) tell('guest', { type: 'index' })
  }

  async function look(): Promise<void> {
    const before = await known()
    const after = await read()
    await lookAtIndex()
    if (hasEnded()) return turnOut()
    if (after === null || after.revision === before?.revision) {
      if (before && head === before) await storage.put('head', before)
      return
    }
    head = after
    await storage.put('head', after)
    const delta = before && deltaOf(before, after)
    tell('guest', delta ? { type: 'delta', delta } : { type: 'head', revision: after.revision })
  }

  /** Reads the bucket, soon; whoever asks meanwhile is answered by the same look. */
  function lookSoon(): Promise<void> {
    next ??= (async () => {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, readAt + READ_EVERY - Date.now())))
      next = null
      readAt = Date.now()
      await look()
    })()
    return next
  }

  /** Says to the daemons how many watch, now and then. */
  function countSoon(): void {
    if (counting) return
    counting = true
    setTimeout(() => {
      counting = false
      tell('host', { type: 'watching', guests: guests() })
    }, COUNT_EVERY)
  }

  async function join(isHost: boolean, isWall: boolean): Promise<Response> {
    const tag = isHost ? 'host' : 'guest'
    if (context.getWebSockets(tag).length >= (isHost ? MOST_HOSTS : MOST))
      return new Response('Many guests watch already.', { status: 503, headers: { 'retry-after': '60' } })
    const revision = (await known())?.revision ?? 0
    const { response, socket } = upgrade()
    context.acceptWebSocket(socket, isWall ? [tag, 'wall'] : [tag])
    send(socket, { type: 'hello', revision })
    if (!isHost) await tally.seen(guests())
    countSoon()
    return response()
  }

  return {
    async fetch(request: Request): Promise<Response> {
      const url = new URL(request.url)
      await note(aboutOf(url))
      const { slug, prefix } = aboutOf(url)
      switch (url.pathname) {
        case '/socket':
          return join(url.searchParams.get('host') === 'yes', url.searchParams.get('wall') === 'yes')
        case '/poke':
          context.waitUntil(lookSoon())
          return new Response(null, { status: 204 })
        case '/removals': {
          const asker = url.searchParams.get('asker') ?? ''
          const reply = await desk.take({ slug, prefix, asker }, await request.json().catch(() => null))
          if (reply.status === 200) tell('host', { type: 'removals' })
          return reply
        }
        case '/counts': {
          const counts = readCounts(await request.json().catch(() => null))
          if (!counts) return new Response('Not understood.', { status: 400 })
          await tally.add(counts)
          return new Response(null, { status: 204 })
        }
        default:
          return new Response('Not found.', { status: 404 })
      }
    },

    async heard(socket: Socket, message: string | ArrayBuffer): Promise<void> {
      let value: unknown = null
      try {
        value = typeof message === 'string' && message.length <= 16_384 ? JSON.parse(message) : null
      } catch {
        // Not ours; see below.
      }
      const counts = readCounts(value)
      about ??= ((await storage.get('about')) as About | undefined) ?? null
      if (counts && about && tally.mayCount(socket)) return tally.add(counts)
      if (!counts) socket.close(CLOSED.policy, 'not understood')
    },

    left(socket: Socket): void {
      try {
        socket.close(1000, 'left')
      } catch {
        // It is closed by then.
      }
      countSoon()
    },

    async alarm(): Promise<void> {
      about ??= ((await storage.get('about')) as About | undefined) ?? null
      if (about) await tally.write(about.slug, guests())
    },
  }
}
