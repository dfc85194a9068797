import { thumbHashToAverageRGBA } from 'thumbhash'

/** A photo's light: how bright, how warm and how green it is as a whole, each about 0 to 1. */
export type Light = readonly [brightness: number, warmth: number, tint: number]

const PLAIN: Light = [0.5, 0, 0]
/** Photos that differ less than this look as if they were taken in the same light. */
export const SAME_LIGHT = 0.16

/** @param thumbhash base64; what is none counts as middle grey */
export const lightOf = (thumbhash: string): Light => {
  try {
    const bytes = Uint8Array.from(atob(thumbhash), (letter) => letter.charCodeAt(0))
    const { r, g, b } = thumbHashToAverageRGBA(bytes)
    const light: Light = [0.3 * r + 0.59 * g + 0.11 * b, r - b, g - (r + b) / 2]
    return light.every(Number.isFinite) ? light : PLAIN
  } catch {
    return PLAIN
  }
}

/** How much two lights differ; 0 is not at all. */
export const differenceOf = (one: Light, other: Light): number =>
  Math.hypot(one[0] - other[0], 0.7 * (one[1] - other[1]), 0.7 * (one[2] - other[2]))
