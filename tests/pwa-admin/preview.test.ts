import { expect, test } from 'vitest'
import { expose, linearToSrgb, NEUTRAL, srgbToLinear } from '../../daemon/contract/recipe.ts'
import { layout, primaryOf, toneValues } from '../../pwa-admin/preview.ts'
import { settle } from '../../pwa-admin/stores/edits.ts'
import { photo, publication } from './fakes.ts'

const box = { width: 600, height: 600 }
const upright = { width: 3000, height: 2000 }

test('a photo without an edit fills the box and its window', () => {
  const { frame, image, turn } = layout(upright, NEUTRAL, box)
  expect(frame).toEqual({ width: 600, height: 400 })
  expect(image).toEqual(frame)
  expect(turn).toBe(0)
})

test('a quarter turn makes the window upright and leaves the picture behind it as it is', () => {
  const { frame, image, turn, output } = layout(upright, { ...NEUTRAL, rotation: 90 }, box)
  expect(frame.width).toBeCloseTo(400)
  expect(frame.height).toBeCloseTo(600)
  expect(image.width).toBeCloseTo(600)
  expect(image.height).toBeCloseTo(400)
  expect(turn).toBe(90)
  expect(output).toEqual({ width: 1365, height: 2048 })
})

test.each([
  [3000, 2000, 4.5, 0],
  [3000, 2000, -10, 90],
  [2000, 3000, 7.3, 0],
  [1000, 1000, 10, 270],
] as const)(
  'no empty corner shows: %i x %i straightened by %f, turned by %i',
  (width, height, straighten, rotation) => {
    const { frame, image, turn } = layout({ width, height }, { ...NEUTRAL, straighten, rotation }, box)
    const a = (-turn * Math.PI) / 180
    for (const [sx, sy] of [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ] as const) {
      const x = (sx * frame.width) / 2
      const y = (sy * frame.height) / 2
      expect(Math.abs(x * Math.cos(a) - y * Math.sin(a))).toBeLessThanOrEqual(image.width / 2 + 1e-6)
      expect(Math.abs(x * Math.sin(a) + y * Math.cos(a))).toBeLessThanOrEqual(image.height / 2 + 1e-6)
    }
  },
)

test('zooming in shows less of the picture in the same window, zooming out a smaller window', () => {
  const near = layout(upright, { ...NEUTRAL, scale: 2 }, box)
  expect(near.frame).toEqual({ width: 600, height: 400 })
  expect(near.image).toEqual({ width: 1200, height: 800 })
  const far = layout(upright, { ...NEUTRAL, scale: 0.5 }, box)
  expect(far.frame).toEqual({ width: 300, height: 200 })
  expect(far.output).toEqual({ width: 1024, height: 683 })
})

test('the filter table is the printed curve, to within half a step of 255', () => {
  for (const ev of [-2, -0.35, 0.6, 2]) {
    const values = toneValues(ev).split(' ').map(Number)
    expect(values).toHaveLength(256)
    values.forEach((value, at) => {
      const printed = Math.min(1, linearToSrgb(expose(srgbToLinear(at / 255), ev)))
      expect(Math.abs(value - printed)).toBeLessThan(0.5 / 255 + 1e-4)
    })
  }
})

test('a dial settles on its own steps and inside its range', () => {
  expect(settle('exposure', 0.1 + 0.2)).toBe(0.3)
  expect(settle('exposure', 9)).toBe(2)
  expect(settle('straighten', -0.04)).toBe(0)
  expect(Object.is(settle('straighten', -0.04), 0)).toBe(true)
  expect(settle('scale', 0.1)).toBe(0.5)
})

test('the big button publishes, says that a photo is live, offers an update, or restores', () => {
  const fresh = photo('a', 1)
  expect(primaryOf(fresh, NEUTRAL, [])).toEqual({ kind: 'publish' })
  const live = photo('a', 1, { live: ['a.jpg', 'a_002.jpg'] })
  const rows = [publication(live, 'a.jpg', 1), publication(live, 'a_002.jpg', 2)]
  expect(primaryOf(live, NEUTRAL, rows)).toEqual({ kind: 'live' })
  expect(primaryOf(live, { ...NEUTRAL, exposure: 1 }, rows)).toEqual({
    kind: 'update',
    replaces: 'a_002.jpg',
  })
  expect(primaryOf(photo('a', 1, { state: 'trashed' }), NEUTRAL, [])).toEqual({ kind: 'restore' })
})
