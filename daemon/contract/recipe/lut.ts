import type { Lut } from './cube.ts'

/** Points are kept in 1/64 of a step of 8 bits, shares in 1/32768: what a vector of 16-bit numbers multiplies. */
const FINE = 6
const SHARES = 32768

/** A LUT made ready for looking up 8-bit values; see `throughLut`. */
export interface Lattice {
  readonly lut: Lut
  /** Red, green, blue and nothing, red quickest. */
  readonly points: Int16Array
  /** For each value of each channel, where its cell begins among the points, and how far into the cell it lies. */
  readonly starts: Int32Array
  readonly shares: Int32Array
}

export function latticeOf(lut: Lut): Lattice {
  const { size, least, most } = lut
  const points = new Int16Array(size ** 3 * 4)
  for (let i = 0; i < size ** 3; i++)
    for (let channel = 0; channel < 3; channel++)
      points[i * 4 + channel] = lut.points[i * 3 + channel]! << FINE
  const starts = new Int32Array(3 * 256)
  const shares = new Int32Array(3 * 256)
  for (let channel = 0; channel < 3; channel++)
    for (let value = 0; value < 256; value++) {
      const within = (value / 255 - least[channel]!) / (most[channel]! - least[channel]!)
      const at = within * (size - 1)
      const cell = Math.min(size - 2, Math.floor(at))
      starts[channel * 256 + value] = cell * size ** channel * 4
      shares[channel * 256 + value] = Math.min(SHARES - 1, Math.round((at - cell) * SHARES))
    }
  return { lut, points, starts, shares }
}

/** Looks every colour up, in place, between the eight points around it: along green, then blue, then red. A chip that
 * draws, and the kernel, say the same.
 * @param data 8 bits a channel
 * @param step bytes a pixel */
export function throughLut(
  { lut, points, starts, shares }: Lattice,
  data: Uint8Array | Uint8ClampedArray,
  step: 3 | 4,
): void {
  const down = lut.size * 4
  const deep = lut.size * down
  const between = (a: number, b: number, share: number) => a + (((b - a) * share + 0x4000) >> 15)
  for (let at = 0; at + 2 < data.length; at += step) {
    const [r, g, b] = [data[at]!, 256 + data[at + 1]!, 512 + data[at + 2]!]
    const start = starts[r]! + starts[g]! + starts[b]!
    const [across, along, into] = [shares[r]!, shares[g]!, shares[b]!]
    for (let channel = 0; channel < 3; channel++) {
      const p = start + channel
      const left = between(
        between(points[p]!, points[p + down]!, along),
        between(points[p + deep]!, points[p + deep + down]!, along),
        into,
      )
      const right = between(
        between(points[p + 4]!, points[p + 4 + down]!, along),
        between(points[p + 4 + deep]!, points[p + 4 + deep + down]!, along),
        into,
      )
      data[at + channel] = (between(left, right, across) + (1 << (FINE - 1))) >> FINE
    }
  }
}
