import type PhotoSwipe from 'photoswipe'
import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import type { viewerWordsOf } from '../locales/viewer-words.ts'
import { share } from './share.ts'
import type { TakeOut } from './take-out.ts'

const icon = (path: string, fill = 'none'): string =>
  `<svg aria-hidden="true" viewBox="0 0 24 24" width="24" height="24" fill="${fill}" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`
const SHARE = icon(
  '<path d="M12 15V4m0 0L8 8m4-4 4 4"/><path d="M7 11H6a1 1 0 0 0-1 1v7a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1v-7a1 1 0 0 0-1-1h-1"/>',
)
const DOWNLOAD = icon('<path d="M12 4v11m0 0-4-4m4 4 4-4"/><path d="M5 19.5h14"/>')
const HEART =
  '<path d="M12 20s-7.5-4.6-7.5-10A4.3 4.3 0 0 1 12 7.4 4.3 4.3 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10Z"/>'
const TAKE_OUT = icon(
  '<circle cx="10" cy="8.5" r="3.4"/><path d="M3.8 19c.4-3.5 2.8-5.3 6.2-5.3 1.3 0 2.4.3 3.4.8"/><path d="m15.5 15.5 5 5m0-5-5 5"/>',
)
export const PREVIOUS = icon('<path d="m15 4.5-7.5 7.5 7.5 7.5"/>')
export const NEXT = icon('<path d="m9 4.5 7.5 7.5L9 19.5"/>')
export const CLOSE = icon('<path d="m6 6 12 12M18 6 6 18"/>')

/** What can be done with a photo once that part is there; null until then. */
export interface Keeping {
  isFavourite: (entry: ManifestEntry) => boolean
  toggle: (entry: ManifestEntry) => void
  heart: (entry: ManifestEntry) => string
  save: (entry: ManifestEntry) => void
}

export interface ButtonNeeds {
  /** The photo on screen, null where there is none or it is gone. */
  current: () => ManifestEntry | null
  /** Calls it whenever the photo on screen, or its state, is another one. */
  onChange: (listener: () => void) => void
  words: ReturnType<typeof viewerWordsOf>
  time: (entry: ManifestEntry) => string
  credit: (entry: ManifestEntry) => string
  file: (entry: ManifestEntry) => string
  keeping: () => Keeping | null
  link: (entry: ManifestEntry) => string
  title: () => string
  /** What is handed on leads nowhere outside the venue's network. */
  isOnlyHere: () => boolean
  takeOut: TakeOut
  pass: (text: string) => void
  /** Photos were saved, by their public names. */
  saved: (names: readonly string[]) => void
}

/** The viewer's top line, and who shot the photo below it. */
export const addButtons = (pswp: PhotoSwipe, needs: ButtonNeeds): void => {
  const { current, onChange, words, keeping, takeOut } = needs

  const offer = async (link: string): Promise<void> => {
    const outcome = await share(link, needs.title())
    const isOnlyHere = needs.isOnlyHere()
    if (outcome === 'failed') needs.pass(link)
    else if (outcome === 'copied') needs.pass(isOnlyHere ? words.copiedHere : words.copied)
    else if (isOnlyHere) needs.pass(words.onlyHere)
  }

  pswp.on('uiRegister', () => {
    pswp.ui?.registerElement({
      name: 'time',
      order: 5,
      onInit: (element) =>
        onChange(() => {
          const entry = current()
          element.textContent = entry === null ? '' : needs.time(entry)
        }),
    })
    pswp.ui?.registerElement({
      name: 'credit',
      order: 6,
      appendTo: 'root',
      onInit: (element) => {
        element.dataset['testid'] = 'photographer'
        onChange(() => {
          const entry = current()
          const name = entry === null ? '' : needs.credit(entry)
          element.textContent = name === '' ? '' : words.by(name)
          element.hidden = name === ''
        })
      },
    })
    pswp.ui?.registerElement({
      name: 'caption',
      order: 7,
      appendTo: 'root',
      onInit: (element) => {
        element.dataset['testid'] = 'caption'
        element.dir = 'auto'
        onChange(() => {
          const { caption = '' } = current() ?? {}
          element.textContent = caption
          element.hidden = caption === ''
        })
      },
    })
    pswp.ui?.registerElement({
      name: 'heart',
      order: 11,
      isButton: true,
      onInit: (element) => {
        element.dataset['testid'] = 'heart'
        onChange(() => {
          const entry = current()
          const keep = keeping()
          element.hidden = entry === null || keep === null
          if (entry === null || keep === null) return
          const is = keep.isFavourite(entry)
          element.innerHTML = icon(HEART, is ? 'currentColor' : 'none')
          element.setAttribute('aria-pressed', String(is))
          element.setAttribute('aria-label', keep.heart(entry))
          element.title = keep.heart(entry)
        })
      },
      onClick: () => {
        const entry = current()
        if (entry !== null) keeping()?.toggle(entry)
      },
    })
    pswp.ui?.registerElement({
      name: 'download',
      order: 12,
      isButton: true,
      tagName: 'a',
      title: words.save,
      html: DOWNLOAD,
      onInit: (element) => {
        const link = element as HTMLAnchorElement
        link.dataset['testid'] = 'download'
        onChange(() => {
          const entry = current()
          link.hidden = entry?.has.web !== true
          if (entry === null) return
          link.href = needs.file(entry)
          link.download = entry.filename
        })
      },
      onClick: (event) => {
        const entry = current()
        const keep = keeping()
        // Until that part is there the link is a plain download.
        if (entry === null) return
        if (keep === null) return needs.saved([entry.filename])
        event.preventDefault()
        keep.save(entry)
      },
    })
    pswp.ui?.registerElement({
      name: 'share',
      order: 13,
      isButton: true,
      title: words.share,
      html: SHARE,
      onInit: (element) => {
        element.dataset['testid'] = 'share'
        onChange(() => (element.hidden = current() === null))
      },
      onClick: () => {
        const entry = current()
        if (entry !== null) void offer(needs.link(entry))
      },
    })
    pswp.ui?.registerElement({
      name: 'take-out',
      order: 14,
      isButton: true,
      title: words.takeOut,
      html: TAKE_OUT,
      onInit: (element) => {
        element.dataset['testid'] = 'take-out'
        onChange(() => (element.hidden = current() === null))
      },
      onClick: () => {
        const entry = current()
        if (takeOut.isOpen()) takeOut.close()
        else if (entry !== null) takeOut.open(entry.filename)
      },
    })
  })
}
