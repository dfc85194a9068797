import type { Edit } from '../daemon/contract/edit.ts'
import type { PublicationView } from '../daemon/contract/publication.ts'
import type { PhotoView } from '../daemon/contract/photo.ts'
import type { Size } from '../daemon/contract/recipe.ts'
import { editKey, geometry, toneTables } from '../daemon/contract/recipe.ts'

/** The long side of the published picture, pixels. */
export const WEB_SIDE = 2048

export interface Layout {
  /** The window through which the picture is seen: what will be published. CSS pixels. */
  readonly frame: Size
  /** The whole upright picture behind it, centred on the window. CSS pixels. */
  readonly image: Size
  /** Degrees clockwise that the picture is turned by about its centre. */
  readonly turn: number
  /** Pixels of the published file. */
  readonly output: Size
}

/** Fits what an Edit keeps of a picture into a box, by the renderer's own geometry. A scale below 1 publishes a
 * smaller picture, so the window shrinks with it.
 *  @param upright the photo's size after its EXIF orientation, pixels
 *  @param box room for it, CSS pixels */
export function layout(upright: Size, edit: Edit, box: Size): Layout {
  const { turned, angle, frame, output } = geometry(upright, edit, WEB_SIDE)
  const fit = Math.min(box.width / frame.width, box.height / frame.height) * Math.min(1, edit.scale)
  const shown = { width: frame.width * fit, height: frame.height * fit }
  const swapped = turned.width !== upright.width
  return {
    frame: shown,
    image: {
      width: (swapped ? turned.height : turned.width) * fit,
      height: (swapped ? turned.width : turned.height) * fit,
    },
    turn: edit.rotation + angle,
    output,
  }
}

/** The tone curve as a `tableValues` attribute. The table holds encoded (sRGB) values and the filter works on
 * encoded values, so the browser looks up the very table that the renderer prints with: sampling in linearRGB
 * would be rounded to 8 linear bits on the way and show bands in the shadows. */
export function toneValues(ev: number): string {
  return Array.from(toneTables({ exposure: ev, contrast: 0, warmth: 0 })[0], (value) =>
    (value / 255).toFixed(4),
  ).join(' ')
}

export const toneId = (ev: number) => `tone${Math.round(ev * 100)}`

/** What the big button offers for a photo. */
export type Primary = { kind: 'publish' | 'live' | 'restore' } | { kind: 'update'; replaces: string }

/** @param edit what the stage shows
 *  @param publications those of this photo that are live */
export function primaryOf(photo: PhotoView, edit: Edit, publications: readonly PublicationView[]): Primary {
  if (photo.state !== 'buffer') return { kind: 'restore' }
  if (photo.live.length === 0) return { kind: 'publish' }
  const known = publications.filter((publication) => photo.live.includes(publication.filename))
  const wanted = editKey(edit)
  if (known.length === 0 || known.some((publication) => editKey(publication.edit) === wanted))
    return { kind: 'live' }
  const newest = known.reduce((a, b) => (b.timestamp > a.timestamp ? b : a))
  return { kind: 'update', replaces: newest.filename }
}
