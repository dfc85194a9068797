import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import { blankFor, createBlank } from './blank.ts'
import { make } from './dom.ts'
import { createFeed, type FeedState } from '../feed/feed.ts'
import { applyAccent } from './theme.ts'
import { createFooter } from './footer.ts'
import { createCanonical } from './canonical.ts'
import { createHero } from './hero.ts'
import { createHints } from './hints.ts'
import { createLatest } from '../grid/latest.ts'
import { createLightbox } from '../viewer/lightbox.ts'
import { createMasonry } from '../grid/masonry.ts'
import { openLine } from '../feed/push.ts'
import { fileUrl, removalsUrl, thumbUrl, viewUrl } from '../feed/names.ts'
import { newcomers } from '../feed/newcomers.ts'
import { createNumbers } from '../feed/numbers.ts'
import { createPlace } from '../grid/place.ts'
import type { Read } from '../feed/read.ts'
import { createPinForm, type PinReply } from './pin.ts'
import { plainSearch, shareUrl, slugOf } from './route.ts'
import { createScrubber } from './scrubber.ts'
import { isSparing, sizeAlone, sizeFor, type Size } from '../grid/size.ts'
import { createSigns } from './signs.ts'
import { createTile } from '../grid/tile.ts'
import type { Language } from '../../daemon/contract/language.ts'
import { timeText, wordsOf } from '../locales/words.ts'

export interface PageNeeds {
  read: Read
  /** Whether the server says that nothing is at an address. */
  isGone: (url: string) => Promise<boolean>
  sendPin: (slug: string, pin: string) => Promise<PinReply>
  /** Where the gallery lives: `/gallery/` or `/`. */
  base: string
  lang: Language
  keepLang: (lang: Language) => void
}

const BEHIND_AFTER = 30_000
const RETRY_OLDER = 3_000
/** The other photos wait for the newest no longer than this, ms. */
const BEGIN_AFTER = 4_000

/** The whole page: one feed, and the parts that show it. */
export const createPage = (needs: PageNeeds) => {
  let { lang } = needs
  let state: FeedState | null = null
  /** Filenames that are on the page; newer ones wait until the guest is at the top. */
  let onPage = new Set<string>()
  let shown: readonly ManifestEntry[] = []
  let linked = false
  /** Screens of photos that are fetched ahead: none before the guest scrolls, for many see the first screen alone. */
  let ahead: number | null = null
  let olderTimer: ReturnType<typeof setTimeout> | undefined
  let behindTimer: ReturnType<typeof setTimeout> | undefined
  let beginTimer: ReturnType<typeof setTimeout> | undefined

  const words = () => wordsOf(lang)
  const prefix = (): string => state?.prefix ?? ''
  const base = (): string | null => state?.pictures ?? null
  const thumb = (entry: ManifestEntry): string => thumbUrl(prefix(), entry.filename, base())
  const web = (entry: ManifestEntry): string => fileUrl(prefix(), entry.filename, base())
  const view = (entry: ManifestEntry): string => viewUrl(prefix(), entry.filename, base())
  const urlOf: Record<Size, (entry: ManifestEntry) => string> = { thumb, view, web }
  const numbers = createNumbers()
  const time = (entry: ManifestEntry): string => timeText(entry.takenAt, lang, new Date(), entry.offset)
  const alt = (entry: ManifestEntry): string =>
    words().photoAt(timeText(entry.takenAt, lang, new Date(), entry.offset, true), numbers.of(entry))
  const open = (filename: string): void => void lightbox.open(filename)

  const feed = createFeed({
    read: needs.read,
    slug: slugOf(location.pathname),
    hidden: () => document.hidden,
    open: openLine,
    changed: (next) => show(next),
  })
  const hero = createHero()
  const latest = createLatest({
    thumb,
    sharper(entry, side) {
      const size = isSparing() ? 'thumb' : sizeFor(entry.has, side)
      return size === 'thumb' ? null : urlOf[size](entry)
    },
    alt,
    open,
    caption: (entry) => ({ label: words().latest, time: time(entry) }),
  })
  const masonry = createMasonry({
    tile: (entry) => createTile(entry, thumb(entry), alt(entry)),
    alt,
    open,
    nearEnd: () => void older(),
    relaid: (anew) => place.restore(anew),
    settled: () => place.note(),
    ahead: () => ahead,
  })
  const place = createPlace({
    across(y) {
      const points = masonry.across(y)
      return points.length > 0 ? points : latest.across(y)
    },
    yOf: (point) => masonry.yOf(point) ?? latest.yOf(point),
  })
  /** What stands above the photos may grow and shrink. */
  const above = new ResizeObserver(() => place.restore(false))
  const pinForm = createPinForm({
    send: (pin) => needs.sendPin(state?.slug ?? '', pin),
    done: () => void feed.poll(),
  })
  const blank = createBlank(needs.base, pinForm)
  const footer = createFooter((next) => {
    lang = next
    needs.keepLang(next)
    retell()
  })
  const canonical = createCanonical()
  const hints = createHints({ words, here: () => location, userAgent: navigator.userAgent })
  /** The event's page as guests pass it on: on the internet, where it is there. */
  const eventUrl = (): string =>
    state?.album?.head.publicUrl ??
    `${location.origin}${needs.base}e/${encodeURIComponent(state?.slug ?? '')}`
  const signs = createSigns({
    words,
    goUp: () => {
      settle(true)
      latest.scrollTo()
    },
  })
  const scrubber = createScrubber({
    total: () => state?.album?.head.total ?? 0,
    label: (at) => {
      const entry = shown[at]
      return entry === undefined ? '' : time(entry)
    },
    first: () => {
      const entry = masonry.at(-masonry.root.getBoundingClientRect().top)
      return entry === undefined ? 0 : shown.indexOf(entry)
    },
    go: async (at) => {
      while (shown.length <= at && (await feed.more()));
      const top = masonry.topOf(shown[Math.min(at, shown.length - 1)]?.filename ?? '')
      if (top !== null) scrollTo(0, top + masonry.root.getBoundingClientRect().top + scrollY - 8)
    },
  })
  const lightbox = createLightbox({
    viewer: (filename) => {
      const index = shown.findIndex((entry) => entry.filename === filename)
      if (index === -1) return null
      return {
        entries: shown,
        index,
        lang,
        thumb,
        picture: (entry) => urlOf[sizeAlone(entry)](entry),
        file: (entry) => fileUrl(prefix(), entry.filename),
        alt,
        time,
        find: (name) => latest.find(name) ?? masonry.find(name),
        closing: masonry.reveal,
        nearEnd: () => void feed.more(),
        link: ({ filename: name }) => shareUrl(eventUrl(), name),
        // The daemon's own page; on the internet, the page's address is a public one.
        isOnlyHere: () => needs.base !== '/' && state?.album?.head.publicUrl === undefined,
        shown: (entry) => canonical.show(entry && shareUrl(eventUrl(), entry.filename)),
        title: () => state?.album?.head.event.title ?? '',
        pass: signs.pass,
        removals: () => removalsUrl(state?.slug ?? ''),
        make,
      }
    },
    fetchUntil: async (filename) => {
      const known = (): boolean => shown.some((entry) => entry.filename === filename)
      // One question instead of the whole gallery, for a link whose photo was taken down.
      if (!known() && (await needs.isGone(thumbUrl(prefix(), filename)))) return 'gone'
      while (!known() && (await feed.more()));
      return known() ? 'known' : state?.album?.next === null ? 'gone' : 'unread'
    },
    base: needs.base,
    closed: (filename) => (latest.find(filename) ?? masonry.find(filename))?.focus({ preventScroll: true }),
    notFound: () => signs.pass(words().gone),
    notOpened: () => signs.pass(words().notOpened),
  })

  const older = async (): Promise<void> => {
    if (state?.album?.next === null || state?.album === null) return
    clearTimeout(olderTimer)
    const had = state?.album?.next
    if ((await feed.more()) || had !== state?.album?.next) return mention()
    signs.quiet(words().olderFailed)
    olderTimer = setTimeout(() => masonry.sync(), RETRY_OLDER)
  }

  /** Puts the photos on the page; with `all`, those that wait as well. */
  const settle = (all: boolean): void => {
    const entries = state?.album?.entries ?? []
    const first = onPage.size === 0
    const arrived = newcomers(entries, onPage)
    const take = all || latest.inView()
    if (take && arrived.length > 0) place.forget()
    shown = take ? entries : entries.slice(arrived.length)
    onPage = new Set(shown.map((entry) => entry.filename))
    latest.show(shown[0] ?? null)
    masonry.root.hidden = shown.length < 2
    masonry.show(shown.slice(1), new Set(take && !first ? arrived.map((entry) => entry.filename) : []))
    signs.waiting(take ? 0 : arrived.length)
    scrubber.refresh()
    lightbox.update(shown)
  }

  /** The quiet line: only after a while, and only while there is something to be behind with. */
  const mention = (): void => {
    clearTimeout(behindTimer)
    const since = state?.failingSince ?? null
    if (since === null || !state?.album) return signs.quiet('')
    const left = since + BEHIND_AFTER - Date.now()
    if (left <= 0) signs.quiet(words().behind)
    else behindTimer = setTimeout(mention, left + 50)
  }

  const showHero = (now: FeedState): void => {
    const head = now.album?.head ?? null
    const name = hero.show({
      head,
      prefix: now.prefix,
      pictures: now.pictures,
      title: now.title,
      thumbhash: now.album?.entries[0]?.thumbhash ?? null,
      lang,
      words: words(),
    })
    document.title = name || words().photosRegion
    footer.show(lang, head?.event)
    applyAccent(head?.event.accent)
    hero.root.classList.toggle('untitled', name === '' && blankFor(now) !== 'loading')
    hero.root.classList.toggle('waiting', blankFor(now) === 'loading')
  }

  const show = (next: FeedState): void => {
    const before = state
    state = next
    if (before?.prefix !== next.prefix || before.slug !== next.slug) onPage = new Set()
    showHero(next)
    blank.show(blankFor(next), words())
    document.body.dataset['blank'] = blankFor(next) ?? ''
    mention()
    hints.show(next)
    if (before?.album !== next.album) settle(false)
    if (!linked && next.album !== null && next.album.entries.length > 0) {
      linked = true
      void lightbox.openFromAddress()
    }
  }

  const retell = (): void => {
    document.documentElement.lang = lang
    footer.show(lang, state?.album?.head.event)
    main.setAttribute('aria-label', words().photosRegion)
    if (state === null) return
    showHero(state)
    blank.show(blankFor(state), words())
    latest.relabel()
    masonry.relabel()
    mention()
    hints.show(state)
    settle(false)
  }

  /** At the top again: what waited comes in. */
  const scrolled = (): void => {
    ahead = isSparing() ? 0 : 1
    if ((state?.album?.entries.length ?? 0) > shown.length && latest.inView()) settle(true)
  }
  const begin = (): void => {
    clearTimeout(beginTimer)
    ahead ??= 0
    masonry.sync()
    lightbox.warm()
  }
  const woke = (): void => feed.look()

  const main = make('main', {}, blank.root, latest.root, masonry.root)
  return {
    async start(): Promise<void> {
      const search = plainSearch(location.search)
      // A guest who copies the address copies the event's, and nothing that was meant for a chat.
      if (search !== location.search)
        history.replaceState(history.state, '', location.pathname + search + location.hash)
      document.body.append(hero.root, main, footer.root, hints.root, scrubber.root, ...signs.elements)
      retell()
      blank.show('loading', words())
      document.body.dataset['blank'] = 'loading'
      hero.start()
      masonry.start()
      above.observe(hero.root)
      above.observe(latest.root)
      scrubber.start()
      lightbox.start()
      // The newest photo comes first; the others, and the code that opens them, follow it. (`load` does not bubble.)
      main.addEventListener('load', begin, { capture: true, once: true })
      main.addEventListener('error', begin, { capture: true, once: true })
      beginTimer = setTimeout(begin, BEGIN_AFTER)
      addEventListener('scroll', scrolled, { passive: true })
      addEventListener('online', woke)
      addEventListener('pageshow', woke)
      document.addEventListener('visibilitychange', woke)
      await feed.start()
    },
    stop(): void {
      feed.stop()
      hero.stop()
      masonry.stop()
      above.disconnect()
      scrubber.stop()
      hints.stop()
      lightbox.stop()
      clearTimeout(olderTimer)
      clearTimeout(behindTimer)
      clearTimeout(beginTimer)
      removeEventListener('scroll', scrolled)
      removeEventListener('online', woke)
      removeEventListener('pageshow', woke)
      document.removeEventListener('visibilitychange', woke)
    },
  }
}
