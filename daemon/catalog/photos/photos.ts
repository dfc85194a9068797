import { randomBytes } from 'node:crypto'
import type { Edit } from '../../contract/edit.ts'
import type { PhotoState } from '../../contract/photo.ts'
import { applyChange } from '../../contract/recipe.ts'
import { nameKey } from '../../files.ts'
import type { Journal } from '../store/journal.ts'
import { createAddOriginal, type NewOriginal } from './add-original.ts'
import { createMarks, type Marks } from './photo-marks.ts'
import { decode, SELECT, type OriginalRecord, type PhotoRecord, type Row } from './photo-row.ts'
import { prepare, prepareTuples, type Db, type Transaction } from '../store/sql.ts'
import { REHEARSAL, rehearsalsOf } from './rehearsals.ts'
import { frameStem } from './stems.ts'
import { createUnchanged } from './unchanged.ts'
import { zoneAt } from './zone.ts'

export type { NewOriginal } from './add-original.ts'
export type { OriginalRecord, PhotoRecord, ShownFinal } from './photo-row.ts'

export interface NewPhoto {
  readonly width: number
  readonly height: number
  readonly takenAt: number
  /** Minutes ahead of UTC where it was taken; without it, this machine's zone at that moment. */
  readonly offset?: number
  readonly camera: string | null
  readonly serial: string | null
  readonly rating: number
  readonly cameraId?: string | null
  readonly marked?: boolean
  /** At ISO 100, as the file says; null or absent is not known. */
  readonly exposureValue?: number | null
  /** What is kept as its Edit from the first moment, with nobody having edited it. */
  readonly edit?: Partial<Edit>
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
  /** Where the next page begins, or null on the last. */
  readonly next: string | null
}

export interface Photos extends Marks {
  byId(id: string): PhotoRecord | undefined
  /** The Photo with an Original of that name, in any state, even deleted, for its names are never given again;
   * compared as the file system does. */
  byName(eventId: number, filename: string): PhotoRecord | undefined
  /** Like `byName`, of those that were not deleted; also by a name that its file had before it was renamed, as long as
   * no other Photo has that. */
  named(eventId: number, filename: string): PhotoRecord | undefined
  /** The Photo with these bytes, even when it was deleted: see `deletedAt`. */
  bySha256(eventId: number, sha256: string): PhotoRecord | undefined
  /** The Photos whose other half this could be: same origin, same stem, the other kind, not yet complete. Whether
   * serial and time agree is the caller's to decide. */
  partners(eventId: number, original: Pick<NewOriginal, 'origin' | 'originName' | 'kind'>): PhotoRecord[]
  /** The newest Photo with a file that came from there under that name, and that file. */
  byOrigin(
    eventId: number,
    origin: string,
    file: { name: string; isRaw: boolean },
  ): { photo: PhotoRecord; original: OriginalRecord } | undefined
  /** Newest first by time taken. `after` is an earlier page's `next`; no `limit` means all. */
  list(eventId: number, state: PhotoState, page?: { limit?: number; after?: string }): Page<PhotoRecord>
  count(eventId: number, state: PhotoState): number
  add(eventId: number, photo: NewPhoto, original: NewOriginal): PhotoRecord
  /** Joins the other half of a RAW+JPEG pair. A JPEG becomes what the Photo shows (`shown` is then its size). */
  join(id: string, original: NewOriginal, shown: { width: number; height: number } | null): PhotoRecord
  setState(id: string, state: PhotoState): PhotoRecord
  /** Notes that the Photo's files are to be deleted for good. The row stays: names and bytes must be known again. */
  markDeleted(id: string): PhotoRecord
  /** A person brought the bytes of a deleted one again: it is in the buffer as if it had never left. */
  revive(id: string): PhotoRecord
  deleted(eventId: number): PhotoRecord[]
  keepEdit(id: string, change: Partial<Edit>): PhotoRecord
}

export function createPhotos(needs: {
  db: Db
  transaction: Transaction
  journal: Journal
  now: () => number
}): Photos {
  const { db, transaction, journal, now } = needs
  const byId = prepareTuples<Row>(db, `${SELECT} WHERE p.id = ?`)
  const idByName = prepare<{ photo_id: string }>(
    db,
    'SELECT photo_id FROM originals WHERE event_id = ? AND filename_key = ?',
  )
  const idByFormer = prepare<{ photo_id: string }>(
    db,
    'SELECT photo_id FROM former_names WHERE event_id = ? AND filename_key = ?',
  )
  const idBySha = prepare<{ photo_id: string }>(
    db,
    'SELECT photo_id FROM originals WHERE event_id = ? AND sha256 = ?',
  )
  const halves = prepare<{ photo_id: string; kind: string }>(
    db,
    'SELECT photo_id, kind FROM originals WHERE event_id = ? AND origin = ? AND origin_stem = ?',
  )
  const origins = prepare<{ photo_id: string; sha256: string }>(
    db,
    `SELECT o.photo_id, o.sha256 FROM originals o JOIN photos p ON p.id = o.photo_id
     WHERE o.event_id = ? AND o.origin = ? AND o.origin_stem = ? AND (o.kind = 'raw') = ?
     ORDER BY p.added_at DESC LIMIT 1`,
  )
  const newest = prepareTuples<Row>(
    db,
    `${SELECT} WHERE p.event_id = ? AND p.state = ? AND p.deleted_at IS NULL AND (p.taken_at, p.id) < (?, ?)
       AND m.origin <> '${REHEARSAL}'
     ORDER BY p.taken_at DESC, p.id DESC LIMIT ?`,
  )
  const count = prepare<{ n: number }>(
    db,
    `SELECT count(*) AS n FROM photos WHERE event_id = ?1 AND state = ?2 AND deleted_at IS NULL
       AND id NOT IN (${rehearsalsOf('?1')})`,
  )
  const insertPhoto = prepare(
    db,
    `INSERT INTO photos
     (id, event_id, filename, state, width, height, taken_at, added_at, camera, serial, rating, camera_id, marked,
      taken_offset, exposure_value)
     VALUES (?, ?, ?, 'buffer', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const addOriginal = createAddOriginal(db, journal)
  const demote = prepare(db, `UPDATE originals SET role = 'raw' WHERE photo_id = ? AND role = 'main'`)
  const show = prepare(db, 'UPDATE photos SET filename = ?, width = ?, height = ? WHERE id = ?')
  const setState = prepare(db, 'UPDATE photos SET state = ? WHERE id = ?')
  const setDeleted = prepare(
    db,
    'UPDATE photos SET deleted_at = ?, state = ?, final_id = NULL, final_owed = 0 WHERE id = ?',
  )
  const deleted = prepareTuples<Row>(db, `${SELECT} WHERE p.event_id = ? AND p.deleted_at IS NOT NULL`)
  const keepEdit = prepare(
    db,
    `INSERT INTO edits (photo_id, edit, kept_at, given) VALUES (?, ?, ?, ?)
     ON CONFLICT (photo_id) DO UPDATE SET edit = excluded.edit, kept_at = excluded.kept_at, given = excluded.given`,
  )
  const unchanged = createUnchanged<Page<PhotoRecord>>(db)

  function get(id: string): PhotoRecord {
    const row = byId.get(id)
    if (!row) throw new Error(`The catalog holds no photo ${id}`)
    return decode(row)
  }

  function writeEdit(id: string, change: Partial<Edit>, isGiven: boolean): void {
    const photo = get(id)
    const edit = applyChange(photo.edit, change)
    const at = now()
    keepEdit.run(id, JSON.stringify(edit), at, Number(isGiven))
    journal.note(photo.eventId, { fact: 'edit.kept', photo: id, edit, ...(isGiven && { given: true }) }, at)
  }

  return {
    byId(id) {
      const row = byId.get(id)
      return row && decode(row)
    },
    byName(eventId, filename) {
      const found = idByName.get(eventId, nameKey(filename))
      return found && get(found.photo_id)
    },
    named(eventId, filename) {
      const key = nameKey(filename)
      const found = idByName.get(eventId, key) ?? idByFormer.get(eventId, key)
      const photo = found && get(found.photo_id)
      return photo?.deletedAt === null ? photo : undefined
    },
    bySha256(eventId, sha256) {
      const found = idBySha.get(eventId, sha256)
      return found && get(found.photo_id)
    },
    partners(eventId, { origin, originName, kind }) {
      return halves
        .all(eventId, origin, frameStem(originName))
        .filter((half) => (half.kind === 'raw') !== (kind === 'raw'))
        .map((half) => get(half.photo_id))
        .filter((photo) => photo.raw === null && photo.deletedAt === null)
    },
    byOrigin(eventId, origin, { name, isRaw }) {
      const found = origins.get(eventId, origin, frameStem(name), Number(isRaw))
      if (!found) return undefined
      const photo = get(found.photo_id)
      return { photo, original: photo.raw?.sha256 === found.sha256 ? photo.raw : photo.main }
    },
    list(eventId, state, { limit, after } = {}) {
      const [, at = Number.MAX_SAFE_INTEGER, id = ''] = after?.match(/^(-?\d+)_(\w+)$/) ?? []
      const read = () => {
        const rows = newest.all(eventId, state, Number(at), id, limit === undefined ? -1 : limit + 1)
        const items = rows.slice(0, limit).map(decode)
        const last = items.at(-1)
        const more = limit !== undefined && rows.length > limit && last
        return {
          items,
          total: count.get(eventId, state)!.n,
          next: more ? `${last.takenAt}_${last.id}` : null,
        }
      }
      return limit === undefined ? read() : unchanged(`${eventId} ${state} ${limit} ${at} ${id}`, read)
    },
    count: (eventId, state) => count.get(eventId, state)!.n,
    add(eventId, photo, original) {
      return transaction(() => {
        const id = randomBytes(8).toString('hex')
        const { width, height, camera, serial, rating, cameraId = null, marked = false } = photo
        const takenAt = Math.round(photo.takenAt)
        const offset = photo.offset ?? zoneAt(takenAt)
        const { filename } = original
        const addedAt = now()
        insertPhoto.run(
          id, eventId, filename, width, height, takenAt, addedAt, camera, serial, rating, cameraId, Number(marked), offset,
          photo.exposureValue ?? null,
        ) // prettier-ignore
        if (original.origin !== REHEARSAL)
          journal.note(eventId, {
            fact: 'photo.added',
            photo: id,
            filename,
            width,
            height,
            takenAt,
            offset,
            camera,
            serial,
            rating,
            cameraId,
            marked,
            addedAt,
            exposureValue: photo.exposureValue ?? null,
          })
        addOriginal(eventId, id, 'main', original)
        if (photo.edit && original.origin !== REHEARSAL) writeEdit(id, photo.edit, true)
        return get(id)
      })
    },
    join(id, original, shown) {
      return transaction(() => {
        const { eventId } = get(id)
        if (shown) demote.run(id)
        addOriginal(eventId, id, shown ? 'main' : 'raw', original)
        if (shown) {
          show.run(original.filename, shown.width, shown.height, id)
          journal.note(eventId, { fact: 'photo.shown', photo: id, filename: original.filename, ...shown })
        }
        return get(id)
      })
    },
    setState(id, state) {
      return transaction(() => {
        setState.run(state, id)
        const photo = get(id)
        if (!photo.isRehearsal) journal.note(photo.eventId, { fact: 'photo.moved', photo: id, state })
        return photo
      })
    },
    markDeleted(id) {
      return transaction(() => {
        const at = now()
        setDeleted.run(at, 'trashed', id)
        const photo = get(id)
        if (!photo.isRehearsal) journal.note(photo.eventId, { fact: 'photo.deleted', photo: id }, at)
        return photo
      })
    },
    revive(id) {
      return transaction(() => {
        setDeleted.run(null, 'buffer', id)
        const photo = get(id)
        journal.note(photo.eventId, { fact: 'photo.moved', photo: id, state: 'buffer' })
        return photo
      })
    },
    deleted: (eventId) => deleted.all(eventId).map(decode),
    keepEdit(id, change) {
      return transaction(() => {
        writeEdit(id, change, false)
        return get(id)
      })
    },
    ...createMarks({ db, transaction, journal, get }),
  }
}
