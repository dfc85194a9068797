import { retryWait } from './retry-wait.ts'
import { SLOTS } from './queue.ts'

/** Whether anything gets through at all. When nothing does, one upload at a time tries; it rests half as long as an
 * upload that failed, so that there is another one to try. */
export interface Outage {
  /** A fault that may be over by itself. */
  failed(): void
  succeeded(): void
  /** Whether as many failed in a row as may be under way at once. */
  lasts(): boolean
  /** Milliseconds until the next may try; 0 or less means now. */
  rest(): number
}

/** While the queue cannot be written nothing that was sent can be noted, and whatever is due stays due: without a rest
 * the same objects would be sent over and over, as quickly as the line takes them. */
export type UnwrittenQueue = Pick<Outage, 'failed' | 'succeeded' | 'rest'>

/** @param needs.random in 0..1, for the jitter */
export function createUnwrittenQueue(needs: { now: () => number; random: () => number }): UnwrittenQueue {
  let faults = 0
  let until = 0
  return {
    failed() {
      until = needs.now() + retryWait(faults, needs.random())
      faults += 1
    },
    succeeded() {
      faults = 0
      until = 0
    },
    rest: () => until - needs.now(),
  }
}

/** @param needs.random in 0..1, for the jitter */
export function createOutage(needs: { now: () => number; random: () => number }): Outage {
  let faults = 0
  let until = 0
  return {
    failed() {
      faults += 1
      if (faults >= SLOTS) until = needs.now() + retryWait(faults - SLOTS, needs.random()) / 2
    },
    succeeded() {
      faults = 0
      until = 0
    },
    lasts: () => faults >= SLOTS,
    rest: () => until - needs.now(),
  }
}
