/** Milliseconds between two pokes of one event's object: it looks no oftener itself. */
const EVERY = 1000
const PATIENCE = 10_000

/** Tells an event's object behind the public address that its head may be new. Where nothing answers, guests' pages ask
 * by themselves: nothing is tried again before the next head. */
export interface Poke {
  /** Cheap to call often. @param url of the object's `poke` */
  send(url: string): void
  stop(): void
}

export function createPoke(needs: { fetch?: typeof fetch; now: () => number }): Poke {
  const { fetch: ask = fetch, now } = needs
  const sentAt = new Map<string, number>()
  const timers = new Map<string, NodeJS.Timeout>()
  const ending = new AbortController()

  async function poke(url: string): Promise<void> {
    timers.delete(url)
    sentAt.set(url, now())
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(PATIENCE)])
    const answer = await ask(url, { method: 'POST', redirect: 'manual', signal })
    await answer.body?.cancel()
  }

  return {
    send(url) {
      if (timers.has(url) || ending.signal.aborted) return
      const wait = Math.max(0, (sentAt.get(url) ?? -Infinity) + EVERY - now())
      const timer = setTimeout(() => void poke(url).catch(() => undefined), wait)
      timers.set(url, timer.unref())
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      ending.abort()
    },
  }
}
