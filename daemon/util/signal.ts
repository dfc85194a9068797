/** A signal that something changed, for those who listen by then. Cheap to send often. */
export interface Signal {
  send(): void
  on(listener: () => void): void
}

export function createSignal(): Signal {
  const listeners: (() => void)[] = []
  return {
    send() {
      for (const listener of listeners) listener()
    },
    on(listener) {
      listeners.push(listener)
    },
  }
}
