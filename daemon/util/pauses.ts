/** A loop's rest between two rounds, which others may cut short. */
export interface Pauses {
  /** Resolves after `ms`, or earlier by `end` or the signal. */
  wait(ms: number): Promise<void>
  /** Ends the rest, or the next one if the loop is not resting now. */
  end(): void
}

export function createPauses(signal: AbortSignal): Pauses {
  let ended = false
  let wake: () => void = () => undefined
  signal.addEventListener('abort', () => wake())
  return {
    async wait(ms) {
      if (ended || signal.aborted) {
        ended = false
        return
      }
      const rest = Promise.withResolvers<void>()
      wake = rest.resolve
      const timer = setTimeout(rest.resolve, ms)
      await rest.promise
      clearTimeout(timer)
      ended = false
    },
    end() {
      ended = true
      wake()
    },
  }
}
