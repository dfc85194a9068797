import type { ManifestEntry, ManifestHead } from './manifest.ts'

/** What guests' pages are told of a new head, instead of the whole of it. Code that the daemon, the object behind Pages
 * and the gallery share. Imports nothing. */

/** What makes one head of the one before it. */
export interface HeadDelta {
  /** The revision that it is to be applied to, and to no other. */
  readonly from: number
  readonly revision: number
  readonly updatedAt: string
  readonly total: number
  /** Public names that are in `recent` no more: gone, changed, or in a page by now. */
  readonly drop: readonly string[]
  /** New and changed entries, each at its place in the new `recent`, first to last. */
  readonly add: readonly { readonly at: number; readonly entry: ManifestEntry }[]
  /** Whatever else of the head is another now. */
  readonly also: Partial<Omit<ManifestHead, 'revision' | 'updatedAt' | 'total' | 'recent'>>
}

/** What a guest's page hears. */
export type GuestMessage =
  /** First, and the answer to nothing: the head that there is. A page that has another one fetches it. */
  | { readonly type: 'hello'; readonly revision: number }
  | { readonly type: 'delta'; readonly delta: HeadDelta }
  /** There is another head, and no small way to say it. */
  | { readonly type: 'head'; readonly revision: number }
  /** Another event may be the current one, or this one's door may be another. */
  | { readonly type: 'index' }

/** What the daemon hears on its own socket to the public object. */
export type HostMessage =
  | { readonly type: 'watching'; readonly guests: number }
  /** Requests of guests wait in the bucket. */
  | { readonly type: 'removals' }

/** What a page may say: this, which is answered by PONG, or a CountsMessage. */
export const PING = 'ping'
export const PONG = 'pong'

/** What a guest's page did since it said so last. Names nobody. */
export interface CountsMessage {
  readonly type: 'counts'
  /** Photos that were opened. */
  readonly opened: number
  /** How often each was saved, by public name. */
  readonly saved: Readonly<Record<string, number>>
}

/** The longest reason that a guest can give for being taken out, characters. */
export const LONGEST_REASON = 500

/** Photos that one message may name, and how much it may count. */
const MOST_NAMES = 50
const MOST_COUNT = 500
const LONGEST_NAME = 255

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_COUNT

/** @param value what came, parsed
 * @returns null for what is none */
export function readCounts(value: unknown): CountsMessage | null {
  if (typeof value !== 'object' || value === null) return null
  const { type, opened, saved } = value as Record<string, unknown>
  if (type !== 'counts' || !isCount(opened) || typeof saved !== 'object' || saved === null) return null
  const names = Object.entries(saved)
  if (names.length > MOST_NAMES) return null
  if (!names.every(([name, count]) => name.length <= LONGEST_NAME && isCount(count))) return null
  return { type, opened, saved: Object.fromEntries(names) as Record<string, number> }
}

const OWN = ['revision', 'updatedAt', 'total', 'recent'] as const
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** @returns what a page needs that has `before`; null where it had better fetch `after`: another event's, or one that lacks
 * something that `before` has */
export function deltaOf(before: ManifestHead, after: ManifestHead): HeadDelta | null {
  if (before.event.slug !== after.event.slug) return null
  const keys = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof ManifestHead)[])
  const also: Record<string, unknown> = {}
  for (const key of keys) {
    if ((OWN as readonly string[]).includes(key) || isSame(before[key], after[key])) continue
    if (after[key] === undefined) return null
    also[key] = after[key]
  }
  const old = new Map(before.recent.map((entry) => [entry.filename, JSON.stringify(entry)]))
  const add: { at: number; entry: ManifestEntry }[] = []
  const kept = new Set<string>()
  after.recent.forEach((entry, at) => {
    if (old.get(entry.filename) === JSON.stringify(entry)) kept.add(entry.filename)
    else add.push({ at, entry })
  })
  const delta: HeadDelta = {
    from: before.revision,
    revision: after.revision,
    updatedAt: after.updatedAt,
    total: after.total,
    drop: before.recent.map(({ filename }) => filename).filter((name) => !kept.has(name)),
    add,
    also,
  }
  // What stayed may stand in another order.
  const made = withDelta(before, delta)
  return made && isSame(made.recent, after.recent) ? delta : null
}

/** @returns the head that the delta makes of `before`; null where it is for another one: something was missed */
export function withDelta(before: ManifestHead, delta: HeadDelta): ManifestHead | null {
  if (before.revision !== delta.from) return null
  const dropped = new Set(delta.drop)
  const recent = before.recent.filter(({ filename }) => !dropped.has(filename))
  for (const { at, entry } of delta.add) recent.splice(at, 0, entry)
  const { revision, updatedAt, total } = delta
  return { ...before, ...delta.also, revision, updatedAt, total, recent }
}
