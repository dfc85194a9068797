import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import type { CloudSettings } from '../cloud/settings.ts'
import type { ObjectStore } from '../cloud/store/store.ts'
import type { Config } from '../config.ts'
import { missingFonts } from '../darkroom/overlay/fonts.ts'
import { Refusal } from '../errors.ts'
import { lastRehearsal } from '../events/rehearsal/rehearsal.ts'
import { createCameraConflicts } from '../ingest/camera/conflicts.ts'
import type { DataFolder, FolderAccess, Facts, PortUse, SeenStatus } from './facts.ts'
import { createCloudFacts } from './facts-cloud.ts'
import { readAbout } from './machine/about.ts'
import { findCatalogFault } from './machine/catalog-fault.ts'
import { averageBytes, measureWriting, readAccess } from './machine/disk.ts'
import { readFirewall } from './machine/firewall.ts'
import { readLocalNetwork } from './machine/local-network.ts'
import { readPort } from './machine/ports.ts'
import { readSleep } from './machine/sleep.ts'
import { roomOf } from '../util/machine/disk-room.ts'
import { readUsb } from './machine/usb.ts'

/** Bytes of a photo, and of what is published of one, before there are any. */
const PHOTO_BYTES = 12e6
const PUBLISHED_BYTES = 800e3
/** Photos that an event publishes in a minute at least, as the budget of calls is reckoned with. */
const A_MINUTE = 2
const PHOTOS = /\.(jpe?g|heic|heif|cr[23]|nef|arw|raf|rw2|orf|dng)$/i

const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let asked: Promise<T> | undefined
  return () => (asked ??= read())
}

/** What a look is about: a running daemon, or a data folder that lies still. */
export interface Surroundings {
  readonly config: Config
  readonly isRunning: boolean
  readonly data: DataFolder
  /** Null where it cannot be opened. */
  readonly catalog: Catalog | null
  /** The file that is looked through: the catalog itself, or a copy of it. */
  readonly catalogPath: string | null
  readonly status: () => Promise<SeenStatus>
  readonly settings: () => CloudSettings
  readonly store: () => ObjectStore
  readonly now: () => number
}

/** The facts of this computer. Make them anew for each look. */
export function createFacts(around: Surroundings): Facts {
  const { config, isRunning, catalog, catalogPath, now } = around
  const about = readAbout()
  const status = once(around.status)

  /** @throws Refusal where there is no catalog that names one */
  function event() {
    const found = catalog?.events.list().length ? catalog.events.current() : null
    if (!found) throw new Refusal(404, 'no_such_event', 'There is no event yet.')
    return found
  }
  const cloud = createCloudFacts({
    settings: around.settings,
    keys: join(config.data, 'config', 'cloud.json'),
    store: around.store,
    event,
    leavesFolder: !isRunning,
    now,
  })

  async function cards(): Promise<FolderAccess[]> {
    const roots = config.cardRoots.map(async (root) => {
      const names = await readdir(root, { withFileTypes: true }).catch(() => [])
      const disks = names.filter((one) => one.isDirectory() && !one.name.startsWith('.'))
      return Promise.all(disks.map(({ name }) => readAccess('card', join(root, name))))
    })
    return (await Promise.all(roots)).flat()
  }

  async function ports(): Promise<PortUse[]> {
    if (!isRunning) {
      const wanted = [config.port, config.httpsPort].filter((port) => port !== 0)
      return Promise.all(wanted.map((port) => readPort(port, config.host)))
    }
    const { port, https } = (await status()).connect
    const use = https.code === 'port_in_use' ? 'taken' : https.code === 'port_refused' ? 'refused' : 'ours'
    return [
      { port, use: 'ours' },
      ...(https.state === 'off' ? [] : [{ port: config.httpsPort, use } as const]),
    ]
  }

  return {
    ...cloud,
    isRunning,
    version: about.version,
    platform: process.platform,
    now,
    status,
    ports,
    probe: once(cloud.probe),
    guestAddresses: once(async () => cloud.guestAddresses()),
    data: async () => around.data,
    node: () => ({ version: process.versions.node, wanted: about.node }),
    holders: () => createCameraConflicts().running(),
    usb: () => readUsb(),
    access: once(async () => {
      const { folders } = await status()
      const own = await Promise.all(folders.map(({ role, path }) => readAccess(role, path)))
      return [...own, ...(await cards())]
    }),
    async photoBytes() {
      const { buffer, archive } = event().folders
      return (await averageBytes(buffer, PHOTOS)) ?? (await averageBytes(archive, PHOTOS)) ?? PHOTO_BYTES
    },
    async spill() {
      const buffer = (await status()).folders.find(({ role }) => role === 'buffer')
      if (buffer?.state !== 'ready') return null
      const [photos, data] = await Promise.all([roomOf(buffer.path), roomOf(config.data)])
      return { isApart: photos.disk !== data.disk, free: data.free }
    },
    async writeSpeed(signal) {
      const buffer = (await status()).folders.find(({ role }) => role === 'buffer')
      if (!isRunning || buffer?.state !== 'ready') return null
      return measureWriting(buffer.path, signal)
    },
    sleepsAfter: () => readSleep(),
    localNetwork: () => readLocalNetwork(),
    firewall: async () => readFirewall((await status()).connect.port),
    async need() {
      const { id, folders } = event()
      const sizes = await Promise.all([
        averageBytes(folders.web, PHOTOS),
        averageBytes(join(folders.web, 'view'), /\.webp$/),
        averageBytes(join(folders.web, 'thumb'), /\.webp$/),
      ])
      const each =
        sizes[0] === null ? PUBLISHED_BYTES : sizes.reduce<number>((sum, one) => sum + (one ?? 0), 0)
      const hours = catalog?.statistics.of(id).hours ?? []
      const most = Math.max(A_MINUTE, ...hours.map(({ published }) => published / 60))
      return (each * most) / 60
    },
    mostGuests: () => (catalog ? catalog.audience.of(event().id).peak : null),
    rehearsed: () => (catalog ? lastRehearsal(catalog.settings, event().id) : null),
    missingFonts,
    async catalogFault(signal) {
      if (catalogPath === null)
        throw new Refusal(404, 'no_such_event', 'There is no catalog to look through.')
      return findCatalogFault(catalogPath, signal)
    },
  }
}
