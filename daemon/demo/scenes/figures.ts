import { cover, mix, smooth, type Canvas, type Light } from './canvas.ts'

/** A limb: a line with a thickness at each end. */
interface Limb {
  readonly ax: number
  readonly ay: number
  readonly bx: number
  readonly by: number
  readonly ra: number
  readonly rb: number
}

export interface Pose {
  /** Radians of the left and the right upper arm and forearm: 0 hangs down, positive lifts outwards. */
  readonly arms: readonly [leftUpper: number, leftFore: number, rightUpper: number, rightFore: number]
  readonly dress?: boolean
  readonly longHair?: boolean
  /** Sideways, as a part of the height. */
  readonly lean?: number
  readonly stride?: number
}

export interface Cloth {
  readonly fill: Light
  /** The light from behind that traces the outline. */
  readonly rim: Light
  /** Pixels. */
  readonly rimWidth: number
  /** Pixels out of focus. */
  readonly blur?: number
  /** Where the light stands: radians from straight above, positive to the right. */
  readonly from?: number
}

/** Somebody standing. @param x, y where the feet are, pixels @param tall the height, pixels */
export function drawPerson(
  canvas: Canvas,
  x: number,
  y: number,
  tall: number,
  pose: Pose,
  cloth: Cloth,
): void {
  const { lean = 0, stride = 0.05, dress, longHair } = pose
  const limbs: Limb[] = []
  const limb = (ax: number, ay: number, bx: number, by: number, ra: number, rb = ra) =>
    limbs.push({
      ax: x + (ax + lean * ay) * tall,
      ay: y - ay * tall,
      bx: x + (bx + lean * by) * tall,
      by: y - by * tall,
      ra: ra * tall,
      rb: rb * tall,
    })
  limb(0, 0.945, 0, 0.9, 0.053, 0.045)
  if (longHair) limb(0.004, 0.945, 0.012, 0.8, 0.06, 0.046)
  limb(0, 0.88, 0, 0.8, 0.026, 0.032)
  limb(-0.085, 0.79, 0.085, 0.79, 0.036)
  limb(0, 0.76, 0, 0.55, dress ? 0.072 : 0.088, dress ? 0.058 : 0.078)
  if (dress) limb(0, 0.55, 0, 0.08, 0.07, 0.12)
  else limb(0, 0.55, 0, 0.48, 0.082, 0.085)
  for (const side of [-1, 1]) {
    limb(side * 0.042, 0.48, side * (0.045 + stride * 0.6), 0.25, 0.062, 0.043)
    limb(side * (0.045 + stride * 0.6), 0.25, side * (0.05 + stride), 0.03, 0.042, 0.026)
    limb(side * (0.05 + stride), 0.018, side * (0.085 + stride), 0.012, 0.02, 0.016)
    const [upper, fore] = side < 0 ? [pose.arms[0], pose.arms[1]] : [pose.arms[2], pose.arms[3]]
    const elbow = [side * (0.108 + Math.sin(upper) * 0.165), 0.785 - Math.cos(upper) * 0.165] as const
    const hand = [elbow[0] + side * Math.sin(fore) * 0.15, elbow[1] - Math.cos(fore) * 0.15] as const
    limb(side * 0.108, 0.785, elbow[0], elbow[1], 0.034, 0.026)
    limb(elbow[0], elbow[1], hand[0], hand[1], 0.025, 0.018)
    limb(hand[0], hand[1], hand[0] + side * Math.sin(fore) * 0.03, hand[1] - Math.cos(fore) * 0.03, 0.021)
  }
  fill(canvas, limbs, tall * 0.02, cloth)
}

/** Somebody in the crowd from behind: head and shoulders, perhaps with an arm up, perhaps filming. */
export function drawHead(
  canvas: Canvas,
  x: number,
  y: number,
  size: number,
  raised: 'none' | 'left' | 'right' | 'both',
  cloth: Cloth,
  random: () => number,
): void {
  const limbs: Limb[] = []
  const limb = (ax: number, ay: number, bx: number, by: number, ra: number, rb = ra) =>
    limbs.push({
      ax: x + ax * size,
      ay: y - ay * size,
      bx: x + bx * size,
      by: y - by * size,
      ra: ra * size,
      rb: rb * size,
    })
  const tilt = (random() - 0.5) * 0.16
  limb(tilt, 0.16, tilt * 0.6, -0.16, 0.37, 0.3)
  if (random() < 0.4) limb(tilt, 0.1, 0.02, -0.55, 0.4, 0.34)
  limb(0, -0.3, 0, -0.8, 0.19, 0.24)
  limb(-0.62, -1.0, 0, -0.78, 0.27, 0.3)
  limb(0.62, -1.0, 0, -0.78, 0.27, 0.3)
  for (const side of [-0.5, 0, 0.5]) limb(side, -1.2, side * 1.1, -4, 0.42, 0.45)
  for (const side of [-1, 1]) {
    if (raised !== 'both' && raised !== (side < 0 ? 'left' : 'right')) continue
    const out = 0.75 + random() * 0.5
    const up = 0.5 + random() * 0.7
    limb(side * 0.68, -1.05, side * out, -0.1 + up * 0.3, 0.2, 0.16)
    limb(side * out, -0.1 + up * 0.3, side * (out - 0.2 + random() * 0.25), 0.85 + up, 0.16, 0.11)
    const [hx, hy] = [side * (out - 0.1), 1.0 + up] as const
    limb(hx, hy - 0.1, hx, hy + 0.08, 0.15, 0.14)
    for (let finger = -1; finger <= 1; finger++) {
      limb(hx + finger * 0.07, hy, hx + finger * 0.13, hy + 0.34 - Math.abs(finger) * 0.05, 0.05, 0.035)
    }
  }
  fill(canvas, limbs, size * 0.07, cloth)
}

/** Covers the union of the limbs, melted together over `melt` pixels. */
function fill(canvas: Canvas, limbs: readonly Limb[], melt: number, cloth: Cloth): void {
  const { width, height, light } = canvas
  const { rimWidth, blur = 0.9 } = cloth
  const reach = Math.max(...limbs.map(({ ra, rb }) => Math.max(ra, rb))) + blur
  const xs = limbs.flatMap(({ ax, bx }) => [ax, bx])
  const ys = limbs.flatMap(({ ay, by }) => [ay, by])
  const left = Math.max(0, Math.floor(Math.min(...xs) - reach))
  const right = Math.min(width - 1, Math.ceil(Math.max(...xs) + reach))
  const top = Math.max(0, Math.floor(Math.min(...ys) - reach))
  const bottom = Math.min(height - 1, Math.ceil(Math.max(...ys) + reach))
  const lines = limbs.map((l) => {
    const [dx, dy] = [l.bx - l.ax, l.by - l.ay]
    const margin = Math.max(l.ra, l.rb) + melt + blur
    return {
      ...l,
      dx,
      dy,
      inverse: 1 / (dx * dx + dy * dy || 1),
      top: Math.min(l.ay, l.by) - margin,
      bottom: Math.max(l.ay, l.by) + margin,
    }
  })
  const [lx, ly] = [Math.sin(cloth.from ?? 0), -Math.cos(cloth.from ?? 0)]
  for (let y = top; y <= bottom; y++) {
    const here = lines.filter((l) => y >= l.top && y <= l.bottom)
    for (let x = left; x <= right; x++) {
      let nearest = 1e9
      // Which way the outline faces: only what faces the light is traced by it.
      let facing = 0
      let least = 1e9
      for (const l of here) {
        const t = Math.max(0, Math.min(1, ((x - l.ax) * l.dx + (y - l.ay) * l.dy) * l.inverse))
        const [px, py] = [x - l.ax - l.dx * t, y - l.ay - l.dy * t]
        const far = Math.sqrt(px * px + py * py)
        const d = far - l.ra - (l.rb - l.ra) * t
        if (d < least) {
          least = d
          facing = (px * lx + py * ly) / (far || 1)
        }
        const gap = Math.max(0, melt - Math.abs(d - nearest))
        nearest = Math.min(d, nearest) - (gap * gap) / (4 * melt)
      }
      if (nearest > blur) continue
      const edge = smooth(-rimWidth, 0, nearest) ** 2 * smooth(-0.15, 0.95, facing)
      cover(light, (y * width + x) * 3, mix(cloth.fill, cloth.rim, edge), 1 - smooth(-blur, blur, nearest))
    }
  }
}
