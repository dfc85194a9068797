import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { withSegments } from '../../../daemon/darkroom/formats/exif.ts'
import { deltaE as difference, toLab } from '../../fixtures/photos/colour.ts'
import { CORNERS, chart, withExifBytes } from '../../fixtures/photos/photos.ts'
import { toAdobeRgb, toP3, type Triple } from '../../fixtures/cloud/spaces.ts'
import { writeTiff } from '../../fixtures/photos/tiff.ts'
import { openRoom } from '../room.ts'

const room = openRoom({ workers: 1 })
const labOf = ([r, g, b]: Triple) => toLab(Math.round(r), Math.round(g), Math.round(b))
const deltaE = (one: Triple, other: Triple) => difference(labOf(one), labOf(other))

it('the measure is the standard one', () => {
  // Sharma, Wu, Dalal 2005 give Lab pairs; these are the sRGB ends of what matters here: 0, small, large.
  expect(deltaE([120, 80, 40], [120, 80, 40])).toBe(0)
  expect(deltaE([0, 0, 0], [255, 255, 255])).toBeCloseTo(100, 1)
  expect(deltaE([255, 0, 0], [0, 255, 0])).toBeCloseTo(86.6, 0)
  expect(deltaE([128, 128, 128], [130, 128, 128])).toBeLessThan(1.5)
})

/** 24 colours, all of which sRGB has; in fours, so that each is a square of 60 pixels. */
const PATCHES: readonly Triple[] = [
  [115, 82, 68], [194, 150, 130], [98, 122, 157], [87, 108, 67], [133, 128, 177], [103, 189, 170],
  [214, 126, 44], [80, 91, 166], [193, 90, 99], [94, 60, 108], [157, 188, 64], [224, 163, 46],
  [56, 61, 150], [70, 148, 73], [175, 54, 60], [231, 199, 31], [187, 86, 149], [40, 133, 161],
  [243, 243, 242], [200, 200, 200], [160, 160, 160], [122, 122, 121], [85, 85, 85], [52, 52, 52],
] // prettier-ignore
const [COLUMNS, ROWS, SIDE] = [6, 4, 60]

const raster = (as: (rgb: Triple) => Triple) => {
  const data = Buffer.alloc(COLUMNS * ROWS * SIDE * SIDE * 3)
  for (let y = 0, at = 0; y < ROWS * SIDE; y++)
    for (let x = 0; x < COLUMNS * SIDE; x++, at += 3)
      data.set(as(PATCHES[Math.floor(y / SIDE) * COLUMNS + Math.floor(x / SIDE)]!), at)
  return sharp(data, { raw: { width: COLUMNS * SIDE, height: ROWS * SIDE, channels: 3 } })
}
const jpegOf = (as: (rgb: Triple) => Triple) =>
  raster(as).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer()

/** How far each patch of the published picture is from the truth, the worst first. */
async function worst(original: Buffer, truth: readonly Triple[] = PATCHES): Promise<number> {
  const printed = await room.print(original)
  return Math.max(
    ...truth.map((rgb, i) => {
      const [x, y] = [(i % COLUMNS) + 0.5, Math.floor(i / COLUMNS) + 0.5]
      return deltaE(rgb, printed.at(x / COLUMNS, y / ROWS))
    }),
  )
}

async function profile(name: 'p3' | 'srgb'): Promise<Buffer> {
  const made = sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
  const { icc } = await sharp(await made.withIccProfile(name).jpeg().toBuffer()).metadata()
  return icc!
}
const dcf = (version: string) =>
  writeTiff([
    {
      tag: 0x8769,
      type: 4,
      value: [
        { tag: 0xa001, type: 3, value: [65_535] },
        { tag: 0xa005, type: 4, value: [{ tag: 1, type: 2, value: version }] },
      ],
    },
  ])

describe('a chart comes out as it was meant', () => {
  it('in sRGB, with and without its profile', async () => {
    const plain = await jpegOf((rgb) => rgb)
    expect(await worst(plain)).toBeLessThan(2)
    expect(await worst(withSegments(plain, { profile: await profile('srgb') }))).toBeLessThan(2)
  })

  it('in Display P3', async () => {
    const p3 = await jpegOf(toP3)
    expect(await worst(withSegments(p3, { profile: await profile('p3') }))).toBeLessThan(2)
    // The control: without its profile it is visibly wrong.
    expect(await worst(p3)).toBeGreaterThan(3)
  })

  it('in Adobe RGB, which cameras name by a mark alone', async () => {
    const adobe = await jpegOf(toAdobeRgb)
    expect(await worst(withExifBytes(adobe, dcf('R03')))).toBeLessThan(2)
    expect(await worst(withExifBytes(adobe, dcf('R98')))).toBeGreaterThan(4)
  })

  it('in Adobe RGB with a profile, which counts and not the mark', async () => {
    const marked = withExifBytes(await jpegOf(toP3), dcf('R03'))
    expect(await worst(withSegments(marked, { profile: await profile('p3') }))).toBeLessThan(2)
  })

  it('with 16 bits a channel', async () => {
    const deep = await raster((rgb) => rgb)
      .toColourspace('rgb16')
      .png()
      .toBuffer()
    expect((await sharp(deep).metadata()).depth).toBe('ushort')
    expect(await worst(deep)).toBeLessThan(2)
  })

  it('in CMYK, as a printer sends it', async () => {
    const cmyk = await raster((rgb) => rgb)
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer()
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk')
    // What these inks look like on paper, by the profile in the file, as LittleCMS in Pillow has it.
    const paper = [237, 183, 140, 106, 75, 50].map((grey): Triple => [grey, grey, grey])
    const printed = await room.print(cmyk)
    for (const [i, rgb] of paper.entries())
      expect(deltaE(rgb, printed.at((i + 0.5) / COLUMNS, 3.5 / ROWS)), String(i)).toBeLessThan(7)
    // The control: the inks of the darkest, multiplied as if there were no profile.
    expect(deltaE([27, 31, 26], paper[5]!)).toBeGreaterThan(7)
  })

  it.each([8, 16])('in grey with %i bits', async (bits) => {
    const grey = raster((rgb) => rgb).toColourspace(bits === 16 ? 'grey16' : 'b-w')
    const bytes = bits === 16 ? await grey.png().toBuffer() : await grey.jpeg({ quality: 100 }).toBuffer()
    const { channels, depth } = await sharp(bytes).metadata()
    expect([channels, depth]).toEqual([1, bits === 16 ? 'ushort' : 'uchar'])
    const printed = await room.print(bytes)
    for (const i of [18, 19, 20, 21, 22, 23]) {
      const at = printed.at(((i % COLUMNS) + 0.5) / COLUMNS, (Math.floor(i / COLUMNS) + 0.5) / ROWS)
      expect(deltaE(PATCHES[i]!, at), String(i)).toBeLessThan(2)
    }
  })
})

it('every EXIF orientation, of landscapes and portraits, comes out upright', async () => {
  for (const [width, height] of [
    [600, 400],
    [400, 600],
  ] as const)
    for (let orientation = 1; orientation <= 8; orientation++) {
      const printed = await room.print(await chart({ width, height, orientation }))
      const which = `${width}x${height} ${orientation}`
      expect([printed.width, printed.height], which).toEqual([width, height])
      const seen = [printed.at(0.1, 0.1), printed.at(0.9, 0.1), printed.at(0.1, 0.9), printed.at(0.9, 0.9)]
      const { topLeft, topRight, bottomLeft, bottomRight } = CORNERS
      for (const [i, rgb] of [topLeft, topRight, bottomLeft, bottomRight].entries())
        expect(deltaE(rgb, seen[i]!), `${which} corner ${i}`).toBeLessThan(5)
    }
})
