import multipart from '@fastify/multipart'
import websocket from '@fastify/websocket'
import { fastify, LogController } from 'fastify'
import type { PublicationRecord } from '../catalog/publications/publications.ts'
import { registerAuditTrail } from './routes/access/audit.ts'
import { registerAssets } from './routes/event/assets.ts'
import { registerAudit } from './guard/audit.ts'
import { registerCamera } from './routes/sources/camera.ts'
import { registerCards } from './routes/guests/cards.ts'
import { registerCloud } from './routes/settings/cloud.ts'
import { LATE_EVERY, MOST_HEAD } from '../access/connection-limits.ts'
import { createConnections, type Connections } from './guard/connections.ts'
import { registerDevices } from './routes/access/devices.ts'
import { answerBadAddress, registerErrors, registerNotFound } from './guard/errors.ts'
import { registerEvent } from './routes/event/event.ts'
import { registerFigures } from './routes/event/figures.ts'
import { registerFtp } from './routes/sources/ftp.ts'
import { registerFolders } from './routes/settings/folders.ts'
import { registerGuard, type GuardedRoute } from './guard/guard.ts'
import { registerHeaders } from './guard/headers.ts'
import { createLimits } from './guard/limits.ts'
import { createLateCompilers } from './late-compilers.ts'
import { registerDocs } from './routes/docs/docs.ts'
import { collectOpenApi } from './routes/docs/openapi.ts'
import type { OpenApi } from './routes/docs/reference.ts'
import { registerLog } from './routes/status/log.ts'
import { registerDoctor } from './routes/status/doctor.ts'
import { registerDeliver } from './routes/event/deliver.ts'
import { registerDesks } from './routes/event/desks.ts'
import { registerPrints } from './routes/event/prints.ts'
import { registerRehearsal } from './routes/status/rehearsal.ts'
import { registerSocket, registerStatus, type Sockets } from './routes/status/socket.ts'
import { registerIdempotency, registerSameEvent } from './guard/idempotency.ts'
import { registerPages, readCodePage } from './static/pages.ts'
import { registerPairing } from './routes/access/pairing.ts'
import { registerPhotos } from './routes/photos/photos.ts'
import { registerFinals } from './routes/photos/finals.ts'
import { registerPictures } from './routes/photos/pictures.ts'
import type { App } from './plugin.ts'
import { registerPublications } from './routes/photos/publications.ts'
import { registerSetup } from './static/setup.ts'
import { registerSources } from './routes/sources/sources.ts'
import { createDoors } from './routes/guests/door.ts'
import { registerGuestSocket, type GuestSockets } from './routes/guests/socket.ts'
import { registerWallSocket, type WallSockets } from './routes/guests/walls.ts'
import { registerWalls } from './routes/event/walls.ts'
import { registerRemovals } from './routes/guests/removals.ts'
import { registerPin } from './routes/guests/pin.ts'
import { registerTree } from './routes/guests/tree.ts'
import { registerLooks } from './routes/photos/looks.ts'
import { registerLuts } from './routes/photos/luts.ts'
import { registerUndo } from './routes/photos/undo.ts'
import { registerUpload } from './routes/sources/upload.ts'
import { registerOutputSettings } from './routes/settings/output-settings.ts'
import type { AppParts } from './app-parts.ts'

export interface Http {
  readonly app: App
  readonly sockets: Sockets
  readonly guestSockets: GuestSockets
  readonly wallSockets: Pick<WallSockets, 'close'>
  readonly connections: Connections
  /** Every route there is and who may call it. */
  readonly routes: readonly GuardedRoute[]
}

const BODY_LIMIT = 2 * 1024 * 1024
/** Photos of the largest cameras stay below. */
const UPLOAD_LIMIT = 256 * 1024 * 1024

/** Nothing that is asked is changed to fit. */
const AJV = { customOptions: { coerceTypes: false, removeAdditional: false } } as const

/** The one app behind every listener. Nothing listens yet. */
export async function createApp(parts: AppParts): Promise<Http> {
  const { log } = parts.storage
  const app = fastify({
    // Fastify logs at `info` where it listens, which the ready line says.
    loggerInstance: log.child({ part: 'http' }, { level: log.level === 'info' ? 'warn' : log.level }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: false,
    frameworkErrors: answerBadAddress,
    bodyLimit: BODY_LIMIT,
    http: { connectionsCheckingInterval: LATE_EVERY, maxHeaderSize: MOST_HEAD },
    routerOptions: { maxParamLength: 1024 },
    ajv: AJV,
    schemaController: { compilersFactory: createLateCompilers() },
  }) as unknown as App // The type provider changes nothing at run time.
  const openApi = collectOpenApi(app, { ajv: AJV })
  const { connections, routes } = await registerGuards(app, parts)
  await app.register(websocket, { options: { maxPayload: 4096 } })
  await app.register(multipart, { limits: { fileSize: UPLOAD_LIMIT, files: 1000, fields: 10, parts: 1010 } })
  const own = registerRoutes(app, parts, { openApi, connections })
  await app.ready()
  return { app, ...own, connections, routes }
}

/** What every request passes before its route. */
async function registerGuards(app: App, { storage, access, server }: AppParts) {
  const { catalog } = storage
  const connections = createConnections({
    limits: server.connections,
    ...(server.patience && { patience: server.patience }),
  })
  connections.watch(app.server)
  app.addHook('onClose', async () => connections.stop())

  registerErrors(app)
  app.addHook('onRequest', async ({ raw }, reply) => connections.begin(raw, reply.raw))
  await registerHeaders(app)
  const { routes } = registerGuard(app, {
    pairing: access.pairing,
    trustLoopback: access.trustLoopback,
    hosts: access.hosts,
    allowedHosts: access.allowedHosts,
    terminalKey: access.terminalKey,
    limit: await createLimits(app),
    codePage: () => readCodePage(server.dist),
    ...(access.rules && { rules: access.rules }),
  })
  app.addHook('onRequest', async ({ raw, who }) => {
    connections.settle(raw, who.role === 'guest' ? null : (who.device?.id ?? 'owner'))
  })
  registerNotFound(app, routes)
  registerIdempotency(app, catalog.requests)
  registerSameEvent(app, () => catalog.events.current().slug)
  registerAudit(app, { audit: catalog.audit, event: () => catalog.events.current().id })
  return { connections, routes }
}

function registerRoutes(
  app: App,
  parts: AppParts,
  { openApi, connections }: { openApi: () => Promise<OpenApi>; connections: Connections },
): Pick<Http, 'sockets' | 'guestSockets' | 'wallSockets'> {
  const { storage, pictures, publishing, shooting, event, access, status, server } = parts
  const { catalog, folders, bus, now, steady } = storage
  const { darkroom, originalFiles, outputSettings, views, milestones } = pictures
  const { decisions, delay, tree, cloud, bulkRemoval, delivery, testCloud } = publishing
  const { removalRequests, audience, galleryChanged } = publishing
  const { lifecycle, heroes, rehearsals } = event
  const { sources, again, cameraSettings, watchedSetting, ftpLogins, secondCopy } = shooting

  registerPhotos(app, { catalog, originalFiles, views, decisions, darkroom })
  registerPublications(app, { catalog, decisions, views, tree })
  registerUndo(app, { catalog, decisions, bus, delay })
  registerLuts(app, pictures)
  registerLooks(app, { catalog, cameras: cameraSettings, scene: decisions.scene, status })
  registerPictures(app, { catalog, originalFiles, darkroom, proof: pictures.proof })
  const seen = (publication: PublicationRecord) => milestones.seen(publication, 'network')
  registerTree(app, { catalog, tree, now, seen, hasSockets: true })
  registerPin(app, { catalog, now, steady })
  const doors = createDoors({ catalog, now })
  registerCards(app, { catalog, doors, tree, dist: server.dist })
  registerRemovals(app, { catalog, doors, inbox: removalRequests, decisions })
  const guestSockets = registerGuestSocket(app, {
    catalog,
    doors,
    tree,
    bus,
    connections,
    onCount: audience.here,
    onCounts: audience.counted,
    now,
  })
  galleryChanged.on(guestSockets.changed)
  const wallSockets = registerWallSocket(app, {
    catalog,
    doors,
    tree,
    bus,
    connections,
    outputSettings,
    onCount: audience.walls,
    now,
  })
  registerWalls(app, { catalog, sockets: wallSockets, tree, outputSettings, onChange: status.changed })
  registerUpload(app, { take: (upload, signal) => sources.current().upload(upload, signal) })
  registerFinals(app, { catalog, folders, darkroom, decisions, views, sources })
  registerSources(app, { sources, again, status })
  registerCamera(app, { sources, cameraSettings, status })
  registerFtp(app, { sources, ftpLogins, status })
  registerEvent(app, { catalog, heroes, guests: audience.of, ...lifecycle })
  registerCloud(app, { ...cloud, test: testCloud, bulkRemoval, retryUploads: delivery.retry })
  registerAssets(app, { catalog, heroes, change: lifecycle.change })
  registerOutputSettings(app, { outputSettings, darkroom })
  const { picker } = server
  registerFolders(app, {
    picker,
    folders,
    move: lifecycle.moveFolders,
    watchedSetting,
    secondCopy,
    sources,
    status,
  })
  registerStatus(app, status)
  registerDoctor(app, { doctor: parts.doctor })
  registerLog(app, parts)
  registerFigures(app, { catalog, figures: parts.figures })
  registerRehearsal(app, { rehearsals })
  registerDeliver(app, event)
  registerDesks(app, { desks: event.desks })
  registerPrints(app, { prints: event.prints, decisions })
  const { pairing, requests, tries, codes, adminUrls } = access
  registerPairing(app, { pairing, catalog, accessRequests: requests, tries, announce: codes.show, adminUrls })
  registerAuditTrail(app, { catalog })
  registerDevices(app, { pairing, catalog })
  const sockets = registerSocket(app, {
    bus,
    status: status.read,
    accessRequests: requests.list,
    roleNow: (id) => pairing.find(id)?.role,
    onChange: pairing.onChange,
    onCount: status.clients,
    reservations: decisions.reservations,
  })
  access.onRequests(sockets.accessRequestsChanged)
  registerDocs(app, openApi)
  registerPages(app, { dist: server.dist, codePage: () => readCodePage(server.dist) })
  registerSetup(app, { ...access.setup, dist: server.dist })
  return { sockets, guestSockets, wallSockets }
}
