import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { folderIds, openCatalog } from '../../catalog/catalog.ts'
import { createDarkroom } from '../../darkroom/darkroom.ts'
import { createLuts } from '../../darkroom/luts.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { exists } from '../../files.ts'
import { createCameraRegistry } from '../../ingest/camera/registry.ts'
import { silentLog } from '../../log.ts'
import { createProof } from '../../originals/proof.ts'
import { createOutputSettings } from '../../publish/output-settings.ts'
import { createWording } from '../../publish/wording.ts'
import { takeSnapshot } from '../backup/snapshot.ts'
import { deliver, type DeliverNeeds, type DeliverReport } from './deliver.ts'
import { createFullPrints, deliverParts } from './parts.ts'

const SCRATCH = 'lep-deliver-'

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errnoOf(error) !== 'ESRCH'
  }
}

/** What runs that were killed left: copies of the catalog. */
async function clearScratch(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = /^lep-deliver-(\d+)-\w+$/.exec(name) ?? []
    if (pid !== undefined && !isRunning(Number(pid)))
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
  }
}

/** Delivers an event of a data folder whether or not a daemon runs on it: what is known is read from a copy of its
 * catalog, and nothing there is written.
 * @param needs.slug the event; null for the current one
 * @throws Refusal 404 `deliver_no_catalog`, `deliver_no_event`; like `deliver` and `takeSnapshot` */
export async function deliverFromData(
  needs: Pick<DeliverNeeds, 'choice' | 'folders' | 'program' | 'now' | 'progress' | 'signal'> & {
    readonly data: string
    readonly slug: string | null
  },
): Promise<DeliverReport> {
  const { data, slug } = needs
  const original = join(data, 'catalog.db')
  if (!(await exists(original)))
    throw new Refusal(404, 'deliver_no_catalog', `There is no catalog in ${data}: nothing to deliver.`, {
      params: { folder: data },
    })
  await clearScratch()
  const scratch = await mkdtemp(join(tmpdir(), `${SCRATCH}${process.pid}-`))
  const path = join(scratch, 'catalog.db')
  try {
    await takeSnapshot({ data, catalog: original, to: path, slug: null })
    const catalog = openCatalog({ path, now: needs.now, log: silentLog, base: data })
    const event = slug === null ? catalog.events.current() : catalog.events.find(slug)
    const proof = createProof({ originals: catalog.originals, events: { current: () => event! } })
    const darkroom = createDarkroom({
      cacheFolder: join(scratch, 'renditions'),
      lutPath: createLuts({ folder: join(data, 'config', 'luts') }).path,
      check: proof.check,
      log: silentLog,
    })
    try {
      if (!event)
        throw new Refusal(404, 'deliver_no_event', `There is no event "${slug}".`, {
          params: { event: slug ?? '' },
        })
      // Their files are not looked at: a delivery carries neither watermark nor frame.
      const settings = await createOutputSettings({
        settings: catalog.settings,
        folder: join(scratch, 'config'),
        convert: darkroom.convert,
        tryOut: async () => undefined,
        changed: () => undefined,
        log: silentLog,
      })
      const registry = createCameraRegistry(catalog.settings)
      const ids = folderIds(catalog.settings)
      const prints = createFullPrints({
        darkroom,
        pictures: settings.pictures,
        photographerOf: (photo) => parts.photographerOf(photo),
        wording: createWording({
          event: () => event,
          photographerOf: (photo) => parts.photographerOf(photo),
        }),
      })
      const parts = deliverParts({ catalog, event, folderIds: ids, registry, prints, data })
      if (needs.choice.as === 'edited') await (await darkroom.start()).warm
      return await deliver({ ...parts, ...needs, event, scratch })
    } finally {
      await darkroom.stop()
      catalog.close()
    }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
