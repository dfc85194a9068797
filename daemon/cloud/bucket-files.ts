import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import { createCovers } from './covers.ts'
import { eventsIndex } from '../publish/event-document.ts'
import type { HeadAdditions } from '../publish/guest-links.ts'
import { createManifestBuilder, manifestEntry } from '../publish/manifest.ts'
import { fullName, publicationOf, THUMB_BYTES, thumbName, viewName } from '../publish/public-names.ts'
import { createEventDocuments } from './event-documents.ts'
import { createPeerManifests, type Adopted } from './peers/peer-manifests.ts'
import type { BucketDocument, ReadDocument } from './peers/sift.ts'
import type { ObjectStore } from './store/store.ts'

export interface BucketFile {
  /** Relative to the bucket's root. */
  readonly key: string
  readonly body: string
}

/** What the bucket may have of an Event, and how it learns what changed. */
export interface BucketFiles {
  /** The manifest as the bucket may have it: it names what is there and verified. A photo appears once its thumb is,
   * and says whether its web size is; a new hero appears once it is, the one before it staying until then. Pages
   * come before the head that names them, and `events.json` last: what it names no more has its own document by then.
   * Call `look` before. */
  documents(eventId: number): BucketFile[]
  /** Reads from the bucket to whom the Event, and what an index of before names, is open there.
   * @throws StoreFault */
  look(store: ObjectStore, eventId: number): Promise<void>
  /** The file on this machine of an object that may be public, or null when it may not be. */
  fileOf(eventId: number, key: string): string | null
  /** Where the bytes of an object lie on this machine, public or not; there may be nothing. */
  placesOf(eventId: number, key: string): string[]
  /** Whether another Mac's documents show the object. */
  isOthers(eventId: number, key: string): boolean
  /** An object is gone from the bucket, verified. */
  removed(eventId: number, key: string): void
  /** Queues the removal of covers that no Event shows any more. */
  sweep(): void
  /** A file is in the bucket. */
  stored(eventId: number, key: string): void
  /** The current Event changed; wake the uploader after it. `place` is that of the publication which came or went:
   * its own uploads bring the manifest along. Without one it was the Event itself: its hero and manifest are queued. */
  changed(place?: number): void
  /** Another Event than the current one changed. */
  eventChanged(eventId: number): void
  /** Takes over what a document of the bucket names beside ours. What it still lists although it was taken out here is
   * queued for removal. */
  adopt(key: string, document: BucketDocument, read: ReadDocument): Promise<Adopted>
  /** Queues the manifest of every Event: lists that were written under another mark are sent again. */
  tellAll(): void
  /** Queues everything that is live, for a bucket that has heard of nothing. */
  sendAll(): void
}

export function createBucketFiles(needs: {
  catalog: Catalog
  now: () => number
  /** A clock for waiting, which does not jump; `now` by default. */
  steady?: () => number
  /** This Mac's mark, so that several can publish into one bucket. */
  mac?: string
  photoBaseUrl?: () => string | null
  links?: HeadAdditions
}): BucketFiles {
  const { events, publications, transaction, uploads } = needs.catalog
  const mac = needs.mac ?? 'here'
  const peers = createPeerManifests({
    catalog: needs.catalog,
    mac,
    current(prefix) {
      const event = eventAt(prefix)
      return event ? builder.build(event, 0).pages : new Set()
    },
  })
  const doors = createEventDocuments({ catalog: needs.catalog, now: needs.steady ?? needs.now, mac })
  const covers = createCovers({ catalog: needs.catalog, now: needs.now })
  const eventOf = (eventId: number) => events.list().find(({ id }) => id === eventId)
  const eventAt = (prefix: string) => events.list().find((one) => one.prefix === prefix)
  const builder = createManifestBuilder({
    publications,
    now: needs.now,
    by: mac,
    ...(needs.links && { links: needs.links }),
    entry: (publication) =>
      uploads.isDone(publication.id, 'thumb')
        ? {
            ...manifestEntry(publication),
            has: {
              web: uploads.isDone(publication.id, 'web'),
              full: uploads.isDone(publication.id, 'full'),
              ...(uploads.isDone(publication.id, 'view') && { view: true }),
            },
          }
        : null,
  })
  /** The Event, and ours that the bucket's index names beside it: an earlier version named them all. */
  const withNamed = (eventId: number) => {
    const named = peers.namedByIndex()
    const all = events.list()
    const others = all.filter(({ id, slug }) => id !== eventId && named.has(slug))
    return [...all.filter(({ id }) => id === eventId), ...others]
  }

  /** Takes off the bucket what was unpublished while another one was in use, or the queue was lost: a list of the
   * bucket named it. */
  function partGone(ids: readonly string[]): void {
    for (const id of ids) {
      const publication = publications.byId(id)
      if (publication?.state !== 'gone') continue
      const { eventId, name, viewBytes, fullBytes } = publication
      const view = viewBytes === null ? [] : [viewName(name)]
      for (const key of [name, thumbName(name), ...view, ...(fullBytes ? [fullName(name)] : [])])
        if (!uploads.isLeaving(eventId, key)) uploads.add(eventId, 'removal', key, 0, id)
    }
  }

  return {
    documents(eventId) {
      const event = eventOf(eventId)
      if (!event) return []
      const hero = covers.shown(event)
      const { head, pages } = builder.build({ ...event, hero }, events.nextRevision(eventId))
      const photoBaseUrl = needs.photoBaseUrl?.()
      const index = {
        ...eventsIndex(events.current(), needs.now()),
        by: mac,
        ...(photoBaseUrl && { photoBaseUrl }),
      }
      return [
        ...[...pages, ...peers.pages(event.prefix)].map(([file, body]) => ({
          key: `${event.prefix}/${file}`,
          body,
        })),
        ...doors.files(withNamed(eventId), peers.others()),
        {
          key: `${event.prefix}/manifest.json`,
          body: JSON.stringify(peers.join(event.prefix, { ...head, by: mac })),
        },
        { key: 'events.json', body: JSON.stringify(index) },
      ]
    },

    look: (store, eventId) => doors.look(store, withNamed(eventId), peers.others()),

    fileOf(eventId, key) {
      const event = eventOf(eventId)
      if (!event) return null
      const isLive = publications.byName(eventId, publicationOf(key))?.state === 'live'
      return covers.isShown(event, key) || isLive ? join(event.folders.web, key) : null
    },

    placesOf(eventId, key) {
      const event = eventOf(eventId)
      return event ? [join(event.folders.web, key), join(event.folders.trash, 'published', key)] : []
    },

    isOthers(eventId, key) {
      const event = eventOf(eventId)
      return event !== undefined && peers.names(event.prefix, publicationOf(key))
    },

    stored(eventId, key) {
      const publication = publications.byName(eventId, publicationOf(key))
      if (publication) builder.touch(eventId, publication.place)
      const event = eventOf(eventId)
      if (!event) return
      if (publication) peers.stored(event.prefix, publication.name)
      if (covers.isShown(event, key)) covers.part(event)
    },

    removed: (eventId, key) => covers.removed(eventId, key),

    sweep() {
      transaction(() => events.list().forEach(covers.part))
    },

    changed(place) {
      const event = events.current()
      if (place !== undefined) return builder.touch(event.id, place)
      transaction(() => {
        covers.send(event)
        covers.part(event)
        uploads.add(event.id, 'manifest', 'manifest.json', 0, null)
      })
    },

    eventChanged(eventId) {
      uploads.add(eventId, 'manifest', 'manifest.json', 0, null)
    },

    async adopt(key, document, read) {
      if (key.startsWith('private/')) {
        doors.adopt(key, document)
        return { old: [], holds: false, former: new Set(), listed: [], cover: null }
      }
      const adopted = await peers.adopt(key, document, read)
      const event = eventAt(key.slice(0, Math.max(0, key.lastIndexOf('/'))))
      if (!event || adopted.listed.length + (adopted.cover === null ? 0 : 1) === 0) return adopted
      transaction(() => {
        partGone(adopted.listed)
        if (adopted.cover !== null) covers.found(event, adopted.cover)
      })
      return adopted
    },

    tellAll() {
      transaction(() => {
        for (const { id } of events.list()) uploads.add(id, 'manifest', 'manifest.json', 0, null)
      })
    },

    sendAll() {
      transaction(() => {
        uploads.forgetAll()
        for (const event of events.list()) {
          const { id } = event
          for (const { id: publication, name, bytes, viewBytes, fullBytes } of publications
            .list(id)
            .items.toReversed()) {
            uploads.add(id, 'thumb', thumbName(name), THUMB_BYTES, publication)
            if (viewBytes !== null) uploads.add(id, 'web', viewName(name), viewBytes, publication)
            uploads.add(id, 'web', name, bytes, publication)
            if (fullBytes) uploads.add(id, 'full', fullName(name), fullBytes, publication)
          }
          covers.send(event)
          uploads.add(id, 'manifest', 'manifest.json', 0, null)
        }
      })
      covers.forget()
      peers.forget()
      doors.forget()
      builder.forget()
    },
  }
}
