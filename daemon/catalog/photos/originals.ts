import { nameKey } from '../../files.ts'
import type { Journal } from '../store/journal.ts'
import type { PhotoState } from '../../contract/photo.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'
import { frameStem } from './stems.ts'

/** What is known of a file beyond its hash, as the catalog keeps it. */
export interface Known {
  readonly photoId: string
  readonly sha256: string
  readonly role: 'main' | 'raw'
  readonly filename: string
  readonly kind: string
  readonly bytes: number
  readonly modifiedAt: number
  readonly origin: string
  readonly originStem: string
  /** The hash of its compressed picture; '' where its kind has none, null where nobody has looked yet. */
  readonly picture: string | null
  /** When it was shot as the file says, uncorrected; null where it does not, or nobody has looked yet. */
  readonly shotAt: number | null
  /** How its file looked when its bytes were read last. */
  readonly stat: string | null
  readonly lost: boolean
  /** See `OriginalRecord`. */
  readonly spilled: string | null
}

/** An Original in a spill folder. */
export type Spilled = Known & { readonly eventId: number; readonly spilled: string }

/** Other bytes of the same frame: stars, a caption, another orientation. */
export interface Renewal {
  readonly sha256: string
  readonly bytes: number
  readonly modifiedAt: number
  readonly picture: string | null
  readonly shotAt: number | null
  readonly stat: string | null
}

/** The files that Photos are made of, one by one: which frame each is, and whether it still is what was read. */
export interface Originals {
  bySha(eventId: number, sha256: string): Known | undefined
  byName(eventId: number, filename: string): Known | undefined
  /** Originals with this compressed picture, now or before a program turned it, and those of that name of which nobody
   * has looked at the picture. */
  alike(eventId: number, picture: string, originName: string): Known[]
  /** Whether an Original had this compressed picture before a program turned it. */
  hadPicture(eventId: number, sha256: string, picture: string): boolean
  /** Originals whose names at their Sources share the stem. */
  byStem(eventId: number, originName: string): Known[]
  /** Where files of Photos should lie that count as being there. Those in the spill folder are not among them. */
  present(eventId: number, state: PhotoState): { photoId: string; sha256: string; filename: string }[]
  sign(eventId: number, sha256: string, what: Pick<Known, 'picture' | 'shotAt'>): void
  /** @param stat how its file looks, the bytes of which were read and found right; it counts as being there */
  verified(eventId: number, sha256: string, stat: string): void
  /** How its file looks says nothing of its bytes any more. */
  doubt(eventId: number, sha256: string): void
  /** Notes that its file lies in the Event's spill folder, or (null) in the folder of its Photo's state, and counts as
   * being there. @param stat how it looks there */
  setSpilled(eventId: number, sha256: string, name: string | null, stat: string | null): void
  /** Those in spill folders, of all Events, the oldest first. */
  spilled(): Spilled[]
  spilledTotal(): { photos: number; bytes: number }
  /** How many of them came from a Source. */
  spilledFrom(source: string): number
  /** @returns whether that is news */
  lose(eventId: number, sha256: string): boolean
  /** Whether a Photo had that name before its file was renamed. */
  wasNamed(eventId: number, filename: string): boolean
  /** Notes the new name of an Original's file. The Original that had this name in the catalog, and has no file of that
   * name any more, gets the name that became free, and counts as lost. @returns ids of the Photos that changed */
  rename(eventId: number, sha256: string, filename: string): string[]
  /** The same frame has other bytes now. @param shown the main Original's size, pixels, upright */
  renew(eventId: number, sha256: string, now: Renewal, shown: { width: number; height: number }): void
}

type Row = {
  photo_id: string
  sha256: string
  role: 'main' | 'raw'
  filename: string
  kind: string
  bytes: number
  modified_at: number
  origin: string
  origin_stem: string
  picture: string | null
  shot_at: number | null
  stat: string | null
  lost: number
  spilled: string | null
}

const decode = (row: Row): Known => ({
  photoId: row.photo_id,
  sha256: row.sha256,
  role: row.role,
  filename: row.filename,
  kind: row.kind,
  bytes: row.bytes,
  modifiedAt: row.modified_at,
  origin: row.origin,
  originStem: row.origin_stem,
  picture: row.picture,
  shotAt: row.shot_at,
  stat: row.stat,
  lost: row.lost === 1,
  spilled: row.spilled,
})

export function createOriginals(needs: { db: Db; transaction: Transaction; journal: Journal }): Originals {
  const { db, transaction, journal } = needs
  const bySha = prepare<Row>(db, 'SELECT * FROM originals WHERE event_id = ? AND sha256 = ?')
  const byName = prepare<Row>(db, 'SELECT * FROM originals WHERE event_id = ? AND filename_key = ?')
  const alike = prepare<Row>(
    db,
    `SELECT * FROM originals WHERE event_id = ?1 AND picture = ?2 AND picture > ''
     UNION SELECT o.* FROM former_pictures f JOIN originals o USING (event_id, sha256) WHERE event_id = ?1 AND f.picture = ?2
     UNION SELECT * FROM originals WHERE event_id = ?1 AND origin_stem = ?3 AND picture IS NULL`,
  )
  const formerPicture = prepare<{ found: number }>(
    db,
    'SELECT 1 AS found FROM former_pictures WHERE event_id = ? AND picture = ? AND sha256 = ?',
  )
  const addPicture = prepare(db, 'INSERT OR IGNORE INTO former_pictures VALUES (?, ?, ?)')
  const followPictures = prepare(
    db,
    'UPDATE OR IGNORE former_pictures SET sha256 = ? WHERE event_id = ? AND sha256 = ?',
  )
  const byStem = prepare<Row>(db, 'SELECT * FROM originals WHERE event_id = ? AND origin_stem = ?')
  const present = prepare<{ photoId: string; sha256: string; filename: string }>(
    db,
    `SELECT o.photo_id AS photoId, o.sha256, o.filename FROM originals o JOIN photos p ON p.id = o.photo_id
     WHERE o.event_id = ? AND p.state = ? AND p.deleted_at IS NULL AND o.lost = 0
       AND o.spilled IS NULL`,
  )
  const sign = prepare(db, 'UPDATE originals SET picture = ?, shot_at = ? WHERE event_id = ? AND sha256 = ?')
  const setStat = prepare(
    db,
    `UPDATE originals SET stat = ?1, lost = 0 WHERE event_id = ?2 AND sha256 = ?3 AND (lost = 1 OR stat IS NOT ?1)`,
  )
  const lose = prepare(
    db,
    'UPDATE originals SET lost = 1, stat = NULL WHERE event_id = ? AND sha256 = ? AND lost = 0',
  )
  const doubt = prepare(
    db,
    'UPDATE originals SET stat = NULL WHERE event_id = ? AND sha256 = ? AND stat IS NOT NULL',
  )
  const setSpilled = prepare(
    db,
    'UPDATE originals SET spilled = ?, stat = ?, lost = 0 WHERE event_id = ? AND sha256 = ?',
  )
  const spilled = prepare<Row & { event_id: number; spilled: string }>(
    db,
    `SELECT o.* FROM originals o JOIN photos p ON p.id = o.photo_id WHERE o.spilled IS NOT NULL
     ORDER BY p.added_at, o.sha256`,
  )
  const spilledTotal = prepare<{ photos: number; bytes: number }>(
    db,
    'SELECT count(DISTINCT photo_id) AS photos, coalesce(sum(bytes), 0) AS bytes FROM originals WHERE spilled IS NOT NULL',
  )
  const spilledFrom = prepare<{ n: number }>(
    db,
    `SELECT count(*) AS n FROM originals o WHERE o.spilled IS NOT NULL AND EXISTS (
       SELECT 1 FROM ledger l WHERE l.event_id = o.event_id AND l.source = ? AND l.sha256 = o.sha256)`,
  )
  const setName = prepare(
    db,
    'UPDATE originals SET filename = ?, filename_key = ? WHERE event_id = ? AND sha256 = ?',
  )
  const setPhotoName = prepare(db, 'UPDATE photos SET filename = ? WHERE id = ?')
  const former = prepare<{ photo_id: string }>(
    db,
    'SELECT photo_id FROM former_names WHERE event_id = ? AND filename_key = ?',
  )
  const addFormer = prepare(db, 'INSERT OR IGNORE INTO former_names VALUES (?, ?, ?)')
  const dropFormer = prepare(db, 'DELETE FROM former_names WHERE event_id = ? AND filename_key = ?')
  const renew = prepare(
    db,
    `UPDATE originals SET sha256 = ?, bytes = ?, modified_at = ?, picture = ?, shot_at = ?, stat = ?, lost = 0
     WHERE event_id = ? AND sha256 = ?`,
  )
  const setSize = prepare(db, 'UPDATE photos SET width = ?, height = ? WHERE id = ?')
  const followHistory = prepare(db, 'UPDATE ledger SET sha256 = ? WHERE event_id = ? AND sha256 = ?')

  function get(eventId: number, sha256: string): Known {
    const row = bySha.get(eventId, sha256)
    if (!row) throw new Error(`The catalog holds no original ${sha256}`)
    return decode(row)
  }

  function setNames(eventId: number, original: Known, filename: string): void {
    setName.run(filename, nameKey(filename), eventId, original.sha256)
    if (original.role === 'main') setPhotoName.run(filename, original.photoId)
    journal.note(eventId, {
      fact: 'original.renamed',
      photo: original.photoId,
      sha256: original.sha256,
      filename,
    })
  }

  return {
    bySha(eventId, sha256) {
      const row = bySha.get(eventId, sha256)
      return row && decode(row)
    },
    byName(eventId, filename) {
      const row = byName.get(eventId, nameKey(filename))
      return row && decode(row)
    },
    alike: (eventId, picture, originName) => alike.all(eventId, picture, frameStem(originName)).map(decode),
    hadPicture: (eventId, sha256, picture) => formerPicture.get(eventId, picture, sha256) !== undefined,
    byStem: (eventId, originName) => byStem.all(eventId, frameStem(originName)).map(decode),
    present: (eventId, state) => present.all(eventId, state),
    sign(eventId, sha256, { picture, shotAt }) {
      sign.run(picture, shotAt, eventId, sha256)
    },
    doubt(eventId, sha256) {
      doubt.run(eventId, sha256)
    },
    verified(eventId, sha256, stat) {
      setStat.run(stat, eventId, sha256)
    },
    setSpilled(eventId, sha256, name, stat) {
      setSpilled.run(name, stat, eventId, sha256)
    },
    spilled: () =>
      spilled.all().map((row) => ({ ...decode(row), eventId: row.event_id, spilled: row.spilled })),
    spilledTotal: () => spilledTotal.get()!,
    spilledFrom: (source) => spilledFrom.get(source)!.n,
    lose: (eventId, sha256) => lose.run(eventId, sha256) > 0,
    wasNamed: (eventId, filename) => former.get(eventId, nameKey(filename)) !== undefined,
    rename(eventId, sha256, filename) {
      return transaction(() => {
        const own = get(eventId, sha256)
        const holder = byName.get(eventId, nameKey(filename))
        // No file is called so: the slash keeps the key free while two names change places.
        setName.run(filename, `/${sha256}`, eventId, sha256)
        // A name that it only got because its own was taken still leads to whose it was.
        addFormer.run(eventId, nameKey(own.filename), own.photoId)
        if (holder && holder.sha256 !== sha256) {
          setNames(eventId, decode(holder), own.filename)
          lose.run(eventId, holder.sha256)
        }
        setNames(eventId, own, filename)
        dropFormer.run(eventId, nameKey(filename))
        return holder && holder.photo_id !== own.photoId ? [own.photoId, holder.photo_id] : [own.photoId]
      })
    },
    renew(eventId, sha256, now, shown) {
      transaction(() => {
        const { photoId, role, picture } = get(eventId, sha256)
        const modifiedAt = Math.round(now.modifiedAt)
        renew.run(now.sha256, now.bytes, modifiedAt, now.picture, now.shotAt, now.stat, eventId, sha256)
        if (role === 'main') setSize.run(shown.width, shown.height, photoId)
        followHistory.run(now.sha256, eventId, sha256)
        followPictures.run(now.sha256, eventId, sha256)
        if (picture && picture !== now.picture) addPicture.run(eventId, picture, now.sha256)
        journal.note(eventId, {
          fact: 'original.renewed',
          photo: photoId,
          was: sha256,
          sha256: now.sha256,
          bytes: now.bytes,
          modifiedAt,
          picture: now.picture,
          shotAt: now.shotAt,
          ...(role === 'main' && shown),
        })
      })
    },
  }
}
