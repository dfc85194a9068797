import { readFileSync } from 'node:fs'
import type { Affine, Lattice, toneTables } from '../../contract/recipe.ts'
import type { Raster } from './pixels.ts'
import { LUT_SIZES } from '../../contract/recipe.ts'
import { rowsOf, WEIGHTS } from './warp.ts'

/** `kernel.wat`, as it runs. What comes out lies in the kernel's own memory, for fresh memory costs as much as the
 * work: it is good until the same is asked for again, or something for a larger picture. */
export interface Kernel {
  /** `warp` and then `tone`, as warp.ts and pixels.ts do them. */
  warp(
    old: Raster,
    from: Affine,
    width: number,
    height: number,
    tables: ReturnType<typeof toneTables>,
  ): Raster
  /** Looks every colour up in a LUT, as `throughLut` does; a picture that lies where `warp` left it, in place. */
  lut(picture: Raster, lattice: Lattice): Raster
  /** Unsharp mask: adds back what a blur of 0.8 pixel takes. Flat areas stay exactly as they are.
   * @param amount 0..0.5 */
  sharpen(picture: Raster, amount: number): Raster
}

interface Exports {
  row(
    from: number, w: number, h: number, to: number, count: number, x: number, y: number, stepX: number, stepY: number,
    weights: number, tables: number, spare: number,
  ): void // prettier-ignore
  lut(
    at: number,
    end: number,
    points: number,
    starts: number,
    shares: number,
    down: number,
    deep: number,
  ): void
  sharpen(from: number, to: number, w: number, h: number, share: number, spare: number): void
}

/** What we use of it; its types come with a browser's only. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number }) => {
    readonly buffer: ArrayBuffer
    grow(pages: number): number
  }
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: Record<string, Record<string, object>>,
  ) => { readonly exports: unknown }
}

const PAGE = 65536
/** Bytes by which the loops may run over. */
const SPARE = 64
const TABLES = 0
const WEIGHTS_AT = 768
const LUT_AT = WEIGHTS_AT + 2048
const CHANNELS = 3 * 256 * 4
const FIRST = LUT_AT + 2 * CHANNELS + 8 * LUT_SIZES.most ** 3

/** Bytes that each place in the memory has: of a row, for the loops' own use; what comes in; what was warped; what was
 * sharpened. */
type Places = readonly [row: number, source: number, warped: number, sharpened: number]

/** A kernel keeps its memory, which grows to the largest picture that it meets: for prints on their way to a screen. */
export function createKernel(): Kernel {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(FIRST / PAGE) })
  const module = new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)))
  const instance = new WebAssembly.Instance(module, { darkroom: { memory } })
  const kernel = instance.exports as Exports
  new Int16Array(memory.buffer, WEIGHTS_AT, WEIGHTS.length).set(WEIGHTS)
  let places: Places = [0, 0, 0, 0]
  let all = new Uint8Array(memory.buffer)

  /** @returns where each place begins */
  function reserve(bytes: Places): Places {
    const most = (i: 0 | 1 | 2 | 3) => Math.max(places[i], bytes[i])
    places = [most(0), most(1), most(2), most(3)]
    const source = FIRST + places[0] + SPARE
    const warped = source + places[1] + SPARE
    const sharpened = warped + places[2] + SPARE
    const missing = sharpened + places[3] + SPARE - memory.buffer.byteLength
    if (missing > 0) {
      memory.grow(Math.ceil(missing / PAGE))
      all = new Uint8Array(memory.buffer)
    }
    return [FIRST, source, warped, sharpened]
  }

  return {
    warp(old, from, width, height, tables) {
      const bytes = width * height * 3
      // Room for the sharpening too: nothing is to move between the two.
      const [row, source, warped] = reserve([width * 3, Math.max(old.data.length, bytes), bytes, bytes])
      tables.forEach((table, i) => all.set(table, TABLES + 256 * i))
      all.set(old.data, source)
      const { stepX, stepY, startX, startY } = rowsOf(from, height)
      let to = warped
      for (let v = 0; v < height; v++, to += width * 3) {
        const [x, y] = [startX[v]!, startY[v]!]
        kernel.row(source, old.width, old.height, to, width, x, y, stepX, stepY, WEIGHTS_AT, TABLES, row)
      }
      return { width, height, data: all.subarray(warped, warped + bytes) }
    },
    lut({ width, height, data }, lattice) {
      const bytes = data.length
      const [, , warped] = reserve([width * 3, bytes, bytes, bytes])
      const here = data.buffer === memory.buffer && data.byteOffset === warped
      if (!here) all.set(data, warped)
      const { lut, points, starts, shares } = lattice
      new Int32Array(memory.buffer, LUT_AT, starts.length).set(starts)
      new Int32Array(memory.buffer, LUT_AT + CHANNELS, shares.length).set(shares)
      const pointsAt = LUT_AT + 2 * CHANNELS
      new Int16Array(memory.buffer, pointsAt, points.length).set(points)
      const down = lut.size * 8
      kernel.lut(warped, warped + bytes, pointsAt, LUT_AT, LUT_AT + CHANNELS, down, down * lut.size)
      return { width, height, data: all.subarray(warped, warped + bytes) }
    },
    sharpen({ width, height, data }, amount) {
      const bytes = data.length
      const [row, source, warped, sharpened] = reserve([width * 3, bytes, 0, bytes])
      const here = data.buffer === memory.buffer && data.byteOffset === warped
      if (!here) all.set(data, source)
      const from = here ? warped : source
      kernel.sharpen(from, sharpened, width, height, Math.round(256 * amount), row)
      return { width, height, data: all.subarray(sharpened, sharpened + bytes) }
    },
  }
}
