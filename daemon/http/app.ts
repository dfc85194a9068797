import multipart from '@fastify/multipart'
import websocket from '@fastify/websocket'
import { fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import { createAccessRequests } from '../access/knocks.ts'
import type { Pairing, PairingCode } from '../access/pairing.ts'
import type { Tries } from '../access/tries.ts'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { OriginalFiles } from '../catalog/shelf.ts'
import type { Views } from '../catalog/views.ts'
import type { CamerasStatus } from '../contract/camera.ts'
import type { Darkroom } from '../darkroom/darkroom.ts'
import type { Decisions } from '../decisions/decisions.ts'
import type { Folders } from '../folders.ts'
import type { CameraRegistry } from '../ingest/camera/book.ts'
import type { TakeUpload } from '../ingest/upload.ts'
import type { OutputSettingsStore } from '../publish/finish.ts'
import type { GalleryTree } from '../publish/gallery-tree.ts'
import type { BulkRemovalGuard } from '../publish/mass.ts'
import { registerAssets } from './assets.ts'
import { registerAudit } from './audit.ts'
import { registerCamera } from './camera.ts'
import { registerCleanup } from './cleanup.ts'
import { registerCloud, type CloudSettingsCalls } from './cloud.ts'
import { LATE_EVERY, MOST_HEAD, type ConnectionLimits, type Patience } from './connection-limits.ts'
import { createConnections, type Connections } from './connections.ts'
import { registerDevices } from './devices.ts'
import { answerBadAddress, registerErrors, registerNotFound } from './errors.ts'
import { registerEvent, type EventLifecycle } from './event.ts'
import { registerFolderPicker } from './folder-picker.ts'
import { registerFolderSettings } from './folder-settings.ts'
import { registerGuard, type GuardedRoute, type GuardRules } from './guard.ts'
import { registerHeaders } from './headers.ts'
import { createHeroes } from './heroes.ts'
import { createFetchPicture } from './hero-fetch.ts'
import { createLimits } from './limits.ts'
import { registerLive, type Live } from './live.ts'
import { registerIdempotency } from './once.ts'
import { registerPages, readCodePage } from './pages.ts'
import { registerPairing } from './pairing.ts'
import { registerPhotos } from './photos.ts'
import { registerPictureSettings } from './picture-settings.ts'
import { registerPictures } from './pictures.ts'
import type { App } from './plugin.ts'
import { registerPublications } from './publications.ts'
import { registerSameEvent } from './same-event.ts'
import { registerSetup, type SetupCalls } from './setup.ts'
import { registerSources } from './sources.ts'
import { registerStatistics } from './statistics.ts'
import { registerStatus, type StatusReporter } from './status.ts'
import { registerTree } from './tree.ts'
import { registerUndo } from './undo.ts'
import { registerUpload } from './upload.ts'
import { registerWatermark } from './watermark.ts'

export interface AppNeeds {
  readonly log: Logger
  readonly catalog: Catalog
  readonly bus: Bus
  readonly views: Views
  readonly folders: Folders
  readonly originalFiles: OriginalFiles
  readonly darkroom: Darkroom
  readonly decisions: Decisions
  /** The time for a second thought about a publish, seconds. */
  readonly hold: { get: () => number; set: (seconds: number) => void }
  readonly outputSettings: OutputSettingsStore
  readonly tree: GalleryTree
  readonly pairing: Pairing
  readonly tries: Tries
  readonly status: StatusReporter
  readonly takeUpload: TakeUpload
  readonly answerOffer: (source: string, answer: 'take' | 'leave') => void
  /** Looks again at what was set aside. */
  readonly retrySkipped: (path?: string) => number
  readonly registry: CameraRegistry
  /** Publishes a camera's new frames by themselves, so many seconds after they came in; null ends it. */
  readonly setUnattended: (cameraId: string, seconds: number | null) => void
  readonly cameras: {
    status: () => CamerasStatus
    shoot: (id: string) => Promise<void>
    addressesChanged: () => void
  }
  readonly lifecycle: EventLifecycle
  readonly cloud: CloudSettingsCalls
  readonly bulkRemoval: BulkRemovalGuard
  /** What failed on its way to the bucket is tried again at once. */
  readonly retryUploads: () => void
  /** Where choosing a folder begins. */
  readonly picker: { readonly data: string; readonly home: string; readonly disks: readonly string[] }
  /** Shows a new pairing code where the owner looks. */
  readonly announceCode: (code: PairingCode) => void
  readonly adminUrls: () => readonly string[]
  readonly setup: SetupCalls
  readonly trustLoopback: boolean
  /** See `registerGuard`. */
  readonly hosts: () => Iterable<string>
  readonly allowedHosts: readonly string[]
  readonly terminalKey: string | null
  /** Rules that are left out, so that tests can see what each holds. */
  readonly guardRules?: Partial<GuardRules> | undefined
  readonly connections: ConnectionLimits
  readonly patience?: Patience | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Where the browser parts were built to. */
  readonly dist: string
}

export interface Http {
  readonly app: App
  readonly live: Live
  readonly connections: Connections
  /** Every route there is and who may call it. */
  readonly routes: readonly GuardedRoute[]
}

const BODY_LIMIT = 2 * 1024 * 1024
/** Photos of the largest cameras stay below. */
const UPLOAD_LIMIT = 256 * 1024 * 1024

/** The one app behind every listener. Nothing listens yet. */
export async function createApp(needs: AppNeeds): Promise<Http> {
  const { catalog, bus, views } = needs
  const app = fastify({
    // What it tells at `info` is where it listens, which the ready line says.
    loggerInstance: needs.log.child({}, { level: needs.log.level === 'info' ? 'warn' : needs.log.level }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: false,
    frameworkErrors: answerBadAddress,
    bodyLimit: BODY_LIMIT,
    http: { connectionsCheckingInterval: LATE_EVERY, maxHeaderSize: MOST_HEAD },
    routerOptions: { maxParamLength: 1024 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  }) as unknown as App // The type provider changes nothing at run time.
  const connections = createConnections({
    limits: needs.connections,
    ...(needs.patience && { patience: needs.patience }),
  })
  connections.watch(app.server)
  app.addHook('onClose', async () => connections.stop())
  const codePage = () => readCodePage(needs.dist)

  registerErrors(app)
  app.addHook('onRequest', async ({ raw }, reply) => connections.begin(raw, reply.raw))
  await registerHeaders(app)
  const { routes } = registerGuard(app, {
    pairing: needs.pairing,
    trustLoopback: needs.trustLoopback,
    hosts: needs.hosts,
    allowedHosts: needs.allowedHosts,
    terminalKey: needs.terminalKey,
    limit: await createLimits(app),
    codePage,
    ...(needs.guardRules && { rules: needs.guardRules }),
  })
  app.addHook('onRequest', async ({ raw, who }) => {
    connections.settle(raw, who.role === 'guest' ? null : (who.device?.id ?? 'owner'))
  })
  registerNotFound(app, routes)
  await app.register(websocket, { options: { maxPayload: 4096 } })
  await app.register(multipart, { limits: { fileSize: UPLOAD_LIMIT, files: 1000, fields: 10, parts: 1010 } })
  registerIdempotency(app, catalog.requests)
  registerSameEvent(app, () => catalog.events.current().slug)
  const endAudit = registerAudit(app, {
    audit: catalog.audit,
    bus,
    event: () => catalog.events.current().id,
    photoName: (id) => catalog.photos.byId(id)?.filename,
    now: needs.now,
  })
  app.addHook('onClose', async () => endAudit())

  const { decisions } = needs
  registerPhotos(app, {
    catalog,
    originalFiles: needs.originalFiles,
    views,
    decisions,
    darkroom: needs.darkroom,
  })
  registerPublications(app, { catalog, decisions, views, tree: needs.tree })
  registerUndo(app, { catalog, decisions, bus, hold: needs.hold })
  registerPictures(app, { catalog, originalFiles: needs.originalFiles, darkroom: needs.darkroom })
  registerTree(app, { catalog, tree: needs.tree })
  registerUpload(app, { take: needs.takeUpload })
  registerSources(app, { answer: needs.answerOffer, retry: needs.retrySkipped })
  registerCamera(app, {
    ...needs.cameras,
    registry: needs.registry,
    publishAfter: (id) =>
      catalog.unattended.cameras().find(({ cameraId }) => cameraId === id)?.seconds ?? null,
    setPublishAfter: needs.setUnattended,
    shift(id, seconds) {
      const { id: eventId } = catalog.events.current()
      const shifted = catalog.photos.shiftTaken(eventId, id, seconds * 1000)
      return () => {
        for (const photo of shifted) bus.emit({ type: 'photo.changed', photo: views.photo(photo) })
      }
    },
    transaction: catalog.transaction,
    changed() {
      needs.cameras.addressesChanged()
      needs.status.changed()
    },
  })
  const heroes = createHeroes({ darkroom: needs.darkroom, fetchPicture: createFetchPicture() })
  registerEvent(app, { catalog, heroes, ...needs.lifecycle })
  registerCloud(app, { ...needs.cloud, bulkRemoval: needs.bulkRemoval, retryUploads: needs.retryUploads })
  registerAssets(app, { catalog, heroes, change: needs.lifecycle.change })
  registerWatermark(app, { outputSettings: needs.outputSettings, darkroom: needs.darkroom })
  registerPictureSettings(app, { outputSettings: needs.outputSettings })
  registerFolderPicker(app, needs.picker)
  registerStatistics(app, { catalog })
  registerFolderSettings(app, { folders: needs.folders, move: needs.lifecycle.moveFolders })
  registerCleanup(app, { folders: needs.folders })
  registerStatus(app, needs.status)
  const accessRequests = createAccessRequests({ now: needs.now, changed: () => live.accessRequestsChanged() })
  needs.pairing.onChange((id) => accessRequests.forget(id))
  registerPairing(app, {
    pairing: needs.pairing,
    accessRequests,
    tries: needs.tries,
    announce: needs.announceCode,
    adminUrls: needs.adminUrls,
  })
  registerDevices(app, { pairing: needs.pairing, devices: catalog.devices })
  const live = registerLive(app, {
    bus,
    status: () => needs.status.read(),
    accessRequests: accessRequests.list,
    roleNow: (id) => needs.pairing.find(id)?.role,
    onChange: needs.pairing.onChange,
    onCount: () => needs.status.changed(),
    reservations: decisions.reservations,
  })
  registerPages(app, { dist: needs.dist, codePage })
  registerSetup(app, { ...needs.setup, dist: needs.dist })
  await app.ready()
  return { app, live, connections, routes }
}
