import { isPlainTone, throughLut, toneTables } from '../../../daemon/contract/recipe.ts'
import type { Painter } from './painter.ts'
import { sampling } from './layout.ts'

/** What a canvas shows, without its tone. */
interface Placed {
  readonly picture: HTMLImageElement
  /** The picture's address, the canvas's size and the way between them. */
  readonly key: string
  readonly pixels: Uint32Array
  readonly toned: ImageData
}

/** Bytes of a pixel as a number has them: red lowest on all machines that browsers run on. */
const shifted = (table: Uint8Array, bits: number) => Uint32Array.from(table, (value) => (value << bits) >>> 0)

/** The recipe on a 2D canvas, for browsers without WebGL 2. What was placed on a canvas is kept with it, so that a
 * step of light or colour looks its pixels up and nothing else. */
export function createPlainPainter(): Painter {
  const cache = new WeakMap<HTMLCanvasElement, Placed>()
  return {
    paint(target, picture, upright, edit, lattice) {
      const context = target.getContext('2d', { willReadFrequently: true })
      if (!context) return false
      const { width, height } = target
      const { a, b, c, d, e, f } = sampling(upright, edit)
      const key = [picture.currentSrc, width, height, a, b, c, d, e, f].join()
      let placed = cache.get(target)
      if (placed?.picture !== picture || placed.key !== key) {
        cache.delete(target)
        context.reset()
        context.imageSmoothingQuality = 'high'
        // The canvas wants the way from the picture to the target: the inverse of the sampling, in pixels.
        const det = a * d - b * c
        context.setTransform(
          (d / det) * width,
          (-c / det) * height,
          (-b / det) * width,
          (a / det) * height,
          ((b * f - d * e) / det) * width,
          ((c * e - a * f) / det) * height,
        )
        context.drawImage(picture, 0, 0, 1, 1)
        if (isPlainTone(edit) && !lattice) return true
        const toned = context.getImageData(0, 0, width, height)
        placed = { picture, key, toned, pixels: new Uint32Array(toned.data.buffer.slice(0)) }
        cache.set(target, placed)
      }
      const { pixels, toned } = placed
      const [red, green, blue] = toneTables(edit)
      const [low, middle, high] = [shifted(red, 0), shifted(green, 8), shifted(blue, 16)]
      const out = new Uint32Array(toned.data.buffer)
      for (let at = 0; at < pixels.length; at++) {
        const pixel = pixels[at]!
        out[at] =
          (pixel & 0xff000000) |
          low[pixel & 0xff]! |
          middle[(pixel >>> 8) & 0xff]! |
          high[(pixel >>> 16) & 0xff]!
      }
      if (lattice) throughLut(lattice, toned.data, 4)
      context.putImageData(toned, 0, 0)
      return true
    },
  }
}
