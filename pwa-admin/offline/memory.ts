import type { PhotoState, PhotoView } from '../../daemon/contract/photo.ts'
import type { PublicationView } from '../../daemon/contract/publication.ts'
import type { Status } from '../../daemon/contract/status.ts'
import { idle } from '../ui/idle.ts'
import type { Database } from './storage.ts'

/** What the screen last showed, for the time without the daemon. */
export interface Picture {
  readonly status: Status | null
  readonly photos: readonly PhotoView[]
  readonly publications: readonly PublicationView[]
  /** Lists that were known whole. */
  readonly whole: readonly PhotoState[]
}

/** Rows a transaction: writing ten thousand of them never holds up a finger. */
const SLICE = 200

/** Keeps the last known lists in IndexedDB. Only rows that are other objects than the last time are written: rows
 * are never changed in place. */
export function createMemory(opened: Promise<Database | null>) {
  const saved = { photos: new Map<string, object>(), publications: new Map<string, object>() }
  let known = false
  let wanted: Picture | null = null
  let saving: Promise<void> | null = null

  /** What was kept by an earlier page may be of photos that are gone. */
  async function learnKeys(db: Database) {
    if (known) return
    for (const name of ['photos', 'publications'] as const)
      for (const key of await db.getAllKeys(name)) if (!saved[name].has(key)) saved[name].set(key, {})
    known = true
  }

  async function write<N extends 'photos' | 'publications'>(
    db: Database,
    name: N,
    rows: ReadonlyMap<string, N extends 'photos' ? PhotoView : PublicationView>,
  ) {
    const before = saved[name]
    const gone = [...before.keys()].filter((key) => !rows.has(key))
    const changed = [...rows].filter(([key, row]) => before.get(key) !== row)
    for (let at = 0; at < Math.max(gone.length, changed.length); at += SLICE) {
      await idle()
      const tx = db.transaction(name, 'readwrite')
      for (const key of gone.slice(at, at + SLICE)) void tx.store.delete(key)
      for (const [, row] of changed.slice(at, at + SLICE)) void tx.store.put(row)
      await tx.done
      for (const key of gone.slice(at, at + SLICE)) before.delete(key)
      for (const [key, row] of changed.slice(at, at + SLICE)) before.set(key, row)
    }
  }

  async function run() {
    const db = await opened
    if (!db) return
    await learnKeys(db)
    while (wanted) {
      const { photos, publications, status, whole } = wanted
      wanted = null
      await write(db, 'photos', new Map(photos.map((row) => [row.id, row])))
      await write(db, 'publications', new Map(publications.map((row) => [row.filename, row])))
      await db.put('facts', status, 'status')
      await db.put('facts', whole, 'whole')
    }
  }

  return {
    /** Keeps this picture, in its own time; a later one takes over from an earlier. Storage that fails is no
     * trouble: the lists come from the daemon again. */
    keep(picture: Picture): Promise<void> {
      wanted = picture
      saving ??= run()
        .catch(() => undefined)
        .finally(() => (saving = null))
      return saving
    },
    /** @returns null when nothing was kept, or it cannot be read */
    async recall(): Promise<Picture | null> {
      const db = await opened
      if (!db) return null
      try {
        const [photos, publications, status, whole] = await Promise.all([
          db.getAll('photos'),
          db.getAll('publications'),
          db.get('facts', 'status') as Promise<Status | null | undefined>,
          db.get('facts', 'whole') as Promise<PhotoState[] | undefined>,
        ])
        if (!status) return null
        for (const row of photos) saved.photos.set(row.id, row)
        for (const row of publications) saved.publications.set(row.filename, row)
        return { photos, publications, status, whole: whole ?? [] }
      } catch {
        return null
      }
    },
    /** This device may not look any more. Decisions stay: they hold no pictures, and may yet be wanted. */
    async forget(): Promise<void> {
      wanted = null
      await saving
      for (const rows of Object.values(saved)) rows.clear()
      const db = await opened
      if (!db) return
      const names = ['photos', 'publications', 'facts'] as const
      await Promise.all(names.map((name) => db.clear(name))).catch(() => undefined)
    },
  }
}
export type Memory = ReturnType<typeof createMemory>
