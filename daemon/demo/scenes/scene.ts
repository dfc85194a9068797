import type { Palette, Scene } from './brush.ts'
import { createCanvas, develop, randomFrom } from './canvas.ts'
import { dancing, fireworks, stage } from './crowds.ts'
import { couple, garden, table } from './guests.ts'
import type { Raster } from '../../darkroom/pixels/pixels.ts'

// prettier-ignore
const PALETTES: readonly Palette[] = [
  { dark: [0.006, 0.005, 0.02], air: [0.05, 0.02, 0.16], lights: [[0.5, 0.16, 1], [1, 0.2, 0.6], [0.2, 0.5, 1]] },
  { dark: [0.014, 0.007, 0.004], air: [0.2, 0.075, 0.02], lights: [[1, 0.55, 0.17], [1, 0.75, 0.4], [1, 0.3, 0.1]] },
  { dark: [0.002, 0.012, 0.018], air: [0.01, 0.11, 0.15], lights: [[0.1, 0.8, 0.9], [0.95, 0.7, 0.35], [0.15, 0.45, 1]] },
  { dark: [0.018, 0.003, 0.008], air: [0.2, 0.02, 0.05], lights: [[1, 0.12, 0.2], [1, 0.5, 0.2], [0.9, 0.2, 0.7]] },
  { dark: [0.003, 0.01, 0.008], air: [0.03, 0.12, 0.06], lights: [[0.3, 0.9, 0.4], [0.9, 0.85, 0.3], [0.2, 0.7, 0.8]] },
]

const SCENES: readonly Scene[] = [stage, couple, garden, dancing, fireworks, table]

/** What `--demo` shoots: a picture of an evening that nobody was at, painted from a number.
 * @returns RGB, 1800 x 1200 or, for `portrait`, 1200 x 1800; the same seed gives the same picture */
export function paintScene(seed: number, portrait: boolean): Raster {
  const [width, height] = portrait ? [1200, 1800] : [1800, 1200]
  const random = randomFrom(seed)
  // One after the other, so that neighbours in the gallery differ.
  const scene = SCENES[(seed * 5) % SCENES.length] as Scene
  const palette = PALETTES[(seed * 3 + Math.floor(seed / 6)) % PALETTES.length] as Palette
  const brush = {
    random,
    palette,
    between: (from: number, to: number) => from + random() * (to - from),
    pick: <T>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T,
  }
  const canvas = createCanvas(width, height, scene.sky(palette))
  scene.paint({ ...brush, canvas })
  return develop(canvas, random)
}
