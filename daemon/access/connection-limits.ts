/** How many connections there may be at once. One that a reply is under way on counts twice: a file is open for it. */
export interface ConnectionLimits {
  readonly all: number
  /** How many of them are kept for the owner and for paired devices: strangers never have these. */
  readonly kept: number
}

/** Descriptors that connections never take: for the catalog, the camera, the darkroom and what comes in. */
const RESERVE = { least: 96, share: 1 / 4 } as const
/** Five hundred guests with the six connections of a browser. Each costs memory, and a slow reader its buffers. */
const MOST = 4096
const KEPT = { most: 256, share: 1 / 4 } as const

/** @param files how many files and sockets the process may have open */
export function connectionLimits(files: number): ConnectionLimits {
  const all = Math.floor(Math.min(MOST, Math.max(32, files - Math.max(RESERVE.least, files * RESERVE.share))))
  return { all, kept: Math.min(KEPT.most, Math.floor(all * KEPT.share)) }
}

/** Visitors that the system lets wait at the door while a flood is being let in: a client that it has to send away
 * comes again after a second or three. */
export const BACKLOG = 4096
/** Bytes of a request's head. */
export const MOST_HEAD = 16 * 1024
/** How often heads that are late are looked for, milliseconds. */
export const LATE_EVERY = 2000

/** Connections of strangers that may begin in a second, and at once after a quiet time; the others wait. To agree on a
 * cipher takes a millisecond or two of everybody's. */
export const PACE = { http: { rate: 100, burst: 500 }, https: { rate: 20, burst: 60 } } as const

/** Milliseconds that a visitor may take. What the daemon itself takes its time for never counts. */
export const PATIENCE = {
  /** To agree on a cipher. */
  handshake: 10_000,
  /** To say what is wanted: the whole head. */
  head: 10_000,
  /** For the next request on the same connection. */
  idle: 30_000,
  /** To take, or to send, anything at all. A client that is slow but goes on is not cut off. */
  stalled: 30_000,
  /** For a stranger's whole request: a code, a name. A paired device's upload may take as long as it flows. */
  body: 15_000,
  /** To stop sending what was refused. */
  refused: 2000,
  /** For an upgrade to become a socket. */
  upgrade: 5000,
} as const
export type Patience = Record<keyof typeof PATIENCE, number>
