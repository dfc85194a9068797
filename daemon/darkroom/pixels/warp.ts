import type { Affine } from '../../contract/recipe.ts'
import type { Raster } from './pixels.ts'

/** Positions are kept in 1/65536 of a pixel, weights in 1/256, one set of four for each 1/256 of a pixel. */
const FINE = 65536
const ONE = 256

/** Keys' cubic convolution, a = -1/2 (Catmull-Rom): exact for straight lines and parabolas. */
function cubic(distance: number): number {
  const x = Math.abs(distance)
  if (x >= 2) return 0
  return x <= 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2
}

/** Rounded weights that add up to `ONE`, so that flat areas stay as they are. */
export const WEIGHTS = Int32Array.from({ length: ONE * 4 }, (_, i) => {
  const share = (i >> 2) / ONE
  const weights = [1 + share, share, 1 - share, 2 - share].map((distance) =>
    Math.round(ONE * cubic(distance)),
  )
  const nearest = share < 0.5 ? 1 : 2
  weights[nearest]! += ONE - weights.reduce((a, b) => a + b, 0)
  return weights[i & 3]!
})

/** Where each row of a warped picture begins in the old one, and how far apart its pixels are there, in 1/65536 of a
 * pixel counted from the middle of the old picture's first pixel. */
export function rowsOf(from: Affine, height: number) {
  const fine = (value: number) => Math.round(value * FINE)
  const startX = new Int32Array(height)
  const startY = new Int32Array(height)
  for (let v = 0; v < height; v++) {
    startX[v] = fine(from.a * 0.5 + from.b * (v + 0.5) + from.e - 0.5)
    startY[v] = fine(from.c * 0.5 + from.d * (v + 0.5) + from.f - 0.5)
  }
  return { stepX: fine(from.a), stepY: fine(from.c), startX, startY }
}

/** Looks each pixel of a new picture up in an old one, between its pixels by cubic convolution. Beyond the old
 * picture's edge lies its outermost pixel, so that no foreign colour comes in.
 * @param from from a point of the new picture to the point of the old one that is seen there; pixels' edges are whole
 *   numbers */
export function warp(old: Raster, from: Affine, width: number, height: number): Raster {
  const { data: source, width: w, height: h } = old
  const data = new Uint8Array(width * height * 3)
  const row = w * 3
  const { stepX, stepY, startX, startY } = rowsOf(from, height)
  let to = 0
  for (let v = 0; v < height; v++) {
    let [fineX, fineY] = [startX[v]!, startY[v]!]
    for (let u = 0; u < width; u++, fineX += stepX, fineY += stepY, to += 3) {
      const x = fineX >> 16
      const y = fineY >> 16
      const across = ((fineX >> 8) & 255) << 2
      const down = ((fineY >> 8) & 255) << 2
      const w0 = WEIGHTS[across]!
      const w1 = WEIGHTS[across + 1]!
      const w2 = WEIGHTS[across + 2]!
      const w3 = WEIGHTS[across + 3]!
      let r = FINE / 2
      let g = FINE / 2
      let b = FINE / 2
      const inside = x >= 1 && y >= 1 && x < w - 2 && y < h - 2
      const at0 = inside ? (x - 1) * 3 : column(x - 1, w)
      const at1 = inside ? at0 + 3 : column(x, w)
      const at2 = inside ? at0 + 6 : column(x + 1, w)
      const at3 = inside ? at0 + 9 : column(x + 2, w)
      for (let j = 0; j < 4; j++) {
        const line = (inside ? y - 1 + j : Math.min(h - 1, Math.max(0, y - 1 + j))) * row
        const q = WEIGHTS[down + j]!
        const p0 = line + at0
        const p1 = line + at1
        const p2 = line + at2
        const p3 = line + at3
        r += q * (w0 * source[p0]! + w1 * source[p1]! + w2 * source[p2]! + w3 * source[p3]!)
        g += q * (w0 * source[p0 + 1]! + w1 * source[p1 + 1]! + w2 * source[p2 + 1]! + w3 * source[p3 + 1]!)
        b += q * (w0 * source[p0 + 2]! + w1 * source[p1 + 2]! + w2 * source[p2 + 2]! + w3 * source[p3 + 2]!)
      }
      data[to] = byte(r >> 16)
      data[to + 1] = byte(g >> 16)
      data[to + 2] = byte(b >> 16)
    }
  }
  return { width, height, data }
}

const column = (x: number, width: number) => Math.min(width - 1, Math.max(0, x)) * 3
const byte = (value: number) => (value < 0 ? 0 : value > 255 ? 255 : value)
