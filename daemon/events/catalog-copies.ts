import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import { PLACES } from '../catalog/rebuild/places.ts'
import { copyCatalog, removeHalfCopies } from '../catalog/store/copies.ts'
import { messageOf } from '../errors.ts'
import { writeAtomic } from '../files.ts'
import { FOLDER_ROLES, type FolderIds, type Folders } from '../folders.ts'
import { journalledPaths } from '../catalog/event-row.ts'
import type { Log } from '../log.ts'

/** How often the catalog is copied while it changes, milliseconds. */
const EVERY = 10 * 60_000

/** Copies of the catalog beside the current Event's photos: every ten minutes in which something changed, when the Event is
 * closed, paused or another, and at the stop. A disk that is away or full is left alone, and tried again. */
export interface CatalogCopies {
  /** Call every few seconds: copies where it is time. Never rejects. */
  look(): Promise<void>
  /** Copies what has changed since the last copy. Never rejects. */
  last(): Promise<void>
}

/** @param needs.path the catalog's file
 *  @param needs.steady milliseconds that only rise */
export function createCatalogCopies(needs: {
  path: string
  data: string
  catalog: Pick<Catalog, 'events' | 'changes' | 'isReadOnly'>
  folders: Pick<Folders, 'path' | 'check'>
  folderIds: Pick<FolderIds, 'get'>
  now: () => number
  steady: () => number
  log: Log
}): CatalogCopies {
  const { catalog, folders, log } = needs
  const { events } = catalog
  const stateNow = () => `${events.current().id} ${events.current().state}`
  let copied = catalog.changes()
  let state = stateNow()
  let at = needs.steady()
  let places = ''
  let logged = ''
  let work = tidy()

  /** An Event that was left since may never get another copy. Where a folder is away, the next copy there does it. */
  async function tidy(): Promise<void> {
    for (const { folders: paths } of events.list())
      await removeHalfCopies(paths.buffer).catch(() => undefined)
  }

  /** Where folders on disks of their own are: without the catalog nothing else on this disk would say it. */
  async function keepPlaces(): Promise<void> {
    const all = events.list().map(({ slug, folders: paths }) => ({
      slug,
      folders: journalledPaths(needs.data, paths),
      ids: Object.fromEntries(
        FOLDER_ROLES.flatMap((role) => {
          const id = needs.folderIds.get(paths[role])
          return id === undefined ? [] : [[role, id] as const]
        }),
      ),
    }))
    const text = JSON.stringify({ v: 1, events: all })
    if (text === places) return
    const path = join(needs.data, PLACES)
    if ((await readFile(path, 'utf8').catch(() => '')) !== text) await writeAtomic(path, text)
    places = text
  }

  async function copy(): Promise<void> {
    if (catalog.isReadOnly) return
    try {
      await keepPlaces()
      const changes = catalog.changes()
      if (changes === copied) return
      await folders.check('buffer')
      await copyCatalog(needs.path, folders.path('buffer'), needs.now())
      copied = changes
      logged = ''
    } catch (error) {
      const why = messageOf(error)
      if (why !== logged) log.warn({ err: error }, 'The catalog could not be copied beside the photos')
      logged = why
    }
  }

  function take(): Promise<void> {
    work = work.then(copy)
    return work
  }

  return {
    async look() {
      if (stateNow() === state && needs.steady() - at < EVERY) {
        if (places === '') await keepPlaces().catch(() => undefined)
        return
      }
      state = stateNow()
      at = needs.steady()
      await take()
    },
    last: take,
  }
}
