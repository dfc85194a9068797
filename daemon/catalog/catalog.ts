import { accessSync, constants, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SENTINEL, type FolderIds } from '../folders.ts'
import { errnoOf, isDamage, isStorageFault, Refusal } from '../errors.ts'
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
import { copyBefore } from './store/copy-before.ts'
import { completeJournal, journalSettings, noteSettings } from './store/kept-settings.ts'
import { migrate, MIGRATIONS } from './store/migrations.ts'
import { createOriginals, type Originals } from './photos/originals.ts'
import { createPhotos, type Photos } from './photos/photos.ts'
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

/** Opening needs a little room, and on a disk that may only be read it needs a place of its own. */
function openSomehow(path: string, reserve: Reserve | null, fits?: (known: Fits) => void): Opened {
  try {
    return { db: openDatabase(path, true, fits), copy: null }
  } catch (error) {
    if (!isStorageFault(error)) throw error
    if (isReadOnly(path)) return openCopy(path)
    if (!reserve?.release()) throw error
    const db = openDatabase(path, true, fits)
    reserve.take('rest')
    return { db, copy: null }
  }
}

interface Opened {
  readonly db: DatabaseSync
  /** The folder of the copy that is read instead, or null. */
  readonly copy: string | null
}

function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return existsSync(path) && ['EROFS', 'EACCES', 'EPERM'].includes(errnoOf(error) ?? '')
  }
}

/** What the catalog holds, with its log, where nothing can be written beside it. Every change is refused, for it would
 * be forgotten. */
function openCopy(path: string): Opened {
  const copy = mkdtempSync(join(tmpdir(), 'lep-catalog-'))
  for (const end of ['', '-wal'])
    if (existsSync(path + end)) copyFileSync(path + end, join(copy, basename(path) + end))
  const db = openDatabase(join(copy, basename(path)), false)
  db.exec('PRAGMA query_only = 1')
  return { db, copy }
}

/** @param keepsCopy whether a catalog of an earlier version is copied before it is changed
 *  @throws Refusal `newer_catalog`, `catalog_damaged`, and those of `copyBefore` */
function openDatabase(path: string, keepsCopy = true, fits?: (known: Fits) => void): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 })
    // FULL and fullfsync: NORMAL lost acknowledged rows in simulated power cuts.
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1',
    )
    checkWhole(db, path)
    fits?.(knownBy(db))
    const opened = db
    migrate(db, MIGRATIONS, (version) => {
      if (keepsCopy) copyBefore(opened, path, version)
    })
    return db
  } catch (error) {
    db?.close()
    if (isDamage(error)) throw damaged(path, error)
    throw error
  }
}

/** What tells a catalog from others: the Events that it knows, and how far the journals had got. */
export interface Fits {
  readonly slugs: ReadonlySet<string>
  readonly last: number
}

function knownBy(db: DatabaseSync): Fits {
  const hasTables = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'facts'`).get() !== undefined
  if (!hasTables) return { slugs: new Set(), last: 0 }
  const slugs = db.prepare('SELECT slug FROM events').all()
  const last = db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'facts'`).get()
  return { slugs: new Set(slugs.map(({ slug }) => String(slug))), last: Number(last?.['seq'] ?? 0) }
}

/** Finds pages that no longer fit together before anything is built on them;
 * sqlite.org/pragma.html#pragma_quick_check */
function checkWhole(db: DatabaseSync, path: string): void {
  const [found] = db.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[]
  if (found?.quick_check !== 'ok') throw damaged(path, found?.quick_check)
}

function damaged(path: string, cause: unknown): Refusal {
  return new Refusal(
    409,
    'catalog_damaged',
    `The catalog ${path} is damaged and cannot be read. Rebuild it (npm run rebuild), or put back a copy of it from a backup; nothing was changed.`,
    { cause, params: { path } },
  )
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
