import PhotoSwipe, { type SlideData } from 'photoswipe'
import type { make } from '../page/dom.ts'
import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import { createAddress } from './address.ts'
import { addButtons, CLOSE, NEXT, PREVIOUS, type Keeping } from './buttons.ts'
import { askRemoval, createTakeOut } from './take-out.ts'
import css from './viewer.css?url'
import { viewerWordsOf } from '../locales/viewer-words.ts'
import type { Language } from '../../daemon/contract/language.ts'

export interface ViewerNeeds {
  entries: readonly ManifestEntry[]
  index: number
  lang: Language
  thumb: (entry: ManifestEntry) => string
  /** What is looked at by itself, on this screen. */
  picture: (entry: ManifestEntry) => string
  /** All that there is of it, in the size that guests save. */
  web: (entry: ManifestEntry) => string
  /** Where the web size is saved from: this page's own address, for browsers save nothing under a name from another. */
  file: (entry: ManifestEntry) => string
  alt: (entry: ManifestEntry) => string
  time: (entry: ManifestEntry) => string
  /** Who shot it; '' where that is not shown. */
  credit: (entry: ManifestEntry) => string
  /** The photo's picture on the page, for the flight from and to it. */
  find: (filename: string) => HTMLElement | null
  /** Puts the photo on top of the page's own entry in the history; else it has its entry already. */
  push: boolean
  /** What the address of a photo ends in. */
  hash: (filename: string) => string
  /** Called before it flies home, so that the page can bring the photo's tile into view. */
  closing: (filename: string) => void
  closed: (filename: string) => void
  /** What is handed on: the photo's own address, and what the event is called. */
  link: (entry: ManifestEntry) => string
  title: () => string
  /** What is handed on leads nowhere outside the venue's network. */
  isOnlyHere: () => boolean
  /** Another photo is in front; null when the viewer closes. */
  shown: (entry: ManifestEntry | null) => void
  keeping: () => Keeping | null
  /** Shows for a moment how that went. */
  pass: (text: string) => void
  /** The guest comes near the last photo that is known. */
  nearEnd: () => void
  /** Photos were saved, by their public names. */
  saved: (names: readonly string[]) => void
  /** Where a photo is asked to be taken out of the gallery. */
  removals: () => string
  /** The page's own: what both import would be a file more before the first photo. */
  make: typeof make
}

export interface Viewer {
  /** The guest went back: the photo's entry in the history is left already. */
  closeByBack: () => void
  /** Shows the whole web size of the photo on screen, where a lighter picture stood in for it. */
  whole: () => void
  /** Photos as they are now: older ones are added, replaced ones swapped, vanished ones say so. */
  update: (entries: readonly ManifestEntry[]) => void
}

const REST_MS = 2_600
const AHEAD = 8
/** Drawn larger than this the light picture is not enough. */
const LARGER = 1.3

/** What a photo shares with whatever replaces it, and with nothing else; null in lists without it. */
const lineOf = ({ place, takenAt }: ManifestEntry): string | null =>
  place === undefined ? null : `${place} ${takenAt}`

export { share } from './share.ts'

/** Where its styles lie. A script that is fetched again brings them again, too. */
export const styles = css + new URL(import.meta.url).search

/** Opens one photo over the page. The order of its photos never changes while it is open. */
export const openViewer = (needs: ViewerNeeds): Viewer => {
  const words = viewerWordsOf(needs.lang)
  const address = createAddress(needs.hash)
  let byBack = false
  const slots: { entry: ManifestEntry; gone: boolean }[] = needs.entries.map((entry) => ({
    entry,
    gone: false,
  }))
  const slotAt = (index: number) => slots[index]

  const pswp = new PhotoSwipe({
    index: needs.index,
    loop: false,
    counter: false,
    zoom: false,
    bgOpacity: 1,
    showHideAnimationType: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'none' : 'zoom',
    wheelToZoom: true,
    returnFocus: false,
    closeTitle: words.close,
    arrowPrevTitle: words.previous,
    arrowNextTitle: words.next,
    closeSVG: CLOSE,
    arrowPrevSVG: PREVIOUS,
    arrowNextSVG: NEXT,
    errorMsg: words.broken,
    padding: { top: 0, bottom: 0, left: 0, right: 0 },
  })
  const current = () => slotAt(pswp.currIndex)
  /** Listeners for the photo on screen, called whenever it, or its state, is another one. */
  const listeners: (() => void)[] = []
  const update = (): void => listeners.forEach((listener) => listener())

  pswp.addFilter('numItems', () => slots.length)
  pswp.addFilter('itemData', (_, index): SlideData => {
    const slot = slotAt(index)
    if (slot === undefined) return {}
    if (slot.gone) {
      const note = document.createElement('p')
      note.className = 'viewer-gone'
      note.textContent = words.gone
      return { html: note.outerHTML }
    }
    const { entry } = slot
    return {
      src: needs.picture(entry),
      msrc: needs.thumb(entry),
      width: entry.w,
      height: entry.h,
      alt: needs.alt(entry),
      thumbCropped: true,
    }
  })
  pswp.addFilter('thumbEl', (element, _data, index) => {
    const slot = slotAt(index)
    return (slot && needs.find(slot.entry.filename)?.querySelector('img')) ?? (element as HTMLElement)
  })
  pswp.addFilter('placeholderSrc', (src, content) => {
    const slot = slotAt(content.index)
    return slot === undefined || slot.gone ? src : needs.thumb(slot.entry)
  })

  const takeOut = createTakeOut({
    make: needs.make,
    words,
    ask: (filename, reason) => askRemoval(needs.removals(), filename, reason),
    pass: needs.pass,
  })
  addButtons(pswp, {
    ...needs,
    words,
    takeOut,
    current: () => {
      const slot = current()
      return slot === undefined || slot.gone ? null : slot.entry
    },
    onChange: (listener) => listeners.push(listener),
  })

  let timer: ReturnType<typeof setTimeout> | undefined
  /** A mouse that moves brings the controls back. A finger would have to know that a tap does, so for one they stay
   * until it taps them away. */
  let isMouse = matchMedia('(hover: hover)').matches
  const showControls = (): void => {
    if (!pswp.isOpen || pswp.isDestroying) return
    pswp.element?.classList.add('pswp--ui-visible')
    hideSoon()
  }
  const hideSoon = (): void => {
    clearTimeout(timer)
    if (!isMouse) return
    timer = setTimeout(() => {
      if (takeOut.isOpen() || pswp.element?.querySelector('button:hover, a:hover, :focus-visible'))
        return hideSoon()
      pswp.element?.classList.remove('pswp--ui-visible')
    }, REST_MS)
  }

  pswp.on('change', () => {
    takeOut.close()
    update()
    const slot = current()
    if (slot !== undefined) address.show(slot.entry.filename)
    needs.shown(slot === undefined || slot.gone ? null : slot.entry)
    if (pswp.currIndex > slots.length - AHEAD) needs.nearEnd()
  })
  pswp.on('openingAnimationEnd', () => {
    // PhotoSwipe hides the neighbours while it opens, and shows whatever are neighbours then: not the photo of a guest
    // who has moved on in the meantime.
    for (const { el } of pswp.mainScroll.itemHolders) el.style.display = 'block'
    hideSoon()
  })
  pswp.on('close', () => {
    const slot = current()
    if (slot !== undefined) needs.closing(slot.entry.filename)
    address.close(!byBack)
  })
  pswp.on('destroy', () => {
    needs.shown(null)
    clearTimeout(timer)
    history.scrollRestoration = 'auto'
    needs.closed(current()?.entry.filename ?? '')
  })

  // Said of the page's own entry, before the photo's is put on it: else Back would scroll the page away from
  // the photo that the guest looked at last.
  history.scrollRestoration = 'manual'
  address.open(needs.entries[needs.index]?.filename ?? '', needs.push)
  pswp.init()
  const { element } = pswp
  if (element !== undefined) {
    element.dataset['testid'] = 'lightbox'
    element.append(takeOut.form)
    element.setAttribute('aria-label', words.viewer)
    element.setAttribute('aria-modal', 'true')
    element.addEventListener('pointermove', (event) => {
      isMouse = event.pointerType === 'mouse'
      if (isMouse) showControls()
    })
    element.addEventListener('keydown', showControls)
  }

  const whole = (): void => {
    const entry = current()?.entry
    const img = pswp.currSlide?.content.element
    if (!(img instanceof HTMLImageElement) || entry?.has.web !== true || img.dataset['whole']) return
    img.dataset['whole'] = 'yes'
    const full = new Image()
    full.src = needs.web(entry)
    void full
      .decode()
      .then(() => (img.src = full.src))
      .catch(() => delete img.dataset['whole'])
  }
  // Who draws it larger wants to see more of it.
  pswp.on('zoomPanUpdate', ({ slide }) => {
    if (slide === pswp.currSlide && slide.currZoomLevel > slide.zoomLevels.initial * LARGER) whole()
  })

  return {
    whole,
    closeByBack() {
      byBack = true
      pswp.close()
    },
    update(entries) {
      const now = new Map(entries.map((entry, index) => [entry.filename, index]))
      const had = new Set(slots.map((slot) => slot.entry.filename))
      const heirs = new Map(
        entries.filter(({ filename }) => !had.has(filename)).map((entry) => [lineOf(entry), entry]),
      )
      const touched: number[] = []
      slots.forEach((slot, index) => {
        const at = now.get(slot.entry.filename)
        if (at === undefined) {
          const line = lineOf(slot.entry)
          const heir = line === null ? undefined : heirs.get(line)
          if (heir !== undefined) slots[index] = { entry: heir, gone: false }
          else if (slot.gone) return
          else slot.gone = true
          touched.push(index)
          return
        }
        const entry = entries[at]
        if (entry === undefined) return
        if (slot.gone || entry.has.web !== slot.entry.has.web || entry.has.view !== slot.entry.has.view)
          touched.push(index)
        slots[index] = { entry, gone: false }
      })
      const last = now.get(
        [...slots].reverse().find((slot) => now.has(slot.entry.filename))?.entry.filename ?? '',
      )
      const before = slots.length
      if (last !== undefined) slots.push(...entries.slice(last + 1).map((entry) => ({ entry, gone: false })))
      for (const index of touched) if (Math.abs(index - pswp.currIndex) <= 2) pswp.refreshSlideContent(index)
      update()
      if (touched.includes(pswp.currIndex)) showControls()
      if (before !== slots.length && pswp.currIndex >= before - 2) pswp.refreshSlideContent(before)
    },
  }
}
