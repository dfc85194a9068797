import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { EventRecord } from '../catalog/events.ts'
import type { PageRef } from '../contract/manifest.ts'
import { createManifestBuilder, eventsIndex, manifestEntry } from './manifest.ts'
import { createOthers } from './others.ts'
import { publicationOf, THUMB_BYTES, thumbName } from './naming.ts'

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
  /** Takes over what a document of the bucket names beside ours.
   * @returns pages of ours that it names itself */
  adopt(key: string, document: unknown): PageRef[]
  /** Queues everything that is live, for a bucket that has heard of nothing. */
  sendAll(): void
}

/** So long an old cover stays after the head that named it, milliseconds. */
const COVER_STAYS = 5_000

const assetKey = (hero: string) => `assets/${hero}`

export function createBucketFiles(needs: {
  catalog: Catalog
  now: () => number
  /** This Mac's mark, so that several can publish into one bucket. */
  mac?: string
  photoBaseUrl?: () => string | null
}): BucketFiles {
  const { events, publications, transaction, uploads } = needs.catalog
  const mac = needs.mac ?? 'here'
  const others = createOthers({ catalog: needs.catalog, mac })
  const builder = createManifestBuilder({
    publications,
    now: needs.now,
    by: mac,
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

  /** The cover that is shown has to be there before the ones before it may go. */
  function partCovers({ id, hero }: EventRecord): void {
    if (hero !== null && uploads.stateOf(id, assetKey(hero)) !== 'done') return
    for (const key of uploads.covers(id)) {
      if ((hero !== null && key === assetKey(hero)) || uploads.isLeaving(id, key)) continue
      uploads.drop(id, key)
      uploads.add(id, 'removal', key, 0, null, needs.now() + COVER_STAYS)
    }
  }

  return {
    documents(eventId) {
      const all = events.list()
      const event = all.find(({ id }) => id === eventId)
      if (!event) return []
      const { head, pages } = builder.build({ ...event, hero: heroOf(event) }, events.nextRevision(eventId))
      const photoBaseUrl = needs.photoBaseUrl?.()
      const index = others.joinIndex({
        ...eventsIndex(all, events.current().slug),
        by: mac,
        ...(photoBaseUrl && { photoBaseUrl }),
      })
      return [
        ...[...pages].map(([file, body]) => ({ key: `${event.prefix}/${file}`, body })),
        {
          key: `${event.prefix}/manifest.json`,
          body: JSON.stringify(others.join(event.prefix, { ...head, by: mac })),
        },
        { key: 'events.json', body: JSON.stringify(index) },
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
      const event = events.list().find(({ id }) => id === eventId)
      if (event && event.hero !== null && key === assetKey(event.hero)) partCovers(event)
    },

    removed(eventId, key) {
      if (key.startsWith('assets/')) uploads.forget(eventId, key)
    },

    sweep() {
      transaction(() => events.list().forEach(partCovers))
    },

    changed(place) {
      const event = events.current()
      const { id, hero } = event
      if (place !== undefined) return builder.touch(id, place)
      transaction(() => {
        // With the thumbs, so that the manifest that names it does not wait for the big files.
        const key = hero === null ? null : assetKey(hero)
        if (key !== null && (uploads.stateOf(id, key) === undefined || uploads.isLeaving(id, key))) {
          // One that was on its way out is shown again.
          uploads.drop(id, key)
          uploads.add(id, 'thumb', key, 0, null)
        }
        partCovers(event)
        uploads.add(id, 'manifest', 'manifest.json', 0, null)
      })
    },

    eventChanged(eventId) {
      uploads.add(eventId, 'manifest', 'manifest.json', 0, null)
    },

    adopt: others.adopt,

    sendAll() {
      transaction(() => {
        uploads.forgetAll()
        for (const { id, hero } of events.list()) {
          for (const { id: publication, name, bytes } of publications.list(id).items.reverse()) {
            uploads.add(id, 'thumb', thumbName(name), THUMB_BYTES, publication)
            uploads.add(id, 'web', name, bytes, publication)
          }
          if (hero !== null) uploads.add(id, 'thumb', assetKey(hero), 0, null)
          uploads.add(id, 'manifest', 'manifest.json', 0, null)
        }
      })
      named.clear()
      builder.forget()
    },
  }
}
