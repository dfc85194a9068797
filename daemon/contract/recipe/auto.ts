import { srgbToLinear } from './tone.ts'

/** Where the middle of a well exposed picture of people lies, encoded: a little below middle grey. */
const MIDDLE = 0.42
/** Nearly the lightest part: brightening must leave it drawing. */
const LIGHTS = { share: 0.98, most: 0.92 } as const
const MOST_STOPS = 1.5
const STEP = 0.05

/** The value (0..255) below which `share` of the pixels lie. */
function quantile(histogram: ArrayLike<number>, total: number, share: number): number {
  let below = 0
  for (let value = 0; value < 256; value++) {
    below += histogram[value] as number
    if (below >= share * total) return value
  }
  return 255
}

/** The exposure that a picture seems to want: its middle at the middle, its lights kept. Half of the way only, for a
 * dark hall is meant to look like one.
 * @param histogram how many pixels have each encoded luminance, 256 values
 * @returns EV on the dial's own steps, within -1.5..1.5; 0 when it is right as it is */
export function proposeExposure(histogram: ArrayLike<number>): number {
  let total = 0
  for (let value = 0; value < 256; value++) total += histogram[value] as number
  if (total === 0) return 0
  const linear = (share: number) => srgbToLinear(Math.max(1, quantile(histogram, total, share)) / 255)
  const wanted = Math.log2(srgbToLinear(MIDDLE) / linear(0.5)) / 2
  const room = Math.log2(srgbToLinear(LIGHTS.most) / linear(LIGHTS.share))
  const stops = wanted > 0 ? Math.min(wanted, Math.max(0, room)) : wanted
  const bounded = Math.min(MOST_STOPS, Math.max(-MOST_STOPS, stops))
  const settled = Number((Math.round(bounded / STEP) * STEP).toFixed(2))
  return Math.abs(settled) < 2 * STEP ? 0 : settled
}

/** Rec. 709 luma of encoded values, counted.
 * @param pixels RGB or RGBA, 8 bits a channel */
export function histogramOf(pixels: Uint8Array | Uint8ClampedArray, channels: 3 | 4): Uint32Array {
  const histogram = new Uint32Array(256)
  for (let at = 0; at + 2 < pixels.length; at += channels) {
    const luma = 0.2126 * pixels[at]! + 0.7152 * pixels[at + 1]! + 0.0722 * pixels[at + 2]!
    histogram[Math.round(luma)]! += 1
  }
  return histogram
}
