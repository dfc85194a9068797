import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Edit } from '../../../daemon/contract/edit.ts'
import { geometry, NEUTRAL, type Size } from '../../../daemon/contract/recipe.ts'
import { expectedMarks, farthest, type Grey } from '../../fixtures/photos/marks.ts'
import { marked, MARKS } from '../../fixtures/photos/photos.ts'
import { openRoom } from '../room.ts'

const room = openRoom({ workers: 2 })
const GREY = 110

const expected = (upright: Size, edit: Edit) => expectedMarks(upright, edit)

async function grey(path: string): Promise<Grey> {
  const { data, info } = await sharp(path).greyscale().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

/** How far the outermost ring of pixels is from the chart's grey: an empty corner would be black. What lies beside a
 * mark does not count, for sharpening draws a line around it. */
function emptiest(
  { width, height, data }: Grey,
  marks: readonly (readonly [number, number])[],
  radius: number,
): number {
  let worst = 0
  const look = (x: number, y: number) => {
    if (marks.every(([u, v]) => Math.hypot(x - u, y - v) > radius + 12))
      worst = Math.max(worst, GREY - data[y * width + x]!)
  }
  for (let x = 0; x < width; x++) for (const y of [0, height - 1]) look(x, y)
  for (let y = 0; y < height; y++) for (const x of [0, width - 1]) look(x, y)
  return worst
}

const SIZES = [
  [900, 600],
  [600, 900],
  [700, 700],
  [1200, 500],
  [2700, 1800],
] as const
const CROPS = [null, { x: 0.1, y: 0.15, width: 0.8, height: 0.7 }, { x: 0.35, y: 0, width: 0.5, height: 1 }]
const ANGLES = [0, 0.1, -2.5, 6, 10, -10]
const ROTATIONS = [0, 90, 180, 270] as const
const SCALES = [1, 0.5, 1.3, 0.8]
const ORIENTATIONS = [1, 6, 3, 8, 2, 5, 4, 7]

/** Each value of each list, and with LONG_TESTS=1 each of them with each value of most others: the lists' lengths differ. */
const GRID = Array.from({ length: process.env.LONG_TESTS ? 240 : 24 }, (_, i) => {
  const of = <T>(list: readonly T[], step: number): T => list[Math.floor(i / step) % list.length]!
  return {
    size: of(SIZES, 1),
    orientation: of(ORIENTATIONS, 3),
    edit: {
      straighten: of(ANGLES, 1),
      rotation: of(ROTATIONS, 2),
      scale: of(SCALES, 3),
      crop: of(CROPS, 4),
    },
  }
})

const name = ({ size, orientation, edit }: (typeof GRID)[number]) =>
  `${size.join(' x ')}, orientation ${orientation}, ${JSON.stringify(edit)}`

describe('what the pure function says is what is printed', () => {
  it.each(GRID.map((one) => [name(one), one] as const))(
    '%s',
    async (_, { size, orientation, edit: part }) => {
      const [width, height] = size
      const edit: Edit = { ...NEUTRAL, ...part }
      const printed = await room.print(await marked({ width, height, orientation }), edit)
      const { output, kept } = geometry({ width, height }, edit, 2048)
      expect([printed.width, printed.height]).toEqual([output.width, output.height])
      const aspect = kept.width / kept.height
      expect(Math.abs(output.width - output.height * aspect)).toBeLessThanOrEqual(0.5 + 0.5 * aspect)
      const picture = await grey(printed.path)
      const places = expected({ width, height }, edit)
      expect(emptiest(picture, places, Math.min(width, height) / 40)).toBeLessThan(6)
      const { worst } = farthest(picture, places, 40)
      expect(worst).toBeLessThan(0.75)
    },
  )

  it('sees marks in most of them, and would see a wrong sign', async () => {
    const upright = { width: 900, height: 600 }
    const edit: Edit = { ...NEUTRAL, straighten: 3, rotation: 90 }
    const picture = await grey((await room.print(await marked(upright), edit)).path)
    expect(farthest(picture, expected(upright, edit), 40)).toMatchObject({ seen: MARKS.length })
    const wrong = farthest(picture, expected(upright, { ...edit, straighten: -3 }), 40)
    expect(wrong.worst).toBeGreaterThan(5)
    const shifted: Edit = { ...edit, crop: { x: 0.02, y: 0, width: 0.98, height: 1 } }
    expect(farthest(picture, expected(upright, shifted), 40).worst).toBeGreaterThan(2)
  })
})
