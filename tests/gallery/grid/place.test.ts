// @vitest-environment node
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createPlace, type Point } from '../../../gallery/grid/place.ts'

/** Where points are on the screen, by name; the page is scrolled by the arguments of `scrollTo`. */
let tops: Record<string, number>
let across: Point[]
let place: ReturnType<typeof createPlace>

beforeEach(() => {
  vi.stubGlobal('scrollY', 1000)
  vi.stubGlobal('innerHeight', 800)
  vi.stubGlobal(
    'scrollTo',
    vi.fn((_x: number, y: number) => vi.stubGlobal('scrollY', y)),
  )
  tops = { a: 300, b: 350 }
  across = [
    { name: 'a', share: 0.5 },
    { name: 'b', share: 0.25 },
  ]
  place = createPlace({
    across: () => across,
    yOf: ({ name, share }) => (name in tops ? (tops[name] ?? 0) + share * 200 : null),
  })
  place.note()
})
afterEach(() => vi.unstubAllGlobals())

it('stays when nothing has moved', () => {
  place.restore(false)
  expect(scrollTo).not.toHaveBeenCalled()
})

it('goes with what was pushed down by something above', () => {
  tops = { a: 420, b: 470 }
  place.restore(false)
  expect(scrollY).toBe(1120)
})

it('lets a single column move alone', () => {
  tops = { a: 100, b: 350 }
  place.restore(false)
  expect(scrollTo).not.toHaveBeenCalled()
})

it('holds all columns between them when everything stands elsewhere', () => {
  tops = { a: 2300, b: 2150 }
  place.restore(true)
  expect(scrollY).toBe(1000 + (2400 + 2200) / 2 - 400)
})

it('holds what is left when some of it was taken down, and nothing when all was', () => {
  tops = { b: 450 }
  place.restore(false)
  expect(scrollY).toBe(1100)
  tops = {}
  place.restore(false)
  expect(scrollY).toBe(1100)
})

it('holds nothing at the top, where the guest wants what is new', () => {
  vi.stubGlobal('scrollY', 0)
  place.note()
  tops = { a: 900, b: 900 }
  place.restore(false)
  expect(scrollTo).not.toHaveBeenCalled()
})
