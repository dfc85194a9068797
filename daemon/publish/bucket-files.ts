import type { Catalog } from '../catalog/catalog.ts'
import { createManifestBuilder, eventsIndex, manifestEntry } from './manifest.ts'

export interface BucketFile {
  /** Relative to the bucket's root. */
  readonly key: string
  readonly body: string
}

/** An Event's manifest as the bucket may have it: a photo appears once its thumb is there and verified, and says
 * whether its web size is. Pages come before the head that names them, and `events.json` last. */
export function createBucketFiles(needs: {
  catalog: Catalog
  now: () => number
}): (eventId: number) => Promise<BucketFile[]> {
  const { catalog } = needs
  const { uploads, events } = catalog
  return async (eventId) => {
    const builder = createManifestBuilder({
      publications: catalog.publications,
      now: needs.now,
      entry: (publication) =>
        uploads.isDone(publication.id, 'thumb')
          ? {
              ...manifestEntry(publication),
              has: { web: uploads.isDone(publication.id, 'web'), full: false },
            }
          : null,
    })
    const all = events.list()
    const event = all.find(({ id }) => id === eventId)
    if (!event) return []
    const { head, pages } = builder.build(event, events.nextRevision(eventId))
    return [
      ...[...pages].map(([file, body]) => ({ key: `${event.prefix}/${file}`, body })),
      { key: `${event.prefix}/manifest.json`, body: JSON.stringify(head) },
      { key: 'events.json', body: JSON.stringify(eventsIndex(all)) },
    ]
  }
}
