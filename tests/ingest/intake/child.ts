/** A daemon's ingest in a process of its own, for tests that kill it: `node child.ts FOLDER [no-links]`. It prints a
 * line for each Notice that a page would have got, and `ready` once it looks at its Sources. */
import { readEnd } from '../../../daemon/darkroom/formats/whole.ts'
import { createDarkroom } from '../../../daemon/darkroom/darkroom.ts'
import { createSources } from '../../../daemon/ingest/sources.ts'
import { silentLog } from '../../../daemon/log.ts'
import { breakDisk } from '../../fixtures/disk/disk-faults.ts'
import { noCameras, openWorld, QUICK } from '../world-parts.ts'

const dir = process.argv[2]!
if (process.argv[3] === 'no-links') breakDisk()
const darkroom = createDarkroom({
  cacheFolder: `${dir}/cache`,
  workers: process.env.LONG_TESTS === '1' ? 2 : 1,
  log: silentLog,
})
const { warm } = await darkroom.start()
await warm
const world = await openWorld(darkroom, { dir })
world.bus.on((notice) => {
  process.stdout.write(`${notice.type}\n`)
})
const sources = createSources({
  readEnd,
  ...world.needs,
  catalog: world.catalog,
  cardRoots: [`${dir}/cards`],
  watchedFolders: [],
  ...noCameras(world.catalog),
  changed: () => undefined,
  log: silentLog,
  now: Date.now,
  patience: QUICK,
})
await sources.start()
process.stdout.write('ready\n')
process.on('SIGTERM', () => {
  void sources
    .stop()
    .then(() => darkroom.stop())
    .then(() => {
      world.catalog.close()
      process.exit(0)
    })
})
