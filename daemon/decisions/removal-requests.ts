import { LRUCache } from 'lru-cache'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import type { RemovalRequestRecord } from '../catalog/publications/removal-requests.ts'
import type { RemovalRequestView } from '../contract/removal-request.ts'
import { Refusal } from '../errors.ts'

/** Milliseconds between two photos that one address asks about. Whoever goes on meanwhile waits anew. */
export const ASK_EVERY = 20_000
/** Addresses remembered at once. */
const KEPT = 10_000
/** Photos that are remembered of one address: more than a person asks about in an evening. */
const PHOTOS_KEPT = 100

export interface AskedRemoval {
  readonly event: EventRecord
  /** The public name. */
  readonly filename: string
  readonly reason: string
  readonly from: 'network' | 'internet'
  /** Tells one address from another, and nothing else; it is not kept on the disk. */
  readonly asker: string
  /** Where it lies in the bucket, if it came by that. */
  readonly key?: string
}

/** What guests want taken out. Nothing is hidden by their word alone: it waits for a person's answer. */
export interface RemovalRequestInbox {
  /** The same photo twice is one request, whoever asks.
   * @returns whether this made it one
   * @throws Refusal 404 `not_found` for what is not public, 429 `removal_too_soon` for an address that asked about
   * another photo a moment ago */
  ask(asked: AskedRemoval): boolean
  list(): RemovalRequestView[]
  /** @throws Refusal 404 `no_such_removal` */
  find(id: number): RemovalRequestRecord
  /** The photo stays, or it is gone. Call in the transaction of that, and `tellAnswered` after it. */
  answered(id: number): void
  tellAnswered(id: number): void
  start(): void
  stop(): void
}

interface Asker {
  at: number
  readonly photos: Set<string>
}

export function createRemovalRequestInbox(needs: {
  catalog: Catalog
  bus: Pick<Bus, 'emit' | 'on'>
  isHidden: (publicationId: string) => boolean
  now: () => number
}): RemovalRequestInbox {
  const { catalog, bus, now } = needs
  const { removalRequests, events, publications } = catalog
  const askers = new LRUCache<string, Asker>({ max: KEPT })
  let off = (): unknown => undefined

  /** @returns the publication that guests can see under that very name, or undefined */
  function livePublication(eventId: number, filename: string) {
    const publication = publications.byName(eventId, filename)
    const isPublic = publication?.state === 'live' && publication.name === filename
    return isPublic && !needs.isHidden(publication.id) ? publication : undefined
  }

  /** What guests see now of what was asked about: another version may have taken its place. */
  function meantBy({ eventId, filename }: RemovalRequestRecord): PublicationRecord | undefined {
    const asked = publications.byName(eventId, filename)
    const now = asked && (asked.state === 'live' ? asked : publications.successorOf(asked))
    return now && livePublication(eventId, now.name)
  }

  function viewOf(record: RemovalRequestRecord) {
    const { id, eventId, reason, at, count, from } = record
    const event = events.list().find((one) => one.id === eventId)
    const publication = meantBy(record)
    if (!event || !publication) return null
    return {
      id,
      event: event.slug,
      filename: publication.name,
      photo_id: publication.photoId,
      reason,
      at: new Date(at).toISOString(),
      count,
      from,
    } satisfies RemovalRequestView
  }

  function announce(record: RemovalRequestRecord | undefined): void {
    const view = record && viewOf(record)
    if (view) bus.emit({ type: 'removal.asked', request: view })
  }

  /** @returns whether this address has asked about this photo before
   * @throws Refusal 429 */
  function notePace(asker: string, photo: string): boolean {
    const time = now()
    const known = askers.get(asker)
    if (known?.photos.has(photo)) return true
    // A time to come is from before the clock was set back.
    const tooSoon = known !== undefined && time >= known.at && time - known.at < ASK_EVERY
    const photos = known?.photos ?? new Set<string>()
    if (!tooSoon) photos.add(photo)
    if (photos.size > PHOTOS_KEPT) photos.delete(photos.values().next().value!)
    askers.set(asker, { at: time, photos })
    if (tooSoon)
      throw new Refusal(429, 'removal_too_soon', 'You asked about another photo just now. Wait a moment.')
    return false
  }

  function answered(id: number): void {
    const record = removalRequests.byId(id)
    if (!record) return
    removalRequests.answered(id)
    // Asked again after a "keep", it is a request again.
    for (const { photos } of askers.values()) photos.delete(`${record.eventId}/${record.filename}`)
  }
  const tellAnswered = (id: number) => bus.emit({ type: 'removal.answered', id })

  return {
    ask({ event, filename, reason, from, asker, key }) {
      const publication = livePublication(event.id, filename)
      if (!publication) throw new Refusal(404, 'not_found', 'There is nothing at this address.')
      const open = removalRequests.list().find((one) => meantBy(one)?.id === publication.id)
      const again = notePace(asker, `${event.id}/${filename}`)
      if (!open) {
        announce(
          removalRequests.add({
            eventId: event.id,
            filename,
            reason,
            from,
            ...(key !== undefined && { key }),
          }),
        )
        return true
      }
      if (!again) {
        removalRequests.joined(open.id, reason)
        announce(removalRequests.byId(open.id))
      }
      return false
    },
    list: () =>
      removalRequests
        .list()
        .map(viewOf)
        .filter((view) => view !== null),
    find(id) {
      const record = removalRequests.byId(id)
      if (!record) throw new Refusal(404, 'no_such_removal', 'That request has been answered already.')
      return record
    },
    answered,
    tellAnswered,
    start() {
      off = bus.on((notice) => {
        const isUpdate = notice.type === 'publication.live' && notice.replaced !== null
        if (!isUpdate && notice.type !== 'publication.gone') return
        const { id: eventId } = events.current()
        for (const open of removalRequests.list().filter((one) => one.eventId === eventId)) {
          const asked = publications.byName(eventId, open.filename)
          const photoId = notice.type === 'publication.live' ? notice.publication.photo_id : notice.photo_id
          if (asked?.photoId !== photoId) continue
          // What was asked about is answered by nobody when another version takes its place.
          if (meantBy(open)) announce(open)
          else {
            // Unpublished in another way: there is nothing left to answer.
            answered(open.id)
            tellAnswered(open.id)
          }
        }
      })
    },
    stop: () => void off(),
  }
}
