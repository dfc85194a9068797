import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { PhotoView } from '../../daemon/contract/photo.ts'
import type { PublicationView } from '../../daemon/contract/publication.ts'
import type { Outcome, PendingDecision } from './decision.ts'

const NAME = 'live-event-photography'
const VERSION = 1
/** WebKit sometimes never answers the first opening after a start. Longer than any that is only slow; milliseconds. */
const OPEN_MS = 15_000

export interface Schema extends DBSchema {
  decisions: { key: number; value: PendingDecision; indexes: { id: string } }
  /** What the daemon answered to a decision of another tab. */
  outcomes: { key: string; value: Outcome }
  /** At most one row: who sends. */
  lease: { key: string; value: { key: string; holder: string; until: number } }
  photos: { key: string; value: PhotoView }
  publications: { key: string; value: PublicationView }
  /** The status, and which address this is. */
  facts: { key: string; value: unknown }
}
export type Database = IDBPDatabase<Schema>

/** Opens what this device keeps.
 * @param onGone called when it was taken away later: by the person, or by the system for want of room
 * @returns null where nothing can be kept: storage is blocked, full or broken */
export async function openStorage(onGone: () => void): Promise<Database | null> {
  if (typeof indexedDB === 'undefined') return null
  const opening = openDB<Schema>(NAME, VERSION, {
    upgrade(db) {
      const decisions = db.createObjectStore('decisions', { keyPath: 'n', autoIncrement: true })
      decisions.createIndex('id', 'id', { unique: true })
      db.createObjectStore('outcomes', { keyPath: 'id' })
      db.createObjectStore('lease', { keyPath: 'key' })
      db.createObjectStore('photos', { keyPath: 'id' })
      db.createObjectStore('publications', { keyPath: 'filename' })
      db.createObjectStore('facts')
    },
    // A newer version of the app in another tab must not wait for this one.
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
    terminated: onGone,
  })
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), OPEN_MS)))
  try {
    const db = await Promise.race([opening, late])
    if (db === null) void opening.then((tooLate) => tooLate.close()).catch(() => undefined)
    return db
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
