import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { isLoopback, networkOf } from '../../access/who.ts'
import { createPace } from './pace.ts'
import { PACE, PATIENCE, type ConnectionLimits, type Patience } from '../../access/connection-limits.ts'
import {
  EXPECTED,
  isWaitedFor,
  KNOWN,
  leaving,
  move,
  STRANGER,
  unitsOf,
  type Connection,
  type Rank,
} from './connection-room.ts'

/** Milliseconds between two looks at how everybody gets on. */
const LOOK_EVERY = 1000
/** How soon room is looked for again where there was none, milliseconds. */
const AGAIN = 250
/** Milliseconds that a refused client has to read the answer. */
const LINGER = 1000
/** How long an address counts as one that a paired device has. */
const EXPECTED_FOR = 3_600_000
const ADDRESSES_KEPT = 1000
/** What of the strangers' room may be held by pages that wait for news. */
const KEPT_SHARE = 1 / 2
/** Requests that one connection may send before the first is answered. Browsers send one. */
const AT_ONCE = 4
/** Refusals that are answered at once; beyond, connections are reset without an answer. */
const ANSWERED_AT_ONCE = 32
const FULL =
  'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

export interface Connections {
  /** Takes over who may connect to a server that does not listen yet, and how long they may take. */
  watch(server: Server | TlsServer): void
  /** A request begins; to be called before anything is decided about it. */
  begin(request: IncomingMessage, reply: ServerResponse): void
  /** Settles whose request it is; to be called before anything is opened for it.
   * @param holder the owner, or a device's id; null for a stranger's, which may have to go */
  settle(request: IncomingMessage, holder: string | null): void
  /** A guest's page is to keep its connection for good, to hear news. Only a part of the room that strangers have is for
   * those: the rest stays for pages and pictures.
   * @returns false where that part is full; nothing was changed then */
  keep(request: IncomingMessage): boolean
  /** How many there are, counted as in `ConnectionLimits`. */
  count(): { strangers: number; all: number }
  stop(): void
}

/** Everybody's connections to all listeners. One address may hold many, for hundreds of guests share one behind a
 * router; but where room is short, idle connections make room for new ones, strangers' first and of those the one's
 * with the most. So the owner and the devices always get in, and there are always descriptors left.
 *
 * @param needs.now milliseconds that only rise */
export function createConnections(needs: {
  limits: ConnectionLimits
  patience?: Patience
  now?: () => number
}): Connections {
  const { limits, patience = PATIENCE, now = () => performance.now() } = needs
  const all = new Map<string, Connection>()
  /** Addresses that a paired device was seen at, and when. */
  const expected = new Map<string, number>()
  /** Units in use, by rank. */
  const units: [number, number, number] = [0, 0, 0]
  /** Connections that guests' pages keep, and how many there may be. */
  let kept = 0
  const mostKept = Math.floor((limits.all - limits.kept) * KEPT_SHARE)
  let fruitless = -Infinity
  let answering = 0

  /** Changes what a connection is, and the counts with it. */
  function become(one: Connection, change: Partial<Connection>): void {
    const there = all.get(one.key) === one
    if (there) count(one, -1)
    Object.assign(one, change)
    if (there) count(one, 1)
  }

  function count(one: Connection, sign: 1 | -1): void {
    units[one.rank] += sign * unitsOf(one)
  }

  function drop(one: Connection): void {
    if (all.get(one.key) !== one) return
    count(one, -1)
    if (one.isKept) kept -= 1
    all.delete(one.key)
  }

  function isFull(rank: Rank): boolean {
    const [strangers, expected, known] = units
    if (strangers + expected + known >= limits.all) return true
    if (rank !== KNOWN && strangers + expected >= limits.all - limits.kept / 2) return true
    return rank === STRANGER && strangers >= limits.all - limits.kept
  }

  function rankOf(address: string): Rank {
    if (isLoopback(address)) return KNOWN
    const seen = expected.get(networkOf(address))
    return seen !== undefined && now() - seen < EXPECTED_FOR ? EXPECTED : STRANGER
  }

  function makeRoom(rank: Rank): void {
    const time = now()
    if (rank === STRANGER && time - fruitless < AGAIN) return
    // Some more than are needed, so that not every visitor starts a search.
    let most = Math.ceil(limits.all / 32)
    for (const one of leaving(all.values(), rank, time)) {
      // A device's connections go only where they are what fills the room.
      if (most <= 0 || (one.rank === KNOWN && !isFull(rank))) break
      most -= unitsOf(one)
      drop(one)
      one.socket.destroy()
    }
    if (isFull(rank)) fruitless = time
  }

  /** Hangs up; on plain HTTP, answers first that there is no room. */
  function refuse(raw: Socket, plain: boolean): void {
    if (!plain || answering >= ANSWERED_AT_ONCE) return void raw.resetAndDestroy()
    answering += 1
    raw.once('close', () => (answering -= 1))
    raw.resume()
    raw.end(FULL)
    setTimeout(() => raw.destroy(), LINGER).unref()
  }

  const paces = {
    http: createPace({ ...PACE.http, now }),
    https: createPace({ ...PACE.https, now }),
  }

  /** @param serve has the server listen to it, at once or later */
  function arrive(raw: Socket, plain: boolean, serve: () => void): void {
    // A client that hung up already has no address any more; and errors of a closed socket do not matter.
    raw.on('error', () => undefined)
    const address = raw.remoteAddress
    if (address === undefined) {
      raw.destroy()
      return
    }
    const rank = rankOf(address)
    if (isFull(rank)) makeRoom(rank)
    if (isFull(rank)) {
      refuse(raw, plain)
      return
    }
    const time = now()
    const one: Connection = {
      socket: raw,
      key: keyOf(raw),
      address,
      holder: networkOf(address),
      rank,
      work: 'new',
      since: time,
      bytes: 0,
      movedAt: time,
      request: null,
      reply: null,
      replies: 0,
      isKept: false,
    }
    all.set(one.key, one)
    count(one, 1)
    raw.once('close', () => drop(one))
    if (rank === KNOWN || !isFinite(limits.all)) return serve()
    paces[plain ? 'http' : 'https'].take(rank === EXPECTED, () => {
      if (all.get(one.key) === one) serve()
    })
  }

  function look(): void {
    const time = now()
    for (const one of [...all.values()]) {
      move(one, time)
      const age = time - one.since
      const late =
        (one.work === 'new' && age > patience.handshake + patience.head) ||
        (one.work === 'refused' && age > patience.refused) ||
        (one.work === 'socket' && one.rank !== KNOWN && !one.isKept && age > patience.upgrade) ||
        (one.work === 'busy' && one.rank !== KNOWN && one.request?.complete === false && age > patience.body)
      if (late) one.socket.destroy()
    }
  }
  const timer = setInterval(look, LOOK_EVERY)
  timer.unref()

  return {
    watch(server) {
      const plain = !('setSecureContext' in server)
      const hosts = server.listeners('connection') as ((this: typeof server, socket: Socket) => void)[]
      server.removeAllListeners('connection')
      server.on('connection', (raw: Socket) => {
        arrive(raw, plain, () => {
          for (const host of hosts) host.call(server, raw)
        })
      })
      server.on('secureConnection', (socket: Socket) => {
        const one = all.get(keyOf(socket))
        if (one) Object.assign(one, { socket, bytes: 0 })
      })
      server.prependListener('upgrade', (request: IncomingMessage) => {
        const one = all.get(keyOf(request.socket))
        if (one) become(one, { work: 'socket', since: now() })
      })
      server.headersTimeout = patience.head
      server.keepAliveTimeout = patience.idle
      // A slow line takes as long as it takes; see `stalled`.
      server.requestTimeout = 0
      server.setTimeout(patience.stalled, (socket: Socket) => {
        const one = all.get(keyOf(socket))
        if (one?.work === 'busy' && !isWaitedFor(one)) socket.setTimeout(patience.stalled)
        else socket.destroy()
      })
    },

    begin(request, reply) {
      const one = all.get(keyOf(request.socket))
      if (!one || one.work === 'socket') return
      become(one, { work: 'busy', since: now(), movedAt: now(), request, reply, replies: one.replies + 1 })
      if (one.replies > AT_ONCE) return void one.socket.destroy()
      reply.once('close', () => {
        become(one, { replies: one.replies - 1 })
        if (one.reply !== reply) return
        // Nobody reads on what a stranger sends after it was answered.
        const refused = !request.complete && one.rank !== KNOWN
        become(one, { work: refused ? 'refused' : 'idle', since: now(), request: null, reply: null })
      })
    },

    settle(request, holder) {
      const one = all.get(keyOf(request.socket))
      if (!one) return
      if (holder === null) {
        if (isFull(one.rank)) makeRoom(one.rank)
        // Serving it would open a file, and no more can be opened.
        if (isFull(one.rank)) one.socket.destroy()
        return
      }
      if (one.rank !== KNOWN || one.holder !== holder) become(one, { rank: KNOWN, holder })
      const network = networkOf(one.address)
      expected.delete(network)
      expected.set(network, now())
      const oldest = expected.keys().next().value
      if (expected.size > ADDRESSES_KEPT && oldest !== undefined) expected.delete(oldest)
    },

    keep(request) {
      const one = all.get(keyOf(request.socket))
      if (!one || one.isKept) return true
      if (kept >= mostKept) return false
      one.isKept = true
      kept += 1
      return true
    },

    count: () => ({ strangers: units[STRANGER], all: units[STRANGER] + units[EXPECTED] + units[KNOWN] }),

    stop() {
      clearInterval(timer)
      paces.http.stop()
      paces.https.stop()
    },
  }
}

/** The same for a socket and for what TLS makes of it. Injected requests have sockets that know less. */
function keyOf({ remoteAddress, remotePort, localPort }: Partial<Socket>): string {
  return `${remoteAddress} ${remotePort} ${localPort}`
}
