import { LRUCache } from 'lru-cache'
import type { Guessing } from '../contract/access.ts'
import { createBucket } from '../util/token-bucket.ts'

/** Milliseconds without a wrong code after which an address counts as one that was never wrong, and after which nobody
 * guesses any more. */
const FORGOTTEN_MS = 600_000
const OVER_MS = 120_000
/** Addresses remembered at once; the one not heard of for longest is forgotten for a new one. */
const KEPT = 10_000
/** Wrong codes within that time that no slip of a thumb explains. */
const MANY = 10
/** Milliseconds between two reports to the owner, at least. */
const REPORT_EVERY_MS = 5000

interface Guesser {
  wrong: number
  at: number
  readonly bucket: ReturnType<typeof createBucket>
}

/** Remembers who was wrong how often, and whether that is a guesser.
 * @param needs.pace of what one address may have looked at
 * @param needs.now milliseconds that only rise */
export function createGuessers(needs: {
  pace: { rate: number; burst: number }
  now: () => number
  changed: () => void
}) {
  const { now, changed } = needs
  const known = new LRUCache<string, Guesser>({ max: KEPT })
  let tries = 0
  let addresses = new Set<string>()
  let lastReport: { guessing: Guessing; at: number } | null = null
  let timer: NodeJS.Timeout | undefined

  function of(network: string): Guesser {
    const found = known.get(network)
    const fresh = found && now() - found.at <= FORGOTTEN_MS
    const one = fresh ? found : { wrong: 0, at: now(), bucket: createBucket(needs.pace, now) }
    known.set(network, one)
    return one
  }

  function over(): void {
    const was = lastReport
    tries = 0
    addresses = new Set()
    lastReport = null
    if (was) changed()
  }

  return {
    wrong: (network: string): number => of(network).wrong,
    /** Whether a code from there may be looked at now. */
    may: (network: string): boolean => of(network).bucket.has(),
    take: (network: string): void => of(network).bucket.take(),
    /** @param guessed false for what nobody would try: it slows its sender down and is no guess */
    note(network: string, guessed: boolean): void {
      const one = of(network)
      one.wrong += 1
      one.at = now()
      if (!guessed) return
      tries += 1
      if (addresses.size < KEPT) addresses.add(network)
      clearTimeout(timer)
      timer = setTimeout(over, OVER_MS)
      timer.unref()
      if (tries < MANY || (lastReport && now() - lastReport.at < REPORT_EVERY_MS)) return
      lastReport = { guessing: { tries, addresses: addresses.size }, at: now() }
      changed()
    },
    guessing: (): Guessing | null => lastReport?.guessing ?? null,
    stop(): void {
      clearTimeout(timer)
    },
  }
}
