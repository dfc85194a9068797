import type { EventsIndex, ManifestHead } from '../../daemon/contract/manifest.ts'
import { withHead, withPage, type Album, type Page } from './album.ts'
import { eventsUrl, fileUrl, pageUrl } from './names.ts'
import { ReadError, type Read } from './read.ts'

export interface FeedState {
  /** `none`: there is no event yet. `unknown`: the address names one that does not exist. */
  phase: 'loading' | 'none' | 'unknown' | 'ready'
  slug: string
  prefix: string
  /** Where pictures lie when it is not `/photo`. */
  pictures: string | null
  title: string
  /** Null until the event's first manifest was read; an event without photos may have none. */
  album: Album | null
  /** The event is known, and whether it has photos is not. */
  awaited: boolean
  /** Since when polls have failed, in ms since the epoch; null when the last one went well. */
  failingSince: number | null
  /** The last poll was answered, though not with what was asked for: the server is over its quota, or has a fault. */
  refused: boolean
}

export interface FeedNeeds {
  read: Read
  /** From the address; null follows the current event. */
  slug: string | null
  changed: (state: FeedState) => void
  hidden: () => boolean
  now?: () => number
  random?: () => number
}

const EVERY = 4_000
/** Between two polls when nothing has come for long. */
const QUIET_EVERY = 20_000
/** The time between two polls is this part of the time for which nothing has come. */
const PATIENCE = 5
const HIDDEN_EVERY = 60_000
const SLOWEST = 30_000
/** The longest time between two polls of a server that refused: it has too many requests already. */
const REFUSED_SLOWEST = 60_000
/** The index of events is read again once in this many polls. */
const INDEX_EVERY = 8

/** Keeps one event's album up to date. Never forgets what it has: a failed poll changes only `failingSince`. */
export const createFeed = (needs: FeedNeeds) => {
  const now = needs.now ?? Date.now
  const random = needs.random ?? Math.random
  let state: FeedState = {
    phase: 'loading',
    slug: needs.slug ?? '',
    prefix: '',
    pictures: null,
    title: '',
    album: null,
    awaited: false,
    failingSince: null,
    refused: false,
  }
  let lastNews = now()
  let polls = 0
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let polling: Promise<void> | null = null
  let loading: Promise<boolean> | null = null
  let running = false

  const set = (change: Partial<FeedState>): void => {
    const next = { ...state, ...change }
    const same = (Object.keys(next) as (keyof FeedState)[]).every((key) => next[key] === state[key])
    state = next
    if (!same) needs.changed(state)
  }

  const readIndex = async (): Promise<void> => {
    const index = (await needs.read(eventsUrl(), { fresh: true }).catch((error: unknown) => {
      if (error instanceof ReadError && error.status === 404) return { v: 1, current: null, events: {} }
      throw error
    })) as EventsIndex
    const slug = needs.slug ?? index.current
    const event = slug !== null && Object.hasOwn(index.events, slug) ? index.events[slug] : undefined
    if (slug === null || event === undefined) {
      // An index that lost an event which is on screen is likelier broken than right.
      if (state.phase !== 'ready') set({ phase: needs.slug === null ? 'none' : 'unknown' })
      return
    }
    const moved = state.slug !== slug || state.prefix !== event.prefix
    set({
      phase: 'ready',
      slug,
      prefix: event.prefix,
      pictures: /^https?:\/\//.test(index.photoBaseUrl ?? '') ? index.photoBaseUrl! : null,
      title: event.title,
      ...(moved ? { album: null, awaited: true } : {}),
    })
  }

  const readHead = async (): Promise<void> => {
    const { prefix } = state
    const head = (await needs
      .read(fileUrl(prefix, 'manifest.json'), { fresh: true })
      .catch((error: unknown) => {
        if (state.album === null && error instanceof ReadError && error.status === 404) return null
        throw error
      })) as ManifestHead | null
    if (state.prefix !== prefix) return
    if (head === null) return set({ awaited: false })
    const album = withHead(state.album, head)
    if (album !== state.album) lastNews = now()
    set({ album, awaited: false })
    // An index page that was read may show that pages below it are missing, too.
    for (let file = state.album?.missing[0]; file !== undefined; file = state.album?.missing[0])
      await readPage(file)
  }

  const readPage = async (file: string): Promise<Page> => {
    const { prefix } = state
    const page = (await needs.read(pageUrl(prefix, file), { fresh: false })) as Page
    if (state.album !== null && state.prefix === prefix) set({ album: withPage(state.album, file, page) })
    return page
  }

  const readNext = async (file: string): Promise<boolean> => {
    const page = await readPage(file)
    const next = state.album?.next ?? null
    return 'pages' in page && next !== null && next !== file ? readNext(next) : true
  }

  const pollOnce = async (): Promise<void> => {
    try {
      if (state.phase !== 'ready' || polls % INDEX_EVERY === 0)
        await readIndex().catch((error: unknown) => {
          if (state.phase !== 'ready') throw error
        })
      polls += 1
      if (state.phase === 'ready') await readHead()
      failures = 0
      set({ failingSince: null, refused: false })
    } catch (error) {
      failures += 1
      const refused = error instanceof ReadError && error.status !== null
      set({ failingSince: state.failingSince ?? now(), refused })
    }
  }

  const pause = (): number => {
    if (needs.hidden()) return HIDDEN_EVERY
    const quiet = Math.min(QUIET_EVERY, Math.max(EVERY, (now() - lastNews) / PATIENCE))
    const slowest = state.refused ? REFUSED_SLOWEST : SLOWEST
    return Math.min(slowest, quiet * 2 ** Math.min(failures, 4)) * (0.8 + 0.4 * random())
  }

  /** Asks now, or joins the poll that is under way. */
  const poll = (): Promise<void> => {
    clearTimeout(timer)
    polling ??= pollOnce().finally(() => {
      polling = null
      clearTimeout(timer)
      if (running) timer = setTimeout(() => void poll(), pause())
    })
    return polling
  }

  /** Reads the next older page, by way of index pages. False when there is none or it could not be read. */
  const more = (): Promise<boolean> => {
    const file = state.album?.next ?? null
    if (file === null) return Promise.resolve(false)
    loading ??= readNext(file)
      .catch(() => false)
      .finally(() => (loading = null))
    return loading
  }

  return {
    state: (): FeedState => state,
    poll,
    more,
    start(): Promise<void> {
      running = true
      return poll()
    },
    stop(): void {
      running = false
      clearTimeout(timer)
    },
  }
}

export type Feed = ReturnType<typeof createFeed>
