import PQueue from 'p-queue'
import { messageOf, Refusal } from '../errors.ts'
import type { Log } from '../log.ts'

/** Makes the tile and the preview of each new photo before anybody asks. One at a time, so that whatever somebody
 * does ask for waits for one picture at most; all tiles before any preview. */
export interface Warmer {
  add(photo: { readonly id: string; readonly filename: string }): void
  /** Makes nothing while that is so; what waits goes on afterwards. */
  hold(isHeld: boolean): void
  /** Forgets what waits. */
  stop(): void
}

/** @param needs.make makes the rendition, or finds it in the cache
 *  @param needs.ready called for each that is there now */
export function createWarmer(needs: {
  make: (id: string, name: 'tile' | 'preview') => Promise<unknown>
  ready: (id: string, name: 'tile' | 'preview') => void
  /** Told when a photo turns out not to be decodable. */
  broken: (id: string, why: Refusal) => void
  log: Log
}): Warmer {
  const queue = new PQueue({ concurrency: 1 })

  function warm(id: string, filename: string, name: 'tile' | 'preview', priority: number): void {
    void queue.add(
      async () => {
        try {
          await needs.make(id, name)
          needs.ready(id, name)
        } catch (error) {
          if (error instanceof Refusal && error.status === 422) needs.broken(id, error)
          // A later request gets the reason; it may have been moved or rejected meanwhile.
          needs.log.debug(`The ${name} of ${filename} was not made ahead: ${messageOf(error)}`)
        }
      },
      { priority },
    )
  }

  return {
    add({ id, filename }) {
      warm(id, filename, 'tile', 1)
      warm(id, filename, 'preview', 0)
    },
    hold(isHeld) {
      if (isHeld) queue.pause()
      else queue.start()
    },
    stop() {
      queue.clear()
    },
  }
}
