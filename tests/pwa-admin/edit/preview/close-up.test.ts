// @vitest-environment node
import { expect, test } from 'vitest'
import { closeUp, partOf } from '../../../../pwa-admin/edit/preview/layout.ts'
import { geometry, NEUTRAL } from '../../../../daemon/contract/recipe.ts'

test('100 % is a pixel of the original to a pixel of the screen, held inside the picture', () => {
  const upright = { width: 6000, height: 4000 }
  const box = { width: 600, height: 400 }
  const at = closeUp(upright, NEUTRAL, box, { x: 0.5, y: 0.5 }, 2)!
  expect(at.frame).toEqual(box)
  expect([at.part.width, at.part.height].map((side) => Number(side.toFixed(4)))).toEqual([0.2, 0.2])
  expect(closeUp(upright, NEUTRAL, box, { x: 0, y: 1 }, 2)!.part).toMatchObject({ x: 0, y: 0.8 })
  // A standing photo in a lying box: its narrow side is seen whole, and nothing is stretched.
  const narrow = closeUp({ width: 400, height: 4000 }, NEUTRAL, box, { x: 0.5, y: 0.5 }, 1)!
  expect(narrow).toMatchObject({ frame: { width: 400, height: 400 }, part: { x: 0, width: 1, height: 0.1 } })
  const { kept } = geometry(
    upright,
    partOf({ ...NEUTRAL, crop: { x: 0.5, y: 0, width: 0.5, height: 1 } }, at.part),
    2048,
  )
  expect(kept.width).toBeCloseTo(600, 6)
})
