import { PING, PONG } from '../../daemon/contract/delta.ts'

/** The parts of a browser's WebSocket that are used here. */
export interface Line {
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: (() => void) | null
  onerror: (() => void) | null
  send(text: string): void
  close(): void
}

/** All in milliseconds. */
export interface Patience {
  /** After so long without a word the other end is asked whether it lives, and so long an answer is waited for. */
  readonly silent: number
  readonly answers: number
  /** Until the next try: of a line that broke, so that not all pages come at once, and of one that never was, which doubles. */
  readonly again: number
  readonly refusedAgain: number
  readonly slowest: number
}

export interface KeptLineNeeds<Message> {
  open: (slug: string) => Line
  patience: Patience
  /** With this message the line is there. */
  isGreeting: (message: Message) => boolean
  /** @param isFirst whether it is the greeting */
  hear: (message: Message, isFirst: boolean) => void
  /** It was there and is not any more. */
  lost?: () => void
  random: () => number
}

/** An event's line to where the page came from. Comes back by itself; whoever has none asks instead. */
export const createLine = <Message>({ patience, ...needs }: KeptLineNeeds<Message>) => {
  let slug: string | null = null
  let line: Line | null = null
  let isOpen = false
  let lines = 0
  let failures = 0
  let silence: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined

  const drop = (): void => {
    clearTimeout(silence)
    clearTimeout(again)
    const old = line
    line = null
    isOpen = false
    if (old === null) return
    old.onmessage = old.onclose = old.onerror = null
    old.close()
  }

  const broke = (): void => {
    const was = isOpen
    drop()
    if (slug === null) return
    const { again: soon, refusedAgain, slowest } = patience
    const wait = was ? soon : Math.min(slowest, refusedAgain * 2 ** failures)
    failures = was ? 0 : failures + 1
    again = setTimeout(connect, wait * (0.5 + needs.random()))
    if (was) needs.lost?.()
  }

  const listen = (): void => {
    clearTimeout(silence)
    silence = setTimeout(() => {
      line?.send(PING)
      silence = setTimeout(broke, patience.answers)
    }, patience.silent)
  }

  const hear = (data: unknown): void => {
    listen()
    if (data === PONG || typeof data !== 'string') return
    let message: Message
    let isFirst: boolean
    try {
      message = JSON.parse(data) as Message
      isFirst = !isOpen && needs.isGreeting(message)
    } catch {
      // A captive portal's, or of a version that is not ours.
      return broke()
    }
    if (isFirst) {
      isOpen = true
      failures = 0
    }
    needs.hear(message, isFirst)
  }

  const connect = (): void => {
    drop()
    if (slug === null) return
    lines += 1
    try {
      line = needs.open(slug)
    } catch {
      return broke()
    }
    line.onmessage = ({ data }) => hear(data)
    line.onclose = line.onerror = broke
    silence = setTimeout(broke, patience.answers)
  }

  return {
    /** Listens for that event; for none with null.
     * @returns whether that is another than before */
    follow(next: string | null): boolean {
      if (slug === next) return false
      slug = next
      failures = 0
      if (next === null) drop()
      else connect()
      return true
    },
    /** Which line it is, the first being 1. */
    line: (): number => lines,
    isOpen: (): boolean => isOpen,
    /** Ends it for now. */
    drop,
    /** Opens it where it was ended for now.
     * @returns whether it begins another line */
    resume(): boolean {
      if (slug === null || line !== null) return false
      connect()
      return true
    },
    /** @returns false when nobody hears it */
    send(text: string): boolean {
      if (!isOpen) return false
      line?.send(text)
      return true
    },
    stop(): void {
      slug = null
      drop()
    },
  }
}

/** Opens a line where the page came from.
 * @param path below the event's own: `socket`, `socket?wall=1`, `wall` */
export const openHere = (slug: string, path: string): Line => {
  const url = new URL(`/guests/${encodeURIComponent(slug)}/${path}`, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return new WebSocket(url) as Line
}
