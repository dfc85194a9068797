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

/** The grid's own cells, of which some are joined. */
const WANTED = 38
/** A little wider than high: landscapes and uprights lose about as much. */
const SHAPE = 1.25
/** What is joined, and how many of it: large ones for what is new, high ones for uprights, wide ones for groups. */
const JOINED = [
  { w: 2, h: 2, share: 0.09 },
  { w: 1, h: 2, share: 0.09 },
  { w: 2, h: 1, share: 0.04 },
] as const

/** @param random the same numbers make the same grid
 * @returns 12 to 40 cells that cover the screen without a gap */
export const layMosaic = (width: number, height: number, random: () => number): Mosaic => {
  const columns = Math.max(3, Math.round(Math.sqrt((WANTED * width) / (height * SHAPE))))
  const rows = Math.max(3, Math.min(Math.floor(40 / columns), Math.round(WANTED / columns)))
  const taken = new Set<string>()
  const key = (x: number, y: number) => `${x}/${y}`
  const cells: Cell[] = []
  const shapeOf = (w: number, h: number) => (w * (width / columns)) / (h * (height / rows))
  const isFree = (x: number, y: number, w: number, h: number): boolean => {
    if (x + w > columns || y + h > rows) return false
    for (let i = 0; i < w; i++) for (let j = 0; j < h; j++) if (taken.has(key(x + i, y + j))) return false
    return true
  }
  const put = (x: number, y: number, w: number, h: number): void => {
    for (let i = 0; i < w; i++) for (let j = 0; j < h; j++) taken.add(key(x + i, y + j))
    cells.push({ x, y, w, h, shape: shapeOf(w, h) })
  }
  for (const { w, h, share } of JOINED) {
    const wanted = Math.max(1, Math.round(columns * rows * share))
    for (let done = 0, tries = 0; done < wanted && tries < 200; tries++) {
      const x = Math.floor(random() * (columns - w + 1))
      const y = Math.floor(random() * (rows - h + 1))
      if (!isFree(x, y, w, h)) continue
      put(x, y, w, h)
      done += 1
    }
  }
  for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) if (isFree(x, y, 1, 1)) put(x, y, 1, 1)
  return { columns, rows, cells }
}

/** Photos below which a mosaic would have holes. */
export const FEWEST = 12
