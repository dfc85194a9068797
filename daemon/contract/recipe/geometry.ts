import type { Edit } from '../edit.ts'

export interface Size {
  readonly width: number
  readonly height: number
}
export interface Rectangle extends Size {
  readonly x: number
  readonly y: number
}

export interface Geometry {
  /** The picture after EXIF orientation and quarter turns, in its own pixels. */
  readonly turned: Size
  /** Degrees clockwise that the turned picture is rotated by, about its centre. */
  readonly angle: number
  /** The centred, upright part of the rotated picture that straightening and zooming leave, in the turned picture's
   * pixels (fractional). */
  readonly frame: Size
  /** The part of the frame that is published, from the frame's upper left corner, in the same pixels. */
  readonly kept: Rectangle
  /** The published size in whole pixels, never larger than what is kept. */
  readonly output: Size
}

/** The side factor of the largest centred rectangle of the same aspect inside a rectangle rotated by `degrees`:
 * 1 / (cos a + sin a * max(w/h, h/w)). */
export function straightenFactor({ width, height }: Size, degrees: number): number {
  const a = (Math.abs(degrees) * Math.PI) / 180
  return 1 / (Math.cos(a) + Math.sin(a) * Math.max(width / height, height / width))
}

/** @param upright the Original's size after its EXIF orientation, pixels
 *  @param longSide the largest side that the rendition may have, pixels */
export function geometry(upright: Size, edit: Edit, longSide: number): Geometry {
  const swap = edit.rotation === 90 || edit.rotation === 270
  const turned = swap ? { width: upright.height, height: upright.width } : upright
  const keep = straightenFactor(turned, edit.straighten) / Math.max(1, edit.scale)
  const frame = { width: turned.width * keep, height: turned.height * keep }
  const crop = edit.crop ?? { x: 0, y: 0, width: 1, height: 1 }
  const kept = {
    x: crop.x * frame.width,
    y: crop.y * frame.height,
    width: Math.min(crop.width, 1 - crop.x) * frame.width,
    height: Math.min(crop.height, 1 - crop.y) * frame.height,
  }
  const shrink = Math.min(1, longSide / Math.max(kept.width, kept.height)) * Math.min(1, edit.scale)
  const output = {
    width: Math.max(1, Math.round(kept.width * shrink)),
    height: Math.max(1, Math.round(kept.height * shrink)),
  }
  return { turned, angle: edit.straighten, frame, kept, output }
}

/** x' = a x + b y + e, y' = c x + d y + f */
export interface Affine {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  readonly e: number
  readonly f: number
}

export const apply = ({ a, b, c, d, e, f }: Affine, x: number, y: number): [x: number, y: number] => [
  a * x + b * y + e,
  c * x + d * y + f,
]

/** First `inner`, then `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  const [e, f] = apply(outer, inner.e, inner.f)
  return {
    a: outer.a * inner.a + outer.b * inner.c,
    b: outer.a * inner.b + outer.b * inner.d,
    c: outer.c * inner.a + outer.d * inner.c,
    d: outer.c * inner.b + outer.d * inner.d,
    e,
    f,
  }
}

export function invert({ a, b, c, d, e, f }: Affine): Affine {
  const det = a * d - b * c
  return {
    a: d / det,
    b: -b / det,
    c: -c / det,
    d: a / det,
    e: (b * f - d * e) / det,
    f: (c * e - a * f) / det,
  }
}

/** From a point of the published picture to the point of the turned picture that is seen there. Both in their own
 * pixels, whole numbers at the pixels' edges: the middle of the first pixel is 0.5, 0.5. */
export function toTurned({ turned, angle, frame, kept, output }: Geometry): Affine {
  const radians = (angle * Math.PI) / 180
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)]
  const [sx, sy] = [kept.width / output.width, kept.height / output.height]
  const [px, py] = [kept.x - frame.width / 2, kept.y - frame.height / 2]
  return {
    a: cos * sx,
    b: sin * sy,
    c: -sin * sx,
    d: cos * sy,
    e: cos * px + sin * py + turned.width / 2,
    f: -sin * px + cos * py + turned.height / 2,
  }
}

/** From a point of the turned picture to the same point of the upright one, which was turned clockwise. */
export function toUpright({ width, height }: Size, rotation: Edit['rotation']): Affine {
  switch (rotation) {
    case 90:
      return { a: 0, b: 1, c: -1, d: 0, e: 0, f: height }
    case 180:
      return { a: -1, b: 0, c: 0, d: -1, e: width, f: height }
    case 270:
      return { a: 0, b: -1, c: 1, d: 0, e: width, f: 0 }
    case 0:
      return { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }
  }
}
