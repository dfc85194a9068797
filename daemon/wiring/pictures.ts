import { join } from 'node:path'
import { NEUTRAL } from '../contract/recipe.ts'
import { createDarkroom, type Darkroom } from '../darkroom/darkroom.ts'
import { createLuts, type Luts } from '../darkroom/luts.ts'
import { createWarmer, type Warmer } from '../darkroom/warmer.ts'
import type { createWorkers as forkWorkers } from '../darkroom/workers/workers.ts'
import { createPhotographers, type Photographers } from '../ingest/camera/photographers.ts'
import { createCameraRegistry, type CameraRegistry } from '../ingest/camera/registry.ts'
import { createOriginalFiles, type OriginalFiles } from '../originals/original-files.ts'
import { createMending, type Mending } from '../originals/mending.ts'
import { createProof, type Proof } from '../originals/proof.ts'
import { createOutputSettings, type OutputSettingsStore } from '../publish/output-settings.ts'
import { createWording, type WordingOf } from '../publish/wording.ts'
import { newMessage } from '../util/message.ts'
import { createAnnouncer, type Announcer } from '../views/announcer.ts'
import { createProgress, type ProgressView } from '../views/progress.ts'
import { createViews, renditionFile, type Views } from '../views/views.ts'
import { createMilestoneBuffer, type MilestoneBuffer } from '../views/figures/milestone-buffer.ts'
import type { Storage } from './storage.ts'

/** Before the owner's limit is read, bytes. */
const CACHE_LIMIT = 2e9

/** Everything that makes pictures of Originals and shows them to pages. */
export interface Pictures {
  readonly proof: Proof
  /** What brings back files that the disk does not give. */
  readonly mending: Mending
  readonly darkroom: Darkroom
  readonly luts: Luts
  readonly outputSettings: OutputSettingsStore
  readonly progress: ProgressView
  readonly views: Views
  readonly announcer: Announcer
  readonly originalFiles: OriginalFiles
  readonly warmer: Warmer
  readonly milestones: MilestoneBuffer
  readonly registry: CameraRegistry
  readonly photographers: Photographers
  readonly wording: WordingOf
}

export async function buildPictures(storage: Storage, createWorkers?: typeof forkWorkers): Promise<Pictures> {
  const { config, catalog, folders, bus, statusChanged, stops } = storage
  const log = storage.log.child({ part: 'pictures' })
  const mending = createMending({ catalog, changed: statusChanged.send, log })
  const proof = createProof({ originals: catalog.originals, events: catalog.events, unread: mending.unread })
  stops.push(() => mending.settled())
  let cacheLimit = CACHE_LIMIT
  const luts = createLuts({ folder: join(config.data, 'config', 'luts') })
  const darkroom = createDarkroom({
    lutPath: luts.path,
    check: proof.check,
    recheck: proof.recheck,
    cacheFolder: join(config.data, 'cache', 'renditions'),
    // What can be made again makes room for what cannot.
    cacheLimit: () => (storage.room.isTight('data') ? 0 : cacheLimit),
    log,
    ...(createWorkers && { createWorkers }),
  })
  const outputSettings = await createOutputSettings({
    settings: catalog.settings,
    folder: join(config.data, 'config'),
    convert: darkroom.convert,
    tryOut: (settings, size) => darkroom.overlay(settings, size),
    changed({ cache_limit_mb }) {
      cacheLimit = cache_limit_mb * 1e6
      void darkroom.trimCache()
      statusChanged.send()
    },
    log,
  })
  cacheLimit = outputSettings.pictures().cache_limit_mb * 1e6
  stops.push(() => outputSettings.settled())
  stops.push(() => darkroom.stop())
  await darkroom.start()

  const progress = createProgress({ catalog, now: storage.steady })
  const registry = createCameraRegistry(catalog.settings)
  const photographers = createPhotographers(registry)
  const wording = createWording({
    event: () => catalog.events.current(),
    photographerOf: photographers.of,
  })
  const views = createViews({
    photos: catalog.photos,
    event: () => catalog.events.current(),
    renditionFile: (photo, name) => renditionFile(darkroom, photo, name),
    progress: progress.of,
    wording,
  })
  const announcer = createAnnouncer({ bus, photos: catalog.photos, views })
  const originalFiles = createOriginalFiles({ catalog, folders, announcer, log, left: storage.left.send })
  const milestones = createMilestoneBuffer({ catalog, now: storage.now, log })
  stops.push(() => milestones.stop())
  const warmer = createWarmer({
    async make(id, name) {
      const photo = catalog.photos.byId(id)
      if (!photo) return
      await darkroom.rendition(originalFiles.claimOf(photo), name, NEUTRAL)
    },
    ready(id, name) {
      if (name === 'tile') milestones.tileReady(id)
      bus.emit({ type: 'rendition.ready', id, name })
    },
    broken(id, { code, message, params }) {
      const photo = catalog.photos.byId(id)
      if (!photo) return
      const english = `The photo cannot be shown or published: ${message}. Its file was kept.`
      const why = newMessage('unshowable', english, { ...params, why: code })
      catalog.skipped.put(photo.eventId, 'darkroom', photo.filename, photo.main.sha256, why)
      statusChanged.send()
    },
    log,
  })
  storage.room.onChange(() => {
    warmer.hold(storage.room.isTight('data'))
    void darkroom.trimCache()
  })
  stops.push(() => warmer.stop())
  return {
    proof,
    mending,
    darkroom,
    luts,
    outputSettings,
    progress,
    views,
    announcer,
    originalFiles,
    warmer,
    milestones,
    registry,
    photographers,
    wording,
  }
}
