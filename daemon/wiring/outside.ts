import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAccessRequests } from '../access/access-requests.ts'
import { createCodes, type Codes } from '../access/codes.ts'
import { createConnect, type Connect } from '../access/connect.ts'
import { connectionLimits, type ConnectionLimits, type Patience } from '../access/connection-limits.ts'
import { createHostNames, reachableAt } from '../access/network.ts'
import { createPairing } from '../access/pairing.ts'
import { createTerminalKey } from '../access/terminal.ts'
import { isLoopback } from '../access/who.ts'
import { createTries } from '../access/tries.ts'
import { createApp, type Http } from '../http/app.ts'
import { isAtFrontDoor } from '../publish/event-document.ts'
import type { GuardRules } from '../http/guard/guard.ts'
import { ftpWarnings } from '../ingest/ftp/status.ts'
import { createSignal } from '../util/signal.ts'
import { openFileLimit } from '../util/open-files.ts'
import { createWakefulness, type Wakefulness } from '../util/power/wakefulness.ts'
import { createStatusReporter, type StatusReporter } from '../views/status.ts'
import { troublesNow } from '../views/warnings.ts'
import { createFaultCounter } from '../views/figures/fault-counter.ts'
import { createFigures, type Figures } from '../views/figures/report.ts'
import type { LogSource } from '../views/log/log-view.ts'
import { buildDoctor } from './doctor.ts'
import { buildEvent, type EventParts } from './event.ts'
import { buildHealing, type Healing } from './healing.ts'
import { buildLog } from './log.ts'
import type { Pictures } from './pictures.ts'
import type { Publishing } from './publishing.ts'
import type { Shooting } from './shooting.ts'
import type { Storage } from './storage.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Everything that others reach this computer by. */
export interface Outside extends EventParts {
  readonly http: Http
  readonly connect: Connect
  readonly codes: Codes
  readonly wakefulness: Wakefulness
  readonly healing: Healing
  /** Where others find it, and on which port it turned out to listen. */
  addresses(): string[]
  listensOn(port: number): void
}

export interface OutsideNeeds {
  readonly say: (line: string) => void
  readonly terminal?: boolean
  /** Where the log's lines are; nowhere by default. */
  readonly logSource?: LogSource
  /** For tests that leave a guard out and must notice. */
  readonly guardRules?: Partial<GuardRules>
  /** For tests: instead of what the process's files allow. */
  readonly connections?: ConnectionLimits
  readonly patience?: Patience
  /** For tests: where devices find this computer, instead of what the system says at every moment. */
  readonly addresses?: () => string[]
}

export async function buildOutside(
  needs: OutsideNeeds,
  storage: Storage,
  pictures: Pictures,
  publishing: Publishing,
  shooting: Shooting,
): Promise<Outside> {
  const { config, catalog, now, stops } = storage
  const log = storage.log.child({ part: 'network' })
  const { cloud } = publishing
  const changed = storage.statusChanged.send

  const pairing = createPairing({ devices: catalog.devices, now })
  const tries = createTries({ changed })
  const terminal = createTerminalKey(config.data, (err) =>
    log.warn({ err }, 'There is no key for the programs of the terminal'),
  )
  stops.push(() => terminal.remove())
  let { port } = config
  /** Where others find it: nowhere when it listens on one address only, which is then that. */
  const hosts = needs.addresses ?? (() => reachableAt(config.host))
  const addresses = () => hosts().map((address) => `http://${address}:${port}`)
  const connect = createConnect({
    folder: join(config.data, 'config', 'tls'),
    host: config.host,
    httpsPort: config.httpsPort,
    wantsCertificate: shooting.isFtpOn,
    mdns: config.mdns,
    addresses: hosts,
    // The network's other guests read it: an event that is not at the front door is not named to them.
    title: () => {
      const event = catalog.events.current()
      return isAtFrontDoor(event, now()) ? event.settings.event_title : ''
    },
    publicUrl: cloud.publicUrl,
    settings: catalog.settings,
    changed() {
      shooting.secure.use(connect.certificate())
      publishing.guestLinks.look(addresses().find((url) => !isLoopback(new URL(url).hostname)) ?? null)
      changed()
    },
    now,
    log,
  })
  /** Where this computer has to pair too, somebody has to be the owner first. */
  const role = () =>
    config.trustLoopback || catalog.devices.list().some((device) => device.role === 'owner')
      ? 'editor'
      : 'owner'
  const codes = createCodes({ pairing, role, say: needs.say, isTerminal: needs.terminal !== false })
  const requestsChanged = createSignal()
  const requests = createAccessRequests({ now, changed: requestsChanged.send })
  pairing.onChange((id) => requests.forget(id))
  async function testCloud() {
    const reply = await cloud.test()
    connect.tested(cloud.publicUrl(), reply)
    return reply
  }
  const event = buildEvent(storage, pictures, publishing, shooting, () =>
    addresses().length > 0 ? addresses() : [`http://127.0.0.1:${port}`],
  )

  const wakefulness = createWakefulness({
    isOpen: () => catalog.events.current().state === 'open',
    changed,
    log,
  })
  storage.statusChanged.on(wakefulness.eventChanged)
  const healing = buildHealing(storage, publishing, shooting, {
    connect,
    recovery: event.recovery,
    addresses: hosts,
  })
  const status = buildStatus(storage, pictures, publishing, shooting, {
    lifecycle: event.lifecycle,
    prints: event.prints,
    desks: event.desks,
    guessing: tries.guessing,
    addresses,
    connect: connect.status,
    wakefulness,
    healing,
  })

  const http = await createApp({
    storage,
    pictures,
    publishing: { ...publishing, testCloud },
    shooting,
    event,
    access: {
      pairing,
      tries,
      codes,
      requests,
      onRequests: requestsChanged.on,
      setup: connect,
      adminUrls: () => addresses().map((url) => `${url}/admin/`),
      hosts: createHostNames({ now, more: () => [config.host, connect.status().name] }),
      allowedHosts: config.allowedHosts,
      trustLoopback: config.trustLoopback,
      terminalKey: terminal.key,
      rules: needs.guardRules,
    },
    status,
    doctor: buildDoctor(storage, publishing, status),
    figures: buildFigures(storage, pictures, publishing),
    logView: buildLog(storage, publishing, {
      source: needs.logSource ?? { file: null, lines: () => [] },
      version: shooting.version,
      terminalKey: terminal.key,
    }),
    server: {
      connections: needs.connections ?? connectionLimits(openFileLimit()),
      patience: needs.patience,
      picker: { data: config.data, home: homedir(), disks: config.cardRoots },
      dist: join(ROOT, 'dist'),
    },
  })
  return {
    ...event,
    http,
    connect,
    codes,
    wakefulness,
    healing,
    addresses,
    listensOn(at) {
      port = at
    },
  }
}

/** What became of an event, in figures. */
function buildFigures(
  { catalog, bus, log, now, stops }: Storage,
  { milestones }: Pictures,
  { audience, photographers }: Publishing,
): Figures {
  const faults = createFaultCounter({ catalog, bus, log })
  stops.push(() => faults.stop())
  return createFigures({
    catalog,
    guests: audience.of,
    photographers: photographers.list,
    settle() {
      milestones.settle()
      faults.settle()
    },
    now,
  })
}

/** The status that pages see of all of it. */
function buildStatus(
  storage: Storage,
  { darkroom, outputSettings, mending }: Pictures,
  { cloud, delivery, bulkRemoval, delay, registry, tree, audience }: Publishing,
  { sources, secondCopy, version }: Shooting,
  own: Pick<Parameters<typeof createStatusReporter>[0], 'guessing' | 'addresses' | 'connect'> &
    Pick<EventParts, 'lifecycle' | 'prints' | 'desks'> & {
      readonly wakefulness: Wakefulness
      readonly healing: Healing
    },
): StatusReporter {
  const { catalog, bus, log, folders, now } = storage
  const { lifecycle, prints, desks, wakefulness, healing, ...rest } = own
  const status = createStatusReporter({
    ...rest,
    catalog,
    bus,
    log,
    folders,
    version,
    prints: prints.status,
    desks: desks.names,
    secondCopy: secondCopy.copies.status,
    darkroom,
    outputSettings,
    cloud,
    delivery,
    power: wakefulness,
    bulkRemoval,
    guests: audience.status,
    startedAt: new Date(now()).toISOString(),
    sources: () => sources.current(),
    cameraName: (id) => registry.find(id)?.name ?? id,
    delaySeconds: delay.get,
    warnings: () => [
      ...storage.warnings,
      ...lifecycle.warnings(),
      ...wakefulness.warnings(),
      ...healing.warnings(),
      ...ftpWarnings(sources.current().ftp(), now()),
      ...troublesNow({ catalog, parts: [darkroom, tree, prints, mending] }),
    ],
  })
  storage.statusChanged.on(status.changed)
  storage.stops.push(() => status.stop())
  return status
}
