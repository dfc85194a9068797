import {
  readWallSettings,
  WALL_DEFAULTS,
  type WallMessage,
  type WallReport,
} from '../../../daemon/contract/wall.ts'
import { createLine, openHere, type Line } from '../../feed/line.ts'

export interface WallLineNeeds {
  open: (slug: string) => Line
  hear: (message: WallMessage) => void
  report: () => WallReport
  random: () => number
}

const PATIENCE = {
  silent: 30_000,
  answers: 10_000,
  again: 2_000,
  refusedAgain: 4_000,
  slowest: 30_000,
} as const
/** The shortest time between two reports, ms. */
const EVERY = 2_500

/** The wall's line to the daemon, which tells it what people want of it. */
export const createWallLine = (needs: WallLineNeeds) => {
  let saying: ReturnType<typeof setTimeout> | undefined
  let saidAt = -Infinity
  let said = ''

  const line = createLine<WallMessage>({
    open: needs.open,
    patience: PATIENCE,
    isGreeting: ({ type }) => type !== undefined,
    random: needs.random,
    hear(message, isFirst) {
      if (message.type === 'settings')
        needs.hear({ ...message, settings: { ...WALL_DEFAULTS, ...readWallSettings(message.settings) } })
      else needs.hear(message)
      if (!isFirst) return
      // Who hears it now knows nothing of this wall.
      said = ''
      say()
    },
  })
  function say(): void {
    clearTimeout(saying)
    saying = undefined
    const text = JSON.stringify(needs.report())
    if (text === said || !line.send(text)) return
    said = text
    saidAt = Date.now()
  }

  return {
    /** Listens for that event; for none with null. */
    follow: (slug: string | null): void => void line.follow(slug),
    /** Something else is on the wall. */
    changed(): void {
      saying ??= setTimeout(say, Math.max(0, saidAt + EVERY - Date.now()))
    },
    stop(): void {
      clearTimeout(saying)
      line.stop()
    },
  }
}

/** Opens the line where the page came from. */
export const openWallLine = (slug: string): Line => openHere(slug, 'wall')
