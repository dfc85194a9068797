import { describe, expect, test } from 'vitest'
import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import { stayOf } from '../../../gallery/wall/show/pace.ts'
import { createRandom } from '../../../gallery/wall/show/random.ts'
import { photo } from '../made.ts'
import { make, START, WIDE } from './made.ts'

const gini = (counts: readonly number[]): number => {
  const sorted = [...counts].sort((a, b) => a - b)
  const sum = sorted.reduce((all, one) => all + one, 0)
  const ranked = sorted.reduce((all, one, at) => all + (at + 1) * one, 0)
  return sum === 0 ? 0 : (2 * ranked) / (sorted.length * sum) - (sorted.length + 1) / sorted.length
}

describe('an evening of 3,000 photos and six hours', () => {
  const PACE = 8
  const party = Array.from({ length: 3000 }, (_, n) => {
    // Groups of ten within twenty seconds, one every seventy: people come together, and then they dance.
    const time = new Date(
      START + Math.floor(n / 10) * 70_000 + Math.floor((n % 10) / 2) * 4_000,
    ).toISOString()
    return photo(n + 1, { takenAt: time, publishedAt: time })
  })

  /** Shows the evening.
   * @param hasNews whether a photo that comes while another new one is shown is known to have come */
  const evening = (seed: number, arrivals = party, hours = 6, hasNews = true) => {
    const { scheduler, at } = make(seed)
    const published: ManifestEntry[] = []
    const waits: number[] = []
    const last = new Map<string, number>()
    /** Showings between two of a photo that were fewer than a third of all others then. */
    let tooSoon = 0
    let showings = 0
    let slides = 0
    let isFresh = false
    let known = 0
    let shownAt = -Infinity
    let now = START
    const come = () => {
      const before = published.length
      while (arrivals[published.length] && Date.parse(arrivals[published.length]!.publishedAt) <= now)
        published.push(arrivals[published.length]!)
      if (published.length > before) scheduler.update(published)
    }
    scheduler.update([])
    while (now < START + hours * 3_600_000) {
      at(now)
      come()
      const waiting = scheduler.waiting(WIDE)
      const due = shownAt + stayOf(PACE, waiting, isFresh, hasNews && scheduler.arrivals() > known)
      if (now >= due) {
        const next = scheduler.next(WIDE)
        isFresh = waiting > 0
        known = scheduler.arrivals()
        const counts = scheduler.counts()
        for (const { filename, publishedAt } of next)
          if (counts.get(filename) === 0) waits.push(now - Date.parse(publishedAt))
        scheduler.shown(next, WIDE)
        for (const { filename } of next) {
          const before = last.get(filename)
          // Those beside it came with it.
          if (before !== undefined && showings - before + 1 < Math.floor(published.length / 3)) tooSoon += 1
          last.set(filename, showings)
        }
        showings += next.length
        slides += 1
        shownAt = now
      } else {
        const arrival = arrivals[published.length]
        now = Math.min(due, arrival ? Date.parse(arrival.publishedAt) : Infinity)
      }
    }
    return { scheduler, slides, tooSoon, waits: waits.sort((a, b) => a - b) }
  }

  test('is fair to all of it, and shows each new photo soon', { timeout: 30_000 }, () => {
    const { scheduler, slides, tooSoon, waits } = evening(20)
    const counts = [...scheduler.counts().values()]
    const within = (share: number) => waits[Math.floor((waits.length - 1) * share)]! / 1000
    expect(tooSoon).toBe(0)
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1)
    // Of ten that come at once the last waits for the nine others; each new one takes the stage next.
    expect(within(0.5)).toBeLessThanOrEqual(6)
    expect(within(1)).toBeLessThanOrEqual(45)
    // Photos of the evening's begin were alone for a while, and each comes a whole number of times.
    expect(gini(counts)).toBeLessThan(0.3)
    const showings = counts.reduce((sum, one) => sum + one, 0)
    expect(showings / slides).toBeGreaterThan(1.2)
    // The control: as many showings that are drawn by chance leave more people out.
    const random = createRandom(3)
    const drawn = counts.map(() => 0)
    for (let n = 0; n < showings; n++) drawn[Math.floor(random() * drawn.length)]! += 1
    expect(gini(drawn)).toBeGreaterThan(0.35)
    expect(drawn.filter((count) => count === 0).length).toBeGreaterThan(300)
  })

  test('shows each photo within two seconds where they come one by one, quicker than the pace', () => {
    const singles = Array.from({ length: 200 }, (_, n) => {
      const time = new Date(START + 60_000 + n * 2_500).toISOString()
      return photo(n + 1, { takenAt: time, publishedAt: time })
    })
    const longest = (hasNews: boolean) => evening(7, singles, 0.2, hasNews).waits.at(-1)
    expect(evening(7, singles, 0.2).waits).toHaveLength(200)
    expect(longest(true)).toBeLessThanOrEqual(2_000)
    // The control: at the pace alone the second of two waits.
    expect(longest(false)).toBeGreaterThan(2_000)
  })
})
