import { join } from 'node:path'
import type { Logger } from 'pino'
import { createBus, type Bus } from '../bus.ts'
import { folderIds, openCatalog, type Catalog } from '../catalog/catalog.ts'
import { refuseLostCatalog, refuseStrangeCatalog } from '../catalog/store/lost.ts'
import type { Config } from '../config.ts'
import type { Message } from '../contract/message.ts'
import { refuseUnfinishedRestore } from '../events/backup/restore.ts'
import { createCatalogCopies, type CatalogCopies } from '../events/catalog-copies.ts'
import { unusedFolders } from '../events/moving.ts'
import { removeOldParts } from '../files.ts'
import { FOLDER_ROLES, openFolders, type FolderIds, type FolderPaths, type Folders } from '../folders.ts'
import { createSteadyClock, type SteadyClock } from '../util/clock.ts'
import { lockData } from '../util/lock.ts'
import { createDiskRoom, type DiskRoom } from '../util/machine/disk-room.ts'
import { createSignal, type Signal } from '../util/signal.ts'

/** The setting that keeps by how many milliseconds the clock for waiting is behind the machine's, which was set. */
export const BEHIND = 'clock.behind'

/** Milliseconds over which it is measured how quickly photos come. */
const PACE_OVER = 5 * 60_000

/** What stops a part. Steps are taken in the reverse of the order in which they were added. */
export type Stops = (() => Promise<void> | void)[]

/** What everything else stands on: the catalog, the folders, the bus and the clocks. */
export interface Storage {
  readonly config: Config
  readonly log: Logger
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A clock for waiting, which does not jump. */
  readonly steady: SteadyClock
  readonly catalog: Catalog
  readonly folders: Folders
  readonly folderIds: FolderIds
  /** Whether the disks have room for what is coming. */
  readonly room: DiskRoom
  readonly bus: Bus
  /** Something in the status is different now. */
  readonly statusChanged: Signal
  /** A disk refused to have something finished or undone: it is tried again until that is done. */
  readonly left: Signal
  readonly warnings: readonly Message[]
  /** The folders of a new Event. @param first whether it is the first one there is */
  readonly foldersFor: (slug: string, first: boolean) => FolderPaths
  /** Of the catalog, beside the photos. */
  readonly copies: CatalogCopies
  readonly stops: Stops
}

/** @throws Refusal when the data folder is in use, its catalog is newer or lost, or a restore into it was cut short */
export async function openStorage(
  config: Config,
  needs: { log: Logger; now: () => number; warnings: readonly Message[]; stops: Stops },
): Promise<Storage> {
  const { log, now, stops } = needs
  stops.push(lockData(config.data))
  refuseUnfinishedRestore(config.data)
  const lost = { data: config.data, folders: config.folders }
  refuseLostCatalog(lost)
  const catalog = openCatalog({
    path: join(config.data, 'catalog.db'),
    now,
    log: log.child({ part: 'catalog' }),
    keepsRoom: true,
    fits: (known) => known.slugs.size > 0 && refuseStrangeCatalog({ ...lost, ...known }),
  })
  stops.push(() => catalog.close())
  // What a crash left beside the catalog, and beside the settings, where it may hold their keys.
  for (const folder of ['', 'config', 'config/tls'])
    await removeOldParts(join(config.data, folder)).catch((err: unknown) =>
      log.warn({ err }, 'Half-written settings stay for now'),
    )
  const { events } = catalog
  refuseLostCatalog({ ...lost, known: events.list().length > 0 })
  await catalog.journal.resume()

  function foldersFor(slug: string, first: boolean): FolderPaths {
    if (first) return config.folders
    const paths = FOLDER_ROLES.map((role) => [role, join(config.data, 'events', slug, `photos_${role}`)])
    return Object.fromEntries(paths) as Record<keyof FolderPaths, string>
  }
  const planned = events.list().length === 0 ? events.plan() : null
  // Folders first: where they cannot be made, no Event is opened either.
  const ids = folderIds(catalog.settings)
  const folders = await openFolders({
    paths: planned ? foldersFor(planned.slug, true) : events.current().folders,
    ids,
    isOurs: (path) => path.startsWith(`${config.data}/`),
  })
  if (planned) events.open('', foldersFor, planned)
  if (!catalog.isReadOnly) catalog.completeJournal()
  const steady = createSteadyClock(now, undefined, Number(catalog.settings.get(BEHIND) ?? 0) || 0)
  const copies = createCatalogCopies({
    path: join(config.data, 'catalog.db'),
    data: config.data,
    catalog,
    folders,
    folderIds: ids,
    now,
    steady,
    log: log.child({ part: 'catalog' }),
  })
  // Taken after everything else has stopped, and before the catalog is closed.
  stops.push(() => copies.last())
  const failed = (err: unknown) => log.error({ err }, 'A listener failed')
  return {
    config,
    log,
    now,
    steady,
    copies,
    catalog,
    folders,
    folderIds: ids,
    room: createDiskRoom({
      paths: () => ({ data: config.data, buffer: folders.path('buffer'), web: folders.path('web') }),
      spills: () => catalog.originals.spilledTotal().photos > 0,
      pace: () => catalog.statistics.bytesSince(now() - PACE_OVER) / (PACE_OVER / 60_000),
    }),
    bus: createBus({ now, onError: failed }),
    statusChanged: createSignal(failed),
    left: createSignal(failed),
    warnings: [...needs.warnings, ...unusedFolders(config.folders, events.list())],
    foldersFor,
    stops,
  }
}
