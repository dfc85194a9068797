import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'

/** Cover pictures on their way into the bucket and out of it. A cover has no publication: its key is its name. */
export interface Covers {
  /** The cover that a head may name: the Event's own once it is stored, the one before it until then. */
  shown(event: EventRecord): string | null
  /** Whether the key is the Event's cover. */
  isShown(event: EventRecord, key: string): boolean
  /** Queues the Event's cover where the bucket does not have it. */
  send(event: EventRecord): void
  /** Queues the removal of the Event's earlier covers, once the one that is shown is stored. */
  part(event: EventRecord): void
  /** A head of this Mac's in the bucket shows this one (`assets/...`): it is in no queue where that was lost. */
  found(event: EventRecord, key: string): void
  /** The object is gone from the bucket, verified. */
  removed(eventId: number, key: string): void
  /** Another bucket, of which nothing is known. */
  forget(): void
}

/** How long an old cover stays after the head that named it, milliseconds. */
const COVER_STAYS = 5_000

const FOLDER = 'assets/'

export const isCover = (key: string): boolean => key.startsWith(FOLDER)

export function createCovers(needs: { catalog: Catalog; now: () => number }): Covers {
  const { uploads } = needs.catalog
  /** Heroes that this run's heads have named, by Event. */
  const named = new Map<number, string | null>()
  /** What heads in the bucket were found to show, by Event. */
  const found = new Map<number, Set<string>>()

  const keyOf = ({ hero }: EventRecord) => (hero === null ? null : `${FOLDER}${hero}`)
  const isStored = (event: EventRecord, key: string) => uploads.stateOf(event.id, key) === 'done'

  const covers: Covers = {
    shown(event) {
      const key = keyOf(event)
      const hero = key === null || isStored(event, key) ? event.hero : (named.get(event.id) ?? null)
      named.set(event.id, hero)
      return hero
    },
    isShown: (event, key) => key === keyOf(event),
    send(event) {
      const key = keyOf(event)
      if (key === null) return
      if (uploads.stateOf(event.id, key) !== undefined && !uploads.isLeaving(event.id, key)) return
      // One that was on its way out is shown again.
      uploads.drop(event.id, key)
      // With the thumbs, so that the manifest that names it does not wait for the big files.
      uploads.add(event.id, 'thumb', key, 0, null)
    },
    part(event) {
      const { id } = event
      const current = keyOf(event)
      if (current !== null && !isStored(event, current)) return
      for (const key of new Set([...uploads.covers(id), ...(found.get(id) ?? [])])) {
        if (key === current || uploads.isLeaving(id, key)) continue
        uploads.drop(id, key)
        uploads.add(id, 'removal', key, 0, null, needs.now() + COVER_STAYS)
      }
    },
    found(event, key) {
      if (!isCover(key) || key === keyOf(event)) return
      found.set(event.id, (found.get(event.id) ?? new Set()).add(key))
      covers.part(event)
    },
    removed(eventId, key) {
      if (!isCover(key)) return
      found.get(eventId)?.delete(key)
      uploads.forget(eventId, key)
    },
    forget() {
      named.clear()
      found.clear()
    },
  }
  return covers
}
