import sharp from 'sharp'
import { expect } from 'vitest'
import type { OutputSettings } from '../../../daemon/contract/output-settings.ts'
import type { openRoom } from '../room.ts'

/** A landscape picture and a portrait one, in pixels. */
export const SIZES = [
  { width: 1600, height: 1067 },
  { width: 1067, height: 1600 },
]

/** Where the ink of an overlay lies: first and last column and row, and how dense it is at most. */
export async function inkOf(
  room: ReturnType<typeof openRoom>,
  finish: OutputSettings,
  size: { width: number; height: number },
) {
  const { png, mark } = await room.darkroom.overlay(finish, size)
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height, info.channels]).toEqual([size.width, size.height, 4])
  let [left, right, top, bottom, most, pixels] = [info.width, -1, info.height, -1, 0, 0]
  const inked = new Array<number>(info.width).fill(0)
  for (let y = 0, at = 3; y < info.height; y++)
    for (let x = 0; x < info.width; x++, at += 4) {
      if (data[at] === 0) continue
      pixels += 1
      inked[x]! += 1
      most = Math.max(most, data[at]!)
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  const columns = inked.slice(left, right + 1)
  return {
    left,
    right,
    top,
    bottom,
    width: columns.length,
    height: bottom - top + 1,
    columns,
    most,
    pixels,
    mark,
  }
}
