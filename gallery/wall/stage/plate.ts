import type { Language } from '../../../daemon/contract/language.ts'
import { dateText } from '../../locales/words.ts'
import { make } from '../../page/dom.ts'
import { fontStack } from '../../page/hero.ts'
import { createQr } from '../marks/qr.ts'
import type { WallWords } from '../words.ts'

export interface PlateShows {
  readonly title: string
  readonly subtitle: string
  readonly date: string
  readonly font: string
  /** A sentence below; '' for none. */
  readonly line: string
  /** Where guests find the photos; '' shows no code. */
  readonly url: string
  readonly lang: Language
  readonly words: WallWords
}

/** How wide a title sets, in ems: Chinese counts double. */
const emsOf = (text: string): number =>
  [...text].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 1 : 0.52), 0)
/** The title's size in hundredths of the screen's short side. */
const sizeOf = (text: string): number => Math.max(6, Math.min(13, 110 / Math.max(6, emsOf(text))))

/** The event's title, large, with its day and the guests' QR: what a wall shows before there are photos, and before them in
 * the layout of that name.
 * @param form stands below the line where there is one: the question for the PIN */
export const createPlate = (form?: HTMLElement) => {
  const title = make('h1', { data: { testid: 'plate-title' } })
  const subtitle = make('p', { className: 'plate-subtitle' })
  const day = make('p', { className: 'plate-day' })
  const line = make('p', { className: 'plate-line', role: 'status', data: { testid: 'plate-line' } })
  const qr = createQr()
  const root = make('section', { className: 'plate' }, day, title, subtitle, line, qr.root)
  if (form) line.after(form)
  return {
    root,
    show(now: PlateShows): void {
      title.textContent = now.title
      title.style.fontFamily = fontStack(now.font)
      title.style.setProperty('--size', String(sizeOf(now.title)))
      subtitle.textContent = now.subtitle
      day.textContent = dateText(now.date, now.lang)
      if (line.textContent !== now.line) line.textContent = now.line
      for (const [element, text] of [
        [title, now.title],
        [subtitle, now.subtitle],
        [day, now.date],
        [line, now.line],
      ] as const)
        element.hidden = text === ''
      qr.root.hidden = now.url === ''
      if (now.url !== '') qr.show(now.url, now.words.scan)
    },
  }
}
