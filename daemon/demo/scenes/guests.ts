import { IDLE, WARM, type Scene } from './brush.ts'
import { bokeh, createClouds, flake, glow, mix, smooth, times, type Canvas, type Light } from './canvas.ts'
import { drawPerson } from './figures.ts'

/** Scenes with few: a couple, a garden at dusk, a table. */
export const couple: Scene = {
  sky: ({ dark, air }) => [times(dark, 2), times(air, 0.8), times(air, 0.45), dark],
  paint({ canvas, random, between, pick, palette }) {
    const { width, height } = canvas
    const side = Math.min(width, height)
    for (let i = 0; i < 70; i++) {
      const colour = random() < 0.55 ? WARM : pick(palette.lights)
      const y = height * (0.08 + 0.62 * (random() + random()) * 0.5)
      bokeh(canvas, between(0, width), y, side * between(0.018, 0.075), times(colour, between(0.08, 0.6)))
    }
    glow(canvas, width / 2, height * 0.42, side * 0.36, times(WARM, 0.42))
    const tall = height * between(0.98, 1.12)
    const feet = height * (0.32 + 0.9) + tall * 0.06
    const cloth = {
      fill: times(palette.dark, 0.6),
      rim: times(WARM, 1.25),
      rimWidth: side * 0.012,
      blur: 1.3,
    }
    const x = width * between(0.44, 0.56)
    const gap = tall * between(0.105, 0.13)
    drawPerson(canvas, x - gap, feet, tall, { arms: [0.18, 0.05, 0.35, 0.6], lean: 0.035 }, cloth)
    const dress = { arms: [0.3, 0.75, 0.14, 0.02], dress: true, longHair: true, lean: -0.045 } as const
    drawPerson(canvas, x + gap, feet, tall * 0.94, dress, cloth)
    for (let i = 0; i < 5; i++) {
      bokeh(
        canvas,
        between(0, width),
        height * between(0.75, 1.02),
        side * between(0.09, 0.15),
        times(WARM, 0.05),
      )
    }
  },
}

export const garden: Scene = {
  sky: ({ lights }) => [
    [0.012, 0.03, 0.11],
    [0.05, 0.08, 0.24],
    mix([0.5, 0.24, 0.2], times(lights[0], 0.4), 0.25),
    [0.85, 0.42, 0.16],
    [0.02, 0.02, 0.025],
    [0.012, 0.014, 0.012],
  ],
  paint(brush) {
    const { canvas, random, between, pick, palette } = brush
    const { width, height } = canvas
    const clouds = createClouds(random, width / 12)
    const ground = height * 0.7
    for (let x = 0; x < width; x++) {
      const ridge = ground - height * (0.05 + 0.17 * clouds(x * 1.3, 5) + 0.02 * clouds(x * 9, 99))
      for (let y = Math.floor(ridge); y < ground + 6; y++) {
        const leaf = 0.6 + 0.8 * clouds(x * 6, y * 6)
        canvas.light.set(times([0.012, 0.018, 0.016], leaf), (y * width + x) * 3)
      }
    }
    glow(canvas, width / 2, ground + height * 0.12, width * 0.34, times(WARM, 0.16), 3.2)
    for (let line = 0; line < 5; line++) {
      const [ya, yb] = [height * between(0.06, 0.3), height * between(0.06, 0.3)]
      const sag = height * between(0.1, 0.2)
      const bulbs = Math.round(between(14, 22))
      const near = between(0.6, 1.5)
      for (let i = 0; i <= bulbs * 12; i++) {
        const t = i / (bulbs * 12)
        const [x, y] = [width * (t * 1.1 - 0.05), ya + (yb - ya) * t + sag * 4 * t * (1 - t)]
        flake(canvas, { x, y, long: width / bulbs / 18, wide: 1, angle: 0.1, blur: 1 }, [0.006, 0.006, 0.008])
        if (i % 12) continue
        glow(canvas, x, y + 8, 34 * near, times(WARM, 0.34))
        glow(canvas, x, y + 8, 7 * near, times([1, 0.8, 0.5], 4))
      }
    }
    const people = Math.round(width / 190)
    for (let i = 0; i < people; i++) {
      const near = random() < 0.3
      const tall = height * (near ? between(0.46, 0.54) : between(0.27, 0.32))
      const woman = random() < 0.5
      const arms = pick([IDLE, [0.2, 0.15, 0.5, 2.3], [0.45, 2.2, 0.2, 0.1], [0.3, -0.9, 0.3, -0.9]] as const)
      const cloth = {
        fill: times([0.006, 0.006, 0.009], 1),
        rim: times(WARM, near ? 0.5 : 0.35),
        rimWidth: tall * 0.012,
      }
      const x = width * ((i + between(0.2, 0.8)) / people)
      drawPerson(
        canvas,
        x,
        ground + height * (near ? 0.24 : 0.1),
        tall,
        { arms, dress: woman, longHair: woman },
        cloth,
      )
    }
    for (let i = 0; i < 12; i++) {
      const size = height * between(0.03, 0.07)
      bokeh(
        canvas,
        between(0, width),
        height * between(0.86, 1.02),
        size,
        times(pick([WARM, palette.lights[1]]), 0.13),
      )
    }
  },
}

export const table: Scene = {
  sky: ({ dark, air }) => [
    times(dark, 2),
    times(air, 0.6),
    times(air, 0.8),
    [0.05, 0.022, 0.01],
    [0.02, 0.009, 0.005],
  ],
  paint({ canvas, random, between, pick, palette }) {
    const { width, height } = canvas
    const side = Math.min(width, height)
    for (let i = 0; i < 60; i++) {
      const colour = random() < 0.65 ? WARM : pick(palette.lights)
      const size = side * between(0.015, 0.055)
      bokeh(canvas, between(0, width), height * between(0.04, 0.52), size, times(colour, between(0.1, 0.55)))
    }
    for (let i = 0; i < 4; i++) {
      const cloth = { fill: times(palette.dark, 0.8), rim: times(WARM, 0.07), rimWidth: 50, blur: 16 }
      const x = width * ((i + between(0.25, 0.75)) / 4)
      drawPerson(
        canvas,
        x,
        height * 1.12,
        height * between(0.78, 0.86),
        { arms: [0.5, 1.4, 0.5, 1.2], longHair: i % 2 > 0 },
        cloth,
      )
    }
    const edge = height * 0.66
    for (let y = Math.floor(edge); y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = (y * width + x) * 3
        const shine = 0.1 * smooth(edge + height * 0.2, edge, y)
        canvas.light.set([0.05 + shine, 0.024 + shine * 0.5, 0.012 + shine * 0.25], at)
      }
    }
    const candles = Math.round(width / 210)
    for (let i = 0; i < candles; i++) {
      const near = random()
      const x = width * ((i + between(0.25, 0.75)) / candles)
      const base = edge + height * (0.03 + near * 0.2)
      const [wide, tall] = [side * (0.013 + near * 0.012), side * between(0.1, 0.17) * (0.7 + near * 0.5)]
      const wax = { x, y: base - tall / 2, long: tall / 2, wide, angle: Math.PI / 2, blur: 1.5 }
      flake(canvas, wax, [0.5, 0.34, 0.17])
      const flame = base - tall - side * 0.026
      glow(canvas, x, base + tall * 0.5, side * 0.045, times(WARM, 0.2), 0.5)
      glow(canvas, x, flame, side * 0.1, times(WARM, 0.12))
      glow(canvas, x, base - tall * 0.86, wide * 1.3, times(WARM, 0.9), 0.6)
      glow(canvas, x, flame, side * 0.011, [5, 3.2, 1.2], 0.42)
      glow(canvas, x, flame + side * 0.008, side * 0.007, [4, 3.6, 2.6], 0.5)
    }
    for (let i = 0; i < candles + 2; i++) {
      const size = side * between(0.055, 0.085)
      glass(canvas, width * ((i + between(0.1, 0.9)) / (candles + 2)), height * between(0.86, 0.98), size)
    }
  },
}

/** A wine glass: mostly what shines in it. @param y its foot, pixels */
function glass(canvas: Canvas, x: number, y: number, size: number): void {
  const bowl = y - size * 2.6
  const shine: Light = [0.55, 0.4, 0.26]
  for (let step = 0; step <= 60; step++) {
    const t = step / 60
    const half =
      size * (0.62 + 0.38 * Math.sin(t * 2.4)) * (t > 0.72 ? Math.sqrt(Math.max(0, (1 - t) / 0.28)) : 1)
    const v = bowl - size * 0.6 + t * size * 1.7
    for (const side of [-1, 1]) glow(canvas, x + side * half, v, 2.4, times(shine, side < 0 ? 0.5 : 0.32))
    if (t > 0.5)
      flake(
        canvas,
        { x, y: v, long: half * 0.94, wide: size * 0.03, angle: 0, blur: 1.6 },
        [0.14, 0.01, 0.016],
      )
  }
  for (let v = bowl + size * 1.1; v < y; v += 3) glow(canvas, x, v, 3, times(shine, 0.22))
  glow(canvas, x, y, size * 0.42, times(shine, 0.35), 5)
  glow(canvas, x - size * 0.42, bowl + size * 0.1, size * 0.12, times(WARM, 0.9), 0.45)
}
