import sharp from 'sharp'
import { expect, test } from 'vitest'
import { blend, type Overlay } from '../../../daemon/darkroom/overlay/blend.ts'

const SIZE = { width: 40, height: 30 }

function ground() {
  const data = Buffer.alloc(SIZE.width * SIZE.height * 3)
  for (let at = 0; at < data.length; at++) data[at] = (at * 7) % 256
  return { ...SIZE, data }
}

/** Every alpha and every colour somewhere. */
function overlay(left: number, top: number): Overlay {
  const [width, height] = [16, 16]
  const rgba = new Uint8Array(width * height * 4)
  for (let n = 0; n < width * height; n++) rgba.set([n, 255 - n, (n * 3) % 256, n], n * 4)
  return { left, top, width, height, rgba }
}

test.each([
  [10, 8],
  [0, 0],
  [24, 14],
])('an overlay at %i, %i gives what libvips gives, to a level', async (left, top) => {
  const ours = ground()
  const { rgba, ...laid } = overlay(left, top)
  blend(ours, [{ ...laid, rgba }])
  const theirs = await sharp(ground().data, { raw: { ...SIZE, channels: 3 } })
    .composite([
      { input: Buffer.from(rgba), raw: { width: laid.width, height: laid.height, channels: 4 }, left, top },
    ])
    .removeAlpha()
    .raw()
    .toBuffer()
  const farthest = ours.data.reduce((most, value, at) => Math.max(most, Math.abs(value - theirs[at]!)), 0)
  expect(farthest).toBeLessThanOrEqual(1)
  // The control: laid one pixel aside it is far from that.
  const skipped = ground()
  blend(skipped, [{ ...laid, rgba, left: left === 0 ? 1 : left - 1 }])
  expect(skipped.data.some((value, at) => Math.abs(value - theirs[at]!) > 20)).toBe(true)
})

test('parts outside of the picture are not drawn, nor wrapped to the other side', () => {
  for (const [left, top] of [
    [-8, -8],
    [32, 22],
    [-8, 22],
  ] as const) {
    const picture = ground()
    blend(picture, [overlay(left, top)])
    for (let y = 0; y < SIZE.height; y++)
      for (let x = 0; x < SIZE.width; x++) {
        const covered = x >= left && x < left + 16 && y >= top && y < top + 16
        const at = (y * SIZE.width + x) * 3
        if (!covered) expect(picture.data.subarray(at, at + 3)).toEqual(ground().data.subarray(at, at + 3))
      }
    expect(picture.data.equals(ground().data)).toBe(false)
  }
})

test('an opaque overlay replaces, a transparent one leaves, and the later lies above', () => {
  const flat = (value: number, alpha: number): Overlay => ({
    left: 5,
    top: 5,
    width: 1,
    height: 1,
    rgba: Uint8Array.of(value, value, value, alpha),
  })
  const picture = ground()
  blend(picture, [flat(200, 255), flat(10, 255), flat(99, 0)])
  const at = (5 * SIZE.width + 5) * 3
  expect([...picture.data.subarray(at, at + 3)]).toEqual([10, 10, 10])
})
