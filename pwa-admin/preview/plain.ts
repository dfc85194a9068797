import { isPlainTone, toneTables } from '../../daemon/contract/recipe.ts'
import type { Painter } from './developer.ts'
import { sampling } from './layout.ts'

/** The recipe on a 2D canvas, for browsers without WebGL 2. */
export function createPlainPainter(): Painter {
  return {
    paint(target, picture, upright, edit) {
      const context = target.getContext('2d', { willReadFrequently: true })
      if (!context) return false
      const { width, height } = target
      const { a, b, c, d, e, f } = sampling(upright, edit)
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
      if (isPlainTone(edit)) return true
      const [red, green, blue] = toneTables(edit)
      const pixels = context.getImageData(0, 0, width, height)
      const { data } = pixels
      for (let at = 0; at < data.length; at += 4) {
        data[at] = red[data[at]!]!
        data[at + 1] = green[data[at + 1]!]!
        data[at + 2] = blue[data[at + 2]!]!
      }
      context.putImageData(pixels, 0, 0)
      return true
    },
  }
}
