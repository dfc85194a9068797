import { linearToSrgb } from '../../contract/recipe.ts'
import type { Raster } from '../../darkroom/pixels/pixels.ts'

/** A picture made of light: values are linear, add up and may pass 1, as they do before a lens. */
export type Light = readonly [red: number, green: number, blue: number]

export interface Canvas {
  readonly width: number
  readonly height: number
  /** Linear RGB, 3 floats a pixel. */
  readonly light: Float32Array
}

/** Numbers in 0..1 that depend on the seed alone (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

export const mix = (a: Light, b: Light, t: number): Light => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
]
export const times = (light: Light, k: number): Light => [light[0] * k, light[1] * k, light[2] * k]
export const smooth = (from: number, to: number, x: number): number => {
  const t = Math.max(0, Math.min(1, (x - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

/** @param stops colours from top to bottom, evenly spaced */
export function createCanvas(width: number, height: number, stops: readonly Light[]): Canvas {
  const light = new Float32Array(width * height * 3)
  for (let y = 0; y < height; y++) {
    const place = (y / (height - 1)) * (stops.length - 1)
    const index = Math.min(stops.length - 2, Math.floor(place))
    const colour = mix(stops[index] as Light, stops[index + 1] as Light, smooth(0, 1, place - index))
    for (let x = 0; x < width; x++) light.set(colour, (y * width + x) * 3)
  }
  return { width, height, light }
}

/** Visits the pixels of a box, as far as they are on the canvas. */
function visit(
  { width, height }: Canvas,
  box: readonly [left: number, top: number, right: number, bottom: number],
  each: (at: number, x: number, y: number) => void,
): void {
  const [left, top] = [Math.max(0, Math.floor(box[0])), Math.max(0, Math.floor(box[1]))]
  const [right, bottom] = [Math.min(width - 1, Math.ceil(box[2])), Math.min(height - 1, Math.ceil(box[3]))]
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) each((y * width + x) * 3, x, y)
  }
}

function add(light: Float32Array, at: number, colour: Light, k: number): void {
  light[at]! += colour[0] * k
  light[at + 1]! += colour[1] * k
  light[at + 2]! += colour[2] * k
}

/** Paints over what is there. @param k 0..1 */
export function cover(light: Float32Array, at: number, colour: Light, k: number): void {
  light[at]! += (colour[0] - light[at]!) * k
  light[at + 1]! += (colour[1] - light[at + 1]!) * k
  light[at + 2]! += (colour[2] - light[at + 2]!) * k
}

/** A soft light that fades like a bell. */
export function glow(canvas: Canvas, x: number, y: number, radius: number, colour: Light, flat = 1): void {
  const reach = radius * 2.6
  visit(canvas, [x - reach, y - reach / flat, x + reach, y + reach / flat], (at, u, v) => {
    const d2 = ((u - x) ** 2 + ((v - y) * flat) ** 2) / (radius * radius)
    if (d2 < 6.7) add(canvas.light, at, colour, Math.exp(-d2) - 0.0012)
  })
}

/** A light far out of focus: a disc, a little brighter at its rim. */
export function bokeh(canvas: Canvas, x: number, y: number, radius: number, colour: Light): void {
  const soft = Math.max(1.2, radius * 0.05)
  const reach = radius + soft
  visit(canvas, [x - reach, y - reach, x + reach, y + reach], (at, u, v) => {
    const d = Math.hypot(u - x, v - y)
    if (d >= reach) return
    const rim = 1 + 0.55 * smooth(radius * 0.72, radius * 0.97, d)
    add(canvas.light, at, colour, rim * (1 - smooth(radius - soft, reach, d)))
  })
}

/** A stage light's beam through haze.
 * @param angle radians from straight down, positive to the right
 *  @param spread half the opening angle, radians
 *  @param haze brightness of the air at a pixel, about 1 */
export function beam(
  canvas: Canvas,
  from: { x: number; y: number; angle: number; spread: number; length: number },
  colour: Light,
  haze: (x: number, y: number) => number,
): void {
  const [dx, dy] = [Math.sin(from.angle), Math.cos(from.angle)]
  visit(canvas, [0, 0, canvas.width, canvas.height], (at, x, y) => {
    const along = (x - from.x) * dx + (y - from.y) * dy
    if (along <= 0 || along > from.length * 1.6) return
    const off = Math.abs((x - from.x) * dy - (y - from.y) * dx) / (4 + along * from.spread)
    if (off > 1) return
    const core = (1 - off * off) ** 2
    const fade = Math.exp((-2.2 * along) / from.length) * (1 + 60 / (60 + along))
    add(canvas.light, at, colour, core * fade * haze(x, y))
  })
}

/** Clouds in 0..1 that vary over about `size` pixels. */
export function createClouds(random: () => number, size: number): (x: number, y: number) => number {
  const lattice = Float32Array.from({ length: 4096 }, random)
  const at = (i: number, j: number) => lattice[((i & 63) << 6) | (j & 63)] as number
  const layer = (x: number, y: number) => {
    const [i, j] = [Math.floor(x), Math.floor(y)]
    const [s, t] = [smooth(0, 1, x - i), smooth(0, 1, y - j)]
    const top = at(i, j) + (at(i + 1, j) - at(i, j)) * s
    const bottom = at(i, j + 1) + (at(i + 1, j + 1) - at(i, j + 1)) * s
    return top + (bottom - top) * t
  }
  return (x, y) => {
    const [u, v] = [x / size, y / size]
    return layer(u, v) * 0.6 + layer(u * 2.1 + 7, v * 2.1) * 0.28 + layer(u * 4.3, v * 4.3 + 3) * 0.12
  }
}

/** A small sheet of paper in the air. @param blur pixels out of focus */
export function flake(
  canvas: Canvas,
  shape: { x: number; y: number; long: number; wide: number; angle: number; blur: number },
  colour: Light,
): void {
  const [cos, sin] = [Math.cos(shape.angle), Math.sin(shape.angle)]
  const reach = shape.long + shape.blur * 2
  const soft = Math.max(0.8, shape.blur)
  const strength = Math.min(1, (shape.wide / soft) * 0.9)
  visit(canvas, [shape.x - reach, shape.y - reach, shape.x + reach, shape.y + reach], (at, x, y) => {
    const u = Math.abs((x - shape.x) * cos + (y - shape.y) * sin)
    const v = Math.abs((y - shape.y) * cos - (x - shape.x) * sin)
    const inside =
      (1 - smooth(shape.long - soft, shape.long + soft, u)) *
      (1 - smooth(shape.wide - soft, shape.wide + soft, v))
    if (inside > 0) cover(canvas.light, at, colour, inside * strength)
  })
}

/** What film and lens do: highlights roll off and lose colour, corners fall off, the dark has grain. */
export function develop({ width, height, light }: Canvas, random: () => number, grain = 0.011): Raster {
  const table = Uint8Array.from({ length: 4096 }, (_, i) => Math.round(255 * linearToSrgb(i / 4095)))
  const data = new Uint8Array(width * height * 3)
  const [cx, cy] = [width / 2, height / 2]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3
      const corner = ((x - cx) / cx) ** 2 + ((y - cy) / cy) ** 2
      const gain = 1 - 0.19 * corner
      const peak = Math.max(0, Math.max(light[at]!, light[at + 1]!, light[at + 2]!) - 1) * 0.22
      const noise = (random() + random() - 1) * grain
      for (let c = 0; c < 3; c++) {
        const lit = 1 - Math.exp(-(Math.max(0, light[at + c]!) + peak) * gain * 1.25)
        const grainy = lit + noise * (0.25 + Math.sqrt(lit)) * 1.2
        data[at + c] = table[Math.max(0, Math.min(4095, Math.round(grainy * 4095)))]!
      }
    }
  }
  return { width, height, data }
}
