/** One thing at a time for each key: what is looked at in a turn still holds when it is changed in it. */
export interface KeyedMutex {
  take<T>(key: string, work: () => Promise<T>): Promise<T>
}

export function createKeyedMutex(): KeyedMutex {
  const last = new Map<string, Promise<unknown>>()
  return {
    take(key, work) {
      const turn = (last.get(key) ?? Promise.resolve()).then(work)
      const settled = turn.catch(() => undefined)
      last.set(key, settled)
      void settled.then(() => last.get(key) === settled && last.delete(key))
      return turn
    },
  }
}
