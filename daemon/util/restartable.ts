/** A part that is ended and made again around a change of what it depends on. */
export interface Running<T> {
  /** The one that runs now, or ran last. */
  current(): T
  start(): Promise<void>
  stop(): Promise<void>
  /** Ends it, makes the change, and starts a new one, also when the change failed. Changes wait for one another. */
  around<R>(change: () => Promise<R>): Promise<R>
}

export function createRunning<T extends { start(): Promise<void> | void; stop(): Promise<void> }>(
  make: () => T,
): Running<T> {
  let part = make()
  let stopped = false
  let last: Promise<unknown> = Promise.resolve()

  return {
    current: () => part,
    async start() {
      await part.start()
    },
    async stop() {
      stopped = true
      await last.catch(() => undefined)
      await part.stop()
    },
    around(change) {
      const turn = async () => {
        await part.stop()
        try {
          return await change()
        } finally {
          part = make()
          if (!stopped) await part.start()
        }
      }
      const result = last.then(turn, turn)
      last = result
      return result
    },
  }
}
