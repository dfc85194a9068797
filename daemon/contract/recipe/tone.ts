import type { Edit } from '../edit.ts'

/** sRGB transfer function, IEC 61966-2-1; 0..1 in and out. */
export function srgbToLinear(v: number): number {
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
}
export function linearToSrgb(v: number): number {
  return v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055
}

const KNEE = 0.7

/** Exposure in linear light, 0..1 in and out. Brightening bends over above the knee instead of clipping, by the
 * extended Reinhard curve (Reinhard et al. 2002, eq. 4): slope 1 at the knee, exactly 1 where the input is 1. */
export function expose(linear: number, ev: number): number {
  const y = linear * 2 ** ev
  if (ev <= 0 || y <= KNEE) return y
  const t = (y - KNEE) / (1 - KNEE)
  const top = (2 ** ev - KNEE) / (1 - KNEE)
  return KNEE + (1 - KNEE) * ((t * (1 + t / top ** 2)) / (1 + t))
}

/** How steep full contrast makes the middle: 1 + half of it. Below 1 the curve never falls. */
const CONTRAST = 0.9

/** An S through black, middle grey and white, on encoded (sRGB) values: 0..1 in and out.
 * @param amount -1..1; 0 is the identity, below 0 the S lies the other way */
export function contrasted(v: number, amount: number): number {
  return v + amount * CONTRAST * v * (1 - v) * (2 * v - 1)
}

/** Stops by which full warmth lifts red and lowers blue. */
const WARMTH = 0.5
/** Rec. 709 luminance of linear sRGB. */
const LUMINANCE = [0.2126, 0.7152, 0.0722] as const

/** Stops for red, green and blue; a grey keeps its luminance. */
export function balance(warmth: number): readonly [red: number, green: number, blue: number] {
  const stops = [WARMTH * warmth, 0, -WARMTH * warmth] as const
  const lightness = Math.log2(stops.reduce((sum, stop, i) => sum + LUMINANCE[i]! * 2 ** stop, 0))
  return [stops[0] - lightness, stops[1] - lightness, stops[2] - lightness]
}

export type Tone = Pick<Edit, 'exposure' | 'contrast' | 'warmth'>

/** What becomes of an encoded value of one channel: white balance and exposure in linear light, then contrast.
 * @param stops of light that the channel gets */
function develop(v: number, stops: number, contrast: number): number {
  const exposed = stops === 0 ? v : Math.min(1, linearToSrgb(expose(srgbToLinear(v), stops)))
  return contrasted(exposed, contrast)
}

export const isPlainTone = ({ exposure, contrast, warmth }: Tone): boolean =>
  exposure === 0 && contrast === 0 && warmth === 0

/** The tone curves of red, green and blue as 8-bit sRGB in to 8-bit sRGB out; the identity for a plain tone. */
export function toneTables(tone: Tone): readonly [Uint8Array, Uint8Array, Uint8Array] {
  const table = (gain: number) =>
    Uint8Array.from({ length: 256 }, (_, i) =>
      Math.round(255 * develop(i / 255, tone.exposure + gain, tone.contrast)),
    )
  if (tone.warmth === 0) {
    const all = table(0)
    return [all, all, all]
  }
  const [red, green, blue] = balance(tone.warmth)
  return [table(red), table(green), table(blue)]
}
