import { createRandom } from '../../../gallery/wall/show/random.ts'
import { createScheduler, type Wishes } from '../../../gallery/wall/show/scheduler.ts'

export const PLAIN: Wishes = { order: 'fair', picks: { names: new Set(), only: false }, screen: null }
/** A screen where uprights stand side by side. */
export const WIDE: Wishes = { ...PLAIN, screen: 16 / 9 }
export const START = Date.UTC(2026, 0, 20, 18)

/** A scheduler with a clock in the test's hands. */
export const make = (seed = 1) => {
  let time = START
  const scheduler = createScheduler({ random: createRandom(seed), now: () => time })
  return { scheduler, at: (ms: number) => (time = ms), time: () => time }
}
