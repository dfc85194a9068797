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

/** On a line between the points, beyond them on the outermost. */
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
  const light = tried.filter(({ bytes }) => bytes < least).map(({ quality }) => quality)
  const heavy = tried.filter(({ bytes }) => bytes > most).map(({ quality }) => quality)
  const low = Math.max(LEAST - 1, ...light) + 1
  const high = Math.min(MOST + 1, ...heavy) - 1
  if (low > high) return null
  const target = Math.log((least + most) / 2 / latest.bytes)
  const guess = Math.round(along(logInverse, along(logShape, latest.quality) + target))
  // A guess that keeps to one side creeps: after two of them, halve.
  const wanted = tried.length < 3 ? guess : (low + high) >> 1
  return Math.min(high, Math.max(low, wanted))
}

/** The heaviest that the budget has room for, else the lightest. */
export function bestOf<T extends Tried>(tried: readonly T[], most: number): T {
  const fit = tried.filter(({ bytes }) => bytes <= most)
  const of = fit.length > 0 ? fit : tried
  return of.reduce((a, b) => ((fit.length > 0 ? b.bytes > a.bytes : b.bytes < a.bytes) ? b : a))
}
