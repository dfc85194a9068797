import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { nameKey } from '../../files.ts'
import { FOLDER_OF, type FolderPaths } from '../../folders.ts'
import { frameStem } from '../photos/stems.ts'
import { prepare, type Db } from '../store/sql.ts'
import type { JournalFact } from '../store/journal-facts.ts'
import { HANDLERS } from './handlers.ts'
import type { Notes } from './notes.ts'
import type { Unknown } from './reconcile.ts'
import { createStatements } from './statements.ts'

/** What a picture file that no journal knows says of itself. */
export interface Inspected {
  readonly sha256: string
  readonly bytes: number
  readonly modifiedAt: number
  readonly kind: string
  readonly width: number
  readonly height: number
  readonly takenAt: number | null
  readonly offset?: number
  readonly camera: string | null
  readonly serial: string | null
  readonly rating: number
  readonly exposureValue?: number
}

/** @returns null for what is no photo, or cannot be read */
export type Inspect = (path: string) => Promise<Inspected | null>

/** Makes Photos of files in the archive and the trash that no journal knows, where they lie. A RAW and its JPEG are one.
 * What lies in the buffer is adopted by the next start, as always.
 * @returns how many Photos there are more */
export async function adoptFiles(needs: {
  db: Db
  eventId: number
  folders: FolderPaths
  files: readonly Unknown[]
  inspect: Inspect
  note: Notes
  now: number
}): Promise<number> {
  const { db, eventId, files } = needs
  const sql = createStatements(db)
  const isKnown = prepare<{ found: number }>(
    db,
    'SELECT 1 AS found FROM originals WHERE event_id = ?1 AND (sha256 = ?2 OR filename_key = ?3)',
  )
  const byStem = new Map<string, string>()
  let adopted = 0
  function apply(fact: Extract<JournalFact, { fact: 'photo.added' | 'original.added' | 'photo.moved' }>) {
    const place = { eventId, at: needs.now }
    if (fact.fact === 'photo.added') HANDLERS['photo.added'](sql, fact, place)
    else if (fact.fact === 'original.added') HANDLERS['original.added'](sql, fact, place)
    else HANDLERS['photo.moved'](sql, fact, place)
    needs.note(eventId, fact)
  }
  // RAWs last: each finds its JPEG.
  const isLate = (name: string) => (/\.(jpe?g|png|webp|heic|avif)$/i.test(name) ? 0 : 1)
  for (const { state, name } of files.toSorted((a, b) => isLate(a.name) - isLate(b.name))) {
    if (state === 'buffer') continue
    const seen = await needs.inspect(join(needs.folders[FOLDER_OF[state]], name))
    if (!seen || isKnown.get(eventId, seen.sha256, nameKey(name))) continue
    const { sha256, bytes, kind, width, height, camera, serial, rating } = seen
    const modifiedAt = Math.round(seen.modifiedAt)
    const stem = frameStem(name)
    const key = `${state} ${stem}`
    const joined = kind === 'raw' ? byStem.get(key) : undefined
    const photo = joined ?? randomBytes(8).toString('hex')
    if (joined === undefined) {
      apply({
        fact: 'photo.added', photo, filename: name, width, height, takenAt: seen.takenAt ?? modifiedAt, camera, serial,
        rating, cameraId: null, marked: false, addedAt: needs.now,
        ...(seen.offset !== undefined && { offset: seen.offset }),
        ...(seen.exposureValue !== undefined && { exposureValue: seen.exposureValue }),
      }) // prettier-ignore
      adopted += 1
      byStem.set(key, photo)
    } else byStem.delete(key)
    const role = joined === undefined ? 'main' : 'raw'
    apply({
      fact: 'original.added',
      photo,
      role,
      filename: name,
      sha256,
      bytes,
      modifiedAt,
      kind,
      origin: 'buffer',
      stem,
    })
    if (joined === undefined) apply({ fact: 'photo.moved', photo, state })
  }
  return adopted
}
