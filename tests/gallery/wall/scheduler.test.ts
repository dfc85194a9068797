import { rgbaToThumbHash } from 'thumbhash'
import { describe, expect, test } from 'vitest'
import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import { stayOf } from '../../../gallery/wall/show/pace.ts'
import { createRandom } from '../../../gallery/wall/show/random.ts'
import { createScheduler, type Wishes } from '../../../gallery/wall/show/scheduler.ts'
import { photo, photos } from '../made.ts'

const PLAIN: Wishes = { order: 'fair', picks: { names: new Set(), only: false }, screen: null }
const WIDE: Wishes = { ...PLAIN, screen: 16 / 9 }
const START = Date.UTC(2026, 0, 20, 18)

const make = (seed = 1) => {
  let time = START
  const scheduler = createScheduler({ random: createRandom(seed), now: () => time })
  return { scheduler, at: (ms: number) => (time = ms), time: () => time }
}
const namesOf = (entries: readonly ManifestEntry[]) => entries.map(({ filename }) => filename)
/** Shows so many and tells which, in their order. */
const run = (scheduler: ReturnType<typeof make>['scheduler'], turns: number, wishes = PLAIN): string[] => {
  const seen: string[] = []
  for (let turn = 0; turn < turns; turn++) {
    const next = scheduler.next(wishes)
    scheduler.shown(next, wishes)
    seen.push(...namesOf(next))
  }
  return seen
}
/** The least number of other showings between two of the same photo. */
const shortestRest = (seen: readonly string[]): number => {
  const last = new Map<string, number>()
  let least = Infinity
  seen.forEach((name, at) => {
    const before = last.get(name)
    if (before !== undefined) least = Math.min(least, at - before - 1)
    last.set(name, at)
  })
  return least
}
const gini = (counts: readonly number[]): number => {
  const sorted = [...counts].sort((a, b) => a - b)
  const sum = sorted.reduce((all, one) => all + one, 0)
  const ranked = sorted.reduce((all, one, at) => all + (at + 1) * one, 0)
  return sum === 0 ? 0 : (2 * ranked) / (sorted.length * sum) - (sorted.length + 1) / sorted.length
}

describe('what comes next', () => {
  test('is nothing without photos, and the one photo over and over where there is no other', () => {
    const { scheduler } = make()
    scheduler.update([])
    expect(scheduler.next(PLAIN)).toEqual([])
    scheduler.update([photo(1)])
    expect(run(scheduler, 3)).toEqual(['IMG_1.jpg', 'IMG_1.jpg', 'IMG_1.jpg'])
  })

  test('is a new photo, the newest of several first, and each of them before any old one', () => {
    const { scheduler } = make()
    scheduler.update(photos(30, 1))
    expect(scheduler.waiting(PLAIN)).toBe(0)
    run(scheduler, 5)
    scheduler.update(photos(33, 1))
    expect(scheduler.waiting(PLAIN)).toBe(3)
    expect(run(scheduler, 3)).toEqual(['IMG_33.jpg', 'IMG_32.jpg', 'IMG_31.jpg'])
    expect(scheduler.waiting(PLAIN)).toBe(0)
    expect(run(scheduler, 11)).not.toContain('IMG_33.jpg')
  })

  test('what was there before the wall is not new, though it was not known at first', () => {
    const { scheduler } = make()
    scheduler.update(null)
    scheduler.update(photos(30, 1))
    expect(scheduler.waiting(PLAIN)).toBe(0)
    scheduler.update(photos(31, 1))
    expect(scheduler.waiting(PLAIN)).toBe(1)
    // The control: of an event that is known to have none, each is.
    const { scheduler: other } = make()
    other.update([])
    other.update(photos(3, 1))
    expect(other.waiting(PLAIN)).toBe(3)
  })

  test('pages that are read later bring no new photos, though they were not known', () => {
    const { scheduler } = make()
    scheduler.update(photos(30, 21))
    scheduler.update(photos(30, 1))
    expect(scheduler.waiting(PLAIN)).toBe(0)
  })

  test('is what somebody asked for, and not twice', () => {
    const { scheduler } = make()
    scheduler.update(photos(9, 1))
    scheduler.ask('IMG_4.jpg')
    scheduler.ask('never.jpg')
    expect(scheduler.waiting(PLAIN)).toBe(1)
    expect(run(scheduler, 2).filter((name) => name === 'IMG_4.jpg')).toHaveLength(1)
  })

  test('never is a photo of which less than a third of all others came since', () => {
    for (const [count, wishes] of [
      [5, PLAIN],
      [40, PLAIN],
      [40, WIDE],
      [40, { ...PLAIN, order: 'newest' }],
      [40, { ...PLAIN, order: 'oldest' }],
      [40, { ...PLAIN, picks: { names: new Set(['IMG_3.jpg', 'IMG_4.jpg']), only: false } }],
    ] as const) {
      const { scheduler } = make(count)
      scheduler.update(photos(count, 1))
      expect(shortestRest(run(scheduler, 300, wishes))).toBeGreaterThanOrEqual(Math.floor(count / 3))
    }
  })

  test('comes round to every photo, in the order that was asked for', () => {
    for (const order of ['fair', 'newest', 'oldest'] as const) {
      const { scheduler } = make()
      scheduler.update(photos(12, 1))
      const seen = run(scheduler, 12, { ...PLAIN, order })
      if (order === 'oldest') expect(seen).toEqual(namesOf(photos(12, 1).reverse()))
      if (order === 'newest') expect(seen).toEqual(namesOf(photos(12, 1)))
      const more = [...seen, ...run(scheduler, 24, { ...PLAIN, order })]
      expect(new Set(more).size).toBe(12)
    }
  })

  test('is the same for the same seed, and another show for another', () => {
    const seen = (seed: number) => {
      const { scheduler } = make(seed)
      scheduler.update(photos(50, 1))
      return run(scheduler, 60)
    }
    expect(seen(7)).toEqual(seen(7))
    expect(seen(7)).not.toEqual(seen(8))
  })

  test('picks come more often, or alone; without any the others do', () => {
    const names = new Set(['IMG_3.jpg', 'IMG_4.jpg', 'IMG_9.jpg', 'IMG_11.jpg'])
    const { scheduler } = make()
    scheduler.update(photos(40, 1))
    const seen = run(scheduler, 1200, { ...PLAIN, picks: { names, only: false } })
    const often = (wanted: boolean) => {
      const found = seen.filter((name) => names.has(name) === wanted).length
      return found / (wanted ? names.size : 40 - names.size)
    }
    expect(often(true) / often(false)).toBeGreaterThan(1.3)
    const alone = run(scheduler, 40, { ...PLAIN, picks: { names, only: true } })
    expect(alone.every((name) => names.has(name))).toBe(true)
    expect(run(scheduler, 1, { ...PLAIN, picks: { names: new Set(), only: true } })).toHaveLength(1)
  })

  test('photos of the last half hour come more often', () => {
    const { scheduler, at } = make()
    scheduler.update(photos(90, 1))
    at(START + 91 * 60_000)
    const seen = run(scheduler, 900)
    const share = seen.filter((name) => Number(name.replace(/\D/g, '')) > 61).length / seen.length
    expect(share).toBeGreaterThan(0.4)
  })
})

describe('photos that share the screen', () => {
  const hashOf = (...rgb: number[]) =>
    btoa(
      String.fromCharCode(...rgbaToThumbHash(4, 4, Array.from({ length: 16 }, () => [...rgb, 255]).flat())),
    )
  const BRIGHT = hashOf(220, 210, 200)
  const DARK = hashOf(40, 30, 70)
  const upright = (n: number, thumbhash = BRIGHT) => photo(n, { w: 1000, h: 1500, thumbhash })
  const wide = (n: number) => photo(n, { w: 1500, h: 1000 })

  test('are three uprights in the same light, and none in another', () => {
    const { scheduler } = make()
    scheduler.update([upright(1), upright(2), upright(3), upright(4, DARK), wide(5)])
    scheduler.ask('IMG_1.jpg')
    expect(namesOf(scheduler.next(WIDE)).sort()).toEqual(['IMG_1.jpg', 'IMG_2.jpg', 'IMG_3.jpg'])
    scheduler.shown(scheduler.next(WIDE), WIDE)
    scheduler.ask('IMG_4.jpg')
    expect(namesOf(scheduler.next(WIDE))).toEqual(['IMG_4.jpg'])
  })

  test('are two where there is no third, a landscape is alone, and on an upright screen it is the other way round', () => {
    const { scheduler } = make()
    scheduler.update([upright(1), upright(2), wide(3), wide(4), wide(5)])
    const beside = (name: string, screen: number) => {
      scheduler.ask(name)
      const next = scheduler.next({ ...PLAIN, screen })
      scheduler.skip(name)
      return next.length
    }
    expect(beside('IMG_1.jpg', 16 / 9)).toBe(2)
    expect(beside('IMG_3.jpg', 16 / 9)).toBe(1)
    expect(beside('IMG_1.jpg', 9 / 16)).toBe(1)
    expect(beside('IMG_3.jpg', 9 / 16)).toBe(3)
  })
})

describe('what comes and goes', () => {
  test('an unpublished photo is named, and never comes again', () => {
    const { scheduler } = make()
    scheduler.update(photos(6, 1))
    expect(scheduler.update(photos(6, 1).filter(({ filename }) => filename !== 'IMG_3.jpg'))).toEqual([
      'IMG_3.jpg',
    ])
    expect(run(scheduler, 20)).not.toContain('IMG_3.jpg')
    expect(scheduler.has('IMG_3.jpg')).toBe(false)
  })

  test('another version of a photo takes its place, and is not new', () => {
    const { scheduler } = make()
    const before = [1, 2, 3, 4, 5, 6].map((n) => photo(n, { place: n }))
    scheduler.update(before)
    run(scheduler, 6)
    const again = photo(9, { place: 3, filename: 'IMG_3_002.jpg' })
    scheduler.update([...before.filter(({ place }) => place !== 3), again])
    expect(scheduler.waiting(PLAIN)).toBe(0)
    expect(scheduler.counts().get('IMG_3_002.jpg')).toBe(1)
  })
})

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
