import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SENTINEL } from '../folders.ts'
import type { Log } from '../log.ts'
import { createActions, type Actions } from './actions.ts'
import { createAudit, type Audit } from './audit.ts'
import { createDevices, type Devices } from './devices.ts'
import { createEvents, type Events } from './events.ts'
import { createHolds, type Holds } from './holds.ts'
import { createJobs, type Jobs } from './jobs.ts'
import { createJournal, type Journal } from './journal.ts'
import { createAside, createLedger, type Aside, type Ledger } from './ledger.ts'
import { migrate } from './migrations.ts'
import { createOriginals, type Originals } from './originals.ts'
import { createPhotos, type Photos } from './photos.ts'
import { createPublications, type Publications } from './publications.ts'
import { createRequests, type Requests } from './requests.ts'
import { createSettings, type Settings } from './settings.ts'
import { createTransaction, type Transaction } from './sql.ts'
import { createUploads, type Uploads } from './uploads.ts'
import { createUnattended, type Unattended } from './unattended.ts'
import { createStatistics, type Statistics } from './statistics.ts'

/** What the daemon knows, in one SQLite file. Every call is synchronous and durable when it returns. */
export interface Catalog {
  readonly events: Events
  readonly photos: Photos
  readonly originals: Originals
  readonly publications: Publications
  readonly uploads: Uploads
  readonly requests: Requests
  readonly devices: Devices
  readonly audit: Audit
  readonly actions: Actions
  readonly holds: Holds
  readonly jobs: Jobs
  readonly ledger: Ledger
  readonly aside: Aside
  readonly settings: Settings
  readonly unattended: Unattended
  readonly statistics: Statistics
  readonly journal: Journal
  readonly transaction: Transaction
  /** Nothing to do when it is closed. */
  close(): void
}

/** @param needs.path the file, on the internal disk; made if it is not there
 *  @throws Refusal `newer_catalog` when a newer version of the program made it */
export function openCatalog(needs: { path: string; now: () => number; log: Log }): Catalog {
  const { now } = needs
  mkdirSync(dirname(needs.path), { recursive: true })
  const db = new DatabaseSync(needs.path, { enableForeignKeyConstraints: true, timeout: 5000 })
  try {
    // FULL and fullfsync: NORMAL lost acknowledged rows in simulated power cuts.
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1',
    )
    migrate(db)
  } catch (error) {
    db.close()
    throw error
  }
  const transaction = createTransaction(db)
  const settings = createSettings(db)

  /** The journal may only be written where the folder proves to be the Event's own. */
  async function folderOf(eventId: number): Promise<string | null> {
    const event = events.list().find(({ id }) => id === eventId)
    if (!event) return null
    const path = event.folders.buffer
    const id = await readFile(join(path, SENTINEL), 'utf8').catch(() => '')
    return id.trim() !== '' && id.trim() === settings.get(`folder:${path}`) ? path : null
  }

  const journal = createJournal({ db, now, log: needs.log, folderOf })
  const events = createEvents({ db, transaction, journal, now, base: dirname(needs.path) })
  return {
    events,
    photos: createPhotos({ db, transaction, journal, now }),
    originals: createOriginals({ db, transaction, journal }),
    publications: createPublications({ db, transaction, journal, now }),
    uploads: createUploads(db),
    requests: createRequests(db, now),
    devices: createDevices(db, now, transaction),
    audit: createAudit({ db, transaction, journal, now }),
    actions: createActions(db, transaction, now),
    holds: createHolds(db),
    jobs: createJobs(db, transaction, now),
    ledger: createLedger(db, now),
    aside: createAside(db, now),
    settings,
    unattended: createUnattended(db),
    statistics: createStatistics(db),
    journal,
    transaction,
    close() {
      if (db.isOpen) db.close()
    },
  }
}

/** Where the ids of photo folders are kept, as `openFolders` wants them. */
export function folderIds(settings: Settings): {
  get(path: string): string | undefined
  set(path: string, id: string): void
} {
  return {
    get: (path) => settings.get(`folder:${path}`),
    set: (path, id) => settings.set(`folder:${path}`, id),
  }
}
