import { beam, createClouds, flake, glow, mix, times, type Canvas, type Light } from './canvas.ts'
import { drawHead, type Cloth, type Pose } from './figures.ts'

/** What the scenes share: colours, chance and the things that are in several of them. */

/** The colours of one evening: its shadows, its haze and its lamps. */
export interface Palette {
  readonly dark: Light
  readonly air: Light
  readonly lights: readonly [Light, Light, Light]
}

export interface Brush {
  readonly canvas: Canvas
  readonly random: () => number
  readonly palette: Palette
  /** A number between, evenly. */
  readonly between: (from: number, to: number) => number
  readonly pick: <T>(of: readonly T[]) => T
}

export const WARM: Light = [1, 0.62, 0.26]
export const IDLE: Pose['arms'] = [0.15, 0.1, 0.15, 0.1]

/** One kind of picture. */
export interface Scene {
  sky(palette: Palette): readonly Light[]
  paint(brush: Brush): void
}

export const backlit = (palette: Palette, rim: number, width: number): Cloth => ({
  fill: times(palette.dark, 0.7),
  rim: mix(times(palette.lights[0], rim), times(palette.air, rim * 2), 0.4),
  rimWidth: width,
})

/** Heads in rows, the back ones small and in the haze, the front ones large and dark.
 * @param hands how many of them hold one up, 0..1
 *  @param fog how bright the haze between the rows is */
export function crowd(
  { canvas, random, palette, between, pick }: Brush,
  top: number,
  hands: number,
  fog = 0.4,
): void {
  const { width, height } = canvas
  const rows = 5
  for (let row = 0; row < rows; row++) {
    const near = row / (rows - 1)
    const size = height * (0.03 + near * 0.055)
    const y = top + (height - top) * (0.1 + near * 0.72)
    const haze = mix(times(palette.air, fog), times(palette.dark, 0.5), 0.25 + near * 0.75)
    const rim = mix(times(palette.lights[0], 0.5), times(palette.lights[1], 0.32), random())
    for (let x = -size * random() * 2; x < width + size; x += size * between(1.6, 2.3)) {
      const raised = random() < hands ? pick(['left', 'right', 'both'] as const) : 'none'
      const cloth = {
        fill: haze,
        rim: times(rim, (1 - near * 0.35) * (0.3 + fog * 1.6)),
        rimWidth: size * 0.22,
        from: ((width / 2 - x) / width) * 2.2,
        blur: 0.8 + near * 2.5,
      }
      drawHead(canvas, x, y + between(-0.5, 0.6) * size, size, raised, cloth, random)
    }
  }
}

/** Paper in the air, a little of it close and out of focus. */
export function confetti({ canvas, palette, between, pick }: Brush, count: number): void {
  const colours: Light[] = [...palette.lights, [0.95, 0.95, 0.9], [1, 0.8, 0.3]]
  for (let i = 0; i < count; i++) {
    const near = between(0, 1) ** 3
    const long = 4 + near * 24
    flake(
      canvas,
      {
        x: between(0, canvas.width),
        y: between(0, 1) ** 1.4 * canvas.height * 0.9,
        long,
        wide: long * between(0.12, 0.7),
        angle: between(0, Math.PI),
        blur: 0.8 + near * 8,
      },
      times(pick(colours), between(0.25, 0.95)),
    )
  }
}

/** A row of lamps that fan out through the haze. */
export function stageBeams(brush: Brush, count: number, strength: number): void {
  const { canvas, between, palette, pick, random } = brush
  const clouds = createClouds(random, canvas.width / 5)
  const haze = (x: number, y: number) => 0.35 + 1.1 * clouds(x, y)
  const fan = between(0.35, 0.8)
  const first = pick(palette.lights)
  const second = pick(palette.lights)
  for (let i = 0; i < count; i++) {
    const place = (i + 0.5) / count
    const x = canvas.width * (0.04 + 0.92 * place)
    const y = canvas.height * 0.035
    const colour = i % 2 ? first : second
    const angle = (0.5 - place) * 2 * fan * (i % 3 === 2 ? -0.6 : 1) + between(-0.08, 0.08)
    const from = { x, y, angle, spread: between(0.05, 0.11), length: canvas.height * between(1.3, 2) }
    beam(canvas, from, times(colour, strength * between(0.55, 1)), haze)
    glow(canvas, x, y, canvas.height * 0.012, times(mix(colour, [1, 1, 1], 0.6), 5))
    glow(canvas, x, y, canvas.height * 0.06, times(colour, 0.5))
  }
}
