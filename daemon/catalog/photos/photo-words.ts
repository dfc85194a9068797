import type { WordsChange } from '../../contract/words.ts'
import type { Journal } from '../store/journal.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'
import type { PhotoRecord } from './photo-row.ts'
import { NOTHING_SAID, type PhotoWords } from './words-row.ts'

export type { PhotoWords } from './words-row.ts'

/** What a sidecar said when it was read last. */
export interface SidecarNote {
  readonly sha256: string
  /** JSON of what it said. */
  readonly said: string
}

export interface WordsTable {
  of(photoId: string): PhotoWords
  /** Another program's or a person's words: a field that is left out stays, one that is empty is no longer said. */
  change(
    photoId: string,
    change: { found?: WordsChange; own?: WordsChange; label?: string; rejected?: boolean },
  ): PhotoRecord
  /** What a person wrote becomes exactly this. */
  setOwn(photoId: string, own: WordsChange): PhotoRecord
  sidecar(eventId: number, name: string): SidecarNote | undefined
  noteSidecar(eventId: number, name: string, note: SidecarNote): void
}

interface Row {
  found: string
  own: string
  label: string
  rejected: number
}

export function createWordsTable(needs: {
  db: Db
  transaction: Transaction
  journal: Journal
  photo: (id: string) => PhotoRecord | undefined
}): WordsTable {
  const { db, transaction, journal } = needs
  const one = prepare<Row>(db, 'SELECT found, own, label, rejected FROM photo_words WHERE photo_id = ?')
  const put = prepare(
    db,
    `INSERT INTO photo_words (photo_id, found, own, label, rejected) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (photo_id) DO UPDATE SET found = excluded.found, own = excluded.own, label = excluded.label,
       rejected = excluded.rejected`,
  )
  const sidecar = prepare<{ sha256: string; said: string }>(
    db,
    'SELECT sha256, said FROM sidecars WHERE event_id = ? AND name = ?',
  )
  const noteSidecar = prepare(
    db,
    `INSERT INTO sidecars (event_id, name, sha256, said) VALUES (?, ?, ?, ?)
     ON CONFLICT (event_id, name) DO UPDATE SET sha256 = excluded.sha256, said = excluded.said`,
  )

  function of(photoId: string): PhotoWords {
    const row = one.get(photoId)
    if (!row) return NOTHING_SAID
    return {
      found: JSON.parse(row.found) as WordsChange,
      own: JSON.parse(row.own) as WordsChange,
      label: row.label,
      rejected: row.rejected === 1,
    }
  }

  function keep(photoId: string, next: PhotoWords): PhotoRecord {
    const { found, own, label, rejected } = next
    put.run(photoId, JSON.stringify(found), JSON.stringify(own), label, Number(rejected))
    const photo = needs.photo(photoId)
    if (!photo) throw new Error(`The catalog holds no photo ${photoId}`)
    if (!photo.isRehearsal) journal.note(photo.eventId, { fact: 'photo.worded', photo: photoId, ...next })
    return photo
  }

  return {
    of,
    change(photoId, { found = {}, own = {}, ...marks }) {
      return transaction(() => {
        const before = of(photoId)
        return keep(photoId, {
          ...before,
          ...marks,
          found: { ...before.found, ...found },
          own: { ...before.own, ...own },
        })
      })
    },
    setOwn: (photoId, own) => transaction(() => keep(photoId, { ...of(photoId), own })),
    sidecar(eventId, name) {
      const row = sidecar.get(eventId, name)
      return row && { ...row }
    },
    noteSidecar(eventId, name, { sha256, said }) {
      noteSidecar.run(eventId, name, sha256, said)
    },
  }
}
