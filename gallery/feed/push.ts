import type { CountsMessage, GuestMessage } from '../../daemon/contract/delta.ts'
import { createLine, openHere, type Line } from './line.ts'

export interface PushNeeds {
  open: (slug: string) => Line
  hear: (message: GuestMessage) => void
  /** It was there and is not any more. */
  lost: () => void
  random?: () => number
}

const PATIENCE = {
  silent: 60_000,
  answers: 15_000,
  again: 2_000,
  refusedAgain: 10_000,
  slowest: 300_000,
} as const
/** A page that nobody looks at keeps its line for this long, milliseconds. */
const HIDDEN_KEEPS = 60_000

/** One event's line for news. */
export const createPush = (needs: PushNeeds) => {
  let nap: ReturnType<typeof setTimeout> | undefined
  const line = createLine<GuestMessage>({
    open: needs.open,
    patience: PATIENCE,
    isGreeting: ({ type }) => type === 'hello',
    hear: needs.hear,
    lost: needs.lost,
    random: needs.random ?? Math.random,
  })

  return {
    follow: line.follow,
    line: line.line,
    /** News come by themselves. */
    isOpen: line.isOpen,
    /** Nobody looks at the page, or somebody does again.
     * @returns whether it begins another line */
    look(hidden: boolean): boolean {
      clearTimeout(nap)
      if (!hidden) return line.resume()
      nap = setTimeout(line.drop, HIDDEN_KEEPS)
      return false
    },
    /** @returns false when nobody hears it */
    say: (counts: CountsMessage): boolean => line.send(JSON.stringify(counts)),
    stop(): void {
      clearTimeout(nap)
      line.stop()
    },
  }
}

export type Push = ReturnType<typeof createPush>

/** Opens the line where the page came from.
 * @param who a wall is counted among no guests */
export const openLine = (slug: string, who: 'guest' | 'wall' = 'guest'): Line =>
  openHere(slug, who === 'wall' ? 'socket?wall=1' : 'socket')
