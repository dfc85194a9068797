import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import { messageOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Audience } from '../../views/audience.ts'
import type { ObjectStore } from '../store/store.ts'
import { createHostLine, type OpenHostSocket } from './host-line.ts'
import { createLeftThere, type AskedElsewhere } from './left-there.ts'
import { createPoke } from './poke.ts'

/** Milliseconds between two looks at what guests left in the bucket: without a line that says so, and with one. */
const LOOK_EVERY = { alone: 6000, told: 60_000 } as const
const BEAT = 2000

/** Guests on the internet, for this daemon: their pages hear of each head that it has stored, it hears how many they are,
 * and takes over what they left. Nothing here is waited for, and without the internet nothing is lost. */
export interface PublicGuests {
  /** The event's head in the bucket is another. */
  poke(eventId: number): void
  /** The way to the internet is another, or was cut for a while: looks and connects anew. */
  again(): void
  start(): void
  stop(): Promise<void>
}

export function createPublicGuests(needs: {
  catalog: Pick<Catalog, 'events' | 'removalRequests' | 'isReadOnly'>
  /** Without a closing slash; null where there is none. */
  publicUrl: () => string | null
  store: () => ObjectStore
  /** What shows the object that a daemon asks, by its headers. */
  headers: (event: EventRecord) => Record<string, string>
  ask: (asked: AskedElsewhere) => boolean
  audience: Pick<Audience, 'elsewhere' | 'reported'>
  /** Milliseconds, by a clock for waiting. */
  now: () => number
  log: Log
  open?: OpenHostSocket
  fetch?: typeof fetch
}): PublicGuests {
  const { catalog, audience, now, log } = needs
  const poke = createPoke({ now, ...(needs.fetch && { fetch: needs.fetch }) })
  const left = createLeftThere(needs)
  let lookedAt = -Infinity
  let looking: Promise<void> | null = null
  let timer: NodeJS.Timeout | undefined
  /** The event that was told of last: its pages may have to hear that another one is the current. */
  let toldBefore: string | null = null

  const line = createHostLine({
    hear(message) {
      if (message.type === 'watching') audience.elsewhere(message.guests)
      else lookedAt = -Infinity
      if (message.type === 'removals') beat()
    },
    changed(isOpen) {
      audience.elsewhere(isOpen ? 0 : null)
      // What came while there was no line, nobody says any more.
      if (isOpen) lookedAt = -Infinity
    },
    ...(needs.open && { open: needs.open }),
  })

  const urlOf = (slug: string, what: string) => {
    const root = needs.publicUrl()
    return root === null ? null : `${root}/guests/${encodeURIComponent(slug)}/${what}`
  }

  /** @returns the open event's, where guests on the internet can see it */
  function watched(): EventRecord | null {
    const event = catalog.events.current()
    return event.state === 'open' && needs.publicUrl() !== null ? event : null
  }

  function beat(): void {
    const event = watched()
    const url = event && urlOf(event.slug, 'socket')
    line.follow(event && url ? { url: url.replace(/^http/, 'ws'), headers: needs.headers(event) } : null)
    const every = line.isOpen() ? LOOK_EVERY.told : LOOK_EVERY.alone
    if (!event || catalog.isReadOnly || looking || now() - lookedAt < every) return
    lookedAt = now()
    looking = left
      .look(needs.store(), event)
      .catch((error: unknown) => {
        // The bucket's own trouble is told where it is used for photos.
        log.debug({ trouble: messageOf(error) }, 'What guests left in the bucket could not be read')
      })
      .finally(() => (looking = null))
  }

  return {
    poke(eventId) {
      const slug = catalog.events.list().find(({ id }) => id === eventId)?.slug
      if (slug === undefined) return
      for (const one of new Set([slug, toldBefore ?? slug])) {
        const url = urlOf(one, 'poke')
        if (url !== null) poke.send(url)
      }
      toldBefore = slug
    },
    start() {
      timer = setInterval(beat, BEAT)
      timer.unref()
    },
    again() {
      lookedAt = -Infinity
      line.again()
    },
    async stop() {
      clearInterval(timer)
      poke.stop()
      line.stop()
      await looking
    },
  }
}
