import type { AudienceCounts } from '../catalog/publications/audience.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import type { CountsMessage } from '../contract/delta.ts'
import type { GuestStatistics } from '../contract/settings.ts'
import type { Status } from '../contract/status.ts'
import { isStorageFault } from '../errors.ts'
import type { Log } from '../log.ts'

/** Milliseconds for which counts are gathered before they are written. */
const WRITE_EVERY = 10_000
/** Where guests of this network are counted. */
const NETWORK = 'network'
/** Photos that are named as saved most. */
const MOST_SAVED = 3

/** Who watches now, and what was opened and saved: numbers alone. */
export interface Audience {
  /** How many pages wait for news on this network. */
  here(guests: number): void
  /** How many do so on the internet; null while nobody can tell. */
  elsewhere(guests: number | null): void
  /** How many walls are connected. */
  walls(count: number): void
  /** A page of this network did something. */
  counted(eventId: number, counts: CountsMessage): void
  /** What a counter of the internet has counted in all. @param counter tells one from another */
  reported(eventId: number, counter: string, counts: AudienceCounts): void
  status(): NonNullable<Status['guests']>
  /** What became of the Event's photos with guests. */
  of(eventId: number): GuestStatistics
  stop(): void
}

export function createAudience(needs: {
  catalog: Pick<Catalog, 'audience' | 'events' | 'publications'>
  changed: () => void
  /** A guest of the internet has seen it by now. */
  seen?: (publication: PublicationRecord) => void
  log: Log
}): Audience {
  const { catalog } = needs
  let now = { here: 0, elsewhere: null as number | null, walls: 0 }
  let waiting = new Map<number, { peak: number; opened: number; saved: Record<string, number> }>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function waitingOf(eventId: number) {
    const one = waiting.get(eventId) ?? { peak: 0, opened: 0, saved: {} }
    waiting.set(eventId, one)
    timer ??= setTimeout(write, WRITE_EVERY)
    return one
  }

  function write(): void {
    clearTimeout(timer)
    timer = undefined
    const counted = waiting
    waiting = new Map()
    try {
      for (const [eventId, counts] of counted) catalog.audience.add(eventId, NETWORK, counts)
    } catch (error) {
      // Numbers that are only nice to have; what the disk needs is said elsewhere.
      if (!isStorageFault(error)) throw error
      needs.log.warn({ err: error }, 'What guests did could not be counted')
    }
  }

  function watch(change: Partial<typeof now>): void {
    // Sockets close after the rest: the catalog may not be there by then.
    if (stopped) return
    const before = now
    now = { ...now, ...change }
    if (JSON.stringify(before) === JSON.stringify(now)) return
    const guests = now.here + (now.elsewhere ?? 0)
    if (guests > 0) {
      const one = waitingOf(catalog.events.current().id)
      one.peak = Math.max(one.peak, guests)
    }
    needs.changed()
  }

  return {
    here: (guests) => watch({ here: guests }),
    elsewhere: (guests) => watch({ elsewhere: guests }),
    walls: (count) => watch({ walls: count }),
    counted(eventId, { opened, saved }) {
      if (stopped) return
      const one = waitingOf(eventId)
      one.opened += opened
      for (const [name, count] of Object.entries(saved))
        one.saved[name] = (Object.hasOwn(one.saved, name) ? one.saved[name]! : 0) + count
    },
    reported(eventId, counter, counts) {
      if (stopped) return
      catalog.audience.put(eventId, `internet ${counter}`, counts)
      for (const [name, count] of Object.entries(counts.saved)) {
        const publication = count > 0 ? catalog.publications.byName(eventId, name) : undefined
        if (publication?.name === name) needs.seen?.(publication)
      }
    },
    status: () => ({ here: now.here, elsewhere: now.elsewhere, ...(now.walls > 0 && { walls: now.walls }) }),
    of(eventId) {
      write()
      const { peak, opened, saved } = catalog.audience.of(eventId)
      const live = Object.entries(saved).flatMap(([filename, count]) => {
        const publication = catalog.publications.byName(eventId, filename)
        // A page may count what was never there.
        return publication?.name === filename ? [{ publication, count }] : []
      })
      const most = live
        .filter(({ publication, count }) => publication.state === 'live' && count > 0)
        .sort((a, b) => b.count - a.count)
        .slice(0, MOST_SAVED)
      const isCurrent = catalog.events.current().id === eventId
      return {
        now: isCurrent ? now.here + (now.elsewhere ?? 0) : 0,
        peak,
        opened,
        saved: live.reduce((sum, { count }) => sum + count, 0),
        most_saved: most.map(({ publication: { name, photoId }, count }) => ({
          filename: name,
          photo_id: photoId,
          count,
        })),
      }
    },
    stop() {
      stopped = true
      write()
    },
  }
}
