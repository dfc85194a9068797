import { expect, it } from 'vitest'
import {
  applyChange,
  completeEdit,
  editKey,
  histogramOf,
  NEUTRAL,
  proposeExposure,
  wrongWith,
} from '../../../daemon/contract/recipe.ts'

it('completes an edit that an earlier version kept, and gives it the key that was kept beside it', () => {
  const old = { exposure: 0.5, rotation: 90, straighten: -1.5, scale: 1.2 } as const
  expect(completeEdit(old)).toEqual({ ...NEUTRAL, ...old })
  expect(editKey(completeEdit(old))).toBe('e0.5r90s-1.5z1.2')
  expect(editKey(NEUTRAL)).toBe('e0r0s0z1')
})

it('has one key for each meaning, and every field in it', () => {
  const crop = { x: 0.1, y: 0, width: 0.5, height: 0.5 }
  const changes = [
    {},
    { exposure: 0.5 },
    { contrast: 0.5 },
    { warmth: 0.5 },
    { rotation: 90 },
    { straighten: 0.5 },
    { scale: 0.5 },
    { crop },
    { crop: { ...crop, x: 0.2 } },
    { crop: { ...crop, height: 0.6 } },
  ] as const
  const keys = changes.map((change) => editKey(applyChange(NEUTRAL, change)))
  expect(new Set(keys).size).toBe(changes.length)
  expect(editKey({ ...NEUTRAL, exposure: -0, crop: { x: 0, y: 0, width: 1, height: 1 } })).toBe(
    editKey(NEUTRAL),
  )
})

it('keeps a crop that a change leaves out, and takes it away with null', () => {
  const crop = { x: 0.1, y: 0.1, width: 0.5, height: 0.5 }
  const cropped = applyChange(NEUTRAL, { crop })
  expect(applyChange(cropped, { exposure: 1 }).crop).toEqual(crop)
  expect(applyChange(cropped, { crop: null }).crop).toBeNull()
  expect(applyChange(cropped, { crop: { x: 0, y: 0, width: 1, height: 1 } }).crop).toBeNull()
})

it('says what is wrong with a crop that reaches past the edge', () => {
  expect(wrongWith({ crop: { x: 0.3, y: 0, width: 0.7, height: 1 } })).toBeNull()
  expect(wrongWith({ crop: { x: 0.1, y: 0, width: 0.9000000001, height: 1 } })).toBeNull()
  expect(wrongWith({ crop: { x: 0, y: 0.2, width: 1, height: 0.9 } })).toBe(
    'crop.y + crop.height must be <= 1 but received 0.2 + 0.9',
  )
})

const flat = (value: number) => histogramOf(new Uint8Array(300).fill(value), 3)

it('proposes light for a dark picture, shade for a bright one, and nothing for a good one', () => {
  expect(proposeExposure(flat(107))).toBe(0)
  expect(proposeExposure(flat(40))).toBeGreaterThan(0.8)
  expect(proposeExposure(flat(230))).toBeLessThan(-0.5)
  expect(proposeExposure(new Uint32Array(256))).toBe(0)
})

it('brightens a dark hall only as far as its lights allow', () => {
  const pixels = new Uint8Array(3000).fill(30)
  pixels.fill(225, 0, 90)
  const proposed = proposeExposure(histogramOf(pixels, 3))
  expect(proposed).toBeGreaterThan(0)
  expect(proposed).toBeLessThan(0.6)
  pixels.fill(255, 0, 90)
  expect(proposeExposure(histogramOf(pixels, 3))).toBe(0)
})
