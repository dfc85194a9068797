import {
  readWallSettings,
  WALL_DEFAULTS,
  type WallMessage,
  type WallSettings,
} from '../../daemon/contract/wall.ts'
import type { Language } from '../../daemon/contract/language.ts'
import { createFeed, type FeedState } from '../feed/feed.ts'
import { openLine } from '../feed/push.ts'
import type { Read } from '../feed/read.ts'
import { make } from '../page/dom.ts'
import { createPictures as createAddresses } from '../page/pictures.ts'
import { createPinForm, type PinReply } from '../page/pin.ts'
import { slugOf } from '../page/route.ts'
import { applyAccent } from '../page/theme.ts'
import { wordsOf } from '../locales/words.ts'
import { createMarks } from './marks/marks.ts'
import { createWallLine, openWallLine } from './remote/line.ts'
import { nameOf, pinOf, settingsOf } from './remote/wishes.ts'
import { createRandom } from './show/random.ts'
import { createScheduler } from './show/scheduler.ts'
import { createShow } from './show/show.ts'
import { createPictures } from './stage/pictures.ts'
import { createPlate } from './stage/plate.ts'
import { besideOf } from './stage/latest.ts'
import { createScenes, layoutFor } from './stage/scenes.ts'
import { wallWords } from './words.ts'

export interface WallNeeds {
  read: Read
  fetch: (url: string, init?: { signal: AbortSignal }) => Promise<Response>
  sendPin: (slug: string, pin: string) => Promise<PinReply>
  /** Pictures of these public names are not to be kept anywhere. */
  forget: (names: ReadonlySet<string>) => void
  lang: Language
  /** What this wall is known by. */
  key: string
  seed: number
  /** Called between two pictures, when nothing new waits. */
  quiet: () => void
  failed: (error: unknown) => void
}

/** Milliseconds between two pages of older photos: what is on the wall goes first. */
const OLDER = 150
const OLDER_AGAIN = 5_000
/** What was on the wall stays below another layout for so long, ms: until that one has filled. */
const UNDER = 3_000

/** The wall: one feed, one show, and the marks over it. */
export const createWall = (needs: WallNeeds) => {
  const words = wallWords(needs.lang)
  const own = settingsOf(location.search)
  const random = createRandom(needs.seed)
  const makeScheduler = () => createScheduler({ random, now: Date.now })
  let scheduler = makeScheduler()
  let state: FeedState | null = null
  let heard: Extract<WallMessage, { type: 'settings' }> | null = null
  let picks: ReadonlySet<string> = new Set()
  let older: ReturnType<typeof setTimeout> | undefined
  let pinTried: string | null = null
  let failures = 0

  /** What the wall's own address says stays; then what people want, which on the internet stands in the event's list. */
  const settings = (): WallSettings => ({
    ...(heard?.settings ?? { ...WALL_DEFAULTS, ...readWallSettings(state?.album?.head.wall) }),
    ...own,
  })
  const wishes = () => {
    const { order, picks: wish } = settings()
    return { order, picks: { names: wish === 'no' ? new Set<string>() : picks, only: wish === 'only' } }
  }

  const addresses = createAddresses(() => state)
  const pictures = createPictures({
    url: addresses.url,
    fetch: async (url, init) => {
      const reply = await needs.fetch(url, init).catch((error: unknown) => {
        failures += 1
        throw error
      })
      failures = 0
      return reply
    },
  })
  const forget = (names: ReadonlySet<string>): void => {
    pictures.forget(names)
    needs.forget(names)
  }
  const stage = make('div', { className: 'stage', ariaHidden: 'true' })
  const scenes = createScenes(stage, {
    scheduler: () => scheduler,
    pictures,
    settings,
    wishes,
    random,
    isAway: () => failures > 0,
    size: () => ({ width: Math.max(1, innerWidth), height: Math.max(1, innerHeight) }),
  })
  const pinForm = createPinForm({
    send: (pin) => needs.sendPin(state?.slug ?? '', pin),
    done: () => void feed.poll(),
  })
  const plate = createPlate(pinForm.root)
  const marks = createMarks({ now: Date.now })
  const veil = make('div', { className: 'veil', ariaHidden: 'true' })
  const root = make('main', { className: 'wall' }, plate.root, stage, veil, marks.root, marks.message)
  root.setAttribute('aria-label', words.wall)

  const show = createShow({
    scene: scenes.now,
    isHeld: () => settings().paused || settings().blank || scheduler.size() === 0,
    isAsked: () => scheduler.asked() !== undefined && !settings().blank,
    now: () => performance.now(),
    stepped: () => {
      line.changed()
      tell()
      if (scheduler.waiting(wishes()) === 0) needs.quiet()
    },
    failed: needs.failed,
  })

  const line = createWallLine({
    open: openWallLine,
    random: Math.random,
    report: () => ({
      type: 'wall',
      key: needs.key,
      name: nameOf(location.search),
      width: Math.round(innerWidth * devicePixelRatio) || 1,
      height: Math.round(innerHeight * devicePixelRatio) || 1,
      shows: settings().blank ? null : (scenes.now().names()[0] ?? null),
    }),
    hear: (message) => {
      if (message.type === 'ask') scheduler.ask(message.filename)
      else {
        heard = message
        picks = new Set(message.picks)
      }
      settle()
    },
  })

  /** Where guests find this event. */
  const guestsUrl = (): string => {
    const head = state?.album?.head
    if (!state?.slug || !['ready', 'pin'].includes(state.phase)) return ''
    return head?.publicUrl ?? head?.lanUrl ?? `${location.origin}/e/${encodeURIComponent(state.slug)}`
  }

  /** What stands below the title where there is no photo. */
  const lineOf = (): string => {
    if (!state) return ''
    const { phase, album, awaited, failingSince } = state
    if (phase === 'pin' || phase === 'ended' || phase === 'none' || phase === 'unknown') return words[phase]
    if (phase === 'loading' || awaited) return failingSince === null ? '' : words.away
    return (album?.entries.length ?? 0) === 0 ? words.emptyTitle : ''
  }

  const tell = (): void => {
    const now = settings()
    const head = state?.album?.head
    const title = head?.event.title ?? state?.title ?? ''
    const date = head?.event.date ?? ''
    const font = head?.event.titleFont.family ?? 'system'
    const isEmpty = scheduler.size() === 0
    const isTitled = isEmpty || now.layout === 'title'
    const { lang } = needs
    root.classList.toggle('is-empty', isEmpty)
    root.classList.toggle('is-titled', isTitled)
    root.classList.toggle('is-blank', now.blank)
    root.dataset['layout'] = isEmpty ? 'empty' : scenes.layout()
    root.style.setProperty('--beside', `${besideOf(scheduler.size()) * 100}`)
    document.title = title || words.wall
    pinForm.root.hidden = state?.phase !== 'pin'
    pinForm.show(wordsOf(lang))
    plate.show({
      title,
      subtitle: head?.event.subtitle ?? '',
      date,
      font,
      line: lineOf(),
      url: state?.phase === 'pin' ? '' : guestsUrl(),
      lang,
      words,
    })
    plate.root.hidden = !isTitled || now.blank
    const logo = heard?.logo === true && state ? `/guests/${encodeURIComponent(state.slug)}/wall/logo` : null
    marks.show({ settings: now, title, date, font, url: guestsUrl(), logo, isTitled, lang, words })
    applyAccent(head?.event.accent)
  }

  /** What people want may be something else now. */
  const settle = (): void => {
    const isOther = scenes.use(layoutFor(settings().layout, scheduler.size()), UNDER)
    tell()
    if (isOther) show.hole()
    else show.look()
    line.changed()
  }

  const readOlder = (): void => {
    clearTimeout(older)
    if (!state?.album?.next) return
    older = setTimeout(
      () =>
        void feed.more().then((isRead) => {
          if (!isRead && state?.album?.next) older = setTimeout(readOlder, OLDER_AGAIN)
        }),
      OLDER,
    )
  }

  const tryPin = (): void => {
    const pin = pinOf(location.hash)
    if (pin === null || state?.phase !== 'pin' || pinTried === pin) return
    pinTried = pin
    void needs.sendPin(state.slug, pin).then((reply) => {
      if (reply === 'right') return feed.poll()
      // It was not answered: the next look tries again.
      if (reply === 'failed' || reply === 'late') pinTried = null
    })
  }

  const changed = (next: FeedState): void => {
    const before = state
    state = next
    if (before && (before.slug !== next.slug || before.prefix !== next.prefix)) {
      // Another event, or this one's door: nothing of what was shown stays.
      forget(new Set(scheduler.counts().keys()))
      scenes.clear()
      scheduler = makeScheduler()
      heard = null
    }
    line.follow(next.phase === 'ready' && next.walls ? next.slug : null)
    if (before?.album !== next.album) {
      const gone = new Set(scheduler.update(next.album?.entries ?? null))
      if (gone.size > 0) forget(gone)
      if (gone.size > 0 && scenes.drop(gone)) show.hole()
      readOlder()
    }
    tryPin()
    settle()
  }

  const feed = createFeed({
    read: needs.read,
    slug: slugOf(location.pathname),
    // A wall is looked at, whatever the browser thinks of its window.
    hidden: () => false,
    open: (slug) => openLine(slug, 'wall'),
    changed,
  })
  const resized = (): void => {
    scenes.now().clear()
    show.hole()
    line.changed()
  }
  const back = (): void => {
    failures = 0
    feed.look()
    show.look()
  }

  return {
    root,
    show,
    figures: () => ({ ...pictures.figures(), photos: scheduler.size() }),
    async start(): Promise<void> {
      document.documentElement.lang = needs.lang
      tell()
      marks.start()
      show.start()
      addEventListener('resize', resized)
      addEventListener('online', back)
      document.addEventListener('visibilitychange', back)
      await feed.start()
    },
    stop(): void {
      feed.stop()
      line.stop()
      show.stop()
      marks.stop()
      clearTimeout(older)
      removeEventListener('resize', resized)
      removeEventListener('online', back)
      document.removeEventListener('visibilitychange', back)
    },
  }
}
