import { testedUrl } from '../access/connect.ts'
import { createCloud, type Cloud } from '../cloud/cloud.ts'
import { createPublicGuests, type PublicGuests } from '../cloud/guests/public-guests.ts'
import { createDelivery, type Delivery } from '../cloud/delivery.ts'
import { createDecisions, type Decisions } from '../decisions/decisions.ts'
import { createRemovalRequestInbox, type RemovalRequestInbox } from '../decisions/removal-requests.ts'
import { createDelaySetting, type DelaySetting } from '../decisions/delay-setting.ts'
import type { CameraRegistry } from '../ingest/camera/registry.ts'
import type { Photographers } from '../ingest/camera/photographers.ts'
import { createBulkRemovalGuard, type BulkRemovalGuard } from '../publish/bulk-removal.ts'
import { createFullSizeQueue, type FullSizeQueue } from '../publish/full-size-queue.ts'
import { createGuestLinks, type GuestLinks, type HeadAdditions } from '../publish/guest-links.ts'
import { createGalleryTree, type GalleryTree } from '../publish/gallery-tree.ts'
import { createPrinting } from '../publish/printing.ts'
import { publicationOf } from '../publish/public-names.ts'
import { createPublisher, type Publisher } from '../publish/publisher.ts'
import type { WordingOf } from '../publish/wording.ts'
import { createUnattendedPublishing, type UnattendedPublishing } from '../publish/unattended.ts'
import { createAudience, type Audience } from '../views/audience.ts'
import { createSignal, type Signal } from '../util/signal.ts'
import type { Pictures } from './pictures.ts'
import type { Storage } from './storage.ts'

/** Everything between a person's decision and the guests' galleries. */
export interface Publishing {
  readonly cloud: Cloud
  readonly delivery: Delivery
  readonly tree: GalleryTree
  readonly guestLinks: GuestLinks
  readonly fullSizes: FullSizeQueue
  readonly bulkRemoval: BulkRemovalGuard
  readonly publisher: Publisher
  readonly decisions: Decisions
  readonly delay: DelaySetting
  readonly removalRequests: RemovalRequestInbox
  readonly audience: Audience
  readonly publicGuests: PublicGuests
  /** What guests read changed. */
  readonly galleryChanged: Signal
  /** The cameras that are known, with what people set for them. */
  readonly registry: CameraRegistry
  readonly photographers: Photographers
  readonly wording: WordingOf
  readonly unattended: UnattendedPublishing
}

export function buildPublishing(storage: Storage, pictures: Pictures): Publishing {
  const { config, catalog, folders, bus, now, steady, stops } = storage
  const log = storage.log.child({ part: 'publishing' })
  const cloudLog = storage.log.child({ part: 'cloud' })
  const { proof, darkroom, outputSettings, progress, views, announcer, originalFiles, milestones } = pictures
  const { registry, photographers, wording } = pictures
  const changed = storage.statusChanged.send

  const guestLinks = createGuestLinks({
    publicRoot: () => testedUrl(catalog.settings, cloud.publicUrl()),
    current: () => catalog.events.current().id,
    changed: () => void tree.changed(),
  })
  const inHead: HeadAdditions = (event) => {
    const wall = catalog.walls.unusual(event.id)
    return { ...guestLinks.of(event), ...(wall && { wall }) }
  }
  const cloud: Cloud = createCloud({
    data: config.data,
    environment: config.s3,
    catalog,
    now,
    steady,
    log: cloudLog,
    onChange: changed,
    links: inHead,
    onHead: (eventId) => publicGuests.poke(eventId),
    onStored(eventId, key) {
      const publication = catalog.publications.byName(eventId, publicationOf(key))
      const photo = publication && catalog.photos.byId(publication.photoId)
      if (photo?.unsent !== 0) return
      catalog.milestones.uploaded(photo.id, now())
      announcer.changed(photo)
    },
  })
  const toBucket = (place?: number) => {
    cloud.files.changed(place)
    cloud.wake()
  }
  const galleryChanged = createSignal()
  const tree = createGalleryTree({
    catalog,
    folders,
    toBucket,
    links: inHead,
    onChange: galleryChanged.send,
    now,
    steady,
    log,
  })
  const audience = createAudience({
    catalog,
    changed,
    seen: (publication) => milestones.seen(publication, 'internet'),
    log,
  })
  stops.push(() => audience.stop())
  storage.statusChanged.on(() => guestLinks.look())
  const left = storage.left.send
  const printing = createPrinting({
    catalog,
    folders,
    print: darkroom.print,
    pathOf: (photo) => originalFiles.claimOf(photo).path,
    photographerOf: photographers.of,
    wording,
    proof,
    left,
  })
  const fullSizes = createFullSizeQueue({
    catalog,
    printing,
    tree,
    log,
    isTight: () => storage.room.isTight('web'),
  })
  stops.push(() => fullSizes.stop())
  const removalChanged = createSignal()
  removalChanged.on(changed)
  const bulkRemoval = createBulkRemovalGuard({
    limit: () => cloud.settings.current().bulkRemoval,
    now: steady,
    changed: removalChanged.send,
  })
  const { isRemoving } = cloud
  const publisher = createPublisher({
    catalog, folders, tree, views, announcer, bus, log, printing, outputSettings, fullSizes, bulkRemoval, isRemoving, now,
    wording, left,
  }) // prettier-ignore
  const decisions = createDecisions({
    catalog, publisher, originalFiles, folders, announcer, progress, bus, log, changed, now, steady,
  }) // prettier-ignore
  removalChanged.on(() => {
    if (bulkRemoval.isAllowed()) decisions.jobs.settled('mass_removal')
  })
  const unattended = createUnattendedPublishing({
    catalog,
    bus,
    publisher,
    marked: () => registry.settings().publish_marked,
    changed,
    now,
    steady,
    log,
  })
  const delivery = createDelivery({ catalog, cloud, bus, changed, now })
  const delay = createDelaySetting({ settings: catalog.settings, changed })
  const removalRequests = createRemovalRequestInbox({ catalog, bus, isHidden: tree.isHidden, now })
  const publicGuests = createPublicGuests({
    catalog,
    publicUrl: cloud.publicUrl,
    store: cloud.store,
    headers: ({ access }) => ({ 'x-lep-host': access.token }),
    ask: removalRequests.ask,
    audience,
    now: steady,
    log: cloudLog,
  })
  return {
    cloud, delivery, tree, guestLinks, fullSizes, bulkRemoval, publisher, decisions, delay, registry, photographers, wording, unattended, removalRequests, audience, galleryChanged, publicGuests,
  } // prettier-ignore
}
