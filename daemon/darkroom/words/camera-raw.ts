import type { Edit } from '../../contract/edit.ts'
import { apply, geometry, toTurned, type Size } from '../../contract/recipe.ts'

/** A crop as Camera Raw keeps it: two corners of the kept rectangle where they lie in the stored picture, in fractions
 * of its sides, and the degrees that the rectangle is turned by. */
export interface CameraRawCrop {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
  readonly angle: number
}

/** What an EXIF orientation does: from a place in the upright picture to the same place as it is stored, in fractions. */
const STORED: Readonly<Record<number, (x: number, y: number) => [x: number, y: number]>> = {
  1: (x, y) => [x, y],
  2: (x, y) => [1 - x, y],
  3: (x, y) => [1 - x, 1 - y],
  4: (x, y) => [x, 1 - y],
  5: (x, y) => [y, x],
  6: (x, y) => [y, 1 - x],
  7: (x, y) => [1 - y, 1 - x],
  8: (x, y) => [1 - y, x],
}
/** Which corner of the upright rectangle becomes the upper left one, and the lower right one is opposite. */
const UPPER_LEFT: Readonly<Record<number, [right: 0 | 1, lower: 0 | 1]>> = {
  1: [0, 0], 2: [1, 0], 3: [1, 1], 4: [0, 1], 5: [0, 0], 6: [1, 0], 7: [1, 1], 8: [0, 1],
} // prettier-ignore
const MIRRORED = new Set([2, 4, 5, 7])

/** @param upright the Original's size after its orientation, pixels
 * @param orientation EXIF's, 1..8
 * @returns null where nothing is cut away, and where Camera Raw has no words for it: a quarter turn of ours is no part
 *   of its crop */
export function cameraRawCrop(upright: Size, orientation: number, edit: Edit): CameraRawCrop | null {
  const stored = STORED[orientation]
  const corner = UPPER_LEFT[orientation]
  if (!stored || !corner || edit.rotation !== 0) return null
  const shape = geometry(upright, edit, Infinity)
  const { kept, turned, output } = shape
  if (edit.straighten === 0 && kept.width >= turned.width && kept.height >= turned.height) return null
  const map = toTurned(shape)
  const at = (right: number, lower: number) => {
    const [x, y] = apply(map, right * output.width, lower * output.height)
    return stored(x / upright.width, y / upright.height)
  }
  const [right, lower] = corner
  const [x, y] = at(right, lower)
  const [x2, y2] = at(1 - right, 1 - lower)
  const angle = MIRRORED.has(orientation) ? edit.straighten : -edit.straighten
  return { top: y, left: x, bottom: y2, right: x2, angle: angle === 0 ? 0 : angle }
}
