import { PING, PONG } from '../../../daemon/contract/delta.ts'
import {
  readWallSettings,
  WALL_DEFAULTS,
  type WallMessage,
  type WallReport,
} from '../../../daemon/contract/wall.ts'
import type { Line } from '../../feed/push.ts'

export interface WallLineNeeds {
  open: (slug: string) => Line
  hear: (message: WallMessage) => void
  report: () => WallReport
  random: () => number
}

/** Milliseconds until the next try, which grow while the daemon is away. */
const AGAIN = 2_000
const SLOWEST = 30_000
/** The shortest time between two reports, ms. */
const EVERY = 2_500
/** After so long without a word the daemon is asked whether it is there, and so long is waited for. */
const SILENT = 30_000
const ANSWERS = 10_000

/** The wall's line to the daemon, which tells it what people want of it. Comes back by itself. */
export const createWallLine = (needs: WallLineNeeds) => {
  let slug: string | null = null
  let line: Line | null = null
  let failures = 0
  let isHeard = false
  let again: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let saying: ReturnType<typeof setTimeout> | undefined
  let saidAt = -Infinity
  let said = ''

  const drop = (): void => {
    clearTimeout(again)
    clearTimeout(silence)
    clearTimeout(saying)
    saying = undefined
    const old = line
    line = null
    isHeard = false
    said = ''
    if (!old) return
    old.onmessage = old.onclose = old.onerror = null
    old.close()
  }
  const broke = (): void => {
    const was = isHeard
    drop()
    if (slug === null) return
    failures = was ? 0 : failures + 1
    again = setTimeout(connect, Math.min(SLOWEST, AGAIN * 2 ** failures) * (0.5 + needs.random()))
  }
  const listen = (): void => {
    clearTimeout(silence)
    silence = setTimeout(() => {
      line?.send(PING)
      silence = setTimeout(broke, ANSWERS)
    }, SILENT)
  }
  const say = (): void => {
    saying = undefined
    if (!isHeard || !line) return
    const text = JSON.stringify(needs.report())
    if (text === said) return
    said = text
    saidAt = Date.now()
    line.send(text)
  }
  const hear = (data: unknown): void => {
    listen()
    if (data === PONG || typeof data !== 'string') return
    try {
      const message = JSON.parse(data) as WallMessage
      const isFirst = !isHeard
      isHeard = true
      if (message.type === 'settings')
        needs.hear({ ...message, settings: { ...WALL_DEFAULTS, ...readWallSettings(message.settings) } })
      else needs.hear(message)
      if (isFirst) say()
    } catch {
      // A captive portal's.
      broke()
    }
  }
  const connect = (): void => {
    drop()
    if (slug === null) return
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
    /** Listens for that event; for none with null. */
    follow(next: string | null): void {
      if (slug === next) return
      slug = next
      failures = 0
      if (next === null) drop()
      else connect()
    },
    /** Somebody tells this wall what to do. */
    isHeard: (): boolean => isHeard,
    /** Something else is on the wall. */
    changed(): void {
      saying ??= setTimeout(say, Math.max(0, saidAt + EVERY - Date.now()))
    },
    stop(): void {
      slug = null
      drop()
    },
  }
}

/** Opens the line where the page came from. */
export const openWallLine = (slug: string): Line => {
  const url = new URL(`/guests/${encodeURIComponent(slug)}/wall`, location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return new WebSocket(url) as Line
}
