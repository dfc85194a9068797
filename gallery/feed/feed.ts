import { withDelta, type CountsMessage, type GuestMessage } from '../../daemon/contract/delta.ts'
import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import { withHead, withPage, type Album, type Page } from './album.ts'
import { isClosed, readDoor } from './door.ts'
import { createPlaces } from './places.ts'
import type { Line } from './line.ts'
import { createPush } from './push.ts'
import { ReadError, type Read } from './read.ts'

export interface FeedState {
  /** `none`: there is no event yet. `unknown`: the address names one that does not exist. `pin`: it asks for its PIN.
   * `ended`: it is open to nobody any more. */
  phase: 'loading' | 'none' | 'unknown' | 'pin' | 'ended' | 'ready'
  slug: string
  prefix: string
  /** Where pictures lie when it is not `/photo`. */
  pictures: string | null
  title: string
  /** Walls hear of that server what people want of them. */
  walls: boolean
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
  /** Opens a line on which the server tells what is new; without it the page asks. */
  open?: (slug: string) => Line
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
/** The index of events is read again once in this many polls, and when they are far between. */
const INDEX_EVERY = 8
/** Between two polls while news come by themselves. */
const PUSHED_EVERY = 900_000
/** Within so many milliseconds pages that all heard the same fetch what they lack, or ask where their line broke. */
const SPREAD = 1_500
const SPREAD_LOST = 4_000

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
    walls: false,
    album: null,
    awaited: false,
    failingSince: null,
    refused: false,
  }
  let lastNews = now()
  let polls = 0
  let indexAt = -Infinity
  /** The index may be another: the next poll reads it. */
  let isIndexDue = false
  /** The line that was there when the index was read: what was said between two lines nobody heard. */
  let indexLine = 0
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let polling: Promise<void> | null = null
  let loading: Promise<boolean> | null = null
  let running = false

  const places = createPlaces({ read: needs.read, now })
  const push =
    needs.open &&
    createPush({ open: needs.open, hear: (message) => hear(message), lost: () => soon(SPREAD_LOST), random })

  const set = (change: Partial<FeedState>): void => {
    const next = { ...state, ...change }
    const same = (Object.keys(next) as (keyof FeedState)[]).every((key) => next[key] === state[key])
    state = next
    if (!same) needs.changed(state)
  }

  /** @param slug of an event that is known to be kept from this guest */
  const readIndex = async (slug = needs.slug): Promise<void> => {
    indexLine = push?.line() ?? 0
    const door = await readDoor(needs.read, slug)
    if (door.state === 'pin' || door.state === 'ended') {
      const { state: phase, title } = door
      push?.follow(null)
      return set({ phase, slug: slug ?? state.slug, title, album: null, prefix: '' })
    }
    if (door.state !== 'open') {
      // An index that lost an event which is on screen is likelier broken than right.
      if (state.phase !== 'ready') set({ phase: door.state })
      return
    }
    const moved = state.slug !== door.slug || state.prefix !== door.prefix
    set({
      phase: 'ready',
      slug: door.slug,
      prefix: door.prefix,
      pictures: /^https?:\/\//.test(door.photoBaseUrl ?? '') ? door.photoBaseUrl! : null,
      title: door.title,
      walls: door.walls === true,
      ...(moved ? { album: null, awaited: true } : {}),
    })
    // A line that begins with this index missed nothing since.
    if (push?.follow(door.push === true ? door.slug : null)) indexLine = push.line()
  }

  const readHead = async (): Promise<void> => {
    const { prefix } = state
    const head = await places
      .head(prefix, state.pictures, state.album?.head ?? null)
      .catch((error: unknown) => {
        if (state.album === null && error instanceof ReadError && error.status === 404) return null
        throw error
      })
    if (state.prefix !== prefix) return
    if (head === null) return set({ awaited: false })
    await take(head)
  }

  const take = async (head: ManifestHead): Promise<void> => {
    const album = withHead(state.album, head)
    if (album !== state.album) lastNews = now()
    set({ album, awaited: false })
    await readMissing()
  }

  const readMissing = async (): Promise<void> => {
    // An index page that was read may show that pages below it are missing, too.
    for (let file = state.album?.missing[0]; file !== undefined; file = state.album?.missing[0])
      await readPage(file)
  }

  const readPage = async (file: string): Promise<Page> => {
    const { prefix } = state
    const page = await places.page(prefix, state.pictures, file)
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
      const isOld = polls % INDEX_EVERY === 0 || now() - indexAt > PUSHED_EVERY / 2
      if (state.phase !== 'ready' || isIndexDue || isOld) {
        const wasDue = isIndexDue
        isIndexDue = false
        await readIndex().catch((error: unknown) => {
          isIndexDue ||= wasDue
          if (state.phase !== 'ready') throw error
        })
        indexAt = now()
      }
      polls += 1
      if (state.phase === 'ready')
        await readHead().catch((error: unknown) => {
          // Its end has come, or it has another PIN: the event says which.
          if (!isClosed(error)) throw error
          return readIndex(state.slug)
        })
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
    if (push?.isOpen() && failures === 0)
      return (isIndexDue ? REFUSED_SLOWEST : PUSHED_EVERY) * (0.8 + 0.4 * random())
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

  /** Asks within so many milliseconds, unless that is near anyway. */
  const soon = (within: number): void => {
    if (!running) return
    clearTimeout(timer)
    timer = setTimeout(() => void poll(), within * random())
  }

  /** News come by themselves: the next poll is far. */
  const rest = (): void => {
    if (!running || polling !== null || isIndexDue) return
    clearTimeout(timer)
    timer = setTimeout(() => void poll(), pause())
  }

  /** Something is another than it is here. What is asked under way may know it, or have been asked before. */
  const missed = (message: GuestMessage, within: number): void =>
    polling === null ? soon(within) : void polling.then(() => hear(message))

  const hear = (message: GuestMessage): void => {
    const head = state.album?.head ?? null
    switch (message.type) {
      case 'index':
        isIndexDue = true
        return missed(message, SPREAD_LOST)
      case 'delta': {
        if (head?.revision === message.delta.revision) return
        const next = head && withDelta(head, message.delta)
        if (!next) return missed(message, SPREAD)
        rest()
        return void take(next).catch(() => soon(SPREAD))
      }
      case 'hello':
      case 'head':
        if (push && push.line() !== indexLine) isIndexDue = true
        if (isIndexDue || head?.revision !== message.revision) missed(message, SPREAD)
        else {
          rest()
          set({ failingSince: null, refused: false })
        }
    }
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
    /** @returns false when nobody hears it */
    say: (counts: CountsMessage): boolean => push?.say(counts) ?? false,
    state: (): FeedState => state,
    poll,
    more,
    /** Somebody looks at the page again, or nobody does any more. */
    look(): void {
      if (push?.look(needs.hidden())) isIndexDue = true
      if (!needs.hidden()) void poll()
    },
    start(): Promise<void> {
      running = true
      return poll()
    },
    stop(): void {
      running = false
      clearTimeout(timer)
      push?.stop()
    },
  }
}

export type Feed = ReturnType<typeof createFeed>
