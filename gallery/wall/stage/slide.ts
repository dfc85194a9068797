import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import { blurUrl } from '../../grid/blur.ts'
import { make } from '../../page/dom.ts'
import { covers } from '../show/cells.ts'
import { drift } from './motion.ts'

export interface Slide {
  readonly element: HTMLElement
  readonly names: readonly string[]
}

/** Faces are above the middle of most photos: of what does not fit more is cut off below. */
const focus = ({ w, h }: ManifestEntry): string => (h > w ? '50% 32%' : '50% 42%')

/** One photo that covers its place, whatever is cut off, and stands still. */
export const createCovered = (entry: ManifestEntry, img: HTMLImageElement): HTMLElement => {
  img.style.objectPosition = focus(entry)
  return make('div', { className: 'place', data: { filename: entry.filename } }, img)
}

/** One photo that covers its place, or stands before its own colours where too much would be cut off.
 * @param place width by height
 * @param ms how long it may be seen */
export const createPlace = (
  entry: ManifestEntry,
  img: HTMLImageElement,
  { place, ms, way }: { place: number; ms: number; way: number },
): HTMLElement => {
  if (covers(entry.w / entry.h, place)) {
    drift(img, ms, way)
    return createCovered(entry, img)
  }
  const element = make('div', { className: 'place', data: { filename: entry.filename } })
  const ground = make('div', { className: 'ground' })
  const blur = blurUrl(entry.thumbhash)
  if (blur !== '') ground.style.backgroundImage = `url("${blur}")`
  img.classList.add('whole')
  element.append(ground, img)
  drift(ground, ms, way)
  return element
}

/** What fills the screen at once: one photo, or several in the same light.
 * @param screen width by height */
export const createSlide = (
  photos: readonly { entry: ManifestEntry; img: HTMLImageElement }[],
  { screen, ms, random }: { screen: number; ms: number; random: () => number },
): Slide => {
  const count = photos.length
  const isWide = screen >= 1
  const element = make('div', { className: `slide ${isWide ? 'beside' : 'below'}` })
  const way = random()
  for (const { entry, img } of photos) {
    if (count > 1) {
      const one = createCovered(entry, img)
      // Together they drift one way: each on its own would be restless.
      drift(img, ms, way)
      element.append(one)
    } else element.append(createPlace(entry, img, { place: screen, ms, way }))
  }
  return { element, names: photos.map(({ entry }) => entry.filename) }
}
