import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import { createBehind } from './behind.ts'
import { blankFor, createBlank } from './blank.ts'
import { make } from './dom.ts'
import { createCounting } from '../feed/counting.ts'
import { createFeed, type FeedState } from '../feed/feed.ts'
import { createFinding } from '../feed/finding.ts'
import { applyAccent } from './theme.ts'
import { createFooter } from './footer.ts'
import { createHero } from './hero.ts'
import { createHints } from './hints.ts'
import { createLatest } from '../grid/latest.ts'
import { createLightbox } from '../viewer/lightbox.ts'
import { createMasonry } from '../grid/masonry.ts'
import { openLine } from '../feed/push.ts'
import { removalsUrl, thumbUrl } from '../feed/names.ts'
import { newcomers } from '../feed/newcomers.ts'
import { createPlace } from '../grid/place.ts'
import type { Read } from '../feed/read.ts'
import { createPinForm, type PinReply } from './pin.ts'
import { plainSearch, slugOf } from './route.ts'
import { createScrubber } from './scrubber.ts'
import { createExtras } from './extras.ts'
import { createPace } from './pace.ts'
import { createPictures } from './pictures.ts'
import { createSharing } from './sharing.ts'
import { createSigns } from './signs.ts'
import { sizeOfLatest } from '../grid/size.ts'
import { createTelling, creditOf } from './telling.ts'
import { createTile } from '../grid/tile.ts'
import type { Language } from '../../daemon/contract/language.ts'
import { wordsOf } from '../locales/words.ts'

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

const RETRY_OLDER = 3_000

/** The whole page: one feed, and the parts that show it. */
export const createPage = (needs: PageNeeds) => {
  let { lang } = needs
  let state: FeedState | null = null
  /** Filenames that are on the page; newer ones wait until the guest is at the top. */
  let onPage = new Set<string>()
  let shown: readonly ManifestEntry[] = []
  let linked = false
  let olderTimer: ReturnType<typeof setTimeout> | undefined

  const words = () => wordsOf(lang)
  const prefix = (): string => state?.prefix ?? ''
  const pictures = createPictures(() => state)
  const { thumb } = pictures
  const { time, alt } = createTelling(() => lang)
  const open = (filename: string): void => void lightbox.open(filename)

  const feed = createFeed({
    read: needs.read,
    slug: slugOf(location.pathname),
    hidden: () => document.hidden,
    open: openLine,
    changed: (next) => show(next),
  })
  const counting = createCounting(feed.say)
  const hero = createHero()
  const latest = createLatest({
    size: sizeOfLatest,
    url: pictures.url,
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
    ahead: () => pace.ahead(),
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
  const sharing = createSharing(() => state, needs.base)
  const hints = createHints({ words, here: () => location, userAgent: navigator.userAgent })
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
  const finding = createFinding({
    album: () => state?.album ?? null,
    shown: () => shown,
    more: () => feed.more(),
    isGone: (filename) => needs.isGone(thumbUrl(prefix(), filename)),
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
        picture: pictures.picture,
        web: pictures.web,
        file: (entry) => pictures.sources(entry)[0] ?? '',
        keeping: extras.keep,
        alt,
        time,
        credit: (entry) => creditOf(entry, state?.album?.head?.event),
        find: (name) => latest.find(name) ?? masonry.find(name),
        closing: masonry.reveal,
        nearEnd: () => void feed.more(),
        ...sharing,
        shown(entry) {
          sharing.shown(entry)
          if (entry !== null) counting.opened()
        },
        saved: counting.saved,
        pass: signs.pass,
        removals: () => removalsUrl(state?.slug ?? ''),
        make,
      }
    },
    fetchUntil: finding.until,
    base: needs.base,
    closed: (filename) => (latest.find(filename) ?? masonry.find(filename))?.focus({ preventScroll: true }),
    notFound: () => signs.pass(words().gone),
    notOpened: () => signs.pass(words().notOpened),
  })

  const main = make('main', {}, blank.root, latest.root, masonry.root)
  const extras = createExtras({
    ...pictures,
    state: () => state,
    page: sharing.event,
    saved: counting.saved,
    lang: () => lang,
    entries: () => shown,
    find: finding.find,
    alt,
    root: main,
    line: latest.line,
    open,
    share: lightbox.share,
    pass: signs.pass,
    whole: lightbox.whole,
    changed: () => lightbox.update(shown),
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
    extras.update()
  }

  const { mention, stop: stopMentioning } = createBehind(
    () => state,
    (isBehind) => signs.quiet(isBehind ? words().behind : ''),
  )

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
    if ((state?.album?.entries.length ?? 0) > shown.length && latest.inView()) settle(true)
  }
  const woke = (): void => {
    if (document.hidden) counting.flush()
    feed.look()
  }

  const pace = createPace(main, masonry.sync, lightbox.warm)
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
      // Photos come first: the code that opens them follows the newest.
      pace.start()
      masonry.start()
      above.observe(hero.root)
      above.observe(latest.root)
      scrubber.start()
      lightbox.start()
      extras.start()
      addEventListener('scroll', scrolled, { passive: true })
      addEventListener('online', woke)
      addEventListener('pageshow', woke)
      document.addEventListener('visibilitychange', woke)
      await feed.start()
    },
    stop(): void {
      feed.stop()
      counting.stop()
      hero.stop()
      pace.stop()
      masonry.stop()
      above.disconnect()
      scrubber.stop()
      hints.stop()
      lightbox.stop()
      extras.stop()
      clearTimeout(olderTimer)
      stopMentioning()
      removeEventListener('scroll', scrolled)
      removeEventListener('online', woke)
      removeEventListener('pageshow', woke)
      document.removeEventListener('visibilitychange', woke)
    },
  }
}
