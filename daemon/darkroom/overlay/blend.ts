import type { Raster } from '../pixels/pixels.ts'

/** Something laid over a finished picture: a watermark, a frame. */
export interface Overlay {
  /** Where its upper left pixel lies, whole pixels of the picture; parts outside are not drawn. */
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** sRGB with straight (not premultiplied) alpha, 4 bytes a pixel, row by row. */
  readonly rgba: Uint8Array
}

/** Lays overlays over a picture, in place and in their order: Porter and Duff's `over` on encoded (sRGB) values, as
 * every browser and layout program does it. Costs what the overlays cover, not what the picture holds. */
export function blend(picture: Raster, overlays: readonly Overlay[]): void {
  for (const overlay of overlays) lay(picture, overlay)
}

function lay({ width, height, data }: Raster, { left, top, rgba, ...size }: Overlay): void {
  const [from, to] = [Math.max(0, left), Math.min(width, left + size.width)]
  const bottom = Math.min(height, top + size.height)
  for (let y = Math.max(0, top); y < bottom; y++) {
    let over = ((y - top) * size.width + from - left) * 4
    let at = (y * width + from) * 3
    for (let x = from; x < to; x++, over += 4, at += 3) {
      const alpha = rgba[over + 3]!
      if (alpha === 0) continue
      const rest = 255 - alpha
      data[at] = share(rgba[over]! * alpha + data[at]! * rest)
      data[at + 1] = share(rgba[over + 1]! * alpha + data[at + 1]! * rest)
      data[at + 2] = share(rgba[over + 2]! * alpha + data[at + 2]! * rest)
    }
  }
}

/** Divided by 255 and rounded. */
const share = (value: number) => Math.floor((value + 127) / 255)
