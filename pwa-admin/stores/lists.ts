import type { PhotoView } from '../../daemon/contract/photo.ts'
import type { PublicationView } from '../../daemon/contract/publication.ts'

/** How a list identifies and sorts its items. `compare` is total: it is 0 for items with the same key only. */
export interface Order<T> {
  key(item: T): string
  compare(a: T, b: T): number
}

const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Newest shot first. */
export const byTaken: Order<PhotoView> = {
  key: (photo) => photo.id,
  compare: (a, b) => b.timestamp - a.timestamp || text(b.filename, a.filename) || text(b.id, a.id),
}

/** The guests' order: newest first, a replacement in the place of what it replaced. */
export const byPublished: Order<PublicationView> = {
  key: (publication) => publication.filename,
  compare: (a, b) => b.place - a.place || text(b.filename, a.filename),
}

/** A sorted list with some items put in (or replaced) and others taken out. One pass, whatever arrives; the last
 * of several upserts with one key wins. */
export function merge<T>(
  list: readonly T[],
  upserts: Iterable<T>,
  removed: ReadonlySet<string>,
  order: Order<T>,
): T[] {
  const latest = new Map<string, T>()
  for (const item of upserts) latest.set(order.key(item), item)
  const incoming = [...latest.values()].filter((item) => !removed.has(order.key(item))).sort(order.compare)
  const merged: T[] = []
  let next = 0
  for (const item of list) {
    const key = order.key(item)
    if (latest.has(key) || removed.has(key)) continue
    for (let candidate = incoming[next]; candidate && order.compare(candidate, item) < 0;) {
      merged.push(candidate)
      candidate = incoming[++next]
    }
    merged.push(item)
  }
  return merged.concat(incoming.slice(next))
}

/** A list being fetched page by page while Notices keep arriving. A Notice heard since the fetch began is at least
 * as new as any page, so pages never overwrite what it touched. */
export interface Load {
  readonly touched: Set<string>
  readonly seen: Set<string>
}

export const beginLoad = (): Load => ({ touched: new Set(), seen: new Set() })

/** @param known the list by key: a row that says nothing new stays the object that it is, so that nobody draws or
 *   rewrites it */
export function absorbPage<T>(
  list: readonly T[],
  rows: readonly T[],
  load: Load,
  order: Order<T>,
  known: ReadonlyMap<string, T> = new Map(),
): readonly T[] {
  for (const row of rows) load.seen.add(order.key(row))
  const fresh = rows.filter((row) => {
    const key = order.key(row)
    return !load.touched.has(key) && !isSame(known.get(key), row)
  })
  return fresh.length === 0 ? list : merge(list, fresh, new Set(), order)
}
const isSame = (before: unknown, now: unknown) =>
  before !== undefined && JSON.stringify(before) === JSON.stringify(now)

/** After the last page: what it covered but no page named is gone, unless a Notice named it meanwhile. */
export function endLoad<T>(
  list: readonly T[],
  load: Load,
  covers: (item: T) => boolean,
  order: Order<T>,
): readonly T[] {
  const remaining = list.filter((item) => {
    const key = order.key(item)
    return !covers(item) || load.seen.has(key) || load.touched.has(key)
  })
  return remaining.length === list.length ? list : remaining
}

/** What a list shows while newcomers must wait: only items that were there when it was frozen. */
export function behindGate<T>(
  list: readonly T[],
  frozen: ReadonlySet<string> | null,
  key: (item: T) => string,
): { shown: readonly T[]; waiting: number } {
  if (!frozen) return { shown: list, waiting: 0 }
  const shown = list.filter((item) => frozen.has(key(item)))
  return { shown, waiting: list.length - shown.length }
}

/** The items that lead, then the others, each in the order that they have. */
export function leadersFirst<T>(list: readonly T[], leads: (item: T) => boolean): readonly T[] {
  const leaders = list.filter(leads)
  return leaders.length === 0 ? list : [...leaders, ...list.filter((item) => !leads(item))]
}

/** The item to look at once `leaving` are dealt with: the next older one, else the next newer one. */
export function successor(
  keys: readonly string[],
  from: string,
  leaving: ReadonlySet<string>,
): string | null {
  const at = keys.indexOf(from)
  const stays = (key: string) => key !== from && !leaving.has(key)
  if (at < 0) return keys.find(stays) ?? null
  return keys.slice(at + 1).find(stays) ?? keys.slice(0, at).reverse().find(stays) ?? null
}
