import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import { blurUrl } from './blur.ts'
import { glide, make } from '../page/dom.ts'
import { createPicture } from './picture.ts'
import type { Point } from './place.ts'
import { WIDE, type Size } from './size.ts'
import { createTile, type Tile } from './tile.ts'

export interface LatestNeeds {
  /** What is shown of it in the end, and where that lies. */
  size: (entry: ManifestEntry) => Size
  url: (entry: ManifestEntry, size: Size) => string
  alt: (entry: ManifestEntry) => string
  caption: (entry: ManifestEntry) => { label: string; time: string }
  open: (filename: string) => void
}

/** The newest photo, wide, with its time. A portrait stands in the middle of its own blur. */
export const createLatest = (needs: LatestNeeds) => {
  const frame = make('div', { className: 'latest-frame' })
  const label = make('span', { className: 'latest-label' })
  const time = make('time', {})
  const line = make('p', { className: 'latest-caption' }, label, time)
  const root = make('section', { className: 'latest', hidden: true, data: { testid: 'latest' } }, frame, line)
  let shown: ManifestEntry | null = null
  let tile: Tile | null = null
  let begun: Size = 'thumb'

  /** A heavy picture, or one that was not there at first, comes over what the guest sees already: on a thin line both at
   * once would be late. */
  const sharpen = (): void => {
    const into = frame.querySelector<HTMLElement>('a')
    if (shown === null || into === null || tile?.picture.loaded() !== true) return
    const size = needs.size(shown)
    if (size === begun || size === 'thumb' || into.querySelector('.sharp') !== null) return
    const picture = createPicture(needs.url(shown, size), '')
    picture.img.classList.add('sharp')
    into.append(picture.img)
    picture.load()
  }

  const describe = (entry: ManifestEntry): void => {
    const caption = needs.caption(entry)
    label.textContent = caption.label
    time.textContent = caption.time
    time.dateTime = entry.takenAt
    if (tile !== null) tile.picture.img.alt = needs.alt(entry)
  }

  root.addEventListener('click', (event) => {
    if (shown === null || !(event.target as Element).closest('a')) return
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    needs.open(shown.filename)
  })

  return {
    root,
    /** Below the photo: what it is, and what can be done. */
    line,
    show(entry: ManifestEntry | null): void {
      root.hidden = entry === null
      if (entry === null) {
        shown = null
        frame.replaceChildren()
        return
      }
      if (entry.filename !== shown?.filename) {
        begun = needs.size(entry) === 'view' ? 'view' : 'thumb'
        tile = createTile(entry, needs.url(entry, begun), needs.alt(entry))
        tile.element.classList.add('wide', entry.w / entry.h >= WIDE ? 'landscape' : 'upright')
        tile.element.style.aspectRatio = `${entry.w} / ${entry.h}`
        tile.element.style.setProperty('--ratio', String(entry.w / entry.h))
        const ground = make('div', { className: 'latest-ground' })
        ground.style.backgroundImage = `url("${blurUrl(entry.thumbhash)}")`
        frame.replaceChildren(ground, tile.element)
        tile.picture.img.fetchPriority = 'high'
        tile.picture.img.addEventListener('load', sharpen)
        tile.picture.load()
        if (shown !== null)
          glide(
            frame,
            [
              { opacity: 0, translate: '0 -20px' },
              { opacity: 1, translate: '0 0' },
            ],
            600,
          )
      }
      shown = entry
      describe(entry)
      sharpen()
    },
    relabel: (): void => (shown === null ? undefined : describe(shown)),
    find: (filename: string): HTMLElement | null =>
      shown?.filename === filename ? frame.querySelector<HTMLElement>('a') : null,
    /** Whether its lower edge is on screen or below: the guest is at the top. */
    inView: (): boolean => root.hidden === true || root.getBoundingClientRect().bottom > 80,
    across(y: number): Point[] {
      const { top, bottom, height } = root.getBoundingClientRect()
      if (shown === null || root.hidden === true || top > y || bottom < y || height === 0) return []
      return [{ name: shown.filename, share: (y - top) / height }]
    },
    /** Where a point of it is on the screen; null for another photo than the one that it shows. */
    yOf({ name, share }: Point): number | null {
      if (name !== shown?.filename) return null
      const { top, height } = root.getBoundingClientRect()
      return top + share * height
    },
    scrollTo(): void {
      root.scrollIntoView({ behavior: 'instant', block: 'start' })
    },
  }
}
