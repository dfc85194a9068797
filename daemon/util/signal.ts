/** A signal that something changed, for those who listen by then. Cheap to send often. */
export interface Signal {
  /** Never throws: who sends has nothing to do with what a listener meets, and every listener hears it. */
  send(): void
  on(listener: () => void): void
}

/** @param failed hears what a listener threw; by default the process does, as of a timer */
export function createSignal(failed: (error: unknown) => void = throwLater): Signal {
  const listeners: (() => void)[] = []
  return {
    send() {
      for (const listener of listeners)
        try {
          listener()
        } catch (error) {
          failed(error)
        }
    },
    on(listener) {
      listeners.push(listener)
    },
  }
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
