/** What an Edit means, as arithmetic: the one piece of the contract that is code, shared by the renderer
 * and the browser so that the preview and the print cannot disagree. Imports nothing but types. */
import type { Edit } from './edit.ts'

export const NEUTRAL: Edit = Object.freeze({ exposure: 0, rotation: 0, straighten: 0, scale: 1 })

/** Fills what a change leaves out from the kept Edit, field by field. */
export function applyChange(kept: Edit, change: Partial<Edit>): Edit {
  return {
    exposure: change.exposure ?? kept.exposure,
    rotation: change.rotation ?? kept.rotation,
    straighten: change.straighten ?? kept.straighten,
    scale: change.scale ?? kept.scale,
  }
}

/** One string per meaning: equal Edits have equal keys. */
export function editKey(edit: Edit): string {
  return `e${edit.exposure + 0}r${edit.rotation}s${edit.straighten + 0}z${edit.scale}`
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Geometry {
  /** The picture after EXIF orientation and quarter turns, in its own pixels. */
  readonly turned: Size
  /** Degrees clockwise that the turned picture is rotated by, about its centre. */
  readonly angle: number
  /** The centred, upright part of the rotated picture that is kept, in the turned picture's pixels (fractional). */
  readonly frame: Size
  /** The published size in whole pixels, never larger than the frame. */
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
  const shrink = Math.min(1, longSide / Math.max(frame.width, frame.height)) * Math.min(1, edit.scale)
  const output = {
    width: Math.max(1, Math.round(frame.width * shrink)),
    height: Math.max(1, Math.round(frame.height * shrink)),
  }
  return { turned, angle: edit.straighten, frame, output }
}

/** sRGB transfer function, IEC 61966-2-1; 0..1 in and out. */
export function srgbToLinear(v: number): number {
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
}
export function linearToSrgb(v: number): number {
  return v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055
}

const KNEE = 0.7

/** Exposure in linear light, 0..1 in and out. Brightening bends over above the knee instead of clipping, by the
 * extended Reinhard curve (Reinhard et al. 2002, eq. 4): slope 1 at the knee, exactly 1 where the input is 1. */
export function expose(linear: number, ev: number): number {
  const y = linear * 2 ** ev
  if (ev <= 0 || y <= KNEE) return y
  const t = (y - KNEE) / (1 - KNEE)
  const top = (2 ** ev - KNEE) / (1 - KNEE)
  return KNEE + (1 - KNEE) * ((t * (1 + t / top ** 2)) / (1 + t))
}

/** The tone curve as 8-bit sRGB in to 8-bit sRGB out; the identity at 0 EV. */
export function toneTable(ev: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, i) =>
    ev === 0 ? i : Math.round(255 * Math.min(1, linearToSrgb(expose(srgbToLinear(i / 255), ev)))),
  )
}
