import { createBucket } from '../../util/token-bucket.ts'

/** Milliseconds between two looks at who waits. */
const EVERY = 20

export interface Pace {
  /** Does it now, or when its turn comes: those that go first in the order in which they came, then the others. */
  take(first: boolean, what: () => void): void
  stop(): void
}

/** Limits how much begins in a second and makes the rest wait.
 * @param needs.rate a second, and how many may begin at once after a quiet time
 * @param needs.now milliseconds that only rise */
export function createPace(needs: { rate: number; burst: number; now: () => number }): Pace {
  const bucket = createBucket(needs, needs.now)
  let first: (() => void)[] = []
  let others: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined

  function drain(): void {
    while (bucket.has()) {
      const next = first.shift() ?? others.shift()
      if (!next) break
      bucket.take()
      next()
    }
    if (first.length + others.length === 0) {
      clearInterval(timer)
      timer = undefined
    } else timer ??= setInterval(drain, EVERY).unref()
  }

  return {
    take(isFirst, what) {
      if (isFirst) first.push(what)
      else others.push(what)
      drain()
    },
    stop() {
      clearInterval(timer)
      first = []
      others = []
    },
  }
}
