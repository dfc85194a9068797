import { randomBytes } from 'node:crypto'
import type { Edit } from '../../contract/edit.ts'
import type { FinalReason, FinalState } from '../../contract/final.ts'
import { completeEdit } from '../../contract/recipe.ts'
import { splitName } from '../../files.ts'
import type { Journal } from '../store/journal.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'
import { REHEARSAL } from './rehearsals.ts'

export interface NewFinal {
  /** What it was called as it came. */
  readonly filename: string
  readonly sha256: string
  readonly bytes: number
  readonly kind: string
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  /** As its file says, uncorrected, milliseconds since 1970; null where it does not. */
  readonly shotAt: number | null
  readonly serial: string | null
}

export interface FinalRecord extends NewFinal {
  readonly id: string
  readonly eventId: number
  /** The file of its bytes in the finals folder's `KEPT`; null where they were deleted for good. */
  readonly kept: string | null
  readonly cameAt: number
  readonly state: FinalState
  readonly reason: FinalReason | null
  /** Ids of the Photos that it may be of, the likeliest first. */
  readonly candidates: readonly string[]
  /** Of one that is or was placed: its Photo, the final that was there before, and the Edit of then. */
  readonly photoId: string | null
  readonly beforeId: string | null
  readonly editBefore: Edit | null
}

/** A file of a Photo, as far as it says whose final another file is. */
export interface FrameTrace {
  readonly photoId: string
  readonly filename: string
  /** The key of its name's stem where it came from. */
  readonly originStem: string
  /** As the file says, uncorrected. */
  readonly shotAt: number | null
  readonly serial: string | null
}

/** Finished pictures that came back. Each is a file of its own beside the Original, which stays; a Photo shows the one
 * that was placed last, and below it those before. */
export interface Finals {
  byId(id: string): FinalRecord | undefined
  /** Those with these bytes, newest first. */
  bySha(eventId: number, sha256: string): FinalRecord[]
  list(eventId: number, state: FinalState): FinalRecord[]
  /** How many ever came. */
  count(eventId: number): number
  waiting(eventId: number): number
  /** All that were ever placed on a Photo, newest first. */
  of(photoId: string): FinalRecord[]
  add(eventId: number, final: NewFinal): FinalRecord
  wait(id: string, reason: FinalReason, candidates: readonly string[]): void
  settle(id: string, state: 'left' | 'photo'): void
  /** The Photo shows it from now on. */
  place(id: string, photoId: string, edit: Edit): void
  /** The Photo shows what it showed before. @returns the final that was taken away */
  takeBack(photoId: string): FinalRecord | null
  /** Photos whose live versions have yet to follow what they show. */
  owed(eventId: number): string[]
  setOwed(photoId: string, owed: boolean): void
  /** The files of all Photos of an Event. */
  traces(eventId: number): FrameTrace[]
  /** Whether another Event has a Photo with one of these stems, or of that camera and second. */
  isOfOther(eventId: number, stems: readonly string[], shot: Pick<NewFinal, 'shotAt' | 'serial'>): boolean
  /** Notes that the bytes of a Photo's finals are gone for good. @returns the files to delete */
  forget(photoId: string): string[]
}

type Row = {
  id: string
  event_id: number
  filename: string
  sha256: string
  kept: string | null
  bytes: number
  kind: string
  width: number
  height: number
  shot_at: number | null
  serial: string | null
  came_at: number
  state: FinalState
  reason: FinalReason | null
  candidates: string
  photo_id: string | null
  before_id: string | null
  edit_before: string | null
}

function decode(row: Row): FinalRecord {
  const { filename, sha256, kept, bytes, kind, width, height, serial, state, reason } = row
  return {
    id: row.id,
    eventId: row.event_id,
    filename,
    sha256,
    kept,
    bytes,
    kind,
    width,
    height,
    serial,
    state,
    reason,
    shotAt: row.shot_at,
    cameAt: row.came_at,
    candidates: JSON.parse(row.candidates) as string[],
    photoId: row.photo_id,
    beforeId: row.before_id,
    editBefore: row.edit_before === null ? null : completeEdit(JSON.parse(row.edit_before) as Partial<Edit>),
  }
}

/** What the file of a final's bytes is called. */
export const keptName = ({ sha256, filename }: Pick<NewFinal, 'sha256' | 'filename'>): string =>
  `${sha256}${splitName(filename)[1].toLowerCase()}`

export function createFinals(needs: {
  db: Db
  transaction: Transaction
  journal: Journal
  now: () => number
}): Finals {
  const { db, transaction, journal, now } = needs
  const byId = prepare<Row>(db, 'SELECT * FROM finals WHERE id = ?')
  const bySha = prepare<Row>(
    db,
    'SELECT * FROM finals WHERE event_id = ? AND sha256 = ? ORDER BY came_at DESC, id',
  )
  const list = prepare<Row>(db, 'SELECT * FROM finals WHERE event_id = ? AND state = ? ORDER BY came_at, id')
  const count = prepare<{ n: number }>(db, 'SELECT count(*) AS n FROM finals WHERE event_id = ?')
  const waiting = prepare<{ n: number }>(
    db,
    `SELECT count(*) AS n FROM finals WHERE event_id = ? AND state = 'waiting'`,
  )
  const ofPhoto = prepare<Row>(db, 'SELECT * FROM finals WHERE photo_id = ? ORDER BY came_at DESC, id')
  const insert = prepare(
    db,
    `INSERT INTO finals (id, event_id, filename, sha256, kept, bytes, kind, width, height, shot_at, serial, came_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const wait = prepare(db, `UPDATE finals SET state = 'waiting', reason = ?, candidates = ? WHERE id = ?`)
  const settle = prepare(db, `UPDATE finals SET state = ?, reason = NULL, candidates = '[]' WHERE id = ?`)
  const place = prepare(
    db,
    `UPDATE finals SET state = 'placed', reason = NULL, candidates = '[]', photo_id = ?1, edit_before = ?2,
       before_id = (SELECT final_id FROM photos WHERE id = ?1) WHERE id = ?3`,
  )
  const show = prepare(db, 'UPDATE photos SET final_id = ? WHERE id = ?')
  const shown = prepare<{ final_id: string | null; event_id: number }>(
    db,
    'SELECT final_id, event_id FROM photos WHERE id = ?',
  )
  const owed = prepare<{ id: string }>(db, 'SELECT id FROM photos WHERE event_id = ? AND final_owed = 1')
  const setOwed = prepare(db, 'UPDATE photos SET final_owed = ?1 WHERE id = ?2 AND final_owed <> ?1')
  const trace = `SELECT o.photo_id AS photoId, o.filename, o.origin_stem AS originStem, o.shot_at AS shotAt, p.serial
    FROM originals o JOIN photos p ON p.id = o.photo_id`
  const traces = prepare<FrameTrace>(
    db,
    `${trace} WHERE o.event_id = ? AND p.deleted_at IS NULL AND o.origin <> '${REHEARSAL}'
     ORDER BY p.taken_at, o.photo_id`,
  )
  const otherStem = prepare<{ found: number }>(
    db,
    'SELECT 1 AS found FROM originals WHERE event_id <> ? AND origin_stem = ? LIMIT 1',
  )
  const otherShot = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM photos p JOIN originals o ON o.photo_id = p.id
     WHERE p.event_id <> ?1 AND p.serial = ?2 AND o.shot_at / 1000 = ?3 LIMIT 1`,
  )
  const forget = prepare(db, 'UPDATE finals SET kept = NULL WHERE photo_id = ?')
  const isKeptElsewhere = prepare<{ found: number }>(
    db,
    'SELECT 1 AS found FROM finals WHERE event_id = ? AND kept = ? LIMIT 1',
  )

  function get(id: string): FinalRecord {
    const row = byId.get(id)
    if (!row) throw new Error(`The catalog holds no final ${id}`)
    return decode(row)
  }

  function noteDecided(id: string): void {
    const { eventId, state, photoId, beforeId, editBefore } = get(id)
    journal.note(eventId, {
      fact: 'final.decided',
      final: id,
      state,
      photo: photoId,
      before: beforeId,
      editBefore,
    })
  }

  function showOn(photoId: string, final: string | null): void {
    show.run(final, photoId)
    journal.note(shown.get(photoId)!.event_id, { fact: 'final.shown', photo: photoId, final })
  }

  return {
    byId(id) {
      const row = byId.get(id)
      return row && decode(row)
    },
    bySha: (eventId, sha256) => bySha.all(eventId, sha256).map(decode),
    list: (eventId, state) => list.all(eventId, state).map(decode),
    count: (eventId) => count.get(eventId)!.n,
    waiting: (eventId) => waiting.get(eventId)!.n,
    of: (photoId) => ofPhoto.all(photoId).map(decode),
    add(eventId, final) {
      return transaction(() => {
        const { filename, sha256, bytes, kind, width, height, shotAt, serial } = final
        const id = randomBytes(8).toString('hex')
        const kept = keptName(final)
        const cameAt = now()
        insert.run(
          id, eventId, filename, sha256, kept, bytes, kind, width, height, shotAt, serial, cameAt,
        ) // prettier-ignore
        journal.note(eventId, {
          fact: 'final.taken',
          final: id,
          filename,
          sha256,
          kept,
          bytes,
          kind,
          width,
          height,
          shotAt,
          serial,
          cameAt,
        })
        return get(id)
      })
    },
    wait(id, reason, candidates) {
      wait.run(reason, JSON.stringify(candidates), id)
    },
    settle(id, state) {
      transaction(() => {
        settle.run(state, id)
        noteDecided(id)
      })
    },
    place(id, photoId, edit) {
      transaction(() => {
        place.run(photoId, JSON.stringify(edit), id)
        noteDecided(id)
        showOn(photoId, id)
      })
    },
    takeBack(photoId) {
      return transaction(() => {
        const now = shown.get(photoId)?.final_id
        if (!now) return null
        const taken = get(now)
        settle.run('removed', now)
        noteDecided(now)
        showOn(photoId, taken.beforeId)
        return taken
      })
    },
    owed: (eventId) => owed.all(eventId).map(({ id }) => id),
    setOwed(photoId, isOwed) {
      setOwed.run(Number(isOwed), photoId)
    },
    traces: (eventId) => traces.all(eventId),
    isOfOther(eventId, stems, { shotAt, serial }) {
      if (shotAt !== null && serial !== null)
        return otherShot.get(eventId, serial, Math.floor(shotAt / 1000)) !== undefined
      return stems.some((stem) => otherStem.get(eventId, stem) !== undefined)
    },
    forget(photoId) {
      return transaction(() => {
        const rows = ofPhoto.all(photoId)
        forget.run(photoId)
        const files = rows.filter(({ event_id: id, kept }) => kept !== null && !isKeptElsewhere.get(id, kept))
        return [...new Set(files.flatMap(({ kept }) => kept ?? []))]
      })
    },
  }
}
