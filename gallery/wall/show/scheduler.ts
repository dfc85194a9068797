import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import { cellsFor, fits } from './cells.ts'
import { differenceOf, lightOf, SAME_LIGHT, type Light } from './light.ts'
import { weightOf } from './weight.ts'

export type Order = 'fair' | 'newest' | 'oldest'

export interface Wishes {
  order: Order
  /** Public names that a person marked, and whether they come more often or alone. */
  picks: { names: ReadonlySet<string>; only: boolean }
  /** Width by height of the screen; null for one photo at a time. */
  screen: number | null
  /** Takes photos of which this is true before others; any photo without it. */
  suits?: (entry: ManifestEntry) => boolean
}

interface Standing {
  entry: ManifestEntry
  readonly shape: number
  readonly light: Light
  /** How often it was shown. */
  count: number
  /** The rounds of a show in order that it has been in, or came too late for. */
  round: number
  /** The number of the showing that was its last; -Infinity for none. */
  last: number
  /** Whose turn is lowest comes first: each showing adds to it, less for a photo that is to come more often. */
  turn: number
  isFresh: boolean
}

/** How much one showing adds at random, so that no round is like the one before. */
const SPREAD = 0.5
/** What an hour between two photos counts against standing side by side. */
const HOUR_APART = 0.02
const HOUR = 3_600_000

/** Decides which photos come next. Arithmetic on what it is told: the same calls with the same random numbers give the
 * same show.
 *
 * A new photo comes next, the newest first. No photo comes again before a third of all others were shown. Over the
 * evening all are shown equally often, but for those of the last half hour and picks, which come more often.
 *
 * @param needs.now milliseconds since 1970 */
export const createScheduler = (needs: { random: () => number; now: () => number }) => {
  const { random } = needs
  let all = new Map<string, Standing>()
  let showings = 0
  /** The turn of the photo that came last: who joins begins about there. */
  let reached = 0
  /** What was published up to the first look at the album is not new. */
  let water: string | null = null
  const asked: string[] = []
  let arrivals = 0

  const enter = (entry: ManifestEntry, isFresh: boolean): Standing => ({
    entry,
    shape: entry.h > 0 ? entry.w / entry.h : 1,
    light: lightOf(entry.thumbhash),
    count: 0,
    round: 0,
    last: -Infinity,
    turn: reached + random(),
    isFresh,
  })

  /** @param published everything that is published and known; null while it is not: the first that is known is not new
   * @returns the public names that are not there any more */
  const update = (published: readonly ManifestEntry[] | null): string[] => {
    const entries = published ?? []
    const byPlace = new Map<number, Standing>()
    let round = Infinity
    for (const one of all.values()) {
      round = Math.min(round, one.round)
      if (one.entry.place !== undefined) byPlace.set(one.entry.place, one)
    }
    if (published)
      water ??= entries.reduce((last, { publishedAt }) => (publishedAt > last ? publishedAt : last), '')
    const next = new Map<string, Standing>()
    for (const entry of entries) {
      const known = all.get(entry.filename)
      if (known) {
        known.entry = entry
        next.set(entry.filename, known)
        continue
      }
      const standing = enter(entry, water !== null && entry.publishedAt > water)
      standing.round = Number.isFinite(round) ? round : 0
      // Another version of a photo goes on where the one before it stood.
      const before = entry.place === undefined ? undefined : byPlace.get(entry.place)
      if (before && !next.has(before.entry.filename)) {
        const { count, round: been, last, turn, isFresh } = before
        Object.assign(standing, { count, round: been, last, turn, isFresh })
      }
      if (standing.isFresh) arrivals += 1
      next.set(entry.filename, standing)
    }
    const gone = [...all.keys()].filter((name) => !next.has(name))
    all = next
    return gone
  }

  const restOf = (): number => Math.floor(all.size / 3)
  const hasRested = ({ last }: Standing): boolean => showings - last >= restOf()

  const before =
    (wishes: Wishes) =>
    (one: Standing, other: Standing): number => {
      if (wishes.order === 'fair') return one.turn - other.turn
      const age = one.entry.takenAt < other.entry.takenAt ? -1 : 1
      return one.round - other.round || (wishes.order === 'oldest' ? age : -age)
    }
  const leastBy = (list: readonly Standing[], order: (one: Standing, other: Standing) => number) =>
    list.reduce<Standing | undefined>(
      (least, one) => (least && order(least, one) <= 0 ? least : one),
      undefined,
    )
  const newestFirst = (one: Standing, other: Standing): number =>
    one.entry.publishedAt < other.entry.publishedAt
      ? 1
      : one.entry.publishedAt > other.entry.publishedAt
        ? -1
        : 0

  /** Those that stand beside it: of about its shape, in its light and, if there are such, of its time. */
  const besides = (first: Standing, pool: readonly Standing[], screen: number): Standing[] => {
    const wanted = cellsFor(first.shape, screen)
    for (let count = wanted; count > 1; count--) {
      if (!fits(first.shape, screen, count)) continue
      const found = pool
        .filter((one) => one !== first && fits(one.shape, screen, count))
        .map((one) => ({ one, off: differenceOf(one.light, first.light) }))
        .filter(({ off }) => off <= SAME_LIGHT)
        .map(({ one, off }) => ({ one, score: scoreOf(one, first, off) }))
        .sort((a, b) => a.score - b.score)
        .slice(0, count - 1)
      if (found.length === count - 1) return found.map(({ one }) => one)
    }
    return []
  }
  const scoreOf = (one: Standing, first: Standing, off: number): number => {
    const apart = Math.abs(Date.parse(one.entry.takenAt) - Date.parse(first.entry.takenAt)) / HOUR
    // Who would have to wait longest anyway is no loss to take along; who is new is a gain.
    return off + Math.min(1, apart * HOUR_APART) + Math.max(0, one.turn - first.turn) - (one.isFresh ? 1 : 0)
  }

  const poolFor = ({ picks }: Wishes): Standing[] => {
    const list = [...all.values()]
    if (!picks.only) return list
    const picked = list.filter(({ entry }) => picks.names.has(entry.filename))
    // A wall without a photo would be worse than one with others.
    return picked.length > 0 ? picked : list
  }

  const firstOf = (pool: readonly Standing[], wishes: Wishes): Standing | undefined => {
    for (const name of asked) {
      const one = all.get(name)
      if (one) return one
    }
    const { suits } = wishes
    const suiting = (list: readonly Standing[]): readonly Standing[] => {
      const found = suits ? list.filter(({ entry }) => suits(entry)) : list
      return found.length > 0 ? found : list
    }
    const fresh = pool.filter(({ isFresh }) => isFresh)
    if (fresh.length > 0) return leastBy(fresh, newestFirst)
    const rested = pool.filter(hasRested)
    return leastBy(suiting(rested), before(wishes)) ?? leastBy(pool, (a, b) => a.last - b.last)
  }

  return {
    update,
    /** What comes next, the photo whose turn it is first; empty when there is none. The same until something is shown,
     * comes or goes. */
    next(wishes: Wishes): ManifestEntry[] {
      const pool = poolFor(wishes)
      const first = firstOf(pool, wishes)
      if (!first) return []
      const rested = pool.filter((one) => one.isFresh || hasRested(one))
      const others = wishes.screen === null ? [] : besides(first, rested, wishes.screen)
      return [first, ...others].map(({ entry }) => entry)
    },
    /** These are on the wall now. */
    shown(entries: readonly ManifestEntry[], { picks }: Pick<Wishes, 'picks'>): void {
      const waited = Math.min(...entries.map(({ filename }) => all.get(filename)?.turn ?? Infinity))
      // A new photo, and one that was asked for, came out of turn.
      const inTurn = entries.every(({ filename }) => !all.get(filename)?.isFresh && !asked.includes(filename))
      if (inTurn && Number.isFinite(waited)) reached = Math.max(reached, waited)
      for (const { filename } of entries) {
        const one = all.get(filename)
        if (!one) continue
        showings += 1
        one.last = showings
        one.count += 1
        one.round += 1
        one.isFresh = false
        const weight = weightOf(one.entry, picks.names, needs.now())
        one.turn = Math.max(one.turn, reached) + (1 - SPREAD / 2 + SPREAD * random()) / weight
        const at = asked.indexOf(filename)
        if (at !== -1) asked.splice(at, 1)
      }
    },
    /** Somebody wants to see it: it comes next. */
    ask(filename: string): void {
      arrivals += 1
      if (!asked.includes(filename)) asked.unshift(filename)
      asked.length = Math.min(asked.length, 20)
    },
    /** What somebody asked for and was not shown yet. */
    asked: (): ManifestEntry | undefined =>
      asked.map((name) => all.get(name)?.entry).find((one) => one !== undefined),
    /** Whatever was new counts as seen: a layout that shows the newest shows no other. */
    settle(): void {
      for (const one of all.values()) one.isFresh = false
    },
    /** It cannot be had just now: its turn is over as if it had been shown. */
    skip(filename: string): void {
      const one = all.get(filename)
      if (!one) return
      one.last = showings
      one.turn += 1
      one.round += 1
      one.isFresh = false
      const at = asked.indexOf(filename)
      if (at !== -1) asked.splice(at, 1)
    },
    /** How many new photos, and photos that were asked for, wait. */
    waiting: ({ picks }: Pick<Wishes, 'picks'>): number => {
      let count = asked.filter((name) => all.has(name)).length
      for (const { isFresh, entry } of all.values())
        if (isFresh && (!picks.only || picks.names.has(entry.filename))) count += 1
      return count
    },
    /** How many new photos came so far, and wishes for one. */
    arrivals: (): number => arrivals,
    has: (filename: string): boolean => all.has(filename),
    /** The photo's entry as it is now, also where another version took the place of that name. */
    get: (filename: string): ManifestEntry | undefined => all.get(filename)?.entry,
    size: (): number => all.size,
    /** The newest, by publication. */
    newest: (count: number): ManifestEntry[] =>
      [...all.values()]
        .sort(newestFirst)
        .slice(0, count)
        .map(({ entry }) => entry),
    /** How often each photo was shown here, by public name. */
    counts: (): ReadonlyMap<string, number> => new Map([...all].map(([name, { count }]) => [name, count])),
  }
}

export type Scheduler = ReturnType<typeof createScheduler>
