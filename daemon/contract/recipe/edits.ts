import type { Crop, Edit } from '../edit.ts'
import type { Tone } from './tone.ts'

export const NEUTRAL: Edit = Object.freeze({
  exposure: 0,
  contrast: 0,
  warmth: 0,
  rotation: 0,
  straighten: 0,
  scale: 1,
  crop: null,
  lut: null,
})

/** Turns a crop that keeps everything into null. */
function tidyCrop(crop: Crop | null): Crop | null {
  const whole = crop === null || (crop.x === 0 && crop.y === 0 && crop.width === 1 && crop.height === 1)
  return whole ? null : { x: crop.x, y: crop.y, width: crop.width, height: crop.height }
}

/** Fills what a change leaves out from the stored Edit, field by field. */
export function applyChange(stored: Edit, change: Partial<Edit>): Edit {
  return {
    exposure: change.exposure ?? stored.exposure,
    contrast: change.contrast ?? stored.contrast,
    warmth: change.warmth ?? stored.warmth,
    rotation: change.rotation ?? stored.rotation,
    straighten: change.straighten ?? stored.straighten,
    scale: change.scale ?? stored.scale,
    crop: tidyCrop(change.crop === undefined ? stored.crop : change.crop),
    lut: change.lut === undefined ? stored.lut : change.lut,
  }
}

/** The part of an Edit that means the same on any photo: light and colour, neither the cut nor the turn nor the size. */
export function toneOf({ exposure, contrast, warmth, lut = null }: Tone & Partial<Pick<Edit, 'lut'>>) {
  return { exposure, contrast, warmth, lut }
}

/** An Edit as an earlier version kept it, with fewer fields: what it did not know of is neutral. */
export const completeEdit = (stored: Partial<Edit>): Edit => applyChange(NEUTRAL, stored)

/** One string per meaning: equal Edits have equal keys. Fields that came later show only when they are used, so that
 * keys which are kept beside older Edits go on being right. */
export function editKey(edit: Edit): string {
  const { exposure, contrast, warmth, rotation, straighten, scale } = edit
  const crop = tidyCrop(edit.crop)
  return [
    `e${exposure + 0}r${rotation}s${straighten + 0}z${scale}`,
    contrast === 0 ? '' : `c${contrast}`,
    warmth === 0 ? '' : `w${warmth}`,
    crop ? `x${crop.x + 0}y${crop.y + 0}w${crop.width}h${crop.height}` : '',
    edit.lut ? `l${edit.lut}` : '',
  ].join('')
}

/** A crop may reach past the edge by what decimal fractions lose. */
const SLACK = 1e-6

/** What a schema cannot say of a change: why it means nothing, quoting the value; null when it is right. */
export function wrongWith({ crop }: Partial<Edit>): string | null {
  if (!crop) return null
  for (const [at, side] of [
    ['x', 'width'],
    ['y', 'height'],
  ] as const) {
    const sum = crop[at] + crop[side]
    if (sum > 1 + SLACK)
      return `crop.${at} + crop.${side} must be <= 1 but received ${crop[at]} + ${crop[side]}`
  }
  return null
}
