import { rgbaToThumbHash } from 'thumbhash'
import { describe, expect, test } from 'vitest'
import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import { photo, photos } from '../made.ts'
import { make, PLAIN, START, WIDE } from './made.ts'

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
