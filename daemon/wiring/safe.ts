import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { BACKLOG, connectionLimits, type ConnectionLimits } from '../access/connection-limits.ts'
import { createHostNames } from '../access/network.ts'
import { readKnownEvents, type KnownEvents } from '../catalog/rebuild/events-known.ts'
import type { RebuildNeeds } from '../catalog/rebuild/rebuild.ts'
import type { Config } from '../config.ts'
import type { CatalogFault } from '../contract/rebuild.ts'
import type { createWorkers } from '../darkroom/workers/workers.ts'
import { messageOf } from '../errors.ts'
import { closeApp } from '../http/close-app.ts'
import { createSafeApp } from '../http/safe/app.ts'
import type { SafeState } from '../http/safe/page.ts'
import { lockData } from '../util/lock.ts'
import { openFileLimit } from '../util/open-files.ts'
import { runRebuild } from './rebuilding.ts'

const DIST = fileURLToPath(new URL('../../dist', import.meta.url))
/** How often it is looked whether somebody put the catalog right in another way, milliseconds. */
const LOOK_EVERY = 2000
/** How long the start waits for what guests saw last, milliseconds. */
const PATIENCE = 2000

/** A daemon without a catalog. */
export interface SafeMode {
  readonly port: number
  stop(): Promise<void>
}

/** Answers in the place of the whole program while the catalog cannot be used. It takes nothing in, publishes nothing,
 * writes nothing, and holds no lock: `npm run rebuild`, and whoever puts a backup back, may do so beside it.
 * @param needs.mended the catalog is another now: the whole program may be tried; rejects where it cannot start, and the
 * safe state goes on */
export async function startSafeMode(needs: {
  config: Config
  fault: CatalogFault
  log: Logger
  now: () => number
  connections?: ConnectionLimits
  createWorkers?: typeof createWorkers
  mended: () => void
}): Promise<SafeMode> {
  const { config, log, now } = needs
  let known: KnownEvents | null = null
  const reading = readKnownEvents(config).then(
    (found) => void (known = found),
    (err: unknown) => {
      log.warn({ err }, 'What guests saw last could not be read')
      known = { all: [], current: null, gone: new Set() }
    },
  )
  let state: SafeState = { fault: needs.fault, doing: 'nothing', plan: null, trouble: null }
  let work: Promise<void> = Promise.resolve()

  function act(doing: 'looking' | 'rebuilding', from: NonNullable<RebuildNeeds['from']>): void {
    if (state.doing !== 'nothing') return
    state = { ...state, doing, trouble: null }
    work = run(doing === 'looking', from).catch((error: unknown) => {
      log.warn({ err: error }, 'The catalog could not be rebuilt')
      state = { ...state, doing: 'nothing', trouble: messageOf(error) }
    })
  }

  async function run(isTrial: boolean, from: NonNullable<RebuildNeeds['from']>): Promise<void> {
    const unlock = lockData(config.data)
    try {
      const { createWorkers } = needs
      const plan = await runRebuild({
        config,
        isTrial,
        from,
        log,
        now,
        ...(createWorkers && { createWorkers }),
      })
      state = { ...state, doing: isTrial ? 'nothing' : 'rebuilding', plan }
    } finally {
      unlock()
    }
    if (!isTrial) needs.mended()
  }

  const app = await createSafeApp({
    log,
    dist: DIST,
    known: () => known,
    state: () => state,
    actions: {
      look: () => act('looking', 'newest'),
      rebuild: () => act('rebuilding', 'newest'),
      copy: () => act('rebuilding', 'copy'),
    },
    hosts: createHostNames({ now, more: () => [config.host] }),
    allowedHosts: config.allowedHosts,
    trustLoopback: config.trustLoopback,
    connections: needs.connections ?? connectionLimits(openFileLimit()),
    now,
    steady: () => performance.now(),
  })
  // Most often it is there by then; many photos on a slow disk hold up nobody.
  await Promise.race([reading, setTimeout(PATIENCE)])
  await app.listen({ host: config.host, port: config.port, backlog: BACKLOG })
  const address = app.server.address()

  const path = join(config.data, 'catalog.db')
  const looks = () => {
    const found = statSync(path, { throwIfNoEntry: false })
    return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : ''
  }
  let before = looks()
  const timer = setInterval(() => {
    if (state.doing !== 'nothing' || looks() === before) return
    before = looks()
    needs.mended()
  }, LOOK_EVERY)

  return {
    port: typeof address === 'object' && address ? address.port : config.port,
    async stop() {
      clearInterval(timer)
      await Promise.all([work, reading])
      await closeApp(app)
    },
  }
}
