import { afterEach, expect, test, vi } from 'vitest'
import { isSparing, sizeAlone, sizeFor, sizeOfLatest } from '../../../gallery/grid/size.ts'
import { photo } from '../made.ts'

/** Which picture of a photo a place gets, by its size and the device's. */

const on = (width: number, height: number, density: number) => {
  vi.stubGlobal('screen', { width, height })
  vi.stubGlobal('innerWidth', width)
  vi.stubGlobal('innerHeight', height)
  vi.stubGlobal('devicePixelRatio', density)
}
afterEach(() => vi.unstubAllGlobals())

const ALL = { web: true, full: false, view: true }
const BEFORE = { web: true, full: false }

test.each([
  ['a phone', 412, 915, 2.6, 412, 'view', 'view'],
  ['a tile on it', 412, 915, 2.6, 280, 'thumb', 'view'],
  ['a large phone', 430, 932, 3, 645, 'view', 'view'],
  ['a tablet', 834, 1194, 2, 834, 'web', 'web'],
  ['a desktop', 1440, 900, 1, 1440, 'web', 'web'],
  ['a small window', 620, 620, 1, 620, 'thumb', 'view'],
] as const)('%s', (_, width, height, density, side, place, alone) => {
  on(width, height, density)
  expect(sizeFor(ALL, side)).toBe(place)
  expect(sizeAlone(photo(1, { w: 2048, h: 1365, has: ALL }))).toBe(alone)
})

test('what was published before there were views, and what is not in the bucket yet, is stood in for', () => {
  on(412, 915, 2)
  expect(sizeFor(BEFORE, 600)).toBe('web')
  expect(sizeFor({ web: false, full: false, view: true }, 3000)).toBe('view')
  expect(sizeFor({ web: false, full: false }, 3000)).toBe('thumb')
  expect(sizeAlone(photo(1, { has: BEFORE }))).toBe('web')
  expect(sizeAlone(photo(1, { has: { web: false, full: false } }))).toBe('thumb')
})

test('the newest photo gets what its place needs, and the thumb where the guest asked for less', () => {
  on(412, 915, 2.6)
  expect(sizeOfLatest(photo(1, { has: ALL }))).toBe('view')
  expect(sizeOfLatest(photo(1, { w: 1365, h: 2048, has: ALL }))).toBe('view')
  vi.stubGlobal('navigator', { connection: { saveData: true } })
  expect(sizeOfLatest(photo(1, { has: ALL }))).toBe('thumb')
})

test('a guest who asked for less data is heard, where the browser says so', () => {
  expect(isSparing()).toBe(false)
  vi.stubGlobal('navigator', { connection: { saveData: true } })
  expect(isSparing()).toBe(true)
})
