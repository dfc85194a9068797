import { MOSAIC_FEWEST } from '../../../daemon/contract/wall.ts'

/** Where the photos of a mosaic stand. Arithmetic alone. */

export interface Cell {
  /** In columns and rows of the grid. */
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  /** Width by height. */
  readonly shape: number
}
export interface Mosaic {
  readonly columns: number
  readonly rows: number
  readonly cells: readonly Cell[]
}

/** Cells of a mosaic that has photos enough. */
const MOST = 24
/** The least for which some photos wait outside: those change places with the ones that are seen. */
const LEAST = 12
/** The part of all photos that is seen at once. */
const SEEN = 0.75
/** The grid's own cells, of which some are joined, for each that is left. */
const BASE = 1.58
/** Cells below which none is joined but where the grid is larger than what fills it. */
const PLAIN = 9
/** A little wider than high: landscapes and uprights lose about as much. */
const SHAPE = 1.25
/** What is joined, and how many of it: large ones for what is new, high ones for uprights, wide ones for groups. */
const JOINED = [
  { w: 2, h: 2, share: 0.09 },
  { w: 1, h: 2, share: 0.09 },
  { w: 2, h: 1, share: 0.04 },
] as const
const TRIES = 200

/** How many cells so many photos fill, so that none is ever empty. */
export const cellsOf = (photos: number): number =>
  photos < MOSAIC_FEWEST ? Math.min(photos, LEAST) : Math.min(MOST, Math.floor(photos * SEEN))

const gridFor = (width: number, height: number, count: number): { columns: number; rows: number } => {
  const base = count < PLAIN ? count : count * BASE
  const columns = Math.min(count, Math.max(1, Math.round(Math.sqrt((base * width) / (height * SHAPE)))))
  return { columns, rows: Math.max(Math.ceil(count / columns), Math.round(base / columns)) }
}

/** @param count how many cells there are to be, 1 or more
 * @param random the same numbers make the same grid
 * @returns so many cells, which cover the screen without a gap */
export const layMosaic = (width: number, height: number, count: number, random: () => number): Mosaic => {
  const { columns, rows } = gridFor(width, height, count)
  const taken = new Set<string>()
  const key = (x: number, y: number) => `${x}/${y}`
  const cells: Cell[] = []
  /** Cells of the grid that have to go into others. */
  let spare = columns * rows - count
  const shapeOf = (w: number, h: number) => (w * (width / columns)) / (h * (height / rows))
  const isFree = (x: number, y: number, w: number, h: number): boolean => {
    if (x + w > columns || y + h > rows) return false
    for (let i = 0; i < w; i++) for (let j = 0; j < h; j++) if (taken.has(key(x + i, y + j))) return false
    return true
  }
  const put = (x: number, y: number, w: number, h: number): void => {
    for (let i = 0; i < w; i++) for (let j = 0; j < h; j++) taken.add(key(x + i, y + j))
    cells.push({ x, y, w, h, shape: shapeOf(w, h) })
    spare -= w * h - 1
  }
  const join = (w: number, h: number, wanted: number): void => {
    for (let done = 0, tries = 0; done < wanted && tries < TRIES && spare >= w * h - 1; tries++) {
      const x = Math.floor(random() * (columns - w + 1))
      const y = Math.floor(random() * (rows - h + 1))
      if (!isFree(x, y, w, h)) continue
      put(x, y, w, h)
      done += 1
    }
  }
  for (const { w, h, share } of JOINED) join(w, h, Math.max(1, Math.round(columns * rows * share)))
  // What is left over goes to neighbours, wherever there are two.
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++)
      for (const [w, h] of [
        [1, 2],
        [2, 1],
      ] as const)
        if (spare > 0 && isFree(x, y, w, h)) put(x, y, w, h)
  for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) if (isFree(x, y, 1, 1)) put(x, y, 1, 1)
  return { columns, rows, cells }
}
