/** A limit on how long nothing may happen. */
export interface Deadline {
  /** Aborts when the time is over. */
  readonly signal: AbortSignal
  readonly over: boolean
  /** Starts the time again. @param ms until it is over */
  allow(ms: number): void
  /** Stops the time: what is waited for is ours. */
  hold(): void
  end(): void
}

export function createDeadline(ms: number): Deadline {
  const abort = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const hold = () => clearTimeout(timer)
  const allow = (time: number) => {
    hold()
    timer = setTimeout(() => abort.abort(new Error('deadline')), time)
  }
  allow(ms)
  return {
    signal: abort.signal,
    get over() {
      return abort.signal.aborted
    },
    allow,
    hold,
    end: hold,
  }
}
