import type { Logger } from 'pino'
import { BACKLOG } from './access/connection-limits.ts'
import { removeOwed } from './files.ts'
import { welcome } from './access/welcome.ts'
import type { Config } from './config.ts'
import type { Message } from './contract/message.ts'
import type { createWorkers } from './darkroom/workers/workers.ts'
import { FAULTS } from './catalog/rebuild/fault.ts'
import { Refusal } from './errors.ts'
import { closeApp } from './http/close-app.ts'
import type { GuardedRoute } from './http/guard/guard.ts'
import { galleryPath } from './views/status.ts'
import { buildOutside, type Outside, type OutsideNeeds } from './wiring/outside.ts'
import { buildPictures, type Pictures } from './wiring/pictures.ts'
import { buildPublishing, type Publishing } from './wiring/publishing.ts'
import { buildShooting, type Shooting } from './wiring/shooting.ts'
import { startSafeMode } from './wiring/safe.ts'
import { openStorage, type Stops, type Storage } from './wiring/storage.ts'

/** Milliseconds after which what could not be written or finished is tried again. */
const TRY_EVERY = 5000

export interface Daemon {
  /** @throws Refusal when the data folder is in use or its catalog is newer; the system's EADDRINUSE */
  start(): Promise<{ adminUrl: string; galleryUrl: string; routes: readonly GuardedRoute[] }>
  /** Finishes what is under way; what was acknowledged is on the disk. */
  stop(): Promise<void>
  /** Makes a pairing code and shows it. */
  newCode(): void
}

export interface DaemonNeeds extends OutsideNeeds {
  readonly log: Logger
  /** About the configuration, for the status. */
  readonly warnings?: readonly Message[]
  /** The terminal's width in columns; 0 or nothing where there is none, and no pictures then. */
  readonly columns?: number
  readonly now?: () => number
  /** Hears why the program could not go on after its catalog was put right. */
  readonly ended?: (error: unknown) => void
  /** Makes the picture workers; forks them by default. */
  readonly createWorkers?: typeof createWorkers
}

/** Makes every part, starts them in order and stops them in reverse. */
export function createDaemon(config: Config, needs: DaemonNeeds): Daemon {
  const { log, say, now = Date.now } = needs
  const stops: Stops = []
  let outside: Outside | null = null
  let isStopping = false
  /** Going over from the safe state to the whole program. */
  let leaving: Promise<void> = Promise.resolve()

  async function start(config: Config): ReturnType<Daemon['start']> {
    const storage = await openStorage(config, { log, now, warnings: needs.warnings ?? [], stops })
    const pictures = await buildPictures(storage, needs.createWorkers)
    const publishing = buildPublishing(storage, pictures)
    const shooting = await buildShooting(storage, pictures, publishing)
    outside = await buildOutside(needs, storage, pictures, publishing, shooting)
    await startParts(storage, pictures, publishing, shooting, outside)
    const { http, connect, codes, addresses } = outside
    const port = await listen(config, outside, stops)

    for (const warning of storage.warnings) say(`Warning: ${warning.message}`)
    say(`On this computer: http://127.0.0.1:${port}/admin/ to curate`)
    const guests = `gallery/${galleryPath(storage.catalog.events.current())}`
    for (const url of addresses())
      say(`On this network: ${url}/admin/ to curate, ${url}/${guests} for guests`)
    for (const line of welcome(connect.status(), needs.columns ?? 0)) say(line)
    codes.make()
    const own = `http://127.0.0.1:${port}`
    return { adminUrl: `${own}/admin/`, galleryUrl: `${own}/gallery/`, routes: http.routes }
  }

  /** Answers without a catalog, until it is another one.
   * @param code by which the catalog was refused */
  async function startSafe(config: Config, { code, message }: Refusal): ReturnType<Daemon['start']> {
    const safe = await startSafeMode({
      config,
      fault: FAULTS[code] ?? 'damaged',
      log,
      now,
      ...(needs.connections && { connections: needs.connections }),
      ...(needs.createWorkers && { createWorkers: needs.createWorkers }),
      mended() {
        leaving = leaving.then(() => leaveSafe({ ...config, port: safe.port }))
      },
    })
    stops.push(() => safe.stop())
    const own = `http://127.0.0.1:${safe.port}`
    log.error({ code }, message)
    say(message)
    say(`Guests see what was published; nothing is taken in. Rebuild the catalog: ${own}/catalog`)
    return { adminUrl: `${own}/admin/`, galleryUrl: `${own}/gallery/`, routes: [] }
  }

  async function leaveSafe(config: Config): Promise<void> {
    if (isStopping) return
    await stop()
    await startSomehow(config).catch((err: unknown) => {
      log.error({ err }, 'The program could not go on')
      needs.ended?.(err)
    })
  }

  async function startSomehow(config: Config): ReturnType<Daemon['start']> {
    try {
      return await start(config)
    } catch (error) {
      await stop()
      if (error instanceof Refusal && FAULTS[error.code] !== undefined) return startSafe(config, error)
      throw error
    }
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
    start: () => startSomehow(config),
    async stop() {
      isStopping = true
      await leaving
      await stop()
    },
    newCode: () => outside?.codes.make(),
  }
}

/** What a crash cut short is finished before anything new is taken or published. */
async function startParts(
  { catalog, copies, bus, log, statusChanged, stops }: Storage,
  { warmer }: Pictures,
  { publisher, decisions, tree, unattended, cloud, delivery, removalRequests, publicGuests }: Publishing,
  { sources, again, secondCopy }: Shooting,
  { recovery, rehearsals, wakefulness, desks, prints, sidecars }: Outside,
): Promise<void> {
  await publisher.recover().catch((err: unknown) => log.warn({ err }, 'Half-made prints stay for now'))
  await recovery.look()
  stops.push(() => recovery.stop())
  stops.push(() => decisions.stop())
  decisions.start()

  const trying = setInterval(() => {
    void catalog.journal.drain()
    void tree.retry()
    void removeOwed()
    void recovery.look()
    catalog.reserve.take()
    void copies.look()
  }, TRY_EVERY)
  stops.push(async () => {
    clearInterval(trying)
    await catalog.journal.drain()
  })
  const off = bus.on((notice) => {
    const { type } = notice
    if (type === 'status.changed' || type === 'rendition.ready') return
    if (type === 'photo.added') warmer.add(notice.photo)
    void catalog.journal.drain()
    statusChanged.send()
  })
  stops.push(() => void off())

  void wakefulness.start()
  stops.push(() => wakefulness.stop())
  removalRequests.start()
  stops.push(() => removalRequests.stop())
  unattended.start()
  stops.push(() => unattended.stop())
  stops.push(() => cloud.stop())
  await cloud.start()
  delivery.start()
  publicGuests.start()
  stops.push(() => publicGuests.stop())
  stops.push(() => delivery.stop())
  desks.start()
  stops.push(() => desks.stop())
  prints.start()
  stops.push(() => prints.stop())
  if (!catalog.isReadOnly) again.start()
  stops.push(() => secondCopy.copies.stop())
  secondCopy.copies.start()
  await sources.start()
  stops.push(() => sources.stop())
  stops.push(() => sidecars.stop())
  sidecars.start()
  stops.push(() => rehearsals.stop())
}

/** @returns the port @throws the system's EADDRINUSE */
async function listen({ host, port: configured }: Config, outside: Outside, stops: Stops): Promise<number> {
  const { http, connect } = outside
  await http.app.listen({ host, port: configured, backlog: BACKLOG })
  stops.push(async () => {
    http.sockets.close()
    http.guestSockets.close()
    http.wallSockets.close()
    await Promise.all([connect.stop(), closeApp(http.app)])
  })
  const address = http.app.server.address()
  const port = typeof address === 'object' && address ? address.port : configured
  outside.listensOn(port)
  await connect.start(http.app, port, http.connections.watch)
  outside.healing.start()
  return port
}
