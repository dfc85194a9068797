import { mkdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SENTINEL, type FolderIds } from '../folders.ts'
import type { Log } from '../log.ts'
import { createActions, type Actions } from './people/undo-log.ts'
import { createAudit, type Audit } from './people/audit.ts'
import { createDevices, type Devices } from './people/devices.ts'
import { createDeskSends, type DeskSends } from './publications/desk-sends.ts'
import { createEvents, type Events } from './events.ts'
import { createPublishDelays, type PublishDelays } from './people/delayed-publishes.ts'
import { createJobs, type Jobs } from './people/jobs.ts'
import { createJournal, type Journal } from './store/journal.ts'
import {
  createSkipped,
  createImportHistory,
  type Skipped,
  type ImportHistory,
} from './sources/import-history.ts'
import { completeJournal, journalSettings, noteSettings } from './store/kept-settings.ts'
import { openSomehow, type Fits } from './store/open-database.ts'
import { createOriginals, type Originals } from './photos/originals.ts'
import { createPhotos, type Photos } from './photos/photos.ts'
import { createPrints, type Prints } from './publications/prints.ts'
import { createPublications, type Publications } from './publications/publications.ts'
import { createRequests, type Requests } from './people/requests.ts'
import { createReserve, type Reserve } from './store/reserve.ts'
import { createSettings, type Settings } from './settings.ts'
import { createTransaction, createUrgent, prepare, type Transaction } from './store/sql.ts'
import { createUploads, type Uploads } from './publications/uploads.ts'
import { createAudienceTable, type AudienceTable } from './publications/audience.ts'
import { createRemovalRequests, type RemovalRequests } from './publications/removal-requests.ts'
import { createUnattended, type Unattended } from './publications/unattended.ts'
import { createRehearsals, type Rehearsals } from './photos/rehearsals.ts'
import { createSecondCopies, type SecondCopies } from './photos/second-copies.ts'
import { createStatistics, type Statistics } from './photos/statistics.ts'
import { createMilestones, type Milestones } from './photos/milestones.ts'
import { createTimelines, type Timelines } from './photos/timelines.ts'
import { createFinals, type Finals } from './photos/finals.ts'
import { createFaults, type Faults } from './faults.ts'
import { createLooks, type Looks } from './looks.ts'
import { createWalls, type Walls } from './walls.ts'
import { createWordsTable, type WordsTable } from './photos/photo-words.ts'
import { createScenes, type Scenes } from './photos/scenes.ts'

/** What the daemon knows, in one SQLite file. Every call is synchronous and durable when it returns. */
export interface Catalog {
  readonly events: Events
  readonly photos: Photos
  readonly originals: Originals
  readonly publications: Publications
  readonly uploads: Uploads
  readonly deskSends: DeskSends
  readonly prints: Prints
  readonly requests: Requests
  readonly devices: Devices
  readonly audit: Audit
  readonly actions: Actions
  readonly publishDelays: PublishDelays
  readonly jobs: Jobs
  readonly importHistory: ImportHistory
  readonly skipped: Skipped
  readonly settings: Settings
  readonly looks: Looks
  readonly walls: Walls
  readonly scenes: Scenes
  readonly words: WordsTable
  readonly unattended: Unattended
  readonly removalRequests: RemovalRequests
  readonly audience: AudienceTable
  readonly statistics: Statistics
  readonly milestones: Milestones
  readonly timelines: Timelines
  readonly faults: Faults
  readonly finals: Finals
  readonly rehearsals: Rehearsals
  readonly secondCopies: SecondCopies
  readonly journal: Journal
  readonly transaction: Transaction
  /** A transaction that may use the room which is kept for a full disk: for what takes out of the gallery, and for what
   * makes room. */
  readonly urgent: Transaction
  /** The disk is read-only: every change is refused with SQLite's SQLITE_READONLY. */
  readonly isReadOnly: boolean
  /** The room that is kept for a full disk. */
  readonly reserve: Pick<Reserve, 'take' | 'isNeeded'>
  /** Rises with every row that is changed. */
  changes(): number
  /** Puts into the journals what programs of before did not write there. Call once, at the start, after `resume`. */
  completeJournal(): void
  /** Nothing to do when it is closed. */
  close(): void
}

/** @param needs.path the file, on the internal disk; made if it is not there
 *  @param needs.keepsRoom whether room is kept on its disk for what has to be possible when that is full
 *  @param needs.base the data folder that it speaks of, where the file is a copy that lies elsewhere
 *  @throws Refusal `newer_catalog` when a newer version of the program made it, `catalog_damaged` when it cannot be
 *  read, `no_room_for_copy` or `copy_failed` when one of an earlier version could not be copied before it is changed;
 *  nothing is changed then */
export function openCatalog(needs: {
  path: string
  now: () => number
  log: Log
  keepsRoom?: boolean
  base?: string
  /** Throws where it is not the catalog that belongs here. Called before anything is changed. */
  fits?: (known: Fits) => void
}): Catalog {
  const { now } = needs
  mkdirSync(dirname(needs.path), { recursive: true })
  const reserve = needs.keepsRoom ? createReserve(`${needs.path}.reserve`) : null
  const { db, copy } = openSomehow(needs.path, reserve, needs.fits)
  const transaction = createTransaction(db)
  const urgent = createUrgent(transaction, () => reserve?.release() ?? false)
  const plain = createSettings(db)

  /** The journal may only be written where the folder proves to be the Event's own. */
  async function folderOf(eventId: number): Promise<string | null> {
    const event = events.list().find(({ id }) => id === eventId)
    if (!event) return null
    const path = event.folders.buffer
    const id = await readFile(join(path, SENTINEL), 'utf8').catch(() => '')
    return id.trim() !== '' && id.trim() === plain.get(`folder:${path}`) ? path : null
  }

  const journal = createJournal({
    db,
    now,
    log: needs.log,
    folderOf,
    spill: {
      base: needs.base ?? dirname(needs.path),
      of: (eventId) => events.list().find(({ id }) => id === eventId)!.spill,
    },
    events: () => events.list().map(({ id }) => id),
  })
  const events = createEvents({ db, transaction, journal, now, base: needs.base ?? dirname(needs.path) })
  const photos = createPhotos({ db, transaction, journal, now })
  const kept = {
    db,
    settings: plain,
    transaction,
    journal,
    eventId: () => events.list()[0] && events.current().id,
  }
  const settings = journalSettings(kept)
  const changes = prepare<{ n: number }>(db, 'SELECT total_changes() AS n')
  return {
    events: {
      ...events,
      open: (...wanted) =>
        transaction(() => {
          const event = events.open(...wanted)
          noteSettings(kept, event.id)
          return event
        }),
    },
    photos,
    originals: createOriginals({ db, transaction, journal }),
    publications: createPublications({ db, transaction, journal, now }),
    uploads: createUploads(db),
    deskSends: createDeskSends(db, transaction, settings),
    prints: createPrints({ db, transaction, journal, now, photo: photos.byId }),
    requests: createRequests(db, now),
    devices: createDevices(db, now, transaction),
    audit: createAudit({ db, transaction, journal, now }),
    actions: createActions(db, transaction, now),
    publishDelays: createPublishDelays(db),
    jobs: createJobs(db, transaction, now),
    importHistory: createImportHistory(db, now),
    skipped: createSkipped(db, now),
    settings,
    looks: createLooks(settings),
    walls: createWalls(settings),
    scenes: createScenes(db),
    words: createWordsTable({ db, transaction, journal, photo: photos.byId }),
    unattended: createUnattended(db),
    removalRequests: createRemovalRequests(db, now),
    audience: createAudienceTable(db),
    statistics: createStatistics(db),
    milestones: createMilestones(db),
    timelines: createTimelines(db),
    faults: createFaults(db),
    finals: createFinals({ db, transaction, journal, now }),
    rehearsals: createRehearsals(db, transaction),
    secondCopies: createSecondCopies(db, now),
    journal,
    transaction,
    urgent,
    reserve: reserve ?? { take: () => undefined, isNeeded: () => false },
    isReadOnly: copy !== null,
    changes: () => changes.get()?.n ?? 0,
    completeJournal: () => completeJournal(kept),
    close() {
      if (db.isOpen) db.close()
      if (copy !== null) rmSync(copy, { recursive: true, force: true })
    },
  }
}

/** The setting that keeps the folders that are being made. */
const MAKING = 'folders.making'

/** Where the ids of photo folders are kept, as `openFolders` wants them. */
export function folderIds(settings: Settings): FolderIds {
  const prefix = 'folder:'
  const making = () => JSON.parse(settings.get(MAKING) ?? '{}') as Record<string, string>
  return {
    get: (path) => settings.get(prefix + path),
    set: (path, id) => settings.set(prefix + path, id),
    isKnown: (id) => settings.has(prefix, id) || Object.values(making()).includes(id),
    making,
    keepMaking: (ids) => settings.set(MAKING, JSON.stringify(ids)),
  }
}
