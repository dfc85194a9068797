import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import { make } from '../../page/dom.ts'
import { cutOf } from '../show/cells.ts'
import { LEAST } from '../show/pace.ts'
import { createLayers, type Layers } from './layers.ts'
import { cellsOf, layMosaic, type Cell } from './mosaic.ts'
import { FADE, QUICK } from './motion.ts'
import { createCovered } from './slide.ts'
import { takeAll, type Scene, type SceneNeeds } from './scene.ts'

interface Square {
  readonly cell: Cell
  readonly layers: Layers
  readonly side: number
  /** The number of the change that was its last. */
  changed: number
}

/** Milliseconds between two cells while the grid fills. */
const FILLING = 60
/** A grid that could have so many times the cells it has is laid anew. */
const OUTGROWN = 1.4
/** So many cells change in the time for which one photo stays by itself. */
const PER_PACE = 4

/** A living grid: many photos, one of which changes at a time. */
export const createMosaicScene = (needs: SceneNeeds, className = 'scene-mosaic'): Scene => {
  const root = make('div', { className: `scene ${className}` })
  let squares: Square[] = []
  let size = { width: 0, height: 0 }
  let changes = 0
  let foremost: Square | null = null
  let isFull = false

  const onWall = (): Set<string> => new Set(squares.flatMap(({ layers }) => layers.names()))

  const lay = (): void => {
    const { width, height } = needs.size()
    if (squares.length > 0 && size.width === width && size.height === height) return
    for (const { layers } of squares) layers.clear()
    size = { width, height }
    isFull = false
    root.replaceChildren()
    const count = Math.max(1, cellsOf(needs.scheduler().size()))
    const { columns, rows, cells } = layMosaic(width, height, count, needs.random)
    root.style.gridTemplate = `repeat(${rows}, 1fr) / repeat(${columns}, 1fr)`
    squares = cells.map((cell) => {
      const element = make('div', { className: 'cell' })
      element.style.gridArea = `${cell.y + 1} / ${cell.x + 1} / span ${cell.h} / span ${cell.w}`
      const side = Math.max((cell.w * width) / columns, (cell.h * height) / rows)
      root.append(element)
      return { cell, layers: createLayers(element), side, changed: 0 }
    })
  }

  /** The cell that a photo goes into: an empty one, else of those that fit its shape the one that is oldest; what is
   * new gets a large one. */
  const cellFor = ({ w, h }: ManifestEntry, isNews: boolean): Square | undefined => {
    const score = ({ cell, changed, layers }: Square): number =>
      4 * cutOf(w / h, cell.shape) +
      (changed / Math.max(1, changes)) * 2 -
      (layers.isEmpty() ? 5 : 0) -
      (isNews ? cell.w * cell.h : 0)
    return squares.reduce<Square | undefined>(
      (best, one) => (best && score(best) <= score(one) ? best : one),
      undefined,
    )
  }

  return {
    root,
    async step() {
      lay()
      const there = onWall()
      const isNews = needs.scheduler().waiting(needs.wishes()) > 0
      const wishes = {
        ...needs.wishes(),
        screen: null,
        suits: (entry: ManifestEntry) => !there.has(entry.filename),
      }
      const [first] = needs.scheduler().next(wishes)
      if (!first) return false
      const square = cellFor(first, isNews)
      if (!square || (there.has(first.filename) && !isNews)) {
        isFull = true
        return false
      }
      if (there.has(first.filename)) {
        needs.scheduler().shown([first], needs.wishes())
        return false
      }
      const [photo] = await takeAll(needs, wishes, () => square.side)
      if (!photo || !squares.includes(square)) return false
      const element = createCovered(photo.entry, photo.img)
      void square.layers.show(element, [photo.entry.filename], isFull ? FADE : QUICK)
      changes += 1
      square.changed = changes
      foremost = square
      needs.scheduler().shown([photo.entry], needs.wishes())
      isFull ||= squares.every(({ layers }) => !layers.isEmpty())
      return true
    },
    stay() {
      if (!isFull) return FILLING
      const step = Math.max(LEAST, (needs.settings().pace * 1000) / PER_PACE)
      return needs.scheduler().waiting(needs.wishes()) > 0 ? LEAST : step
    },
    drop(names) {
      let isHole = false
      for (const { layers } of squares) if (layers.drop(names)) isHole = true
      if (isHole) isFull = false
      return isHole
    },
    isOutgrown() {
      if (squares.length === 0) return false
      const count = needs.scheduler().size()
      return count < squares.length || cellsOf(count) >= squares.length * OUTGROWN
    },
    names: () => [...(foremost?.layers.names() ?? []), ...onWall()],
    clear() {
      for (const { layers } of squares) layers.clear()
      squares = []
      root.replaceChildren()
      isFull = false
    },
  }
}
