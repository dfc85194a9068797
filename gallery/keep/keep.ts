import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import type { Language } from '../../daemon/contract/language.ts'
import { keepWordsOf } from '../locales/keep-words.ts'
import { button, createBar, type BarButton } from './bar.ts'
import { createBoard } from './board.ts'
import { createFavourites, listHash, listOf } from './favourites.ts'
import { bytesOf, canShareFiles, createSaving, isApplePhone, type FileSize } from './saving.ts'
import { createSelection } from './selection.ts'
import css from './keep.css?url'

/** Where its styles lie: under another address, too, when it was itself asked for again. */
export const styles = css + new URL(import.meta.url).search

export interface KeepNeeds {
  lang: () => Language
  slug: string
  title: () => string
  /** Photos on the page. */
  entries: () => readonly ManifestEntry[]
  /** The entry of a public name, wherever in the list it stands; null when it is gone. */
  find: (name: string) => Promise<ManifestEntry | null>
  thumb: (entry: ManifestEntry) => string
  alt: (entry: ManifestEntry) => string
  sources: (entry: ManifestEntry, size: FileSize) => readonly string[]
  /** Holds the photos' tiles; its buttons stand in the line below the newest photo. */
  root: HTMLElement
  line: HTMLElement
  open: (filename: string) => void
  /** The address of the event's page, to which a list's names are added. */
  page: () => string
  /** Offers an address to other programs, or copies it. */
  share: (url: string) => Promise<'shared' | 'copied' | 'failed'>
  pass: (text: string) => void
  /** Photos were saved, by their public names. */
  saved: (names: readonly string[]) => void
  /** The photo on screen is to be the whole file, for a guest who saves it by hand. */
  whole: () => void
  /** What the viewer shows of a photo is another now. */
  changed: () => void
  /** The press that rests on the page already; null for none. */
  press: PointerEvent | null
}

/** What guests do with photos beyond looking at them. */
export interface Keep {
  isFavourite: (entry: ManifestEntry) => boolean
  toggle: (entry: ManifestEntry) => void
  /** What its heart says. */
  heart: (entry: ManifestEntry) => string
  /** Saves one photo, and asks in which size where there are two. */
  save: (entry: ManifestEntry) => void
  /** The photos, or the language, are others. */
  update: () => void
}

export const openKeep = (needs: KeepNeeds): Keep => {
  const words = () => keepWordsOf(needs.lang())
  const favourites = createFavourites(needs.slug)
  const bar = createBar()
  const saving = createSaving({ ...needs, words, bar })
  const isTouch = (): boolean => matchMedia('(pointer: coarse)').matches

  /** A guest with a mouse gets an archive; one with a finger the share sheet, where there is one. */
  const ways = (entries: readonly ManifestEntry[]): BarButton[] => {
    const off = entries.length === 0
    const made: BarButton[] = []
    const add = (id: string, label: string, run: () => Promise<void>): void => {
      made.push({ id, label, off, main: made.length === 0, press: () => void run() })
    }
    const isFull = entries.some((entry) => entry.has.full)
    const isShared = canShareFiles() || isApplePhone()
    if (isShared) add('save-selected', words().save, () => saving.save(entries, 'web'))
    if (!isTouch() || !isShared) {
      add('zip', words().download, () => saving.zip(entries, 'web'))
      if (isFull) add('zip-large', words().downloadLarge, () => saving.zip(entries, 'full'))
    }
    return made
  }

  let remove: (() => void) | null = null
  const picked = (): ManifestEntry[] =>
    needs.entries().filter(({ filename }) => selection.names().has(filename))
  const selection = createSelection({
    root: needs.root,
    press: needs.press,
    changed() {
      if (!selection.isOn()) {
        remove?.()
        remove = null
      } else if (remove !== null) bar.draw()
      else
        remove = bar.put(() => ({
          text: words().selected(selection.names().size),
          buttons: [...ways(picked()), { id: 'select-end', label: words().done, press: selection.end }],
        }))
    },
  })

  const share = async (entries: readonly ManifestEntry[]): Promise<void> => {
    const url = needs.page() + listHash(entries.map(({ filename }) => filename))
    const outcome = await needs.share(url)
    if (outcome !== 'shared') needs.pass(outcome === 'copied' ? words().copied : url)
  }

  const board = createBoard({
    ...needs,
    words,
    actions: (entries) => [
      ...ways(entries),
      {
        id: 'favourites-share',
        label: words().share,
        off: entries.length === 0,
        press: () => void share(entries),
      },
    ],
    closed() {
      if (listOf(location.hash) === null) return
      if ((history.state as { board?: boolean } | null)?.board) history.back()
      else history.replaceState(null, '', location.pathname + location.search)
    },
  })
  const address = (): void => {
    const list = listOf(location.hash)
    if (list === null) {
      // A photo that was opened from the list lies over it.
      if (!location.hash.startsWith('#photo=')) board.close()
    } else if (!board.isOpen()) void board.show(list.length === 0 ? favourites.all() : list, list.length > 0)
  }
  addEventListener('popstate', address)

  const tools = document.createElement('span')
  tools.className = 'keep-tools'
  const dress = (): void => {
    const count = favourites.all().length
    tools.replaceChildren(
      ...(count === 0
        ? []
        : [
            button({
              id: 'favourites-open',
              label: `♥ ${count}`,
              press() {
                history.pushState({ board: true }, '', listHash([]))
                address()
              },
            }),
          ]),
      button({ id: 'select', label: words().select, press: selection.begin }),
    )
    tools.firstElementChild?.setAttribute('aria-label', count === 0 ? words().select : words().favourites)
  }
  dress()
  needs.line.append(tools)
  address()

  return {
    isFavourite: ({ filename }) => favourites.has(filename),
    heart: ({ filename }) => (favourites.has(filename) ? words().unheart : words().heart),
    toggle({ filename }) {
      favourites.toggle(filename)
      dress()
      needs.changed()
    },
    save(entry) {
      if (!entry.has.full) return void saving.save([entry], 'web')
      const choose = (size: FileSize) => (): void => {
        remove()
        void saving.save([entry], size)
      }
      const remove = bar.put(() => ({
        text: '',
        buttons: [
          { id: 'keep-cancel', label: words().cancel, press: () => remove() },
          { id: 'save-large', label: words().saveLarge(bytesOf(entry, 'full')), press: choose('full') },
          { id: 'save-usual', label: words().saveUsual(entry.bytes), main: true, press: choose('web') },
        ],
      }))
    },
    update() {
      dress()
      board.draw()
      const there = new Set(needs.entries().map(({ filename }) => filename))
      if (selection.isOn()) selection.keep((name) => there.has(name))
    },
  }
}
