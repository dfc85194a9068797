import type { Edit } from '../../contract/edit.ts'
import {
  apply,
  compose,
  geometry,
  isPlainTone,
  throughLut,
  toneTables,
  toTurned,
  toUpright,
  type Affine,
  type Lattice,
  type Size,
} from '../../contract/recipe.ts'
import { createKernel, type Kernel } from './kernel.ts'
import { decode, type Picture } from './picture.ts'
import { QUARTER_TURN, sharpen, swapped, swapsSides, tone, toStored, turn, type Raster } from './pixels.ts'
import { warp } from './warp.ts'

/** Where the published picture's corners lie, rounded outwards. */
function boundsOf(from: Affine, { width, height }: Size): { x: [number, number]; y: [number, number] } {
  const corners = [
    apply(from, 0, 0),
    apply(from, width, 0),
    apply(from, 0, height),
    apply(from, width, height),
  ]
  const range = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)]
  return { x: range(corners.map(([x]) => x)), y: range(corners.map(([, y]) => y)) }
}

/** How far a part on whole pixels would miss what is wanted, pixels. */
function strayed({ x, y }: ReturnType<typeof boundsOf>, at: { x: number; y: number }, size: Size): number {
  const misses = [at.x - x[0], at.x + size.width - x[1], at.y - y[0], at.y + size.height - y[1]]
  return Math.max(...misses.map(Math.abs))
}
const STRAY = 0.3

/** Pixels that the interpolation looks at beyond the one that it is in. */
const REACH = 3

/** The picture with its Edit, as large as `longSide` allows, not yet sharpened. The decoder shrinks first; geometry
 * works on what is left, and only on the part that is kept.
 * @param lattice of the Edit's LUT */
export async function develop(
  picture: Picture,
  edit: Edit,
  longSide: number,
  lattice: Lattice | null = null,
): Promise<Raster> {
  const { upright, orientation } = picture
  const planned = geometry(upright, edit, longSide)
  const { turned, angle, kept, output } = planned
  const stored = swapsSides(orientation) ? swapped(upright) : upright
  const swaps = swapsSides(orientation) !== (turned.width !== upright.width)
  const shrunk = {
    width: (turned.width * output.width) / kept.width,
    height: (turned.height * output.height) / kept.height,
  }
  const wanted = swaps ? swapped(shrunk) : shrunk
  const size = {
    width: Math.max(1, Math.round(wanted.width)),
    height: Math.max(1, Math.round(wanted.height)),
  }
  const scale = { ...IDENTITY, a: size.width / stored.width, d: size.height / stored.height }
  const standing = compose(toStored(stored, orientation), toUpright(upright, edit.rotation))
  const from = compose(scale, compose(standing, toTurned(planned)))
  const bounds = boundsOf(from, output)
  const tables = toneTables(edit)

  const whole = { x: Math.round(bounds.x[0]), y: Math.round(bounds.y[0]) }
  if (angle === 0 && strayed(bounds, whole, swaps ? swapped(output) : output) < STRAY) {
    const part = { ...whole, ...(swaps ? swapped(output) : output) }
    const upstanding = turn(turn(await decode(picture, size, part), orientation), QUARTER_TURN[edit.rotation])
    if (!isPlainTone(edit)) tone(upstanding, tables)
    return lattice ? loopsFor(upstanding).lut(upstanding, lattice) : upstanding
  }
  const reach = ([least, most]: [number, number], whole: number) => {
    const first = Math.max(0, Math.floor(least) - REACH)
    return [first, Math.min(whole, Math.ceil(most) + REACH) - first] as const
  }
  const [x, width] = reach(bounds.x, size.width)
  const [y, height] = reach(bounds.y, size.height)
  const part = await decode(picture, size, { x, y, width, height })
  const { width: across, height: down } = output
  const loops = loopsFor(part)
  const warped = loops.warp(part, { ...from, e: from.e - x, f: from.f - y }, across, down, tables)
  giveBack(part)
  return lattice ? loops.lut(warped, lattice) : warped
}

/** Frees a picture's memory now: what waits for the garbage collector makes it run at every print. */
function giveBack({ data: { buffer } }: Raster): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

let kernel: Kernel | undefined
/** The kernel's memory never shrinks, so pictures in full size go through the plain loops, which are slower. */
export function loopsFor({ width, height, data }: Raster): Kernel {
  if (data.length > 64e6 || Math.min(width, height) < 4) return PLAIN
  return (kernel ??= createKernel())
}
const PLAIN: Kernel = {
  warp(old, from, width, height, tables) {
    const warped = warp(old, from, width, height)
    tone(warped, tables)
    return warped
  },
  lut(picture, lattice) {
    throughLut(lattice, picture.data, 3)
    return picture
  },
  sharpen,
}

const IDENTITY: Affine = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }
