import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import multipart from '@fastify/multipart'
import websocket from '@fastify/websocket'
import { fastify, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Pairing, PairingCode } from '../access/pairing.ts'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Shelf } from '../catalog/shelf.ts'
import type { Views } from '../catalog/views.ts'
import type { ClosingReport } from '../contract/api.ts'
import type { CamerasStatus } from '../contract/camera.ts'
import type { Darkroom } from '../darkroom/darkroom.ts'
import type { FolderPaths, Folders } from '../folders.ts'
import type { CameraBook } from '../ingest/camera/book.ts'
import type { TakeUpload } from '../ingest/upload.ts'
import type { Finishing } from '../publish/finish.ts'
import type { GalleryTree } from '../publish/gallery-tree.ts'
import type { MassGuard } from '../publish/mass.ts'
import type { Publisher } from '../publish/publisher.ts'
import { registerAssets } from './assets.ts'
import { registerCamera } from './camera.ts'
import { registerCleanup } from './cleanup.ts'
import { registerCloud, type CloudSettingsCalls } from './cloud.ts'
import { registerErrors, registerNotFound } from './errors.ts'
import { registerEvent } from './event.ts'
import { registerFolderSettings } from './folder-settings.ts'
import { registerGuard, type GuardedRoute } from './guard.ts'
import { registerLive, type Live } from './live.ts'
import { registerOnce } from './once.ts'
import { registerPages, readCodePage } from './pages.ts'
import { registerPairing } from './pairing.ts'
import { registerPhotos } from './photos.ts'
import { registerPictureSettings } from './picture-settings.ts'
import { registerPictures } from './pictures.ts'
import type { App } from './plugin.ts'
import { registerPublications } from './publications.ts'
import { registerSameEvent } from './same-event.ts'
import { registerSources } from './sources.ts'
import { registerStatus, type StatusReporter } from './status.ts'
import { registerTree } from './tree.ts'
import { registerUpload } from './upload.ts'
import { registerWatermark } from './watermark.ts'

export interface AppNeeds {
  readonly log: Logger
  readonly catalog: Catalog
  readonly bus: Bus
  readonly views: Views
  readonly folders: Folders
  readonly shelf: Shelf
  readonly darkroom: Darkroom
  readonly publisher: Publisher
  readonly finishing: Finishing
  readonly tree: GalleryTree
  readonly pairing: Pairing
  readonly status: StatusReporter
  readonly takeUpload: TakeUpload
  readonly answerOffer: (source: string, answer: 'take' | 'leave') => void
  readonly book: CameraBook
  readonly cameras: {
    status: () => CamerasStatus
    shoot: (id: string) => Promise<void>
    addressesChanged: () => void
  }
  readonly openEvent: (title: string, wanted?: { slug?: string; prefix?: string }) => Promise<void>
  readonly switchEvent: (slug: string) => Promise<void>
  readonly pauseEvent: () => Promise<void>
  readonly closeEvent: () => Promise<ClosingReport>
  readonly renameEvent: (slug: string, title: string) => void
  readonly cloud: CloudSettingsCalls
  readonly mass: MassGuard
  readonly resumeEvent: () => Promise<void>
  readonly moveFolders: (paths: FolderPaths) => Promise<void>
  /** Shows a new pairing code where the owner looks. */
  readonly announceCode: (code: PairingCode) => void
  readonly adminUrls: () => readonly string[]
  readonly trustLoopback: boolean
  /** Where the browser parts were built to. */
  readonly dist: string
}

export interface Http {
  readonly app: App
  readonly live: Live
  /** Every route there is and who may call it. */
  readonly routes: readonly GuardedRoute[]
}

const BODY_LIMIT = 2 * 1024 * 1024
/** Photos of the largest cameras stay below. */
const UPLOAD_LIMIT = 256 * 1024 * 1024

const SELF = ["'self'"]
function headers(framedBy: string[], sharing: 'same-origin' | 'cross-origin'): FastifyHelmetOptions {
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: SELF,
        imgSrc: [...SELF, 'data:', 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: SELF,
        frameAncestors: framedBy,
      },
    },
    crossOriginResourcePolicy: { policy: sharing },
    crossOriginEmbedderPolicy: false,
    frameguard: framedBy[0] === "'none'" ? { action: 'deny' } : false,
    referrerPolicy: { policy: 'same-origin' },
    // The same names are served over plain HTTP on purpose: no browser may remember to refuse that.
    hsts: false,
    originAgentCluster: false,
    // Browsers only heed it on HTTPS, and complain in the console elsewhere.
    crossOriginOpenerPolicy: false,
  }
}
const APP_HEADERS = headers(["'none'"], 'same-origin')
const GALLERY_HEADERS = headers(['*'], 'cross-origin')

/** The one app behind every listener. Nothing listens yet. */
export async function createApp(needs: AppNeeds): Promise<Http> {
  const { catalog, bus, views } = needs
  const app = fastify({
    // What it tells at `info` is where it listens, which the ready line says.
    loggerInstance: needs.log.child({}, { level: needs.log.level === 'info' ? 'warn' : needs.log.level }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: false,
    bodyLimit: BODY_LIMIT,
    // Long enough for a card's worth of uploads on slow Wi-Fi; nobody holds a connection for ever.
    requestTimeout: 30 * 60_000,
    routerOptions: { maxParamLength: 1024 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  }) as unknown as App // The type provider changes nothing at run time.
  const codePage = () => readCodePage(needs.dist)

  registerErrors(app)
  await app.register(helmet, { global: false })
  app.addHook('onRequest', (request, reply, done) => {
    reply.helmet(/^\/(gallery|photo)\b/.test(request.url) ? GALLERY_HEADERS : APP_HEADERS)
    done()
  })
  const { routes } = registerGuard(app, {
    pairing: needs.pairing,
    trustLoopback: needs.trustLoopback,
    codePage,
  })
  registerNotFound(app, routes)
  await app.register(websocket, { options: { maxPayload: 4096 } })
  await app.register(multipart, { limits: { fileSize: UPLOAD_LIMIT, files: 1000, fields: 10, parts: 1010 } })
  registerOnce(app, catalog.requests)
  registerSameEvent(app, () => catalog.events.current().slug)

  registerPhotos(app, { catalog, shelf: needs.shelf, views, bus, darkroom: needs.darkroom })
  registerPublications(app, { catalog, publisher: needs.publisher, views })
  registerPictures(app, { catalog, shelf: needs.shelf, darkroom: needs.darkroom })
  registerTree(app, { catalog, tree: needs.tree })
  registerUpload(app, { take: needs.takeUpload })
  registerSources(app, { answer: needs.answerOffer })
  registerCamera(app, {
    ...needs.cameras,
    book: needs.book,
    shift(id, seconds) {
      const { id: eventId } = catalog.events.current()
      for (const photo of catalog.photos.shiftTaken(eventId, id, seconds * 1000))
        bus.emit({ type: 'photo.changed', photo: views.photo(photo) })
    },
    changed() {
      needs.cameras.addressesChanged()
      needs.status.changed()
    },
  })
  const galleryChanged = async () => {
    await needs.tree.changed()
    needs.status.changed()
  }
  registerEvent(app, {
    catalog,
    changed: galleryChanged,
    open: needs.openEvent,
    resume: needs.resumeEvent,
    switchTo: needs.switchEvent,
    pause: needs.pauseEvent,
    close: needs.closeEvent,
    rename: needs.renameEvent,
  })
  registerCloud(app, { ...needs.cloud, mass: needs.mass })
  registerAssets(app, { catalog, darkroom: needs.darkroom, changed: galleryChanged })
  registerWatermark(app, { finishing: needs.finishing, darkroom: needs.darkroom })
  registerPictureSettings(app, { finishing: needs.finishing })
  registerFolderSettings(app, { folders: needs.folders, move: needs.moveFolders })
  registerCleanup(app, { folders: needs.folders })
  registerStatus(app, needs.status)
  registerPairing(app, {
    pairing: needs.pairing,
    devices: catalog.devices,
    announce: needs.announceCode,
    adminUrls: needs.adminUrls,
  })
  const live = registerLive(app, {
    bus,
    status: () => needs.status.read(),
    onRevoked: needs.pairing.onRevoked,
    onCount: () => needs.status.changed(),
  })
  registerPages(app, { dist: needs.dist, codePage })
  await app.ready()
  return { app, live, routes }
}
