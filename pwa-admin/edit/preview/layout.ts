import type { Edit } from '../../../daemon/contract/edit.ts'
import type { Affine, Rectangle, Size } from '../../../daemon/contract/recipe.ts'
import { compose, geometry, toTurned, toUpright } from '../../../daemon/contract/recipe.ts'

/** The long side of the published picture unless the settings say another, pixels. */
export const WEB_SIDE = 2048

export interface Layout {
  /** The window through which the picture is seen: what will be published. CSS pixels. */
  readonly frame: Size
  /** Pixels of the published file. */
  readonly output: Size
}

/** Fits what an Edit keeps of a picture into a box, by the renderer's own geometry. A scale below 1 publishes a
 * smaller picture, so the window shrinks with it.
 *  @param upright the photo's size after its EXIF orientation, pixels
 *  @param box room for it, CSS pixels
 *  @param webSide long side of the published file, pixels */
export function layout(upright: Size, edit: Edit, box: Size, webSide = WEB_SIDE): Layout {
  const { kept, output } = geometry(upright, edit, webSide)
  const fit = Math.min(box.width / kept.width, box.height / kept.height) * Math.min(1, edit.scale)
  return { frame: { width: kept.width * fit, height: kept.height * fit }, output }
}

/** From a point of the published picture to the point of the upright one that is seen there, both as fractions of
 * their sides, from their upper left corners. */
export function sampling(upright: Size, edit: Edit): Affine {
  const planned = geometry(upright, edit, WEB_SIDE)
  const { a, b, c, d, e, f } = compose(toUpright(upright, edit.rotation), toTurned(planned))
  const { width, height } = planned.output
  return {
    a: (a * width) / upright.width,
    b: (b * height) / upright.width,
    c: (c * width) / upright.height,
    d: (d * height) / upright.height,
    e: e / upright.width,
    f: f / upright.height,
  }
}

/** Whether the picture is seen as it was shot, so that nothing has to be worked out. */
export function isUntouched(edit: Edit): boolean {
  return (
    edit.exposure === 0 &&
    edit.contrast === 0 &&
    edit.warmth === 0 &&
    !edit.lut &&
    edit.rotation === 0 &&
    edit.straighten === 0 &&
    edit.scale <= 1 &&
    edit.crop === null
  )
}

/** The frame that a crop is drawn on: everything but the crop itself, as large as it can be shown. */
export const uncropped = (edit: Edit): Edit => ({ ...edit, crop: null, scale: Math.max(1, edit.scale) })

export type Corner = 'nw' | 'ne' | 'sw' | 'se'
export type Handle = Corner | 'n' | 's' | 'e' | 'w' | 'move'

const WHOLE: Rectangle = { x: 0, y: 0, width: 1, height: 1 }
const LEAST = 0.1
const between = (least: number, value: number, most: number) => Math.min(most, Math.max(least, value))

/** A crop after a handle was moved, inside the frame.
 * @param dx,dy by how much, as fractions of the frame's sides
 * @param aspect width over height of the crop in fractions of the frame, or null when it is free */
export function dragged(
  from: Rectangle,
  handle: Handle,
  dx: number,
  dy: number,
  aspect: number | null,
): Rectangle {
  if (handle === 'move')
    return {
      ...from,
      x: between(0, from.x + dx, 1 - from.width),
      y: between(0, from.y + dy, 1 - from.height),
    }
  const west = handle.includes('w')
  const north = handle.includes('n')
  const wide = west || handle.includes('e')
  const high = north || handle.includes('s')
  const right = from.x + from.width
  const bottom = from.y + from.height
  let width = wide ? between(LEAST, from.width + (west ? -dx : dx), west ? right : 1 - from.x) : from.width
  let height = high
    ? between(LEAST, from.height + (north ? -dy : dy), north ? bottom : 1 - from.y)
    : from.height
  if (aspect !== null) {
    // The handle's own direction leads; the other follows as far as the frame reaches.
    if (wide) height = width / aspect
    else width = height * aspect
    const most = { width: west ? right : 1 - from.x, height: north ? bottom : 1 - from.y }
    const shrink = Math.min(1, most.width / width, most.height / height)
    width *= shrink
    height *= shrink
  }
  return { x: west ? right - width : from.x, y: north ? bottom - height : from.y, width, height }
}

/** The largest crop of an aspect inside the frame, about the middle of the one before.
 * @param aspect in fractions of the frame; null keeps the crop as it is */
export function withAspect(crop: Rectangle | null, aspect: number | null): Rectangle {
  const from = crop ?? WHOLE
  if (aspect === null) return from
  const width = Math.min(1, aspect)
  const height = width / aspect
  const [x, y] = [from.x + from.width / 2 - width / 2, from.y + from.height / 2 - height / 2]
  return { x: between(0, x, 1 - width), y: between(0, y, 1 - height), width, height }
}

/** The crop as it is stored: short decimals, inside the frame; null when it keeps everything. */
export function settledCrop(crop: Rectangle): Rectangle | null {
  const short = (value: number) => Number(value.toFixed(4))
  const [x, y] = [short(between(0, crop.x, 1)), short(between(0, crop.y, 1))]
  const settled = {
    x,
    y,
    width: short(Math.min(crop.width, 1 - x)),
    height: short(Math.min(crop.height, 1 - y)),
  }
  return settled.width > 0.999 && settled.height > 0.999 ? null : settled
}

/** The Edit that shows a part of what another one shows, in fractions of it. For looking, never for keeping: it may be
 * smaller than a crop may be. */
export function partOf(edit: Edit, part: Rectangle): Edit {
  const crop = edit.crop ?? WHOLE
  return {
    ...edit,
    scale: Math.max(1, edit.scale),
    crop: {
      x: crop.x + part.x * crop.width,
      y: crop.y + part.y * crop.height,
      width: part.width * crop.width,
      height: part.height * crop.height,
    },
  }
}

/** What of a picture fills a box at one pixel of the original to one of the screen, in fractions of the picture. A
 * picture that is hardly larger than the box is doubled instead. Null where there is no room.
 * @param middle the point that should stand in the middle; the picture's edges hold it back
 * @param dense pixels of the screen in a CSS pixel */
export function closeUp(
  upright: Size,
  edit: Edit,
  box: Size,
  middle: { readonly x: number; readonly y: number },
  dense: number,
): { part: Rectangle; frame: Size } | null {
  const { kept } = geometry(upright, edit, WEB_SIDE)
  if (!(box.width > 0 && box.height > 0 && kept.width > 0)) return null
  const fit = Math.min(box.width / kept.width, box.height / kept.height)
  const zoom = Math.max(1 / dense, fit * 2)
  const shown = {
    width: Math.min(box.width, kept.width * zoom),
    height: Math.min(box.height, kept.height * zoom),
  }
  const width = shown.width / (kept.width * zoom)
  const height = shown.height / (kept.height * zoom)
  const part = {
    x: between(0, middle.x - width / 2, 1 - width),
    y: between(0, middle.y - height / 2, 1 - height),
    width,
    height,
  }
  return { part, frame: shown }
}
