import type { Affine, Size, toneTables } from '../../contract/recipe.ts'
import { toUpright } from '../../contract/recipe.ts'

/** Pure work on small pictures: after the decoder has shrunk them, plain loops are the quickest way. */
export interface Raster {
  readonly width: number
  readonly height: number
  /** sRGB, 3 bytes a pixel, row by row. */
  readonly data: Uint8Array
}

/** The EXIF orientation that stands for a quarter turn clockwise. */
export const QUARTER_TURN = { 0: 1, 90: 6, 180: 3, 270: 8 } as const

/** Whether an EXIF orientation swaps width and height. */
export const swapsSides = (orientation: number): boolean => orientation >= 5 && orientation <= 8

export const swapped = ({ width, height }: Size): Size => ({ width: height, height: width })

/** From a point of the upright picture to the same point of the stored one.
 * @param stored the stored picture's size */
export function toStored(stored: Size, orientation: number): Affine {
  const { width: w, height: h } = stored
  const mirrors: Record<number, Affine> = {
    2: { a: -1, b: 0, c: 0, d: 1, e: w, f: 0 },
    4: { a: 1, b: 0, c: 0, d: -1, e: 0, f: h },
    5: { a: 0, b: 1, c: 1, d: 0, e: 0, f: 0 },
    7: { a: 0, b: -1, c: -1, d: 0, e: w, f: h },
  }
  const turns: Record<number, 90 | 180 | 270> = { 3: 180, 6: 90, 8: 270 }
  return mirrors[orientation] ?? toUpright(stored, turns[orientation] ?? 0)
}

/** Stands a picture upright. Each EXIF orientation is a walk over the stored pixels: where the upright picture's
 * first pixel lies, and which way its rows and columns run. */
export function turn(picture: Raster, orientation: number): Raster {
  const { width: w, height: h, data } = picture
  const row = w * 3
  const corners = { left: 0, right: row - 3, bottomLeft: (h - 1) * row, bottomRight: h * row - 3 }
  const walks: Record<number, readonly [start: number, column: number, row: number]> = {
    2: [corners.right, -3, row],
    3: [corners.bottomRight, -3, -row],
    4: [corners.bottomLeft, 3, -row],
    5: [corners.left, row, 3],
    6: [corners.bottomLeft, -row, 3],
    7: [corners.bottomRight, -row, -3],
    8: [corners.right, row, -3],
  }
  const walk = walks[orientation]
  if (!walk) return picture
  const [start, acrossStep, downStep] = walk
  const [width, height] = swapsSides(orientation) ? [h, w] : [w, h]
  const out = new Uint8Array(data.length)
  let to = 0
  for (let y = 0; y < height; y++) {
    let from = start + y * downStep
    for (let x = 0; x < width; x++) {
      out[to] = data[from] as number
      out[to + 1] = data[from + 1] as number
      out[to + 2] = data[from + 2] as number
      to += 3
      from += acrossStep
    }
  }
  return { width, height, data: out }
}

/** One channel to three. */
export function fromGrey(width: number, height: number, grey: Uint8Array): Raster {
  const data = new Uint8Array(grey.length * 3)
  for (let i = 0; i < grey.length; i++) data.fill(grey[i] as number, i * 3, i * 3 + 3)
  return { width, height, data }
}

/** Looks every value up, in place.
 * @param tables 256 values for each channel, as `toneTables` gives them */
export function tone({ data }: Raster, [red, green, blue]: ReturnType<typeof toneTables>): void {
  for (let at = 0; at < data.length; at += 3) {
    data[at] = red[data[at]!]!
    data[at + 1] = green[data[at + 1]!]!
    data[at + 2] = blue[data[at + 2]!]!
  }
}

/** Unsharp mask: adds back `amount` of what a blur of 0.8 pixel takes. Flat areas stay exactly as they are. */
export function sharpen(picture: Raster, amount: number): Raster {
  const { width, height, data } = picture
  const row = width * 3
  const share = Math.round(256 * amount)
  const sharp = new Uint8ClampedArray(data.length)
  const line = new Uint8Array(row)
  for (let y = 0; y < height; y++) {
    const at = y * row
    const up = y > 0 ? at - row : at
    const down = y + 1 < height ? at + row : at
    for (let k = 0; k < row; k++) line[k] = blur(data[up + k]!, data[at + k]!, data[down + k]!)
    for (let k = 0; k < row; k++) {
      const value = data[at + k]!
      const blurred = blur(line[k < 3 ? k : k - 3]!, line[k]!, line[k + 3 < row ? k + 3 : k]!)
      sharp[at + k] = value + ((share * (value - blurred) + 128) >> 8)
    }
  }
  return { width, height, data: new Uint8Array(sharp.buffer) }
}

/** One direction of a Gaussian of 0.8 pixel: 0.458, 1, 0.458, as shares of 256. */
const blur = (a: number, b: number, c: number) => ((a + c) * 61 + b * 134 + 128) >> 8
