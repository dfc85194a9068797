import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { createPairing, type PairingCode } from './access/pairing.ts'
import { createTerminalKey } from './access/terminal.ts'
import { createTries } from './access/tries.ts'
import { createBus } from './bus.ts'
import { refuseLostCatalog } from './catalog/lost.ts'
import { folderIds, openCatalog, type Catalog } from './catalog/catalog.ts'
import { createProof } from './catalog/proof.ts'
import { createOriginalFiles } from './catalog/shelf.ts'
import { createViews } from './catalog/views.ts'
import { createSteadyClock } from './clock.ts'
import { createCloud } from './cloud.ts'
import type { Config } from './config.ts'
import { createConnect } from './connect.ts'
import { createDelivery } from './delivery.ts'
import { NEUTRAL } from './contract/recipe.ts'
import type { Status } from './contract/status.ts'
import { createDecisions } from './decisions/decisions.ts'
import { createDarkroom } from './darkroom/darkroom.ts'
import { createJpegHasher } from './darkroom/jpeg-hash.ts'
import { createWarmer } from './darkroom/warmer.ts'
import { readEnd } from './darkroom/whole.ts'
import { FOLDER_ROLES, openFolders, type FolderPaths } from './folders.ts'
import { createApp } from './http/app.ts'
import { BACKLOG, connectionLimits, type ConnectionLimits, type Patience } from './http/connection-limits.ts'
import { closeApp } from './http/close.ts'
import type { GuardedRoute, GuardRules } from './http/guard.ts'
import type { Live } from './http/live.ts'
import { renditionFile } from './http/pictures.ts'
import { createStatusReporter } from './http/status.ts'
import { createCameraRegistry, type CameraRegistry } from './ingest/camera/book.ts'
import { createDemoCamera } from './ingest/demo-camera.ts'
import { createAgain } from './ingest/again.ts'
import { createSources } from './ingest/sources.ts'
import { lockData } from './lock.ts'
import { unusedFolders } from './moving.ts'
import { createHostNames, lanAddresses } from './network.ts'
import { openFileLimit } from './open-files.ts'
import { createEventLifecycle } from './occasion.ts'
import { createOutputSettings } from './publish/finish.ts'
import { createFullSizeQueue } from './publish/fulls.ts'
import { createGalleryTree } from './publish/gallery-tree.ts'
import { createBulkRemovalGuard } from './publish/mass.ts'
import { publicationOf } from './publish/naming.ts'
import { createPrinting } from './publish/printing.ts'
import { createPublisher } from './publish/publisher.ts'
import { createUnattendedPublishing } from './publish/unattended.ts'
import { createRecovery } from './recovery.ts'
import { createRunning } from './running.ts'
import type { Message } from './contract/saying.ts'
import { newMessage } from './saying.ts'
import { troublesNow } from './troubles-now.ts'
import { welcome } from './welcome.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** The time for a second thought about a publish, seconds, unless the owner set another. */
const DELAY_SECONDS = 3
/** Milliseconds after which journal lines that could not be written are tried again. */
const JOURNAL_EVERY = 5000

export interface Daemon {
  /** @throws Refusal when the data folder is in use or its catalog is newer; the system's EADDRINUSE */
  start(): Promise<{ adminUrl: string; galleryUrl: string; routes: readonly GuardedRoute[] }>
  /** Finishes what is under way; what was acknowledged is on the disk. */
  stop(): Promise<void>
  /** Makes a pairing code and shows it. */
  newCode(): void
}

/** Cameras whose frames are published by themselves, by the names that people gave them. */
function unattendedCameras(catalog: Catalog, registry: CameraRegistry): NonNullable<Status['unattended']> {
  const { id } = catalog.events.current()
  return catalog.unattended.cameras().map(({ cameraId, seconds }) => ({
    camera_id: cameraId,
    name: registry.find(cameraId)?.name ?? cameraId,
    seconds,
    waiting: catalog.unattended.waiting(id, cameraId),
  }))
}

/** The only wiring: makes every part, starts them in order and stops them in reverse.
 * @param needs.warnings about the configuration, for the status
 * @param needs.say shows the person at the terminal a line
 * @param needs.terminal false where what is said goes into a file, which keeps no secrets
 * @param needs.columns of that terminal; 0 or nothing where there is none, and no pictures then
 * @param needs.guardRules for tests that leave a guard out and must notice */
export function createDaemon(
  config: Config,
  needs: {
    log: Logger
    warnings?: readonly Message[]
    say: (line: string) => void
    terminal?: boolean
    columns?: number
    now?: () => number
    guardRules?: Partial<GuardRules>
    /** For tests: instead of what the process's files allow. */
    connections?: ConnectionLimits
    patience?: Patience
  },
): Daemon {
  const { log, say, now = Date.now } = needs
  const steady = createSteadyClock(now)
  const stops: (() => Promise<void> | void)[] = []
  let newCode = (): void => undefined

  function foldersFor(slug: string, first: boolean): FolderPaths {
    if (first) return config.folders
    const paths = FOLDER_ROLES.map((role) => [role, join(config.data, 'events', slug, `photos_${role}`)])
    return Object.fromEntries(paths) as Record<keyof FolderPaths, string>
  }

  async function build(): ReturnType<Daemon['start']> {
    stops.push(lockData(config.data))
    const lost = { data: config.data, folders: config.folders }
    refuseLostCatalog(lost)
    const catalog = openCatalog({ path: join(config.data, 'catalog.db'), now, log, keepsRoom: true })
    stops.push(() => catalog.close())
    const { events } = catalog
    refuseLostCatalog({ ...lost, known: events.list().length > 0 })
    await catalog.journal.resume()
    const isFirst = events.list().length === 0
    // Folders first: where they cannot be made, no Event is opened either.
    const folders = await openFolders({
      paths: isFirst ? foldersFor(events.plan().slug, true) : events.current().folders,
      ids: folderIds(catalog.settings),
      isOurs: (path) => path.startsWith(`${config.data}/`),
    })
    if (isFirst) events.open('', foldersFor)
    const warnings = [...(needs.warnings ?? []), ...unusedFolders(config.folders, events.list())]
    const bus = createBus({ now, onError: (err) => log.error({ err }, 'A listener failed') })

    const proof = createProof({ originals: catalog.originals, events })
    const darkroom = createDarkroom({
      check: proof.check,
      cacheFolder: join(config.data, 'cache', 'renditions'),
      cacheLimit: () => outputSettings.pictures().cache_limit_mb * 1e6,
      log,
    })
    const outputSettings = await createOutputSettings({
      settings: catalog.settings,
      folder: join(config.data, 'config'),
      convert: darkroom.convert,
      tryOut: (finish, size) => darkroom.overlay(finish, size),
      changed() {
        void darkroom.trimCache()
        status.changed()
      },
      log,
    })
    stops.push(() => darkroom.stop())
    await darkroom.start()
    const views = createViews({
      photos: catalog.photos,
      event: () => events.current(),
      renditionFile: (photo, name) => renditionFile(darkroom, photo, name),
      progress: (photo) => decisions.progress(photo),
    })
    const originalFiles = createOriginalFiles({ catalog, folders, views, bus, log })
    const cloud = createCloud({
      data: config.data,
      environment: config.s3,
      catalog,
      now,
      log,
      onChange: () => status.changed(),
      onStored(eventId, key) {
        const publication = catalog.publications.byName(eventId, publicationOf(key))
        const photo = publication && catalog.photos.byId(publication.photoId)
        if (photo && photo.unsent === 0) bus.emit({ type: 'photo.changed', photo: views.photo(photo) })
      },
    })
    const tree = createGalleryTree({
      catalog,
      folders,
      toBucket(place) {
        cloud.files.changed(place)
        cloud.wake()
      },
      now,
      log,
    })
    const { pathOf } = originalFiles
    const printing = createPrinting({ catalog, folders, print: darkroom.print, pathOf, proof })
    const fullSizes = createFullSizeQueue({ catalog, printing, tree, log })
    stops.push(() => fullSizes.stop())
    const bulkRemoval = createBulkRemovalGuard({
      limit: () => cloud.settings.current().bulkRemoval,
      now,
      changed() {
        status.changed()
        if (bulkRemoval.isAllowed()) decisions.jobs.settled('mass_removal')
      },
    })
    const { isRemoving } = cloud
    const publisher = createPublisher({
      catalog, folders, tree, views, bus, log, printing, outputSettings, fullSizes, bulkRemoval, isRemoving, now,
    }) // prettier-ignore
    const decisions = createDecisions({
      catalog, publisher, originalFiles, folders, views: () => views, bus, log, now, steady,
    }) // prettier-ignore
    const hold = {
      get: () => Number(catalog.settings.get('hold_seconds') ?? DELAY_SECONDS),
      set(seconds: number) {
        catalog.settings.set('hold_seconds', String(seconds))
        status.changed()
      },
    }

    const registry = createCameraRegistry(catalog.settings)
    const unattended = createUnattendedPublishing({
      catalog,
      bus,
      publisher,
      marked: () => registry.settings().publish_marked,
      changed: () => status.changed(),
      now,
      steady,
      log,
    })

    const warmer = createWarmer({
      async make(id, name) {
        const photo = catalog.photos.byId(id)
        if (photo) await darkroom.rendition({ path: pathOf(photo), sha256: photo.main.sha256 }, name, NEUTRAL)
      },
      ready: (id, name) => bus.emit({ type: 'rendition.ready', id, name }),
      broken(id, { code, message, params }) {
        const photo = catalog.photos.byId(id)
        if (!photo) return
        const why = newMessage(
          'unshowable',
          `The photo cannot be shown or published: ${message}. Its file was kept.`,
          { ...params, why: code },
        )
        catalog.skipped.put(photo.eventId, 'darkroom', photo.filename, photo.main.sha256, why)
        status.changed()
      },
      log,
    })
    stops.push(() => warmer.stop())

    const pairing = createPairing({ devices: catalog.devices, now })
    const tries = createTries({ changed: () => status.changed() })
    const terminal = createTerminalKey(config.data, (err) =>
      log.warn({ err }, 'There is no key for the programs of the terminal'),
    )
    stops.push(() => terminal.remove())
    let port = config.port
    let live: Live | null = null as Live | null
    /** Where others find it: nowhere when it listens on one address only, which is then that. */
    const hosts = () => (config.host === '0.0.0.0' || config.host === '::' ? lanAddresses() : [config.host])
    const addresses = () => hosts().map((address) => `http://${address}:${port}`)
    const adminUrls = () => addresses().map((url) => `${url}/admin/`)

    const connect = createConnect({
      folder: join(config.data, 'config', 'tls'),
      host: config.host,
      httpsPort: config.httpsPort,
      mdns: config.mdns,
      addresses: hosts,
      title: () => events.current().settings.event_title,
      publicUrl: () => cloud.publicUrl(),
      settings: catalog.settings,
      changed: () => status.changed(),
      now,
      log,
    })

    const hostNames = createHostNames({ now, more: () => [config.host, connect.status().name] })

    const demoCamera =
      config.demo === 'camera' ? createDemoCamera({ photo: darkroom.demoPhoto, now, log }) : null
    await demoCamera?.start()
    stops.push(() => demoCamera?.stop())
    const cameraPorts = () => [
      ...new Set([
        ...config.cameraPorts,
        ...[demoCamera?.port() ?? []].flat(),
        ...registry.settings().addresses.map((address) => `ptpip:${address}:15740:15740`),
      ]),
    ]

    const sources = createRunning(() =>
      createSources({
        catalog,
        folders: () => folders,
        inspect: darkroom.inspect,
        pictureHasher: createJpegHasher,
        isTurned: darkroom.isTurned,
        readEnd,
        bus,
        view: views.photo,
        cardRoots: config.cardRoots,
        watchedFolders: config.watch,
        cameras: { on: config.camera, ports: cameraPorts, usb: config.demo !== 'camera' },
        registry,
        ...(config.demo === true && { demoPhoto: darkroom.demoPhoto }),
        changed: () => status.changed(),
        log,
        now,
      }),
    )

    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    const again = createAgain({
      catalog,
      look: () => sources.current().again(),
      show: (photo) => warmer.add(photo),
      version,
    })

    const delivery = createDelivery({ catalog, cloud, bus, changed: () => status.changed(), now })

    const status = createStatusReporter({
      catalog,
      bus,
      log,
      folders,
      version,
      startedAt: new Date(now()).toISOString(),
      camera: () => sources.current().cameras(),
      sources: () => sources.current().status(),
      darkroom: () => darkroom.status(),
      finish: () => outputSettings.view(),
      guessing: tries.guessing,
      sync: () => cloud.status(),
      delivery: () => delivery.status(),
      unattended: () => unattendedCameras(catalog, registry),
      bulkRemoval: () => bulkRemoval.asked(),
      delaySeconds: hold.get,
      publicUrl: () => cloud.publicUrl(),
      clients: () => live?.clients ?? 0,
      addresses,
      connect: connect.status,
      warnings: () => [...warnings, ...lifecycle.warnings(), ...troublesNow({ catalog, tree, darkroom })],
    })
    stops.push(() => status.stop())

    const recovery = createRecovery({
      folders,
      steps: [
        { name: 'OutputSettingsStore moves', run: () => originalFiles.recover() },
        { name: 'Clearing up what was unpublished', run: () => publisher.retireLeftovers() },
        { name: 'Making full sizes', run: () => publisher.recoverFullSizes() },
      ],
      log,
    })

    const lifecycle = createEventLifecycle({
      catalog, folders, tree, cloud, decisions, sources, foldersFor, unattended, fullSizes, now,
      recover: () => recovery.look(true),
      changed: () => status.changed(),
    }) // prettier-ignore

    /** Where this computer has to pair too, somebody has to be the owner first. */
    const terminalRole = () =>
      config.trustLoopback || catalog.devices.list().some(({ role }) => role === 'owner') ? 'editor' : 'owner'
    newCode = () => announceCode(pairing.newCode({ role: terminalRole() }))
    let hinted = false
    const announceCode = ({ code, role }: PairingCode) => {
      if (needs.terminal === false) {
        if (!hinted)
          say(
            'Codes for pairing are shown on a terminal only. Get one with "npm run pair", or under More > Pair a device.',
          )
        hinted = true
        return
      }
      say(
        `Code for pairing a device${role === 'editor' ? '' : ` as ${role}`}, good for two minutes: ${code.slice(0, 4)} ${code.slice(4)}`,
      )
    }

    const http = await createApp({
      log, catalog, bus, views, folders, originalFiles, darkroom, decisions, hold, outputSettings, tree, pairing, tries, status, announceCode, adminUrls,
      takeUpload: (upload, signal) => sources.current().upload(upload, signal),
      registry,
      setUnattended(cameraId, seconds) {
        catalog.unattended.set(cameraId, seconds)
        unattended.wake()
      },
      cameras: {
        status: () => sources.current().cameras(),
        shoot: (id) => sources.current().shoot(id),
        addressesChanged: () => sources.current().addressesChanged(),
      },
      retrySkipped(path) {
        const count = again.retry(path)
        status.changed()
        return count
      },
      answerOffer: (source, answer) => sources.current().answer(source, answer),
      lifecycle,
      cloud: {
        ...cloud,
        async test() {
          const reply = await cloud.test()
          connect.tested(cloud.publicUrl(), reply)
          return reply
        },
      },
      setup: connect,
      retryUploads: () => delivery.retry(),
      bulkRemoval,
      picker: { data: config.data, home: homedir(), disks: config.cardRoots },
      trustLoopback: config.trustLoopback,
      hosts: hostNames,
      allowedHosts: config.allowedHosts,
      terminalKey: terminal.key,
      guardRules: needs.guardRules,
      connections: needs.connections ?? connectionLimits(openFileLimit()),
      patience: needs.patience,
      now,
      dist: join(ROOT, 'dist'),
    }) // prettier-ignore
    live = http.live

    await publisher.recover().catch((err: unknown) => log.warn({ err }, 'Half-made prints stay for now'))
    await recovery.look()
    stops.push(() => recovery.stop())

    stops.push(() => decisions.stop())
    decisions.start()

    const drain = setInterval(() => {
      void catalog.journal.drain()
      void tree.retry()
      void recovery.look()
      catalog.reserve.take()
    }, JOURNAL_EVERY)
    stops.push(async () => {
      clearInterval(drain)
      await catalog.journal.drain()
    })
    const off = bus.on((notice) => {
      const { type } = notice
      if (type === 'status.changed' || type === 'rendition.ready') return
      if (type === 'photo.added') warmer.add(notice.photo)
      void catalog.journal.drain()
      status.changed()
    })
    stops.push(() => void off())

    unattended.start()
    stops.push(() => unattended.stop())

    stops.push(() => cloud.stop())
    await cloud.start()
    delivery.start()
    stops.push(() => delivery.stop())
    if (!catalog.isReadOnly) again.start()
    await sources.start()
    stops.push(() => sources.stop())
    await http.app.listen({ host: config.host, port: config.port, backlog: BACKLOG })
    stops.push(async () => {
      live?.close()
      await Promise.all([connect.stop(), closeApp(http.app)])
    })
    const address = http.app.server.address()
    if (typeof address === 'object' && address) port = address.port
    await connect.start(http.app, port, http.connections.watch)

    for (const warning of warnings) say(`Warning: ${warning.message}`)
    say(`On this computer: http://127.0.0.1:${port}/admin/ to curate`)
    for (const url of addresses()) say(`On this network: ${url}/admin/ to curate, ${url}/gallery/ for guests`)
    for (const line of welcome(connect.status(), needs.columns ?? 0)) say(line)
    newCode()
    const own = `http://127.0.0.1:${port}`
    return { adminUrl: `${own}/admin/`, galleryUrl: `${own}/gallery/`, routes: http.routes }
  }

  async function stop(): Promise<void> {
    for (const step of stops.splice(0).reverse())
      try {
        await step()
      } catch (err) {
        log.error({ err }, 'A part did not stop as it should')
      }
  }

  return {
    async start() {
      try {
        return await build()
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
    newCode: () => newCode(),
  }
}
