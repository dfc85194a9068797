import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'
import { createManifestBuilder, eventsIndex, manifestEntry } from './manifest.ts'
import { publicationOf } from './naming.ts'

export interface BucketFile {
  /** Relative to the bucket's root. */
  readonly key: string
  readonly body: string
}

/** What the bucket may have of an Event, and how it learns what changed. */
export interface BucketFiles {
  /** The manifest as the bucket may have it: it names what is there and verified. A photo appears once its thumb is,
   * and says whether its web size is; a new hero appears once it is, the one before it staying until then. Pages
   * come before the head that names them, and `events.json` last. */
  documents(eventId: number): BucketFile[]
  /** The file on this machine of an object that may be public, or null when it may not be. */
  fileOf(eventId: number, key: string): string | null
  /** A file is in the bucket. */
  stored(eventId: number, key: string): void
  /** The current Event changed; wake the uploader after it. `place` is that of the publication which came or went:
   * its own uploads bring the manifest along. Without one it was the Event itself: its hero and manifest are queued. */
  changed(place?: number): void
}

const assetKey = (hero: string) => `assets/${hero}`

export function createBucketFiles(needs: { catalog: Catalog; now: () => number }): BucketFiles {
  const { events, publications, transaction, uploads } = needs.catalog
  const builder = createManifestBuilder({
    publications,
    now: needs.now,
    entry: (publication) =>
      uploads.isDone(publication.id, 'thumb')
        ? {
            ...manifestEntry(publication),
            has: {
              web: uploads.isDone(publication.id, 'web'),
              full: uploads.isDone(publication.id, 'full'),
            },
          }
        : null,
  })
  /** Heroes that this run's heads have named, by Event. */
  const named = new Map<number, string | null>()

  function heroOf({ id, hero }: EventRecord): string | null {
    const shown =
      hero === null || uploads.stateOf(id, assetKey(hero)) === 'done' ? hero : (named.get(id) ?? null)
    named.set(id, shown)
    return shown
  }

  return {
    documents(eventId) {
      const all = events.list()
      const event = all.find(({ id }) => id === eventId)
      if (!event) return []
      const { head, pages } = builder.build({ ...event, hero: heroOf(event) }, events.nextRevision(eventId))
      return [
        ...[...pages].map(([file, body]) => ({ key: `${event.prefix}/${file}`, body })),
        { key: `${event.prefix}/manifest.json`, body: JSON.stringify(head) },
        { key: 'events.json', body: JSON.stringify(eventsIndex(all)) },
      ]
    },

    fileOf(eventId, key) {
      const event = events.list().find(({ id }) => id === eventId)
      if (!event) return null
      const isHero = event.hero !== null && key === assetKey(event.hero)
      const isLive = publications.byName(eventId, publicationOf(key))?.state === 'live'
      return isHero || isLive ? join(event.folders.web, key) : null
    },

    stored(eventId, key) {
      const publication = publications.byName(eventId, publicationOf(key))
      if (publication) builder.touch(eventId, publication.place)
    },

    changed(place) {
      const { id, hero } = events.current()
      if (place !== undefined) return builder.touch(id, place)
      transaction(() => {
        // With the thumbs, so that the manifest that names it does not wait for the big files.
        if (hero !== null && uploads.stateOf(id, assetKey(hero)) === undefined)
          uploads.add(id, 'thumb', assetKey(hero), 0, null)
        uploads.add(id, 'manifest', 'manifest.json', 0, null)
      })
    },
  }
}
