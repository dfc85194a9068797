import { PING, PONG, type CountsMessage, type GuestMessage } from '../../daemon/contract/delta.ts'

/** The parts of a browser's WebSocket that are used here. */
export interface Line {
  onmessage: ((message: { data: unknown }) => void) | null
  onclose: (() => void) | null
  onerror: (() => void) | null
  send(text: string): void
  close(): void
}

export interface PushNeeds {
  /** @param url `ws:` or `wss:` */
  open: (slug: string) => Line
  hear: (message: GuestMessage) => void
  /** It was there and is not any more. */
  lost: () => void
  random?: () => number
}

/** Milliseconds after which a line that is silent is asked whether it lives, and for which an answer is waited for. */
const SILENT = 60_000
const ANSWERS = 15_000
/** Milliseconds until the next try: of a line that broke, so that not all pages come at once, and of one that never was. */
const AGAIN = 2_000
const REFUSED_AGAIN = 10_000
const SLOWEST = 300_000
/** A page that nobody looks at keeps its line for this long, milliseconds. */
const HIDDEN_KEEPS = 60_000

/** One event's line for news. Comes back by itself; whoever has none asks instead. */
export const createPush = (needs: PushNeeds) => {
  const random = needs.random ?? Math.random
  let slug: string | null = null
  let line: Line | null = null
  let isOpen = false
  let lines = 0
  let failures = 0
  let silence: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let nap: ReturnType<typeof setTimeout> | undefined

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
    const wait = was ? AGAIN : Math.min(SLOWEST, REFUSED_AGAIN * 2 ** failures)
    failures = was ? 0 : failures + 1
    again = setTimeout(connect, wait * (0.5 + random()))
    if (was) needs.lost()
  }

  const listen = (): void => {
    clearTimeout(silence)
    silence = setTimeout(() => {
      line?.send(PING)
      silence = setTimeout(broke, ANSWERS)
    }, SILENT)
  }

  const hear = (data: unknown): void => {
    listen()
    if (data === PONG || typeof data !== 'string') return
    let message: GuestMessage
    try {
      message = JSON.parse(data) as GuestMessage
    } catch {
      // A captive portal's, or of a version that is not ours.
      return broke()
    }
    if (message.type === 'hello') {
      isOpen = true
      failures = 0
    }
    needs.hear(message)
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
    silence = setTimeout(broke, ANSWERS)
  }

  return {
    /** Waits for news of that event; of none with null.
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
    /** News come by themselves. */
    isOpen: (): boolean => isOpen,
    /** Nobody looks at the page, or somebody does again.
     * @returns whether it begins another line */
    look(hidden: boolean): boolean {
      clearTimeout(nap)
      if (hidden) nap = setTimeout(drop, HIDDEN_KEEPS)
      else if (slug !== null && line === null) {
        connect()
        return true
      }
      return false
    },
    /** @returns false when nobody hears it */
    say(counts: CountsMessage): boolean {
      if (!isOpen) return false
      line?.send(JSON.stringify(counts))
      return true
    },
    stop(): void {
      slug = null
      clearTimeout(nap)
      drop()
    },
  }
}

export type Push = ReturnType<typeof createPush>

/** Opens the line where the page came from.
 * @param who a wall is counted among no guests */
export const openLine = (slug: string, who: 'guest' | 'wall' = 'guest'): Line => {
  const url = new URL(`/guests/${encodeURIComponent(slug)}/socket`, location.href)
  if (who === 'wall') url.searchParams.set('wall', '1')
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return new WebSocket(url) as Line
}
