import { backlit, confetti, crowd, stageBeams, WARM, type Scene } from './brush.ts'
import { bokeh, flake, glow, mix, smooth, times } from './canvas.ts'
import { drawPerson, type Pose } from './figures.ts'

/** Scenes with many people: a stage, a dance floor, fireworks. */
export const stage: Scene = {
  sky: ({ dark, air }) => [times(dark, 1.2), times(air, 0.5), times(air, 1.3), dark],
  paint(brush) {
    const { canvas, between, palette, random } = brush
    const { width, height } = canvas
    stageBeams(brush, Math.round(between(6, 10)), 0.55)
    const floor = height * 0.7
    glow(canvas, width / 2, floor, width * 0.32, times(palette.lights[1], 0.55), 3)
    const cloth = backlit(palette, 1.1, height * 0.006)
    const players = width > height ? [0.3, 0.5, 0.72] : [0.5]
    players.forEach((place, i) => {
      const tall = height * between(0.29, 0.33) * (width > height ? 1 : 0.85)
      const x = width * (place + between(-0.04, 0.04))
      glow(canvas, x, floor - tall * 0.6, tall * 0.45, times(palette.lights[2], 0.35))
      const sings = i === players.length >> 1
      const arms: Pose['arms'] = sings ? [1.9, 2.7, 0.7, 2.6] : [0.5, -1.2, 0.35, -1.5]
      drawPerson(canvas, x, floor + 4, tall, { arms, stride: 0.07, longHair: random() < 0.5 }, cloth)
    })
    crowd(brush, height * 0.66, 0.3)
  },
}

export const dancing: Scene = {
  sky: ({ dark, air }) => [dark, times(air, 0.9), times(air, 1.5), times(dark, 2)],
  paint(brush) {
    const { canvas, random, between, pick, palette } = brush
    const { width, height } = canvas
    const side = Math.min(width, height)
    for (let i = 0; i < 26; i++) {
      const size = side * between(0.012, 0.04)
      bokeh(
        canvas,
        between(0, width),
        height * between(0.03, 0.5),
        size,
        times(pick(palette.lights), between(0.2, 0.9)),
      )
    }
    stageBeams(brush, 5, 0.42)
    glow(canvas, width / 2, height * 0.55, side * 0.5, times(palette.lights[1], 0.3))
    const people = Math.round(width / 165)
    for (let layer = 0; layer < 2; layer++) {
      for (let i = 0; i < people - layer * 3; i++) {
        const tall = height * (layer ? between(0.66, 0.76) : between(0.46, 0.54))
        const woman = random() < 0.5
        const up = (high: number) => [between(1.2, high), between(1.9, 3.1)] as const
        const low = () => [between(0.3, 1), between(0.8, 2.4)] as const
        const [left, right] = [random() < 0.6 ? up(2.7) : low(), random() < 0.6 ? up(2.7) : low()]
        const pose = {
          arms: [...left, ...right] as const,
          dress: woman,
          longHair: woman,
          lean: between(-0.09, 0.09),
        }
        const rim = times(pick(palette.lights), layer ? 0.55 : 0.8)
        const fill = mix(times(palette.air, 0.22), times(palette.dark, 0.6), layer)
        const x = (width * (i + between(0.15, 0.85))) / (people - layer * 3)
        drawPerson(
          canvas,
          x,
          height * (layer ? 1.13 : 0.94),
          tall,
          { ...pose, stride: 0.09 },
          { fill, rim, rimWidth: tall * 0.013 },
        )
      }
    }
    confetti(brush, 420)
  },
}

export const fireworks: Scene = {
  sky: ({ air }) => [
    [0.004, 0.006, 0.02],
    [0.008, 0.012, 0.04],
    mix([0.05, 0.04, 0.09], air, 0.4),
    [0.008, 0.008, 0.014],
  ],
  paint(brush) {
    const { canvas, random, between, pick, palette } = brush
    const { width, height } = canvas
    const bursts = width > height ? 4 : 3
    for (let i = 0; i < bursts; i++) {
      const [x, y] = [width * ((i + between(0.2, 0.8)) / bursts), height * between(0.14, 0.42)]
      const reach = height * between(0.12, 0.24)
      const colour = random() < 0.4 ? WARM : pick(palette.lights)
      glow(canvas, x, y, reach * 0.9, times(colour, 0.22))
      for (let ray = 0; ray < 90; ray++) {
        const angle = between(0, Math.PI * 2)
        const far = reach * Math.sqrt(between(0.25, 1))
        for (let step = 12; step <= 70; step++) {
          const t = step / 70
          const px = x + Math.cos(angle) * far * t
          const py = y + Math.sin(angle) * far * t + 0.22 * reach * t * t
          glow(
            canvas,
            px,
            py,
            2.1 + t,
            times(mix(colour, [1, 0.9, 0.75], 0.4), 0.5 * t * smooth(1.05, 0.6, t) + 0.03),
          )
        }
        glow(
          canvas,
          x + Math.cos(angle) * far,
          y + Math.sin(angle) * far + 0.22 * reach,
          2.6,
          [2.5, 2.2, 1.7],
        )
      }
    }
    let x = -20
    while (x < width) {
      const wide = width * between(0.03, 0.09)
      const top = height * between(0.52, 0.66)
      for (let v = Math.floor(top); v < height; v++) {
        for (let u = Math.max(0, Math.floor(x)); u < Math.min(width, x + wide); u++) {
          canvas.light.set([0.006, 0.007, 0.014], (v * width + u) * 3)
        }
      }
      for (let v = top + 14; v < height * 0.75; v += 22) {
        for (let u = x + 8; u < x + wide - 10; u += 17) {
          if (random() < 0.3)
            flake(
              canvas,
              { x: u, y: v, long: 4, wide: 3, angle: Math.PI / 2, blur: 1 },
              times(WARM, between(0.15, 0.8)),
            )
        }
      }
      x += wide + between(-2, 6)
    }
    crowd(brush, height * 0.72, 0.16, 0.08)
  },
}
