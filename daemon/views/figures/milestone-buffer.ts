import type { Catalog } from '../../catalog/catalog.ts'
import type { SeenWhere } from '../../catalog/photos/milestones.ts'
import { isStorageFault } from '../../errors.ts'
import type { Log } from '../../log.ts'

/** Milliseconds for which times are gathered before they are written, all in one go. */
const WRITE_EVERY = 5000

/** Notes when tiles were there and when guests saw photos. No photo waits for it: a crash forgets the last seconds. */
export interface MilestoneBuffer {
  tileReady(photoId: string): void
  /** A guest's page got a picture of the publication. Cheap: it is asked for every picture of every guest. */
  seen(publication: { readonly id: string; readonly photoId: string }, where: SeenWhere): void
  /** Writes what was gathered. */
  settle(): void
  stop(): void
}

/** @param needs.now milliseconds since 1970 */
export function createMilestoneBuffer(needs: {
  catalog: Pick<Catalog, 'milestones' | 'transaction'>
  now: () => number
  log: Log
}): MilestoneBuffer {
  const { milestones, transaction } = needs.catalog
  /** Publications that guests have seen since the start. */
  const known = new Set<string>()
  let waiting: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function settle(): void {
    clearTimeout(timer)
    timer = undefined
    const notes = waiting
    waiting = []
    if (notes.length === 0) return
    try {
      transaction(() => notes.forEach((note) => note()))
    } catch (error) {
      // Times that are only nice to have; what the disk needs is said elsewhere.
      if (!isStorageFault(error)) throw error
      needs.log.warn({ err: error }, 'When photos got ready could not be noted')
    }
  }
  function add(note: () => void): void {
    if (stopped) return
    waiting.push(note)
    timer ??= setTimeout(settle, WRITE_EVERY)
  }

  return {
    tileReady(photoId) {
      const at = needs.now()
      add(() => milestones.tile(photoId, at))
    },
    seen({ id, photoId }, where) {
      if (known.has(id)) return
      known.add(id)
      const at = needs.now()
      add(() => milestones.seen(photoId, at, where))
    },
    settle,
    stop() {
      settle()
      stopped = true
    },
  }
}
