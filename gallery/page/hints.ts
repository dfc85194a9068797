import type { FeedState } from '../feed/feed.ts'
import type { Words } from '../locales/en.ts'
import { make } from './dom.ts'
import { otherAddress } from './elsewhere.ts'
import { inAppOf } from './in-app.ts'
import { EXTERNAL } from './route.ts'

/** How long the page's own address has been silent before the other one is offered, milliseconds. */
const SILENT_AFTER = 60_000

interface Hint {
  reason: 'external' | 'elsewhere'
  text: string
  go: { text: string; url: string } | null
}

/** One line at the foot of the page that leads to a better place: the event's other address when this one is silent, the
 * device's own browser when a chat's shows the page. A guest can put it away. */
export const createHints = (needs: {
  words: () => Words
  here: () => Pick<Location, 'href' | 'origin'>
  userAgent: string
  now?: () => number
}) => {
  const now = needs.now ?? Date.now
  const inApp = inAppOf(needs.userAgent)
  const text = make('span', {})
  const link = make('a', { className: 'hint-go' })
  const close = make('button', { type: 'button', className: 'hint-close' }, '\u00d7')
  const root = make(
    'aside',
    { className: 'hint', hidden: true, data: { testid: 'hint' } },
    make('p', { role: 'status' }, text, link),
    close,
  )
  const away = new Set<Hint['reason']>()
  let shown: Hint | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let last: Pick<FeedState, 'album' | 'failingSince'> = { album: null, failingSince: null }

  const elsewhere = (): Hint | null => {
    const { album, failingSince } = last
    if (album === null || failingSince === null) return null
    const left = failingSince + SILENT_AFTER - now()
    if (left > 0) {
      timer = setTimeout(draw, left + 50)
      return null
    }
    const other = otherAddress(album.head, needs.here().origin)
    if (other === null) return null
    const words = needs.words()
    return {
      reason: 'elsewhere',
      text: other.isPublic ? words.silentHere : words.silentThere,
      go: { text: other.isPublic ? words.goPublic : words.goVenue, url: other.url },
    }
  }

  const external = (): Hint | null => {
    if (inApp === null) return null
    const words = needs.words()
    if (inApp === 'other') return { reason: 'external', text: words.inApp, go: null }
    const url = new URL(needs.here().href)
    url.searchParams.set(EXTERNAL, '1')
    return { reason: 'external', text: words.inLine, go: { text: words.openBrowser, url: url.href } }
  }

  const draw = (): void => {
    clearTimeout(timer)
    shown = [elsewhere(), external()].find((hint) => hint !== null && !away.has(hint.reason)) ?? null
    root.hidden = shown === null
    if (shown === null) return
    root.dataset['reason'] = shown.reason
    close.setAttribute('aria-label', needs.words().putAway)
    if (text.textContent !== shown.text) text.textContent = shown.text
    link.hidden = shown.go === null
    link.textContent = shown.go?.text ?? ''
    if (shown.go !== null) link.href = shown.go.url
  }

  close.addEventListener('click', () => {
    if (shown !== null) away.add(shown.reason)
    draw()
  })

  return {
    root,
    show(state: Pick<FeedState, 'album' | 'failingSince'>): void {
      last = state
      draw()
    },
    stop: (): void => clearTimeout(timer),
  }
}
