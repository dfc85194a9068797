import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import type { KeepWords } from '../locales/keep-words.ts'
import { button, type BarButton } from './bar.ts'

export interface BoardNeeds {
  words: () => KeepWords
  /** The entry of a public name, wherever in the list it stands; null when it is gone. */
  find: (name: string) => Promise<ManifestEntry | null>
  thumb: (entry: ManifestEntry) => string
  alt: (entry: ManifestEntry) => string
  open: (filename: string) => void
  /** What can be done with the list. */
  actions: (entries: readonly ManifestEntry[], isShared: boolean) => readonly BarButton[]
  closed: () => void
}

/** A list of photos over the page: a guest's favourites, or those of whoever sent a link. */
export const createBoard = (needs: BoardNeeds) => {
  const root = document.createElement('div')
  root.className = 'keep-board'
  root.dataset['testid'] = 'favourites'
  root.setAttribute('role', 'dialog')
  root.setAttribute('aria-modal', 'true')
  root.tabIndex = -1
  root.hidden = true
  const title = document.createElement('h2')
  const actions = document.createElement('span')
  actions.className = 'keep-buttons'
  const head = document.createElement('header')
  head.append(title, actions)
  const grid = document.createElement('div')
  grid.className = 'keep-grid'
  const note = document.createElement('p')
  note.setAttribute('role', 'status')
  root.append(head, note, grid)
  document.body.append(root)

  let before: Element | null = null
  let turn = 0
  let shown: ManifestEntry[] = []
  let isShared = false

  const tile = (entry: ManifestEntry): HTMLElement => {
    const made = document.createElement('button')
    made.type = 'button'
    made.className = 'keep-tile'
    made.dataset['filename'] = entry.filename
    made.style.setProperty('aspect-ratio', `${entry.w} / ${entry.h}`)
    const img = document.createElement('img')
    img.loading = 'lazy'
    img.src = needs.thumb(entry)
    img.alt = needs.alt(entry)
    made.append(img)
    made.addEventListener('click', () => needs.open(entry.filename))
    return made
  }
  const draw = (): void => {
    const words = needs.words()
    title.textContent = isShared ? words.shared : words.favourites
    root.setAttribute('aria-label', title.textContent)
    actions.replaceChildren(
      ...needs.actions(shown, isShared).map(button),
      button({ id: 'favourites-close', label: words.close, press: close }),
    )
  }
  const close = (): void => {
    if (root.hidden) return
    turn += 1
    root.hidden = true
    document.body.classList.remove('boarded')
    if (before instanceof HTMLElement) before.focus({ preventScroll: true })
    needs.closed()
  }
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close()
  })

  return {
    close,
    isOpen: (): boolean => !root.hidden,
    draw(): void {
      if (!root.hidden) draw()
    },
    /** Names that vanished are left out quietly.
     * @param shared somebody else's list */
    async show(names: readonly string[], shared: boolean): Promise<void> {
      const own = ++turn
      if (root.hidden) before = document.activeElement
      isShared = shared
      shown = []
      root.hidden = false
      document.body.classList.add('boarded')
      note.textContent = ''
      grid.replaceChildren()
      draw()
      root.focus({ preventScroll: true })
      for (const name of names) {
        const entry = await needs.find(name)
        if (own !== turn) return
        if (entry === null) continue
        shown.push(entry)
        grid.append(tile(entry))
      }
      note.textContent = shown.length > 0 ? '' : shared ? needs.words().noneShared : needs.words().none
      draw()
    },
  }
}
