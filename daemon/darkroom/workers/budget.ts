/** How the bytes of a WebP of 640 pixels go with its quality, against quality 80: the middle of nine cameras' photos.
 * Pictures differ in weight by ten times and in this shape hardly at all. */
const SHAPE = [
  [10, 0.33],
  [40, 0.57],
  [50, 0.65],
  [60, 0.73],
  [70, 0.81],
  [80, 1],
  [86, 1.32],
  [92, 1.98],
] as const
const LEAST = SHAPE[0][0]
const MOST = SHAPE[SHAPE.length - 1]![0]

export interface Tried {
  readonly quality: number
  readonly bytes: number
}

/** The value at `x`: on a line between the points, beyond them on the outermost. */
function along(points: readonly (readonly [x: number, y: number])[], x: number): number {
  const last = points.findIndex(([at], i) => i > 0 && (x <= at || i === points.length - 1))
  const [x0, y0] = points[last - 1]!
  const [x1, y1] = points[last]!
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0)
}
const logShape = SHAPE.map(([quality, weight]) => [quality, Math.log(weight)] as const)
const logInverse = logShape.map(([quality, log]) => [log, quality] as const)

/** The quality to try next so that a picture weighs what its budget says; null when nothing better is to be found.
 * Two tries do for most pictures.
 * @param tried what came of the tries so far, the latest last
 * @param budget bytes */
export function nextQuality(
  tried: readonly Tried[],
  [least, most]: readonly [least: number, most: number],
): number | null {
  const latest = tried.at(-1)!
  if (latest.bytes >= least && latest.bytes <= most) return null
  const closest = (some: readonly Tried[], sign: number) =>
    some.reduce<Tried | null>((a, b) => (a && sign * a.quality > sign * b.quality ? a : b), null)
  const light = closest(
    tried.filter(({ bytes }) => bytes < least),
    1,
  )
  const heavy = closest(
    tried.filter(({ bytes }) => bytes > most),
    -1,
  )
  const low = light ? light.quality + 1 : LEAST
  const high = heavy ? heavy.quality - 1 : MOST
  if (low > high) return null
  const middle = Math.log((least + most) / 2)
  const target = middle - Math.log(latest.bytes)
  let wanted = along(logInverse, along(logShape, latest.quality) + target)
  // With one on either side the picture's own shape is known better; a guess that still misses creeps: then halve.
  if (light && heavy) {
    const points = [light, heavy].map(({ quality, bytes }) => [Math.log(bytes), quality] as const)
    wanted = along(points, middle)
  }
  if (tried.length > 3) wanted = (low + high) / 2
  return Math.min(high, Math.max(low, Math.round(wanted)))
}

/** The heaviest that the budget has room for, else the lightest. */
export function bestOf<T extends Tried>(tried: readonly T[], most: number): T {
  const fit = tried.filter(({ bytes }) => bytes <= most)
  const of = fit.length > 0 ? fit : tried
  return of.reduce((a, b) => ((fit.length > 0 ? b.bytes > a.bytes : b.bytes < a.bytes) ? b : a))
}
