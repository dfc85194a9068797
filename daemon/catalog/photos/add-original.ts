import { nameKey } from '../../files.ts'
import type { Journal } from '../store/journal.ts'
import { prepare, type Db } from '../store/sql.ts'
import type { OriginalRecord } from './photo-row.ts'
import { REHEARSAL } from './rehearsals.ts'
import { frameStem } from './stems.ts'

/** What ingest knows of a complete file when it asks for a row. */
export interface NewOriginal extends Omit<OriginalRecord, 'lost' | 'spilled'> {
  readonly spilled?: string | null
  /** Source and folder that it came from: a RAW and its JPEG share it. */
  readonly origin: string
  /** The file's name at its origin, which may differ from `filename`. */
  readonly originName: string
  /** See `Known`. */
  readonly picture?: string | null
  readonly shotAt?: number | null
  readonly stat?: string | null
}

/** Writes the row of a Photo's Original; call in the transaction that makes or joins the Photo. */
export type AddOriginal = (
  eventId: number,
  photo: string,
  role: 'main' | 'raw',
  original: NewOriginal,
) => void

export function createAddOriginal(db: Db, journal: Journal): AddOriginal {
  const insert = prepare(
    db,
    `INSERT INTO originals
     (event_id, sha256, photo_id, role, filename, filename_key, bytes, modified_at, kind, origin, origin_stem, picture,
      shot_at, stat, spilled)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const dropFormer = prepare(db, 'DELETE FROM former_names WHERE event_id = ? AND filename_key = ?')
  return (eventId, photo, role, original) => {
    const { sha256, filename, bytes, modifiedAt, kind, origin, originName } = original
    const { picture = null, shotAt = null, stat = null, spilled = null } = original
    const stem = frameStem(originName)
    insert.run(
      eventId, sha256, photo, role, filename, nameKey(filename), bytes, Math.round(modifiedAt), kind, origin, stem,
      picture, shotAt, stat, spilled,
    ) // prettier-ignore
    dropFormer.run(eventId, nameKey(filename))
    if (origin === REHEARSAL) return
    journal.note(eventId, {
      fact: 'original.added',
      photo,
      role,
      filename,
      sha256,
      bytes,
      modifiedAt: Math.round(modifiedAt),
      kind,
      origin,
      stem,
      picture,
      shotAt,
    })
  }
}
