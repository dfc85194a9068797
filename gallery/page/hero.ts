import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import { paintBlur } from '../grid/blur.ts'
import { glide, make } from './dom.ts'
import { fileUrl } from '../feed/names.ts'
import { createPicture } from '../grid/picture.ts'
import type { Language } from '../../daemon/contract/language.ts'
import type { Words } from '../locales/en.ts'
import { dateText } from '../locales/words.ts'

const STACKS: Record<string, string> = {
  system: 'system-ui, "PingFang TC", "Noto Sans TC", "Noto Sans CJK TC", "Microsoft JhengHei", sans-serif',
  sans: '"Helvetica Neue", Helvetica, Arial, "PingFang TC", "Noto Sans TC", "Noto Sans CJK TC", sans-serif',
  serif:
    '"Iowan Old Style", "Palatino Linotype", Palatino, Georgia, "Songti TC", "Noto Serif TC", "Noto Serif CJK TC", serif',
  rounded:
    'ui-rounded, "SF Pro Rounded", "Hiragino Maru Gothic ProN", "Yuanti TC", Nunito, "PingFang TC", "Noto Sans TC", system-ui, sans-serif',
  mono: 'ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono", "PingFang TC", "Noto Sans TC", monospace',
}
export const fontStack = (family: string): string => STACKS[family] ?? STACKS['system'] ?? 'sans-serif'

/** How wide a title sets, in ems of a wide letter: Chinese counts double. */
export const measure = (text: string): number =>
  [...text].reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 1 : 0.55), 0)

/** Words that must not be broken; Chinese may break anywhere. */
const longestWord = (text: string): number =>
  Math.max(1, ...text.split(/[\s\u2e80-\uffff]+/).map((word) => measure(word)))

/** How many lines a title may take: more on a narrow screen, where it should still be large. */
const linesFor = (ems: number, narrow: boolean): number => {
  if (narrow) return ems <= 6 ? 1 : ems <= 14 ? 2 : ems <= 34 ? 3 : 5
  return ems <= 14 ? 1 : ems <= 34 ? 2 : 4
}

/** The title's size in px: what the owner asked for on a wide screen, less on a smaller one, and never so much that
 * it would take the whole opening or break a word. */
export const titleSize = (wanted: number, text: string, width: number, height: number): number => {
  const room = Math.min(width - 40, 1200)
  const ems = Math.max(3, measure(text))
  const fits = (room * linesFor(ems, width < 600) * 0.86) / ems
  const share = Math.min(1, 0.62 + Math.max(0, width - 390) / 2000)
  const most = Math.min(wanted * share, fits, (room / longestWord(text)) * 0.95, height * 0.14)
  return Math.round(Math.max(24, most))
}

export interface HeroShows {
  head: ManifestHead | null
  prefix: string
  pictures?: string | null
  title: string
  /** A photo whose blur lies under the title when there is no hero picture. */
  thumbhash: string | null
  lang: Language
  words: Words
}

/** The page's opening: the owner's picture, or the title over the colours of the latest photo. */
export const createHero = () => {
  const backdrop = make('div', { className: 'hero-backdrop' })
  const title = make('h1', { data: { testid: 'hero-title' } })
  const subtitle = make('p', { className: 'hero-subtitle' })
  const facts = make('p', { className: 'hero-facts' })
  const root = make(
    'header',
    { className: 'hero' },
    backdrop,
    make('div', { className: 'hero-text' }, title, subtitle, facts),
  )
  let picture = ''
  let hash: string | null = null
  let shown: HeroShows | null = null

  const paint = (shows: HeroShows): void => {
    const hero = shows.head?.event.hero ?? null
    root.classList.toggle('pictured', hero !== null)
    if (hero !== null) {
      const url = fileUrl(shows.prefix, hero, shows.pictures ?? null)
      if (url === picture) return
      picture = url
      const next = createPicture(url, '')
      next.img.className = 'hero-picture'
      backdrop.replaceChildren(next.img)
      next.load()
      return
    }
    // The colours that greeted the guest stay: a title that changes its ground with each photo would not rest.
    if (picture === '' && (hash !== null || shows.thumbhash === null)) return
    picture = ''
    hash = shows.thumbhash
    const blur = make('div', { className: 'hero-blur' })
    if (hash !== null) paintBlur(blur, hash)
    backdrop.replaceChildren(blur)
    glide(blur, [{ opacity: 0 }, { opacity: 1 }], 600)
  }

  const fit = (): void => {
    const event = shown?.head?.event
    const text = title.textContent
    title.style.fontSize = `${titleSize(event?.titleFont.size ?? 72, text, innerWidth, innerHeight)}px`
    const small = Math.min(1, 0.7 + Math.max(0, innerWidth - 390) / 2000)
    subtitle.style.fontSize = `${Math.max(15, Math.round((event?.subtitleFont.size ?? 22) * small))}px`
  }

  return {
    root,
    /** Returns the title that it shows, empty when there is nothing to call the event by. */
    show(shows: HeroShows): string {
      shown = shows
      const event = shows.head?.event
      const day = dateText(event?.date ?? '', shows.lang)
      const name = event?.title || shows.title
      // An event that nobody named yet is known by its day.
      title.textContent = name || day
      title.style.fontFamily = fontStack(event?.titleFont.family ?? 'system')
      subtitle.textContent = event?.subtitle ?? ''
      subtitle.style.fontFamily = fontStack(event?.subtitleFont.family ?? 'system')
      subtitle.hidden = subtitle.textContent === ''
      const total = shows.head?.total ?? 0
      facts.replaceChildren(
        ...[name ? day : '', total > 0 ? shows.words.photos(total) : '']
          .filter((text) => text !== '')
          .map((text) => make('span', {}, text)),
      )
      paint(shows)
      fit()
      return title.textContent
    },
    start: (): void => addEventListener('resize', fit, { passive: true }),
    stop: (): void => removeEventListener('resize', fit),
  }
}
