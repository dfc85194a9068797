import { join } from 'node:path'
import { createBus } from '../../daemon/bus.ts'
import { folderIds, openCatalog, type Catalog } from '../../daemon/catalog/catalog.ts'
import type { EventRecord } from '../../daemon/catalog/events.ts'
import { createAnnouncer } from '../../daemon/views/announcer.ts'
import { createViews } from '../../daemon/views/views.ts'
import { createCloud } from '../../daemon/cloud/cloud.ts'
import { openStore } from '../../daemon/cloud/open-store.ts'
import type { Config } from '../../daemon/config.ts'
import type { Status } from '../../daemon/contract/status.ts'
import { Refusal } from '../../daemon/errors.ts'
import { openFolders } from '../../daemon/folders.ts'
import { lockData } from '../../daemon/util/lock.ts'
import { silentLog } from '../../daemon/log.ts'
import { createGalleryTree } from '../../daemon/publish/gallery-tree.ts'
import { createPublisher } from '../../daemon/publish/publisher.ts'
import { openCloudSettings } from '../../daemon/cloud/settings.ts'
import type { ObjectStore } from '../../daemon/cloud/store/store.ts'
import { daemonAt } from './daemon.ts'

/** What the tool works on: a data folder and its bucket, beside a running daemon or in its place. */
export interface Workplace {
  readonly catalog: Catalog
  readonly event: EventRecord
  readonly store: ObjectStore
  /** Takes a photo out of the galleries; `settled` sees it through. */
  unpublish(name: string): Promise<void>
  /** Before many are taken out: the person was asked. */
  allowMany(): Promise<void>
  /** The queue changed: the bucket is to hear of it. */
  wake(): Promise<void>
  status(): Promise<Status['sync']>
  /** Where guests elsewhere read, as the cloud's settings have it. */
  addresses(): { publicUrl: string; photoBaseUrl: string }
  close(): Promise<void>
}

export async function openWorkplace(config: Config, slug: string | undefined): Promise<Workplace> {
  let unlock: (() => void) | null = null
  try {
    unlock = lockData(config.data)
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'in_use')) throw error
  }
  const catalog = openCatalog({ path: join(config.data, 'catalog.db'), now: Date.now, log: silentLog })
  const close = async () => {
    catalog.close()
    unlock?.()
  }
  try {
    const [newest] = catalog.events.list()
    if (!newest) throw new Refusal(404, 'no_event', `There is no event in ${config.data} yet.`)
    const event = slug === undefined ? catalog.events.current() : catalog.events.find(slug)
    if (!event) throw new Refusal(404, 'no_such_event', `There is no event "${slug ?? ''}".`)
    return unlock ? await alone(config, catalog, event, close) : beside(config, catalog, event, close)
  } catch (error) {
    await close()
    throw error
  }
}

function beside(config: Config, catalog: Catalog, event: EventRecord, close: () => Promise<void>): Workplace {
  const daemon = daemonAt(config.port)
  const settings = openCloudSettings({
    path: join(config.data, 'config', 'cloud.json'),
    environment: config.s3,
  })
  const store = openStore(settings, config.data, catalog.settings)
  return {
    catalog,
    event,
    store,
    unpublish: async (filename) => void (await daemon.post('/api/unpublish', { filename })),
    allowMany: async () => void (await daemon.post('/api/mass-removal', { action: 'allow' })),
    wake: async () => void (await daemon.post('/api/event-settings', {})),
    status: async () => (await daemon.get<Status>('/api/status')).sync,
    addresses: settings.current,
    async close() {
      store.close?.()
      await close()
    },
  }
}

async function alone(
  config: Config,
  catalog: Catalog,
  event: EventRecord,
  close: () => Promise<void>,
): Promise<Workplace> {
  const log = silentLog
  const folders = await openFolders({
    paths: catalog.events.current().folders,
    ids: folderIds(catalog.settings),
    isOurs: (path) => path.startsWith(`${config.data}/`),
  })
  const bus = createBus({ now: Date.now, onError: () => undefined })
  const views = createViews({
    photos: catalog.photos,
    event: catalog.events.current,
    renditionFile: () => '',
  })
  const cloud = createCloud({
    data: config.data,
    environment: config.s3,
    catalog,
    now: Date.now,
    log,
    onChange: () => undefined,
  })
  const tree = createGalleryTree({
    catalog,
    folders,
    toBucket(place) {
      cloud.files.changed(place)
      cloud.wake()
    },
    now: Date.now,
    log,
  })
  const never = () => Promise.reject(new Error('This tool publishes nothing.'))
  const publisher = createPublisher({
    catalog,
    folders,
    announcer: createAnnouncer({ bus, photos: catalog.photos, views }),
    views,
    bus,
    log,
    isRemoving: cloud.isRemoving,
    printing: { check: never, make: never, drop: never, clear: never, makeFull: never, dropFull: never },
    outputSettings: { key: () => '', current: never },
    fullSizes: { add: () => undefined, recover: never },
    tree,
  })
  await cloud.start()
  return {
    catalog,
    event,
    addresses: cloud.settings.current,
    store: cloud.store(),
    unpublish: async (name) => void (await publisher.unpublish(name)),
    allowMany: async () => undefined,
    async wake() {
      cloud.files.eventChanged(event.id)
      cloud.wake()
    },
    status: async () => cloud.status(),
    async close() {
      await cloud.stop()
      await close()
    },
  }
}
