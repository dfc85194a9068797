import { readFileSync } from 'node:fs'
import type { Affine, toneTables } from '../contract/recipe.ts'
import type { Raster } from './pixels.ts'
import { rowsOf, WEIGHTS } from './warp.ts'

/** `kernel.wat`, as it runs. */
export interface Kernel {
  /** `warp` and then `tone`, as warp.ts and pixels.ts do them. */
  warp(
    old: Raster,
    from: Affine,
    width: number,
    height: number,
    tables: ReturnType<typeof toneTables>,
  ): Raster
  /** Unsharp mask: adds back what a blur of 0.8 pixel takes. Flat areas stay exactly as they are.
   * @param amount 0..0.5 */
  sharpen(picture: Raster, amount: number): Raster
}

interface Exports {
  row(
    from: number, w: number, h: number, to: number, count: number, x: number, y: number, stepX: number, stepY: number,
    weights: number, tables: number, spare: number,
  ): void // prettier-ignore
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
const ROOM = WEIGHTS_AT + 2048

/** Its memory grows to the largest picture that it meets and is kept: for prints on their way to a screen. */
export function createKernel(): Kernel {
  const memory = new WebAssembly.Memory({ initial: 1 })
  const module = new WebAssembly.Module(readFileSync(new URL('./kernel.wasm', import.meta.url)))
  const instance = new WebAssembly.Instance(module, { darkroom: { memory } })
  const kernel = instance.exports as Exports
  let weighed = false

  function reserve(bytes: number): Uint8Array {
    const missing = bytes - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE))
    if (!weighed) new Int16Array(memory.buffer, WEIGHTS_AT, WEIGHTS.length).set(WEIGHTS)
    weighed = true
    return new Uint8Array(memory.buffer)
  }

  return {
    warp(old, from, width, height, tables) {
      const source = ROOM + SPARE
      const target = source + old.data.length + SPARE
      const bytes = width * height * 3
      const all = reserve(target + bytes + SPARE)
      tables.forEach((table, i) => all.set(table, TABLES + 256 * i))
      all.set(old.data, source)
      const { stepX, stepY, rows } = rowsOf(from, height)
      let to = target
      for (const [x, y] of rows) {
        kernel.row(source, old.width, old.height, to, width, x, y, stepX, stepY, WEIGHTS_AT, TABLES, ROOM)
        to += width * 3
      }
      return { width, height, data: all.slice(target, target + bytes) }
    },
    sharpen({ width, height, data }, amount) {
      const source = ROOM + width * 3 + SPARE
      const target = source + data.length + SPARE
      const all = reserve(target + data.length + SPARE)
      all.set(data, source)
      kernel.sharpen(source, target, width, height, Math.round(256 * amount), ROOM)
      return { width, height, data: all.slice(target, target + data.length) }
    },
  }
}
