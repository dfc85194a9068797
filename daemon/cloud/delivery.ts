import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { thumbName } from '../publish/public-names.ts'
import type { Cloud } from './cloud.ts'
import type { Status } from '../contract/status.ts'
import type { StoreFaultCode } from './store/store.ts'
import { StoreFault } from './store/store.ts'

/** Milliseconds between two looks at a bucket that is asked for nothing else. */
const LOOK_EVERY = 30_000
/** How many publications are remembered to find the newest one that arrived. */
const REMEMBERED = 60
/** What stands between us and the bucket, rather than in it. */
const OUTSIDE: readonly string[] = ['away', 'portal'] satisfies StoreFaultCode[]

/** How far what was published got on its way to the guests: what is left, what failed, what arrived last, and whether
 * the internet is there. Where no bucket is used, nothing needs the internet, and a publication has arrived as soon as
 * it is live on this network. */
export interface Delivery {
  start(): void
  stop(): void
  status(): NonNullable<Status['delivery']>
  /** Everything that failed is tried again at once. */
  retry(): void
}

export function createDelivery(needs: {
  catalog: Pick<Catalog, 'events' | 'publications' | 'uploads'>
  cloud: Pick<Cloud, 'status' | 'settings' | 'store' | 'wake'>
  bus: Pick<Bus, 'on'>
  changed: () => void
  now: () => number
}): Delivery {
  const { catalog, cloud, now } = needs
  const { events, publications, uploads } = catalog
  let recent: { name: string; eventId: number; at: number }[] = []
  let last: { name: string; eventId: number; at: number } | null = null
  let reach: 'unknown' | 'online' | 'away' = 'unknown'
  let timer: NodeJS.Timeout | undefined
  let off = (): unknown => undefined

  const hasBucket = () => cloud.settings.current().s3 !== null
  const hasArrived = (eventId: number, name: string) =>
    !hasBucket() || [name, thumbName(name)].every((key) => uploads.stateOf(eventId, key) === 'done')

  /** The newest that arrived; its time is when this was seen. */
  function newest(): typeof last {
    const event = events.current()
    const found = recent.find(
      ({ name, eventId }) => eventId === event.id && isLive(name) && hasArrived(eventId, name),
    )
    if (found && (last?.name !== found.name || last.eventId !== event.id))
      last = { ...found, at: hasBucket() ? now() : found.at }
    if (last && (last.eventId !== event.id || !isLive(last.name))) last = null
    return last
  }
  const isLive = (name: string) => publications.byName(events.current().id, name)?.state === 'live'

  /** Before anything was published in this run, the catalog knows. */
  function remember(): void {
    const { id } = events.current()
    recent = publications
      .list(id, { limit: REMEMBERED })
      .items.map(({ name, publishedAt }) => ({ name, eventId: id, at: publishedAt }))
      .toSorted((a, b) => b.at - a.at)
    const arrived = recent.find(({ name }) => hasArrived(id, name))
    last = arrived ?? null
  }

  async function look(): Promise<void> {
    const before = reach
    if (!hasBucket()) reach = 'unknown'
    else
      try {
        await cloud.store().head('events.json')
        reach = 'online'
      } catch (error) {
        // Whatever else the bucket answers, an answer came.
        reach = error instanceof StoreFault && OUTSIDE.includes(error.code) ? 'away' : 'online'
      }
    if (reach !== before) needs.changed()
  }

  function internet(): NonNullable<Status['delivery']>['internet'] {
    if (!hasBucket()) return 'unneeded'
    const { code } = cloud.status()
    if (code === 'away' || code === 'portal') return code
    return reach
  }

  const tryToLook = () =>
    void look().catch(() => {
      // The next look is soon.
    })

  return {
    start() {
      remember()
      off = needs.bus.on((notice) => {
        if (notice.type !== 'publication.live') return
        const { filename, timestamp } = notice.publication
        const entry = { name: filename, eventId: events.current().id, at: timestamp * 1000 }
        recent = [entry, ...recent.filter(({ name }) => name !== filename)].slice(0, REMEMBERED)
      })
      tryToLook()
      timer = setInterval(tryToLook, LOOK_EVERY)
    },
    stop() {
      clearInterval(timer)
      off()
    },
    status() {
      const { photos, bytes, failed } = uploads.left()
      const arrived = newest()
      return {
        internet: internet(),
        photos,
        bytes,
        failed,
        last_live: arrived && { filename: arrived.name, at: new Date(arrived.at).toISOString() },
      }
    },
    retry() {
      uploads.hurry()
      cloud.wake()
      tryToLook()
      needs.changed()
    },
  }
}
