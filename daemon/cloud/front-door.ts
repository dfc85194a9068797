import type { Log } from '../log.ts'

/** Milliseconds between two looks. */
const EVERY = 30_000

/** Notices when the current Event's end has come, so that the index in the bucket names it no longer.
 * @param needs.isShown whether the root of the gallery shows it now
 * @param needs.changed it does from now on, or does no longer */
export function createFrontDoorWatch(needs: { isShown: () => boolean; changed: () => void; log: Log }) {
  let shown = true
  let timer: NodeJS.Timeout | undefined

  function look(): void {
    try {
      const now = needs.isShown()
      if (now !== shown) needs.changed()
      shown = now
    } catch (error) {
      needs.log.warn({ err: error }, 'That an event has ended is told the bucket later')
    }
  }

  return {
    look,
    start(): void {
      look()
      timer = setInterval(look, EVERY)
      timer.unref()
    },
    stop(): void {
      clearInterval(timer)
    },
  }
}
