/** Pure work on small pictures: after the decoder has shrunk them, plain loops are the quickest way. */
export interface Raster {
  readonly width: number
  readonly height: number
  /** sRGB, 3 bytes a pixel, row by row. */
  readonly data: Uint8Array
}

/** The EXIF orientation that stands for a quarter turn clockwise. */
export const QUARTER_TURN = { 0: 1, 90: 6, 180: 3, 270: 8 } as const

/** Whether an EXIF orientation swaps width and height. */
export const swapsSides = (orientation: number): boolean => orientation >= 5 && orientation <= 8

/** Stands a picture upright. Each EXIF orientation is a walk over the stored pixels: where the upright picture's
 * first pixel lies, and which way its rows and columns run. */
export function turn(picture: Raster, orientation: number): Raster {
  const { width: w, height: h, data } = picture
  const row = w * 3
  const corners = { left: 0, right: row - 3, bottomLeft: (h - 1) * row, bottomRight: h * row - 3 }
  const walks: Record<number, readonly [start: number, column: number, row: number]> = {
    2: [corners.right, -3, row],
    3: [corners.bottomRight, -3, -row],
    4: [corners.bottomLeft, 3, -row],
    5: [corners.left, row, 3],
    6: [corners.bottomLeft, -row, 3],
    7: [corners.bottomRight, -row, -3],
    8: [corners.right, row, -3],
  }
  const walk = walks[orientation]
  if (!walk) return picture
  const [start, acrossStep, downStep] = walk
  const [width, height] = swapsSides(orientation) ? [h, w] : [w, h]
  const out = new Uint8Array(data.length)
  let to = 0
  for (let y = 0; y < height; y++) {
    let from = start + y * downStep
    for (let x = 0; x < width; x++) {
      out[to] = data[from] as number
      out[to + 1] = data[from + 1] as number
      out[to + 2] = data[from + 2] as number
      to += 3
      from += acrossStep
    }
  }
  return { width, height, data: out }
}

/** The middle of a picture; a side that is too long is kept as it is. */
export function cropCentre(picture: Raster, width: number, height: number): Raster {
  const w = Math.min(width, picture.width)
  const h = Math.min(height, picture.height)
  if (w === picture.width && h === picture.height) return picture
  const left = (picture.width - w) >> 1
  const top = (picture.height - h) >> 1
  const data = new Uint8Array(w * h * 3)
  for (let y = 0; y < h; y++) {
    const from = ((top + y) * picture.width + left) * 3
    data.set(picture.data.subarray(from, from + w * 3), y * w * 3)
  }
  return { width: w, height: h, data }
}

/** One channel to three. */
export function fromGrey(width: number, height: number, grey: Uint8Array): Raster {
  const data = new Uint8Array(grey.length * 3)
  for (let i = 0; i < grey.length; i++) data.fill(grey[i] as number, i * 3, i * 3 + 3)
  return { width, height, data }
}

/** @param table 256 values, as `toneTable` gives them */
export function tone(picture: Raster, table: Uint8Array): Raster {
  const data = new Uint8Array(picture.data.length)
  for (let i = 0; i < data.length; i++) data[i] = table[picture.data[i] as number] as number
  return { ...picture, data }
}

/** Unsharp mask: adds back `amount` of what `blurred` lost. Flat areas stay exactly as they are. */
export function sharpen(picture: Raster, blurred: Uint8Array, amount: number): Raster {
  const data = new Uint8ClampedArray(picture.data.length)
  for (let i = 0; i < data.length; i++) {
    const value = picture.data[i] as number
    data[i] = value + amount * (value - (blurred[i] as number))
  }
  return { ...picture, data: new Uint8Array(data.buffer) }
}
