import sharp from 'sharp'
import { expect, it } from 'vitest'
import { srgbToLinear } from '../../../daemon/contract/recipe.ts'
import { makeJpeg, plain } from '../../fixtures/photos/photos.ts'
import { openRoom } from '../room.ts'

const room = openRoom()

it.each([
  [1, 60],
  [1, 110],
  [2, 40],
  [0.5, 120],
  [-1, 200],
  [-2, 250],
])('%d EV is %d EV in linear light', async (exposure, grey) => {
  const picture = await room.print(await plain([grey, grey, grey]), { exposure })
  const stops = Math.log2(srgbToLinear(picture.at(0.5, 0.5)[1] / 255) / srgbToLinear(grey / 255))
  // Half a step of 8 bits is the floor that no renderer can go under.
  const step = Math.log2(srgbToLinear((grey + 0.5) / 255) / srgbToLinear(grey / 255))
  expect(Math.abs(stops - exposure)).toBeLessThan(0.05 + step)
})

it('+2 EV keeps the order of the highlights instead of clipping them', async () => {
  const [light, lighter] = await Promise.all(
    [190, 240].map(async (v) => (await room.print(await plain([v, v, v]), { exposure: 2 })).at(0.5, 0.5)[0]),
  )
  expect(light!).toBeLessThan(lighter!)
  expect(lighter!).toBeLessThanOrEqual(255)
})

it('0 EV leaves the pixels as they are', async () => {
  for (const colour of [
    [13, 13, 13],
    [200, 40, 90],
    [255, 255, 255],
  ] as const) {
    const found = (await room.print(await plain(colour))).at(0.5, 0.5)
    found.forEach((value, i) => expect(Math.abs(value - colour[i]!)).toBeLessThanOrEqual(1.5))
  }
})

it('sharpening stays mild: the picture keeps its brightness and differs little from the plain decode', async () => {
  const jpeg = await makeJpeg({ seed: 5 })
  const picture = await room.print(jpeg)
  const plainly = await sharp(jpeg).raw().toBuffer()
  const ours = await sharp(picture.path).raw().toBuffer()
  const mean = (values: Buffer) => values.reduce((a, b) => a + b, 0) / values.length
  expect(Math.abs(mean(plainly) - mean(ours))).toBeLessThan(1)
  const difference = ours.reduce((sum, value, i) => sum + Math.abs(value - plainly[i]!), 0) / ours.length
  expect(difference).toBeLessThan(4)
})

it('converts a wide-gamut picture to sRGB instead of dropping its profile', async () => {
  const red = { create: { width: 64, height: 64, channels: 3 as const, background: '#c04040' } }
  const p3 = await sharp(red)
    .withIccProfile('p3')
    .jpeg({ quality: 98, chromaSubsampling: '4:4:4' })
    .toBuffer()
  const raw = await sharp(p3, { ignoreIcc: true }).raw().toBuffer()
  // The control: stored in P3 the numbers are others, so that dropping the profile would show.
  expect(Math.abs(raw[0]! - 0xc0)).toBeGreaterThan(5)
  const [r, g, b] = (await room.print(p3)).at(0.5, 0.5)
  expect(Math.abs(r - 0xc0)).toBeLessThan(3)
  expect(Math.abs(g - 0x40)).toBeLessThan(4)
  expect(Math.abs(b - 0x40)).toBeLessThan(4)
})
