import { Refusal } from '../errors.ts'

/** Asks the owner before many photos leave the galleries at once: a slip of a thumb must not empty an event. */
export interface BulkRemovalGuard {
  /** Call before each photo that is taken out.
   * @throws Refusal 409 `mass_removal` */
  check(): void
  /** The owner agrees: for a while any number may go. */
  allow(): void
  /** Whether the owner's word holds at the moment. */
  isAllowed(): boolean
  /** How many were refused and still wait for the owner's word, or null when nothing is asked. */
  asked(): { refused: number; limit: number } | null
  /** The owner says no. */
  refuse(): void
}

/** The time over which removals are counted, milliseconds. */
const WINDOW = 60_000
/** How long the owner's word holds, and the question too, milliseconds. */
const WORD = 10 * 60_000

/** @param needs.limit how many may go within a minute without a question; 0 = always ask */
export function createBulkRemovalGuard(needs: {
  limit: () => number
  /** Milliseconds, by a clock for waiting. */
  now: () => number
  changed: () => void
}): BulkRemovalGuard {
  let times: number[] = []
  let allowedUntil = 0
  let refused: { count: number; at: number } | null = null

  return {
    check() {
      const now = needs.now()
      if (now < allowedUntil) return
      times = times.filter((time) => time > now - WINDOW)
      if (times.length < needs.limit()) {
        times.push(now)
        return
      }
      refused = { count: (refused?.count ?? 0) + 1, at: now }
      needs.changed()
      throw new Refusal(
        409,
        'mass_removal',
        `More than ${needs.limit()} photos would be unpublished within a minute. The owner has to allow it first.`,
      )
    },
    allow() {
      allowedUntil = needs.now() + WORD
      refused = null
      needs.changed()
    },
    isAllowed: () => needs.now() < allowedUntil,
    refuse() {
      refused = null
      needs.changed()
    },
    asked() {
      if (!refused || refused.at < needs.now() - WORD) return null
      return { refused: refused.count, limit: needs.limit() }
    },
  }
}
