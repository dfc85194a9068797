import { createRehearsals, type Rehearsals } from '../events/rehearsal/rehearsal.ts'
import { createRehearsalParts } from '../events/rehearsal/parts.ts'
import { createBesideSidecars, type BesideSidecars } from '../events/deliver/beside.ts'
import { createDeliveries, type Deliveries } from '../events/deliver/deliveries.ts'
import type { ListNeeds } from '../events/deliver/lists.ts'
import { createDesks, type Desks } from '../events/desks/desks.ts'
import { createPrints, type Prints } from '../events/prints/prints.ts'
import { createFullPrints } from '../events/deliver/parts.ts'
import { createHeroes, type Heroes } from '../events/heroes.ts'
import { createFetchPicture } from '../events/hero-fetch.ts'
import { createEventLifecycle, type EventLifecycle } from '../events/lifecycle.ts'
import { createRecovery, type Recovery } from '../events/recovery.ts'
import { TEST_SHOT } from '../darkroom/test-shot.ts'
import type { Pictures } from './pictures.ts'
import type { Publishing } from './publishing.ts'
import type { Shooting } from './shooting.ts'
import type { Storage } from './storage.ts'

/** The Event's life. */
export interface EventParts {
  readonly lifecycle: EventLifecycle
  readonly heroes: Heroes
  readonly recovery: Recovery
  readonly rehearsals: Rehearsals
  readonly deliveries: Deliveries
  readonly sidecars: BesideSidecars
  /** What lists of the current event's photos are made of. */
  readonly lists: () => ListNeeds
  readonly desks: Desks
  readonly prints: Prints
}

export function buildEvent(
  storage: Storage,
  pictures: Pictures,
  publishing: Publishing,
  shooting: Shooting,
  roots: () => readonly string[],
): EventParts {
  const { catalog, folders, now, statusChanged, foldersFor } = storage
  const { originalFiles, darkroom } = pictures
  const { publisher, tree, cloud, decisions, unattended, fullSizes, audience } = publishing
  const { sources } = shooting
  const log = storage.log.child({ part: 'event' })
  const rehearsals = buildRehearsals(storage, pictures, publishing, shooting, roots)
  const recovery = createRecovery({
    folders,
    steps: [
      { name: 'Finishing moves', run: () => originalFiles.recover() },
      { name: 'Clearing half-made prints', run: () => publisher.clearParts() },
      { name: 'Removing a test shot', run: () => rehearsals.sweep() },
      { name: 'Clearing up what was unpublished', run: () => publisher.retireLeftovers() },
      { name: 'Making full sizes', run: () => publisher.recoverFullSizes() },
    ],
    log,
  })
  storage.left.on(() => void recovery.look(true))
  const lifecycle = createEventLifecycle({
    catalog, folders, tree, cloud, decisions, sources, foldersFor, unattended, fullSizes, now,
    recover: () => recovery.look(true),
    guests: audience.of,
    changed: statusChanged.send,
  }) // prettier-ignore
  const heroes = createHeroes({ darkroom, fetchPicture: createFetchPicture() })
  const fullPrints = createFullPrints({
    darkroom,
    pictures: pictures.outputSettings.pictures,
    photographerOf: publishing.photographers.of,
    wording: publishing.wording,
  })
  const deliveries = createDeliveries({
    catalog,
    folderIds: storage.folderIds,
    registry: publishing.registry,
    prints: fullPrints,
    data: storage.config.data,
    program: shooting.version,
    now,
    log,
  })
  storage.stops.push(() => deliveries.stop())
  const sidecars = createBesideSidecars({
    catalog,
    bus: storage.bus,
    folders,
    wording: publishing.wording,
    log,
  })
  const desks = createDesks({
    catalog,
    bus: storage.bus,
    prints: fullPrints,
    data: storage.config.data,
    changed: statusChanged.send,
    now: storage.steady,
    log,
  })
  const prints = createPrints({
    catalog,
    bus: storage.bus,
    announcer: pictures.announcer,
    darkroom,
    output: pictures.outputSettings.current,
    watched: () => shooting.watchedSetting.list().map(({ path }) => path),
    data: storage.config.data,
    changed: statusChanged.send,
    now: storage.steady,
    clock: now,
    log,
  })
  const lists = () => ({
    catalog,
    event: catalog.events.current(),
    photographerOf: publishing.photographers.list(),
    wording: publishing.wording,
  })
  return { lifecycle, heroes, recovery, rehearsals, deliveries, sidecars, lists, desks, prints }
}

/** The test shot's way. @param roots where guests on this network find the daemon */
function buildRehearsals(
  { catalog, folders, bus, log, now }: Storage,
  { originalFiles, darkroom, views }: Pictures,
  { publisher, cloud, decisions, registry }: Publishing,
  { sources }: Shooting,
  roots: () => readonly string[],
): Rehearsals {
  return createRehearsals({
    parts: createRehearsalParts({
      catalog,
      folders,
      sources,
      publisher,
      originalFiles,
      remove: decisions.remove,
      cloud,
      views,
      bus,
      isCamera: (id) => registry.find(id) !== undefined,
      draw: (path, takenAt) => darkroom.make(TEST_SHOT, 0, path, takenAt),
      roots,
      now,
    }),
    settings: catalog.settings,
    eventId: () => catalog.events.current().id,
    pass: decisions.pass,
    changed: (rehearsal) => bus.emit({ type: 'rehearsal.changed', rehearsal }),
    now,
    log,
  })
}
