import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Edit } from '../../../daemon/contract/edit.ts'
import { geometry, NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { chart, CORNERS, makeRaw, plain } from '../../fixtures/photos/photos.ts'
import { openRoom, type Pixels } from '../room.ts'

const room = openRoom()

const LONG = process.env.LONG_TESTS === '1'
const NAMES = ['topLeft', 'topRight', 'bottomRight', 'bottomLeft'] as const
const distance = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(...a.map((value, i) => value - b[i]!))

/** The chart's corners, clockwise from the top left, as they are found in the picture. */
function corners(picture: Pixels): string[] {
  const spots = [
    [0.05, 0.05],
    [0.95, 0.05],
    [0.95, 0.95],
    [0.05, 0.95],
  ] as const
  return spots.map(([x, y]) => {
    const found = picture.at(x, y)
    return NAMES.find((name) => distance(CORNERS[name], found) < 30) ?? `unknown ${found.join(' ')}`
  })
}

/** White above, black below: shows where down is. */
async function horizon(width = 900, height = 600): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3, 0).fill(255, 0, (width * height * 3) / 2)
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer()
}

function edgeAt(picture: Pixels, x: number): number {
  for (let y = 0; y < picture.height; y++) {
    if (picture.at(x, y / (picture.height - 1))[0] < 128) return y
  }
  return picture.height
}

describe('orientation', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('stands EXIF orientation %i upright', async (orientation) => {
    const jpeg = await chart({ orientation, width: 480, height: 320 })
    const stored = await sharp(jpeg).metadata()
    expect([stored.width, stored.height]).toEqual(orientation >= 5 ? [320, 480] : [480, 320])
    const picture = await room.print(jpeg)
    expect([picture.width, picture.height]).toEqual([480, 320])
    expect(corners(picture)).toEqual(NAMES)
    expect(await room.darkroom.inspect(await room.file('chart', jpeg))).toMatchObject({
      width: 480,
      height: 320,
    })
  })

  it("turns a RAW's preview by the RAW's orientation when the preview gives none", async () => {
    const lying = await sharp(await chart({ width: 480, height: 320 }))
      .rotate(270)
      .toBuffer()
    const picture = await room.print(makeRaw(lying, { orientation: 6 }))
    expect([picture.width, picture.height]).toEqual([480, 320])
    expect(corners(picture)).toEqual(NAMES)
  })
})

describe('rotation', () => {
  it.each([
    [90, ['bottomLeft', 'topLeft', 'topRight', 'bottomRight']],
    [180, ['bottomRight', 'bottomLeft', 'topLeft', 'topRight']],
    [270, ['topRight', 'bottomRight', 'bottomLeft', 'topLeft']],
  ] as const)('%i degrees turn clockwise', async (rotation, expected) => {
    const picture = await room.print(await chart({ width: 480, height: 320 }), { rotation })
    expect([picture.width, picture.height]).toEqual(rotation === 180 ? [480, 320] : [320, 480])
    expect(corners(picture)).toEqual(expected)
  })

  it('comes after the EXIF orientation', async () => {
    const jpeg = await chart({ width: 480, height: 320, orientation: 7 })
    expect(corners(await room.print(jpeg, { rotation: 90 }))).toEqual([
      'bottomLeft',
      'topLeft',
      'topRight',
      'bottomRight',
    ])
  })
})

describe('straighten', () => {
  it.each([10, 3, -3, -10])('%i degrees are clockwise and exact', async (straighten) => {
    const picture = await room.print(await horizon(), { straighten })
    const drop = edgeAt(picture, 0.9) - edgeAt(picture, 0.1)
    const angle = (Math.atan(drop / (0.8 * (picture.width - 1))) * 180) / Math.PI
    expect(Math.abs(angle - straighten)).toBeLessThan(0.35)
    expect(Math.abs(edgeAt(picture, 0.5) - picture.height / 2)).toBeLessThan(3)
  })

  const sizes = [
    [900, 600],
    [600, 900],
    [700, 700],
    [1600, 400],
  ] as const
  const angles = [0.1, 1, -2.5, 5, -7.3, 10, -10]
  const all = [
    ...sizes.flatMap(([w, h]) => angles.map((angle) => [w, h, angle] as const)),
    [2600, 1733, 1] as const,
    [2600, 1733, -10] as const,
  ]
  // Every third: each shape, and each angle.
  it.each(LONG ? all : all.filter((_, n) => n % 3 === 2))(
    'shows no empty corner at %i x %i, %d degrees',
    async (width, height, straighten) => {
      const edit: Edit = { ...NEUTRAL, straighten }
      const picture = await room.print(await plain([255, 255, 255], { width, height }), edit)
      expect(picture.darkest).toBeGreaterThan(250)
      const { output } = geometry({ width, height }, edit, 2048)
      expect([picture.width, picture.height]).toEqual([output.width, output.height])
    },
  )

  it('shows none together with a quarter turn, a zoom and a smaller size either', async () => {
    const white = await plain([255, 255, 255], { width: 900, height: 600, orientation: 6 })
    for (const edit of [
      { straighten: 6, rotation: 90, scale: 1.7 },
      { straighten: -9, rotation: 270, scale: 0.5 },
      { straighten: 4, rotation: 180, scale: 2 },
    ] as const) {
      expect((await room.print(white, edit)).darkest).toBeGreaterThan(250)
    }
  })

  it('would be caught: a rotation that keeps the whole frame has black corners', async () => {
    const white = await plain([255, 255, 255], { width: 900, height: 600 })
    const naive = await sharp(await sharp(white).rotate(5).png().toBuffer())
      .extract({ left: 30, top: 30, width: 840, height: 560 })
      .raw()
      .toBuffer()
    expect(naive.reduce((least, value) => Math.min(least, value), 255)).toBe(0)
  })
})

describe('scale', () => {
  it('above 1 keeps the middle', async () => {
    const picture = await room.print(await chart({ width: 1000, height: 600 }), { scale: 2 })
    expect([picture.width, picture.height]).toEqual([500, 300])
    // The coloured corners reach a quarter inwards: at twice the size exactly none of them is left.
    expect(distance(picture.at(0.03, 0.03), [128, 128, 128])).toBeLessThan(12)
  })

  it('below 1 makes a smaller picture of the whole', async () => {
    const picture = await room.print(await chart({ width: 1000, height: 600 }), { scale: 0.5 })
    expect([picture.width, picture.height]).toEqual([500, 300])
    expect(corners(picture)).toEqual(NAMES)
  })
})

describe('size', () => {
  it.each([
    ['tile', 320, 213],
    ['thumb', 640, 427],
    ['preview', 1600, 1067],
    ['web', 2048, 1365],
  ] as const)('%s fits into its long side', async (name, width, height) => {
    const picture = await room.print(await chart({ width: 3000, height: 2000 }), {}, name)
    expect([picture.width, picture.height]).toEqual([width, height])
    expect(corners(picture)).toEqual(NAMES)
  })

  it('is never larger than the Original', async () => {
    const picture = await room.print(await chart({ width: 300, height: 200 }))
    expect([picture.width, picture.height]).toEqual([300, 200])
  })
})
