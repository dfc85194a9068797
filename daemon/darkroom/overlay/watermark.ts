import type { Mark } from '../../contract/output-settings.ts'
import type { Size } from '../../contract/recipe.ts'

/** Where a mark goes, as arithmetic. */

/** The long side that a watermark's lengths are given for. */
const MEASURED_ON = 1600

/** Pixels of this picture for a length of the settings. */
export function scaled(length: number, picture: Size): number {
  return (length * Math.max(picture.width, picture.height)) / MEASURED_ON
}

export interface Place {
  readonly left: number
  readonly top: number
}

/** The distance that is kept from each edge, pixels: at least one, at most a third of the short side. */
export function marginOf(mark: Pick<Mark, 'margin' | 'position'>, picture: Size): number {
  const wanted = mark.position === 'custom' ? 0 : Math.round(scaled(mark.margin, picture))
  return Math.max(1, Math.min(wanted, Math.floor(Math.min(picture.width, picture.height) / 3)))
}

/** What is left for the mark between the margins. */
export function roomFor(mark: Pick<Mark, 'margin' | 'position'>, picture: Size): Size {
  const margin = marginOf(mark, picture)
  return {
    width: Math.max(1, picture.width - 2 * margin),
    height: Math.max(1, picture.height - 2 * margin),
  }
}

/** The size of an image mark: `scale_percentage` of the short side wide, and never larger than there is room. */
export function imageSize(mark: Mark, image: Size, picture: Size): Size {
  const room = roomFor(mark, picture)
  const wanted = (mark.scale_percentage / 100) * Math.min(picture.width, picture.height)
  const factor = Math.min(wanted / image.width, room.width / image.width, room.height / image.height)
  return {
    width: Math.max(1, Math.round(image.width * factor)),
    height: Math.max(1, Math.round(image.height * factor)),
  }
}

/** The upper left corner of a mark of this size, whole pixels; the mark lies inside the picture wherever it is put. */
export function placeMark(mark: Mark, size: Size, picture: Size): Place {
  const margin = marginOf(mark, picture)
  const along = (at: 'start' | 'centre' | 'end', mine: number, whole: number) =>
    at === 'start' ? margin : at === 'end' ? whole - margin - mine : (whole - mine) / 2
  const inside = (value: number, mine: number, whole: number) =>
    Math.max(Math.min(1, whole - mine), Math.min(Math.round(value), whole - mine - 1))
  const { position } = mark
  const x =
    position === 'custom'
      ? (mark.custom_x / 100) * picture.width - size.width / 2
      : along(
          position.endsWith('left') ? 'start' : position.endsWith('right') ? 'end' : 'centre',
          size.width,
          picture.width,
        )
  const y =
    position === 'custom'
      ? (mark.custom_y / 100) * picture.height - size.height / 2
      : along(
          position.startsWith('top') ? 'start' : position.startsWith('bottom') ? 'end' : 'centre',
          size.height,
          picture.height,
        )
  return {
    left: Math.max(0, inside(x, size.width, picture.width)),
    top: Math.max(0, inside(y, size.height, picture.height)),
  }
}
