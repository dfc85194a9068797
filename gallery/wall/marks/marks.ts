import type { Language } from '../../../daemon/contract/language.ts'
import { CORNERS, MARKS, type Corner, type Mark, type WallSettings } from '../../../daemon/contract/wall.ts'
import { dateText, timeText } from '../../locales/words.ts'
import { make } from '../../page/dom.ts'
import { fontStack } from '../../page/hero.ts'
import type { WallWords } from '../words.ts'
import { createQr } from './qr.ts'
import { shiftAt } from './shift.ts'

const MINUTE = 60_000

export interface MarksShow {
  readonly settings: WallSettings
  readonly title: string
  readonly date: string
  readonly font: string
  /** Where guests find the photos. */
  readonly url: string
  /** Address of the sponsor's logo; null where there is none to be had. */
  readonly logo: string | null
  /** The layout says title and address itself. */
  readonly isTitled: boolean
  readonly lang: Language
  readonly words: WallWords
}

/** Title, logo, clock and the guests' QR in the corners of the wall, and one line for the room. */
export const createMarks = (needs: { now: () => number }) => {
  const name = make('p', { className: 'mark-name' })
  const day = make('p', { className: 'mark-day' })
  const title = make('div', { className: 'mark mark-title', data: { testid: 'wall-title' } }, name, day)
  const clock = make('p', { className: 'mark mark-clock', data: { testid: 'clock' } })
  const picture = make('img', { className: 'mark mark-logo' })
  const qr = createQr()
  qr.root.classList.add('mark')
  const elements: Readonly<Record<Mark, HTMLElement>> = { title, logo: picture, clock, qr: qr.root }
  const cornerAt = (corner: Corner) => make('div', { className: 'corner', data: { corner } })
  const corners: Readonly<Record<Corner, HTMLElement>> = {
    'top-left': cornerAt('top-left'),
    'top-right': cornerAt('top-right'),
    'bottom-left': cornerAt('bottom-left'),
    'bottom-right': cornerAt('bottom-right'),
  }
  const message = make('p', {
    className: 'message',
    role: 'status',
    hidden: true,
    data: { testid: 'message' },
  })
  const root = make('div', { className: 'marks' }, ...CORNERS.map((corner) => corners[corner]))
  let lang: Language = 'en'
  let timer: ReturnType<typeof setTimeout> | undefined
  let minutes = 0

  const tell = (): void => {
    clock.textContent = timeText(new Date(needs.now()).toISOString(), lang, new Date(needs.now()))
  }
  const move = (): void => {
    const [x, y] = shiftAt(minutes)
    // Right and left corners go the same way: a screen is burnt by what never moves, not by where it stands.
    root.style.transform = `translate(${x}px, ${y}px)`
  }
  const tick = (): void => {
    minutes += 1
    tell()
    move()
    timer = setTimeout(tick, MINUTE - (needs.now() % MINUTE) + 20)
  }

  return {
    root,
    message,
    show(next: MarksShow): void {
      ;({ lang } = next)
      name.textContent = next.title
      name.style.fontFamily = fontStack(next.font)
      day.textContent = dateText(next.date, next.lang)
      qr.show(next.url, next.words.scan)
      if (next.logo !== null && picture.getAttribute('src') !== next.logo) picture.src = next.logo
      picture.alt = next.words.logo
      const isOff: Readonly<Record<Mark, boolean>> = {
        title: next.isTitled || next.title === '',
        logo: next.logo === null,
        clock: false,
        qr: next.isTitled || next.url === '',
      }
      for (const mark of MARKS) {
        const corner = next.settings[mark]
        if (corner === 'off' || isOff[mark]) elements[mark].remove()
        else if (elements[mark].parentElement !== corners[corner]) corners[corner].append(elements[mark])
      }
      const hasWords = (...at: Corner[]): boolean =>
        [title, clock].some((mark) => at.some((corner) => mark.parentElement === corners[corner]))
      root.classList.toggle('on-low', hasWords('bottom-left', 'bottom-right') && !next.isTitled)
      root.classList.toggle('on-high', hasWords('top-left', 'top-right') && !next.isTitled)
      root.hidden = next.settings.blank
      message.hidden = next.settings.message === ''
      if (message.textContent !== next.settings.message) message.textContent = next.settings.message
      tell()
    },
    start(): void {
      tick()
    },
    stop: (): void => clearTimeout(timer),
  }
}
