import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Milliseconds after which a connection may have to make room: one that has said nothing yet or has nothing to say,
 * one that takes nothing, and one that takes its time. */
const NEW = 1000
const QUIET = 3000
const SLOW = 10_000
/** After all others. */
const LAST = 4

/** Connections make room in this order: strangers; those at the address of a paired device; the device itself. */
export const STRANGER = 0
export const EXPECTED = 1
export const KNOWN = 2
export type Rank = typeof STRANGER | typeof EXPECTED | typeof KNOWN

export interface Connection {
  /** What bytes are counted on: once TLS is agreed on, its socket. */
  socket: Socket
  readonly key: string
  readonly address: string
  /** Whose it is: a device's id, or the network of the address. */
  holder: string
  rank: Rank
  work: 'new' | 'idle' | 'busy' | 'refused' | 'socket'
  /** When that began. */
  since: number
  bytes: number
  movedAt: number
  request: IncomingMessage | null
  /** The newest. */
  reply: ServerResponse | null
  /** Replies under way at once: Node begins each request that it has read, even before the previous one is answered. */
  replies: number
  /** A guest's page keeps it for good. */
  isKept: boolean
}

/** A file is open for whatever is replied. */
export const unitsOf = ({ replies }: Connection): number => 1 + replies

/** Notes whether anything went to or fro. */
export function move(one: Connection, time: number): void {
  const bytes = one.socket.bytesRead + one.socket.bytesWritten
  if (bytes === one.bytes) return
  one.bytes = bytes
  one.movedAt = time
}

/** Whether it is the visitor who keeps us waiting. */
export function isWaitedFor({ request, reply, socket }: Connection): boolean {
  if (socket.writableLength > 0 || (reply?.writableLength ?? 0) > 0) return true
  return request !== null && !request.complete && request.readableLength === 0
}

/** How little a connection is worth, least first; null where it stays. */
function worth(one: Connection, time: number): number | null {
  move(one, time)
  const age = time - one.since
  switch (one.work) {
    case 'new':
    case 'refused':
      return age > NEW ? 0 : null
    case 'idle':
      return age > NEW ? 1 : null
    case 'busy':
      if (time - one.movedAt > QUIET) return 2
      return age > SLOW ? 3 : null
    case 'socket':
      return null
  }
}

/** Connections that may make room, the first to go first: idle ones before slow ones, and of those the client with
 * the most.
 * @param comes who comes: for the owner and for devices any stranger's may go, also one that just began */
export function leaving(connections: Iterable<Connection>, comes: Rank, time: number): Connection[] {
  const list = [...connections]
  const held = new Map<string, number>()
  for (const { holder } of list) held.set(holder, (held.get(holder) ?? 0) + 1)
  return list
    .flatMap((one) => {
      const value = worth(one, time) ?? (comes === KNOWN && one.rank !== KNOWN ? LAST : null)
      return value === null ? [] : [{ one, value, holds: held.get(one.holder) ?? 0 }]
    })
    .sort(
      (a, b) =>
        a.one.rank - b.one.rank || a.value - b.value || b.holds - a.holds || a.one.since - b.one.since,
    )
    .map(({ one }) => one)
}
