import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import { glide, make } from '../page/dom.ts'
import { layOut, visible, type Layout } from './layout.ts'
import type { Point } from './place.ts'
import { createTileStore, type Tile } from './tile.ts'

export interface MasonryNeeds {
  /** A new tile for a photo; called once as long as the photo stays near. */
  tile: (entry: ManifestEntry) => Tile
  alt: (entry: ManifestEntry) => string
  open: (filename: string) => void
  /** The guest is within a few screens of the last photo. */
  nearEnd: () => void
  /** The tiles stand elsewhere than before; `anew` when their columns were assigned again. */
  relaid?: (anew: boolean) => void
  /** What is on screen is what the guest scrolled to. */
  settled?: () => void
  /** How many screens ahead pictures are fetched, one by default; null for none at all yet. */
  ahead?: () => number | null
}

/** Faster than this (px per ms) tiles show their blur alone until the finger rests. */
const FLING = 4
const REST_MS = 110
/** Screens around the guest's in which tiles stand before any picture is fetched: blurs cost a slow phone time. */
const FIRST = 0.2

/** The grid of tiles. Only those near the viewport are in the document. */
export const createMasonry = (needs: MasonryNeeds) => {
  // `wall` is the name by which others' scripts and styles find the tiles.
  const root = make('div', { className: 'grid wall' })
  const store = createTileStore(needs.tile)
  let entries: readonly ManifestEntry[] = []
  let layout: Layout | undefined
  let mounted = new Map<string, Tile>()
  let frame = 0
  let last = { y: 0, at: 0 }
  let resting: ReturnType<typeof setTimeout> | undefined

  const place = (tile: Tile, index: number): void => {
    const box = layout?.boxes[index]
    if (box === undefined) return
    const { style } = tile.element
    const where = `translate(${box.x}px, ${box.y}px)`
    if (style.transform !== where) style.transform = where
    if (style.width !== `${box.w}px`) style.width = `${box.w}px`
    if (style.height !== `${box.h}px`) style.height = `${box.h}px`
  }

  /** False between a change of the grid's width and the new layout for it. */
  const isCurrent = (): boolean => !root.hidden && layout?.width === root.clientWidth

  /** Brings the document in line with the viewport. */
  const sync = (fling = false): void => {
    if (layout === undefined) return
    const top = -root.getBoundingClientRect().top
    const screen = innerHeight
    const ahead = needs.ahead === undefined ? 1 : needs.ahead()
    const band = (screens: number): number[] =>
      layout === undefined ? [] : visible(layout, top - screen * screens, top + screen * (1 + screens))
    const near = band(ahead === null ? FIRST : 1)
    const wanted = new Set(ahead === null ? [] : band(ahead))
    const focused = document.activeElement
    const now = new Map<string, Tile>()
    near.forEach((index) => {
      const entry = entries[index]
      if (entry !== undefined) now.set(entry.filename, store.take(entry))
    })
    for (const [filename, tile] of mounted) {
      if (now.has(filename)) continue
      // The focused tile stays, or the keyboard would lose its place.
      if (tile.element === focused && entries.some((entry) => entry.filename === filename)) {
        now.set(filename, tile)
        continue
      }
      tile.element.remove()
      tile.picture.rest()
    }
    let cursor = root.firstElementChild
    near.forEach((index) => {
      const tile = now.get(entries[index]?.filename ?? '')
      if (tile === undefined) return
      place(tile, index)
      if (tile.element === cursor) cursor = cursor.nextElementSibling
      else if (tile.element !== focused) root.insertBefore(tile.element, cursor)
      if (!fling && wanted.has(index)) tile.picture.load()
    })
    mounted = now
    store.trim(mounted)
    if (isCurrent()) needs.settled?.()
    if (layout.height - (top + screen) < screen * (ahead ? 3 : 1)) needs.nearEnd()
  }

  const scrolled = (): void => {
    if (frame !== 0) return
    frame = requestAnimationFrame((at) => {
      frame = 0
      const speed = Math.abs(scrollY - last.y) / Math.max(1, at - last.at)
      last = { y: scrollY, at }
      sync(speed > FLING)
      clearTimeout(resting)
      resting = setTimeout(() => sync(), REST_MS)
    })
  }

  const relay = (keep: boolean): void => {
    const width = root.clientWidth
    if (width === 0) return
    layout = layOut(entries, width, keep ? layout : undefined)
    root.style.height = `${layout.height}px`
    needs.relaid?.(!keep)
  }

  const topOf = (filename: string): number | null =>
    layout?.boxes.find((box) => box.filename === filename)?.y ?? null

  root.addEventListener('click', (event) => {
    const tile = (event.target as Element).closest<HTMLElement>('.tile')
    if (tile === null || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    needs.open(tile.dataset['filename'] ?? '')
  })

  const sizes = new ResizeObserver(() => {
    if (root.clientWidth === layout?.width) return
    relay(false)
    sync()
  })

  return {
    root,
    /** Shows these photos. Those that were shown keep their element and column; `arriving` ones glide in. */
    show(next: readonly ManifestEntry[], arriving: ReadonlySet<string>): void {
      const first = layout === undefined
      entries = next
      relay(true)
      if (!first) {
        root.classList.add('moving')
        setTimeout(() => root.classList.remove('moving'), 600)
      }
      sync()
      for (const filename of arriving) {
        const element = mounted.get(filename)?.element
        if (element !== undefined)
          glide(
            element,
            [
              { opacity: 0, translate: '0 -24px' },
              { opacity: 1, translate: '0 0' },
            ],
            500,
          )
      }
    },
    /** Writes the times again after a change of language. */
    relabel(): void {
      const byName = new Map(entries.map((entry) => [entry.filename, entry]))
      for (const [filename, tile] of store.all()) {
        const entry = byName.get(filename)
        if (entry !== undefined) tile.picture.img.alt = needs.alt(entry)
      }
    },
    /** The tile's element, if it is near the viewport. */
    find: (filename: string): HTMLElement | null => mounted.get(filename)?.element ?? null,
    /** Pixels from the grid's top; null for a photo that is not on it. */
    topOf,
    /** Brings a photo's tile on screen, unless it is there already. */
    reveal(filename: string): void {
      const top = topOf(filename)
      if (top === null) return
      const at = top + root.getBoundingClientRect().top
      if (at > 0 && at < innerHeight * 0.7) return
      scrollTo(0, Math.max(0, scrollY + at - innerHeight * 0.25))
      sync()
    },
    /** The first photo at or below this height of the grid. */
    at(top: number): ManifestEntry | undefined {
      const index = layout === undefined ? undefined : visible(layout, top, top + innerHeight)[0]
      return index === undefined ? undefined : entries[index]
    },
    /** The photos at this height of the screen, one of each column at most; none while the layout is not that of the
     * present width. */
    across(y: number): Point[] {
      if (layout === undefined || !isCurrent()) return []
      const at = y - root.getBoundingClientRect().top
      return visible(layout, at, at).flatMap((index) => {
        const box = layout?.boxes[index]
        return box === undefined ? [] : [{ name: box.filename, share: (at - box.y) / box.h }]
      })
    },
    /** Where a point of a photo is on the screen. */
    yOf({ name, share }: Point): number | null {
      const box = isCurrent() ? layout?.boxes.find(({ filename }) => filename === name) : undefined
      return box === undefined ? null : root.getBoundingClientRect().top + box.y + share * box.h
    },
    sync: (): void => sync(),
    start(): void {
      addEventListener('scroll', scrolled, { passive: true })
      sizes.observe(root)
    },
    stop(): void {
      removeEventListener('scroll', scrolled)
      sizes.disconnect()
      clearTimeout(resting)
      cancelAnimationFrame(frame)
    },
  }
}
