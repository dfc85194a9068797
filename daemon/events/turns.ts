import { LONGEST_WAIT } from '../cloud/queue/retry-wait.ts'

/** Works off a durable queue in its turn: whenever something came, and whenever something is due. */
export interface Turns {
  /** Aborted once it is being stopped. */
  readonly signal: AbortSignal
  /** Call after every change of the queue. */
  wake(): void
  /** Waits until what is under way has ended. */
  stop(): Promise<void>
}

export function createTurns(needs: {
  /** Does everything that is due; it is not called again before that has ended. */
  work: (signal: AbortSignal) => Promise<void>
  /** Until when nothing may be tried, milliseconds since 1970. */
  restsUntil: () => number
  /** When the next one is due, or null when nothing waits. Milliseconds since 1970. */
  nextDue: () => number | null
  /** The queue itself cannot be read or written. */
  broken: (error: unknown) => void
  /** Nothing waits any more. */
  idle: () => void
  now: () => number
}): Turns {
  const { now } = needs
  const abort = new AbortController()
  const { signal } = abort
  let running: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  /** Something came while the last of the queue was under way. */
  let isAsked = false

  function later(wait: number): void {
    clearTimeout(timer)
    if (!signal.aborted) timer = setTimeout(wake, Math.max(1, Math.ceil(wait)))
  }

  function wake(): void {
    isAsked = true
    if (running || signal.aborted) return
    isAsked = false
    running = needs
      .work(signal)
      .catch(needs.broken)
      .finally(() => {
        running = null
        if (signal.aborted) return
        const due = dueAt()
        if (due === null) needs.idle()
        if (isAsked && needs.restsUntil() <= now()) wake()
        else if (due !== null) later(Math.max(due, needs.restsUntil()) - now())
      })
  }

  function dueAt(): number | null {
    try {
      return needs.nextDue()
    } catch {
      return now() + LONGEST_WAIT
    }
  }

  return {
    signal,
    wake,
    async stop() {
      clearTimeout(timer)
      abort.abort(new Error('stopped'))
      await running
    },
  }
}
