import { setTimeout as sleep } from 'node:timers/promises'
import type { Catalog } from '../catalog/catalog.ts'
import type { GuestStatistics } from '../contract/settings.ts'
import type { ClosingReport } from '../contract/api.ts'

/** How long closing an event waits for what is still to be sent, milliseconds. What is not sent by then goes later. */
const DRAIN_WITHIN = 20_000
const LOOK_EVERY = 100
const STATES = ['buffer', 'archived', 'trashed'] as const

/** What became of the current event, once its queue is empty or has been given its time.
 * @param needs.within milliseconds */
export async function closingReport(needs: {
  catalog: Catalog
  drained: () => boolean
  guests: (eventId: number) => GuestStatistics
  within?: number
}): Promise<ClosingReport> {
  const { photos, publications, skipped, uploads, events } = needs.catalog
  const { id, slug } = events.current()
  const until = performance.now() + (needs.within ?? DRAIN_WITHIN)
  while (!needs.drained() && performance.now() < until) await sleep(LOOK_EVERY)
  const { files, removals } = uploads.unsent(id)
  return {
    slug,
    in: STATES.reduce((sum, state) => sum + photos.count(id, state), 0),
    published: publications.count(id),
    set_aside: skipped.count(id),
    unsent: files,
    unremoved: removals,
    guests: needs.guests(id),
  }
}
