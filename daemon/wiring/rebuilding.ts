import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stat } from 'node:fs/promises'
import type { Inspected } from '../catalog/rebuild/adopt.ts'
import { findFault } from '../catalog/rebuild/fault.ts'
import { planRebuild, rebuild, type RebuildNeeds } from '../catalog/rebuild/rebuild.ts'
import type { Config } from '../config.ts'
import type { RebuildReport } from '../contract/rebuild.ts'
import { createDarkroom, type Darkroom } from '../darkroom/darkroom.ts'
import { createLuts } from '../darkroom/luts.ts'
import type { createWorkers as forkWorkers } from '../darkroom/workers/workers.ts'
import { errnoOf, isDiskFull, isStorageFault, messageOf, Refusal } from '../errors.ts'
import { openSecondCopy, type JournalReport } from '../events/backup/from-second-copy.ts'
import type { Manifest } from '../events/backup/manifest.ts'
import { checkEmpty, refuseInside, restoreFrom } from '../events/backup/restore.ts'
import { silentLog, type Log } from '../log.ts'
import { sha256Of } from '../originals/proof.ts'
import { refuseUnread } from '../catalog/rebuild/unread.ts'

/** Rebuilds a catalog, or says what that would find. The data folder's lock is the caller's.
 * @param needs.isTrial nothing is changed
 * @throws like `rebuild` and `planRebuild`; Refusal 409 `newer_catalog`, 507 `rebuild_disk_full`, 503
 * `rebuild_disk_failed` */
export async function runRebuild(needs: {
  config: Pick<Config, 'data' | 'folders'>
  isTrial: boolean
  from?: RebuildNeeds['from']
  log: Log
  now?: () => number
  createWorkers?: typeof forkWorkers
}): Promise<RebuildReport> {
  const { data, folders } = needs.config
  const looking = createLooking(needs)
  try {
    const fault = await findFault({ data, folders })
    const run = needs.isTrial ? planRebuild : rebuild
    return await run({
      data,
      folders,
      fault,
      inspect: looking.inspect,
      now: needs.now ?? Date.now,
      ...(needs.from && { from: needs.from }),
    })
  } catch (error) {
    throw refusalOf(error, data)
  } finally {
    await looking.stop()
  }
}

/** Brings a second copy into a new or empty data folder, where the disk with the photos is lost: see `openSecondCopy`
 * and `restoreBackup`.
 * @returns what of the journals could not be used, too
 * @throws Refusal in plain words */
export async function restoreSecondCopy(needs: {
  from: string
  data: string
  progress: (what: 'read' | 'copy', done: number, all: number) => void
  createWorkers?: typeof forkWorkers
}): Promise<Manifest & JournalReport> {
  const { from, data, progress, createWorkers } = needs
  await refuseInside(from, data)
  // Before hours of reading.
  await checkEmpty(data, null)
  const copy = await openSecondCopy({
    from,
    program: 'second copy',
    makeCatalog: (config) =>
      runRebuild({ config, isTrial: false, log: silentLog, ...(createWorkers && { createWorkers }) }),
    progress: (done, all) => progress('read', done, all),
  })
  try {
    return { ...(await restoreFrom(copy, data, progress)), ...copy.report }
  } finally {
    await copy.close()
  }
}

/** What a disk said, in a person's words. */
function refusalOf(error: unknown, data: string): unknown {
  const params = { folder: data, why: messageOf(error) }
  if (isDiskFull(error))
    return new Refusal(
      507,
      'rebuild_disk_full',
      `The disk has no room for the new catalog. Nothing was lost: make room in ${data} and for temporary files, and repeat this.`,
      { cause: error, params },
    )
  if (error instanceof Refusal || (errnoOf(error) === undefined && !isStorageFault(error))) return error
  return new Refusal(
    503,
    'rebuild_disk_failed',
    `A disk did not do what a rebuild needs of it. Nothing was lost: look at the disk of ${data}, and repeat this.`,
    { cause: error, params },
  )
}

/** A darkroom for the few files that no journal knows, made when the first of them is met. */
function createLooking(needs: { log: Log; createWorkers?: typeof forkWorkers }) {
  let darkroom: Darkroom | null = null
  let cache: string | null = null

  async function open(): Promise<Darkroom> {
    cache = await mkdtemp(join(tmpdir(), 'lep-rebuild-'))
    const made = createDarkroom({
      lutPath: createLuts({ folder: cache }).path,
      cacheFolder: cache,
      cacheLimit: () => 0,
      log: needs.log,
      ...(needs.createWorkers && { createWorkers: needs.createWorkers }),
    })
    await made.start()
    return made
  }

  return {
    async inspect(path: string): Promise<Inspected | null> {
      darkroom ??= await open()
      try {
        const { size, mtimeMs } = await stat(path)
        const { kind, width, height, takenAt, offset, camera, serial, rating, exposureValue } =
          await darkroom.inspect(path)
        return {
          sha256: await sha256Of(path),
          bytes: size,
          modifiedAt: mtimeMs,
          kind, width, height, takenAt, camera, serial, rating,
          ...(offset !== undefined && { offset }),
          ...(exposureValue !== undefined && { exposureValue }),
        } // prettier-ignore
      } catch (error) {
        // What is no photo stays where it is; a disk that fails is said.
        if (errnoOf(error) !== undefined) refuseUnread(path, error)
        return null
      }
    },
    async stop() {
      await darkroom?.stop()
      if (cache !== null) await rm(cache, { recursive: true, force: true })
    },
  }
}
