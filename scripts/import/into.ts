import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openCatalog } from '../../daemon/catalog/catalog.ts'
import { parseConfig, type Config } from '../../daemon/config.ts'
import type { createWorkers } from '../../daemon/darkroom/workers/workers.ts'
import { Refusal } from '../../daemon/errors.ts'
import { createHeroes } from '../../daemon/events/heroes.ts'
import { importOldSystem, type Imported } from '../../daemon/events/import/import.ts'
import { readOldSystem, type OldSystem } from '../../daemon/events/import/old-system.ts'
import { planImport, type ImportPlan } from '../../daemon/events/import/plan.ts'
import { refuseUnfinishedRestore } from '../../daemon/events/backup/restore.ts'
import { FOLDER_ROLES } from '../../daemon/folders.ts'
import { createIngest } from '../../daemon/ingest/intake/ingest.ts'
import { createLog, silentLog } from '../../daemon/log.ts'
import { createPublicFiles } from '../../daemon/publish/public-files.ts'
import { lockData } from '../../daemon/util/lock.ts'
import { overlap } from '../../daemon/util/real-path.ts'
import { buildPictures } from '../../daemon/wiring/pictures.ts'
import { openStorage, type Stops, type Storage } from '../../daemon/wiring/storage.ts'

export interface ImportReport extends Imported {
  readonly prefix: string
  readonly slug: string
  readonly plan: ImportPlan
  readonly old: OldSystem
}

/** Imports a folder of the previous system into a data folder on which no daemon runs, as an event of its own. In a new
 * data folder it is the current one, paused; in one that has events it is closed, and the current one stays.
 * @throws Refusal in plain words */
export async function importInto(needs: {
  folder: string
  data: string
  /** Only tells; the data folder is not touched. */
  dryRun: boolean
  progress?: (done: number, all: number) => void
  createWorkers?: typeof createWorkers
}): Promise<ImportReport> {
  const { folder, data } = needs
  if (await overlap(folder, data))
    throw new Refusal(
      422,
      'import_inside',
      `${folder} and the data folder ${data} lie in one another. Choose another data folder (--data).`,
      { params: { folder, data } },
    )
  const old = await readOldSystem(folder)
  const plan = await planImport(old)
  const about = { prefix: old.prefix, slug: slugOf(old.prefix), plan, old }
  if (needs.dryRun)
    return {
      ...about,
      photos: plan.photos.length,
      published: plan.live.length,
      already: 0,
      unread: plan.unread,
      notes: plan.notes,
    }
  const parsed = parseConfig(['--data', data, '--no-camera'], {})
  if ('help' in parsed) throw new Error('Asked for help')
  const { config } = parsed
  const stops: Stops = []
  let time: number | null = null
  const now = () => time ?? Date.now()
  try {
    if (!existsSync(join(data, 'catalog.db'))) begin(config, old, () => dayOf(old.prefix))
    const storage = await openStorage(config, {
      log: createLog({ level: 'silent', pretty: false }),
      now,
      warnings: [],
      stops,
    })
    const before = storage.catalog.events.current()
    const isKnown = storage.catalog.settings.get(`imported:${before.id}`) !== undefined
    time = dayOf(old.prefix)
    await enter(storage, old)
    time = null
    const imported = await run(storage, plan, old, (at) => (time = at), needs)
    const { events, transaction } = storage.catalog
    const { id } = events.current()
    // Nothing of tonight's cards goes into it before somebody says so.
    if (before.id === id) events.change(id, { state: isKnown ? before.state : 'paused' })
    else {
      const prepared = await storage.folders.prepare(before.folders)
      transaction(() => {
        prepared.record()
        events.switchTo(before.id)
        events.change(before.id, { state: before.state })
      })
      prepared.enter()
    }
    await storage.catalog.journal.drain()
    return { ...about, ...imported }
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

/** The event's name in addresses: its folder in the bucket, as far as an address can have it. */
const slugOf = (prefix: string) =>
  prefix
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'imported'

/** Noon of the day that the folder in the bucket is named after; now where it is not. */
function dayOf(prefix: string): number {
  const [day] = /^\d{4}-\d\d-\d\d/.exec(prefix) ?? []
  const at = day === undefined ? NaN : new Date(`${day}T12:00:00`).getTime()
  return Number.isNaN(at) ? Date.now() : at
}

/** The first event of a new data folder is the imported one. */
function begin(config: Config, old: OldSystem, now: () => number): void {
  const unlock = lockData(config.data)
  try {
    refuseUnfinishedRestore(config.data)
    const catalog = openCatalog({ path: join(config.data, 'catalog.db'), now, log: silentLog })
    catalog.events.open('', () => config.folders, { slug: slugOf(old.prefix), prefix: old.prefix })
    catalog.close()
  } finally {
    unlock()
  }
}

/** Goes over to the imported event, which an earlier run may have opened. */
async function enter({ catalog, folders, foldersFor }: Storage, old: OldSystem): Promise<void> {
  const { events } = catalog
  const known = events.list().find(({ prefix }) => prefix === old.prefix)
  if (known?.id === events.current().id) {
    events.change(known.id, { state: 'open' })
    return
  }
  const wanted = { slug: slugOf(old.prefix), prefix: old.prefix }
  const paths = known?.folders ?? foldersFor(events.plan(wanted).slug, false)
  const prepared = await folders.prepare(paths)
  catalog.transaction(() => {
    prepared.record()
    if (known) events.switchTo(known.id)
    else events.open('', () => paths, wanted)
  })
  prepared.enter()
}

async function run(
  storage: Storage,
  plan: ImportPlan,
  old: OldSystem,
  at: (time: number | null) => void,
  needs: { progress?: (done: number, all: number) => void; createWorkers?: typeof createWorkers },
): Promise<Imported> {
  const { catalog, folders, now, log } = storage
  const pictures = await buildPictures(storage, needs.createWorkers)
  const { darkroom, announcer, originalFiles, outputSettings } = pictures
  for (const role of FOLDER_ROLES) await folders.check(role)
  const ingest = createIngest({ catalog, folders: () => folders, inspect: darkroom.inspect, announcer })
  await ingest.clean()
  const heroes = createHeroes({
    darkroom,
    fetchPicture: () => Promise.reject(new Error('Nothing is fetched')),
  })
  const publicFiles = createPublicFiles({ catalog, folders, now, log })
  return importOldSystem(
    {
      catalog, folders, darkroom, originalFiles, publicFiles, heroes, outputSettings, at,
      accept: ingest.accept,
      progress: needs.progress ?? (() => undefined),
    },
    old,
    plan,
    // It holds for all events: one that another event goes by stays.
    catalog.events.list().length === 1,
  ) // prettier-ignore
}
