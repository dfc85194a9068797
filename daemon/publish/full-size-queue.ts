import PQueue from 'p-queue'
import type { Catalog } from '../catalog/catalog.ts'
import { shownSha256 } from '../originals/finals/shown.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import type { OutputSettings } from '../contract/output-settings.ts'
import { messageOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { GalleryTree } from './gallery-tree.ts'
import { fullName } from './public-names.ts'
import type { AppliedSettings, Printing } from './printing.ts'

/** Makes full sizes after their publications are live, one at a time and after everything else: guests wait for none
 * of them. */
export interface FullSizeQueue {
  /** For a publication that just went live. */
  add(publication: PublicationRecord, settings: OutputSettings): void
  /** What an earlier run left to do. A publication whose output settings are no longer set stays without a full size:
   * another watermark than that of its web size would be wrong. */
  recover(current: () => Promise<AppliedSettings>): Promise<void>
  /** Makes a change of the Event or its folders between two of them. */
  stilled<T>(change: () => Promise<T>): Promise<T>
  /** Resolves when nothing waits. */
  idle(): Promise<void>
  /** Forgets what waits; the next start finds it again. */
  stop(): void
}

export function createFullSizeQueue(needs: {
  catalog: Catalog
  printing: Pick<Printing, 'makeFull' | 'dropFull'>
  tree: GalleryTree
  log: Log
  /** Whether there is no room for what guests can do without: it is left to `recover`. */
  isTight?: () => boolean
}): FullSizeQueue {
  const { catalog, printing, tree, log } = needs
  const queue = new PQueue({ concurrency: 1 })

  async function make(
    { id, name, eventId, photoId }: PublicationRecord,
    settings: OutputSettings,
  ): Promise<void> {
    const isLive = () => catalog.publications.byName(eventId, name)?.state === 'live'
    const publication = catalog.publications.byName(eventId, name)
    const photo = catalog.photos.byId(photoId)
    if (needs.isTight?.()) return
    if (!publication || !photo || !isLive() || eventId !== catalog.events.current().id) return
    const bytes = await printing.makeFull(photo, publication, settings)
    // Somebody may have taken it out while it was made.
    if (!isLive()) return printing.dropFull(publication)
    catalog.transaction(() => {
      catalog.publications.setFull(id, bytes)
      catalog.uploads.add(eventId, 'full', fullName(name), bytes, id)
    })
    await tree.changed(publication.place)
  }

  /** Where the Photo has other bytes now, a full size would be another picture than the web size. */
  const isSameSource = ({ photoId, source }: PublicationRecord) =>
    source === '' || shownOf(photoId) === source

  const shownOf = (photoId: string) => {
    const photo = catalog.photos.byId(photoId)
    return photo && shownSha256(photo)
  }

  function add(publication: PublicationRecord, settings: OutputSettings): void {
    if (publication.fullBytes !== 0) return
    void queue.add(() =>
      make(publication, settings).catch((error: unknown) =>
        log.warn(`The full size of ${publication.name} was not made: ${messageOf(error)}`),
      ),
    )
  }

  return {
    add,
    async recover(current) {
      const waiting = catalog.publications.withoutFull(catalog.events.current().id)
      if (waiting.length === 0) return
      const { key, settings } = await current()
      for (const publication of waiting)
        if (publication.finish === key && isSameSource(publication)) add(publication, settings)
        else catalog.publications.setFull(publication.id, null)
    },
    async stilled(change) {
      queue.pause()
      await queue.onPendingZero()
      try {
        return await change()
      } finally {
        queue.start()
      }
    },
    idle: () => queue.onIdle(),
    stop: () => queue.clear(),
  }
}
