import type { ManifestEntry } from '../../daemon/contract/manifest.ts'

export type Size = 'thumb' | 'view' | 'web'

const THUMB_LONG_SIDE = 640
const VIEW_LONG_SIDE = 1280
/** Phones have more pixels than shows at a hand's distance. */
const PHONE = 600
const PHONE_DENSITY = 1.8

/** The lightest of a photo's pictures that fills a place. What is not published in that size, or not there yet, is
 * stood in for by the next heavier, else by the next lighter.
 * @param side the place's long side, CSS pixels */
export const sizeFor = (has: ManifestEntry['has'], side: number): Size => {
  const isPhone = Math.min(screen.width, screen.height) < PHONE
  const pixels = side * Math.min(isPhone ? PHONE_DENSITY : 2, devicePixelRatio)
  if (pixels <= THUMB_LONG_SIDE) return 'thumb'
  if (pixels <= VIEW_LONG_SIDE && has.view) return 'view'
  return has.web ? 'web' : has.view ? 'view' : 'thumb'
}

/** The picture to look at by itself: no thumb, where there is anything better, for it may be drawn larger. */
export const sizeAlone = ({ w, h, has }: ManifestEntry): Size => {
  const size = sizeFor(has, Math.max(w, h) * Math.min(innerWidth / w, innerHeight / h))
  return size !== 'thumb' ? size : has.view ? 'view' : has.web ? 'web' : 'thumb'
}

/** Photos at least this much wider than high fill the width. */
export const WIDE = 1.3

/** The picture for the newest photo's place (`latest.css` has the same measures); the thumb where the guest asked for
 * less data. */
export const sizeOfLatest = ({ w, h, has }: ManifestEntry): Size => {
  const width = w / h >= WIDE ? innerWidth : Math.min(innerWidth, (0.86 * innerHeight * w) / h)
  return isSparing() ? 'thumb' : sizeFor(has, Math.max(width, (width * h) / w))
}

/** Whether the guest asked the browser for less data. */
export const isSparing = (): boolean =>
  (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true
