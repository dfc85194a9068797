import { setTimeout as sleep } from 'node:timers/promises'

/** Holds big files back for what is urgent, and to the owner's limit. */
export interface Throttle {
  /** Awaited before `bytes` of a big file are sent. */
  bulk(bytes: number, signal: AbortSignal): Promise<void>
  /** Something urgent is sent: it waits for nothing, and the big files make up for it. */
  urgent(bytes: number): void
}

/** How often a big file looks whether the urgent ones are through, milliseconds. */
const LOOK = 50
/** How long a big file may wait, milliseconds: servers hang up on clients that send nothing for long. */
const PATIENCE = 3000
/** Bytes that may go at once after a pause, in seconds of the limit. */
const BURST = 0.25

/** @param needs.limit bytes a second, 0 = none
 *  @param needs.isUrgent whether something urgent is on its way now */
export function createThrottle(needs: {
  limit: () => number
  isUrgent: () => boolean
  now: () => number
}): Throttle {
  /** When the line is free for the next big chunk, if the limit is kept. */
  let freeAt = 0

  function take(bytes: number): number {
    const limit = needs.limit()
    if (limit <= 0) return 0
    const now = needs.now()
    freeAt = Math.max(freeAt, now - BURST * 1000) + (bytes / limit) * 1000
    return freeAt - now
  }

  return {
    async bulk(bytes, signal) {
      const until = needs.now() + PATIENCE
      while (needs.isUrgent() && needs.now() < until) await sleep(LOOK, undefined, { signal })
      const wait = take(bytes)
      if (wait > 0) await sleep(wait, undefined, { signal })
    },
    urgent(bytes) {
      take(bytes)
    },
  }
}
