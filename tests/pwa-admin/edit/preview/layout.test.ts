import { expect, test } from 'vitest'
import { apply, NEUTRAL, toneTables } from '../../../../daemon/contract/recipe.ts'
import {
  dragged,
  isUntouched,
  layout,
  sampling,
  uncropped,
} from '../../../../pwa-admin/edit/preview/layout.ts'

const box = { width: 600, height: 600 }

const upright = { width: 3000, height: 2000 }

test('a photo without an edit fills the box and is looked up where it is', () => {
  expect(layout(upright, NEUTRAL, box).frame).toEqual({ width: 600, height: 400 })
  const from = sampling(upright, NEUTRAL)
  for (const point of [
    [0, 0],
    [1, 1],
    [0.25, 0.75],
  ] as const)
    apply(from, point[0], point[1]).forEach((value, i) => expect(value).toBeCloseTo(point[i]!, 9))
})

test('a quarter turn makes the window upright and begins at the lower left', () => {
  const edit = { ...NEUTRAL, rotation: 90 } as const
  const { frame, output } = layout(upright, edit, box)
  expect(frame.width).toBeCloseTo(400)
  expect(frame.height).toBeCloseTo(600)
  expect(output).toEqual({ width: 1365, height: 2048 })
  const [x, y] = apply(sampling(upright, edit), 0, 0)
  expect(x).toBeCloseTo(0, 9)
  expect(y).toBeCloseTo(1, 9)
})

test.each([
  [3000, 2000, 4.5, 0],
  [3000, 2000, -10, 90],
  [2000, 3000, 7.3, 0],
  [1000, 1000, 10, 270],
] as const)(
  'no empty corner shows: %i x %i straightened by %f, turned by %i',
  (width, height, straighten, rotation) => {
    const from = sampling({ width, height }, { ...NEUTRAL, straighten, rotation })
    const corners = [0, 1].flatMap((x) => [0, 1].map((y) => apply(from, x, y)))
    const all = corners.flat()
    expect(Math.min(...all)).toBeGreaterThan(-1e-9)
    expect(Math.max(...all)).toBeLessThan(1 + 1e-9)
    // The control: with the sign turned round in one place only, some corner lies outside or elsewhere.
    const wrong = sampling({ width, height }, { ...NEUTRAL, straighten: -straighten, rotation })
    expect(apply(wrong, 0, 0)[0]).not.toBeCloseTo(apply(from, 0, 0)[0], 3)
  },
)

test('zooming in looks at less of the picture in the same window, zooming out makes a smaller window', () => {
  expect(layout(upright, { ...NEUTRAL, scale: 2 }, box).frame).toEqual({ width: 600, height: 400 })
  expect(apply(sampling(upright, { ...NEUTRAL, scale: 2 }), 0, 0)).toEqual([0.25, 0.25])
  const far = layout(upright, { ...NEUTRAL, scale: 0.5 }, box)
  expect(far.frame).toEqual({ width: 300, height: 200 })
  expect(far.output).toEqual({ width: 1024, height: 683 })
})

test('a crop is a part of what straightening and zooming leave', () => {
  const edit = { ...NEUTRAL, scale: 2, crop: { x: 0.5, y: 0, width: 0.5, height: 0.5 } }
  const from = sampling(upright, edit)
  expect(apply(from, 0, 0)).toEqual([0.5, 0.25])
  expect(apply(from, 1, 1)).toEqual([0.75, 0.5])
  expect(layout(upright, edit, box).frame).toEqual({ width: 600, height: 400 })
  expect(uncropped(edit).crop).toBeNull()
})

test('only a picture that is seen as it was shot is left alone', () => {
  expect(isUntouched({ ...NEUTRAL, scale: 0.5 })).toBe(true)
  for (const change of [
    { exposure: 0.05 },
    { warmth: -0.1 },
    { contrast: 0.1 },
    { scale: 1.05 },
    { straighten: 1 },
  ])
    expect(isUntouched({ ...NEUTRAL, ...change })).toBe(false)
})

test('warmth moves red against blue and keeps the light of a grey; contrast leaves the ends', () => {
  const [red, green, blue] = toneTables({ exposure: 0, contrast: 0, warmth: 0.6 })
  expect(red[110]!).toBeGreaterThan(114)
  expect(blue[110]!).toBeLessThan(104)
  expect(Math.abs(0.2126 * red[110]! + 0.7152 * green[110]! + 0.0722 * blue[110]! - 110)).toBeLessThan(1.5)
  for (const contrast of [-1, 1]) {
    const [table] = toneTables({ exposure: 0, contrast, warmth: 0 })
    expect([table[0], table[255]]).toEqual([0, 255])
    for (let i = 1; i < 256; i++) expect(table[i]!).toBeGreaterThanOrEqual(table[i - 1]!)
    expect(Math.sign(table[64]! - 64)).toBe(-contrast)
    expect(Math.sign(table[192]! - 192)).toBe(contrast)
  }
})

test('a handle moves its own sides and stays inside, an aspect is kept', () => {
  const from = { x: 0.2, y: 0.2, width: 0.4, height: 0.4 }
  expect(dragged(from, 'move', 0.9, -0.9, null)).toEqual({ x: 0.6, y: 0, width: 0.4, height: 0.4 })
  const grown = dragged(from, 'se', 0.1, 0.2, null)
  expect([grown.x, grown.y]).toEqual([0.2, 0.2])
  expect(grown.width).toBeCloseTo(0.5)
  expect(grown.height).toBeCloseTo(0.6)
  const corner = dragged(from, 'nw', -0.5, -0.5, null)
  expect(corner.x).toBeCloseTo(0)
  expect(corner.width).toBeCloseTo(0.6)
  expect(dragged(from, 'e', -0.9, 0, null).width).toBeCloseTo(0.1)
  for (const handle of ['nw', 'ne', 'sw', 'se', 'n', 'e', 's', 'w'] as const) {
    const cropped = dragged(from, handle, 0.35, -0.3, 1.5)
    expect(cropped.width / cropped.height).toBeCloseTo(1.5)
    expect(Math.min(cropped.x, cropped.y)).toBeGreaterThan(-1e-9)
    expect(Math.max(cropped.x + cropped.width, cropped.y + cropped.height)).toBeLessThan(1 + 1e-9)
  }
})
