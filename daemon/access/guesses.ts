import { LRUCache } from 'lru-cache'

/** Counts tries by who makes them, so that one guest's cost that guest alone.
 *
 * @param needs.most wrong guesses that an address has within `within` milliseconds
 * @param needs.keep addresses remembered at once; the one that guessed wrong first is forgotten for a new one */
export function createGuesses(needs: { now: () => number; most: number; within: number; keep: number }) {
  const { now, most, within, keep } = needs
  const wrong = new LRUCache<string, number[]>({ max: keep })

  function recent(address: string): number[] {
    const time = now()
    // A time to come is from before the clock was set back: it would count for hours.
    return (wrong.peek(address) ?? []).filter((at) => at > time - within && at <= time)
  }

  return {
    /** Milliseconds until this address may guess again; 0 when it may now. */
    wait(address: string): number {
      const times = recent(address)
      const first = times[times.length - most]
      return first === undefined ? 0 : first + within - now()
    },
    note(address: string): void {
      wrong.set(address, [...recent(address), now()].slice(-most))
    },
    forget(address: string): void {
      wrong.delete(address)
    },
  }
}
