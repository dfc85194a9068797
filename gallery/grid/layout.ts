/** Where tiles stand. Pure: the same photos, width and history give the same boxes. */
export interface Framed {
  filename: string
  w: number
  h: number
}
export interface Box {
  filename: string
  column: number
  /** CSS pixels from the grid's top left corner. */
  x: number
  y: number
  w: number
  h: number
}
export interface Layout {
  width: number
  /** In the order of the photos. */
  boxes: readonly Box[]
  /** Indices into `boxes`, top to bottom, per column. */
  columns: readonly (readonly number[])[]
  height: number
}

/** The longest and the flattest tile, as height over width; beyond it a tile shows the middle of its photo. */
const TALLEST = 2
const FLATTEST = 0.45

export const columnCount = (width: number): number =>
  width < 600 ? 2 : width < 1000 ? 3 : width < 1600 ? 4 : width < 2200 ? 5 : 6

export const gapFor = (width: number): number => (width < 600 ? 4 : 8)

/** Places photos in the shortest column. With `before`, a photo that has a column keeps it for good: a new one on
 * top pushes down its own column only, one that replaces a vanished neighbour takes over that one's place, and an
 * older page is added below. A change of the number of columns starts again. */
export const layOut = (photos: readonly Framed[], width: number, before?: Layout): Layout => {
  const count = columnCount(width)
  const gap = gapFor(width)
  const left = (column: number): number => Math.round((column * (width + gap)) / count)
  const wide = (column: number): number => left(column + 1) - gap - left(column)
  const tall = (photo: Framed, column: number): number =>
    Math.round(wide(column) * Math.min(TALLEST, Math.max(FLATTEST, photo.h / Math.max(1, photo.w))))

  const assigned = assign(photos, count, before, (photo, column) => tall(photo, column) + gap)
  const bottoms = new Array<number>(count).fill(0)
  const columns = Array.from({ length: count }, (): number[] => [])
  const boxes = photos.map((photo, index): Box => {
    const column = assigned[index] ?? 0
    const y = bottoms[column] ?? 0
    const h = tall(photo, column)
    bottoms[column] = y + h + gap
    columns[column]?.push(index)
    return { filename: photo.filename, column, x: left(column), y, w: wide(column), h }
  })
  return { width, boxes, columns, height: Math.max(0, Math.max(...bottoms) - gap) }
}

const assign = (
  photos: readonly Framed[],
  count: number,
  before: Layout | undefined,
  cost: (photo: Framed, column: number) => number,
): number[] => {
  const totals = new Array<number>(count).fill(0)
  const result = new Array<number>(photos.length).fill(-1)
  const give = (index: number, column: number): void => {
    const photo = photos[index]
    if (photo === undefined) return
    result[index] = column
    totals[column] = (totals[column] ?? 0) + cost(photo, column)
  }
  const shortest = (): number => totals.indexOf(Math.min(...totals))

  let firstKept = photos.length
  if (before?.columns.length === count) {
    const old = new Map(before.boxes.map((box, index) => [box.filename, index]))
    const names = new Set(photos.map((photo) => photo.filename))
    photos.forEach((photo, index) => {
      const box = before.boxes[old.get(photo.filename) ?? -1]
      if (box === undefined) return
      give(index, box.column)
      firstKept = Math.min(firstKept, index)
    })
    let previous = -1
    photos.forEach((photo, index) => {
      const known = old.get(photo.filename)
      if (known !== undefined) {
        previous = known
        return
      }
      const successor = before.boxes[previous + 1]
      if (successor === undefined || names.has(successor.filename)) return
      give(index, successor.column)
      firstKept = Math.min(firstKept, index)
      previous += 1
    })
  }
  if (firstKept < photos.length) for (let i = firstKept - 1; i >= 0; i--) give(i, shortest())
  for (let i = 0; i < photos.length; i++) if (result[i] === -1) give(i, shortest())
  return result
}

/** Indices of boxes that touch the band from `top` to `bottom`, in the photos' order. */
export const visible = (layout: Layout, top: number, bottom: number): number[] => {
  const found: number[] = []
  for (const column of layout.columns) {
    let low = 0
    let high = column.length
    while (low < high) {
      const middle = (low + high) >> 1
      const box = layout.boxes[column[middle] ?? -1]
      if (box !== undefined && box.y + box.h < top) low = middle + 1
      else high = middle
    }
    for (let at = low; at < column.length; at++) {
      const index = column[at]
      const box = layout.boxes[index ?? -1]
      if (index === undefined || box === undefined || box.y > bottom) break
      found.push(index)
    }
  }
  return found.sort((a, b) => a - b)
}
