import { Refusal } from '../errors.ts'

/** Keeps decisions and a change of the Event apart: a file name, a folder and a gallery mean another thing after it. */
export interface Gate {
  /** Does it now. @param work is told when it is waited for, with that Refusal
   * @throws Refusal 503 `event_changing` while the gate is closed */
  pass<T>(work: (waitedFor: AbortSignal) => Promise<T>): Promise<T>
  /** @throws Refusal 503 `event_changing` while the gate is closed */
  check(): void
  /** Lets nobody in any more, waits for those inside, does the work and opens again. One at a time. */
  closedFor<T>(work: () => Promise<T>): Promise<T>
}

export function createGate(): Gate {
  const inside = new Set<Promise<unknown>>()
  let closed = 0
  let waiting = new AbortController()
  let last: Promise<unknown> = Promise.resolve()

  const changing = () =>
    new Refusal(503, 'event_changing', 'The event is being changed. Try again in a moment.')

  function check(): void {
    if (closed > 0) throw changing()
  }

  return {
    check,
    async pass(work) {
      check()
      const done = work(waiting.signal)
      inside.add(done)
      try {
        return await done
      } finally {
        inside.delete(done)
      }
    },
    closedFor(work) {
      closed += 1
      waiting.abort(changing())
      waiting = new AbortController()
      const turn = last
        .then(() => Promise.allSettled(inside))
        .then(work)
        .finally(() => (closed -= 1))
      last = turn.catch(() => undefined)
      return turn
    },
  }
}
