import type { Skipped } from '../../catalog/sources/import-history.ts'
import type { Message } from '../../contract/message.ts'
import { newMessage } from '../../util/message.ts'
import type { Frame, Listing } from './frames.ts'
import { steppedAsidePath, type Origin, type Patience } from '../source.ts'
import { plural } from '../words.ts'
import { backoff } from '../../util/backoff.ts'

/** The fingerprint of what is listed because it could not be read: its bytes were never seen. */
export const UNREAD = 'unread'
/** How often a file is tried at once; then it is listed and tried less and less often. */
const TRIES = 3
/** Milliseconds. */
const LONGEST = 60_000

/** What a Source owes us: files and folders that could not be read. That is never the frame's fault, so none of them is
 * ever done, and none is given up: each is listed with its reason and tried again until it was read or is gone. */
export interface Owed {
  /** Reading it failed. */
  failed(frame: Frame, reason: Message): void
  /** The frame was read. */
  read(frame: Frame): void
  /** Whether it may be tried now. */
  isDue(frame: Frame): boolean
  /** Milliseconds until the first of those that rest is due; Infinity when none rests. */
  nextDue(): number
  /** Brings the list of what was set aside in line with what is there now. */
  list(eventId: number, listing: Listing): void
  /** Everything is tried at once. */
  again(): void
}

export function createOwed(needs: {
  from: Origin
  skipped: Skipped
  clock: () => number
  patience: Pick<Patience, 'retry'>
}): Owed {
  const { from, skipped, clock } = needs
  const tries = new Map<string, { path: string; reason: Message; n: number; notBefore: number }>()

  function put(eventId: number, path: string, looks: string, reason: Message): void {
    const where = steppedAsidePath(from, path)
    if (!skipped.has(eventId, from.id, where, looks)) skipped.put(eventId, from.id, where, looks, reason)
  }

  /** Removes what is gone, and what could not be read and can be now. Of what lies in a folder that cannot be read
   * nothing is known. */
  function tidy(eventId: number, { frames, others, unread }: Listing, listed: ReadonlySet<string>): void {
    const present = new Set([...frames, ...others].map(({ path }) => steppedAsidePath(from, path)))
    for (const where of skipped.paths(eventId, from.id)) {
      if (listed.has(where)) continue
      if (unread.some(({ path }) => where.startsWith(`${steppedAsidePath(from, path)}/`))) continue
      if (!present.has(where) || skipped.has(eventId, from.id, where, UNREAD))
        skipped.remove(eventId, from.id, where)
    }
  }

  return {
    failed({ key, path }, reason) {
      const n = (tries.get(key)?.n ?? 0) + 1
      const first = needs.patience.retry
      const wait = n < TRIES ? 0 : backoff(n - TRIES + 1, { first, longest: LONGEST })
      tries.set(key, { path, reason, n, notBefore: clock() + wait })
    },
    read: ({ key }) => void tries.delete(key),
    isDue: ({ key }) => clock() >= (tries.get(key)?.notBefore ?? 0),
    nextDue: () => Math.min(Infinity, ...[...tries.values()].map(({ notBefore }) => notBefore - clock())),
    list(eventId, listing) {
      const keys = new Set(listing.frames.map(({ key }) => key))
      for (const key of tries.keys()) if (!keys.has(key)) tries.delete(key)
      const owed = [...listing.unread, ...[...tries.values()].filter(({ n }) => n >= TRIES)]
      for (const { path, reason } of owed) put(eventId, path, UNREAD, reason)
      for (const { path, looks, reason } of listing.others) put(eventId, path, looks, reason)
      tidy(eventId, listing, new Set(owed.map(({ path }) => steppedAsidePath(from, path))))
    },
    again: () => tries.clear(),
  }
}

/** What is said while something is owed. */
export function unreadHere(n: number): Message {
  return newMessage(
    'unread_here',
    `${plural(n, 'file or folder', 'files or folders')} could not be read so far and ${n === 1 ? 'is' : 'are'} tried again. Keep what is there.`,
    { n },
  )
}
