import { randomBytes } from 'node:crypto'
import type { Edit } from '../../contract/edit.ts'
import { editKey } from '../../contract/recipe.ts'
import { nameKey } from '../../files.ts'
import { createClearings, type Clearings } from './clearings.ts'
import { decode, type PublicationRecord, type Row } from './publication-row.ts'
import type { Journal } from '../store/journal.ts'
import type { Page } from '../photos/photos.ts'
import { REHEARSAL } from '../photos/rehearsals.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

export type { Clearing } from './clearings.ts'
export type { PublicationRecord } from './publication-row.ts'

export interface NewPublication {
  readonly photoId: string
  readonly edit: Edit
  readonly finish?: string
  readonly source?: string
  readonly photographer?: string
  readonly words?: string
  readonly width: number
  readonly height: number
  readonly bytes: number
  readonly thumbhash: string
  /** Bytes of the view; null where none is made. */
  readonly viewBytes?: number | null
  /** Whether a full size is to follow. */
  readonly full?: boolean
}

export interface Publications extends Clearings {
  /** In any state. */
  byId(id: string): PublicationRecord | undefined
  /** The publication of that public name, in any state. */
  byName(eventId: number, name: string): PublicationRecord | undefined
  /** The live ones of a Photo, oldest first. */
  liveOf(photoId: string): PublicationRecord[]
  /** The version that took its place and is live now, if there is one. */
  successorOf(publication: PublicationRecord): PublicationRecord | undefined
  /** Publications that a crash left after they got a name and before they went live. */
  pending(eventId: number): PublicationRecord[]
  /** Live ones, newest first; `after` is an earlier page's `next`. */
  list(eventId: number, page?: { limit?: number; after?: string }): Page<PublicationRecord>
  /** Live ones with `from <= place < to`, newest first. */
  between(eventId: number, from: number, to: number): PublicationRecord[]
  /** Those that are public and whose photos somebody marked as picks. */
  picked(eventId: number): { id: string; name: string }[]
  count(eventId: number): number
  /** The highest place ever given; 0 when nothing was published. */
  lastPlace(eventId: number): number
  nameTaken(eventId: number, name: string): boolean
  /** Takes the name for good. Nothing is public yet. One of a test shot gets place 0, and is in no list or count. */
  reserve(eventId: number, name: string, publication: NewPublication): PublicationRecord
  /** Makes a reserved publication live, in the place of `replaces` if that is given, which then is gone. */
  goLive(id: string, replaces: PublicationRecord | null): PublicationRecord
  /** Takes a live or pending publication out; its name stays taken. */
  goGone(id: string): void
  /** Live ones whose full size is not there yet, oldest first. */
  withoutFull(eventId: number): PublicationRecord[]
  /** The full size is in its folder, or, with null, is not to come. */
  setFull(id: string, bytes: number | null): PublicationRecord
  /** Puts one that went a moment ago back as it was: same name, same bytes, same place. */
  comeBack(id: string): PublicationRecord
  /** The gone ones of a Photo, newest first. */
  goneOf(photoId: string): PublicationRecord[]
  /** True when a publication with this id was ever made here. */
  isKnown(id: string): boolean
}

const SELECT = 'SELECT u.*, p.taken_at, p.taken_offset FROM publications u JOIN photos p ON p.id = u.photo_id'

export function createPublications(needs: {
  db: Db
  transaction: Transaction
  journal: Journal
  now: () => number
}): Publications {
  const { db, transaction, journal, now } = needs
  const byId = prepare<Row>(db, `${SELECT} WHERE u.id = ?`)
  const byName = prepare<Row>(db, `${SELECT} WHERE u.event_id = ? AND u.name_key = ?`)
  const used = prepare<{ found: number }>(
    db,
    'SELECT 1 AS found FROM used_names WHERE event_id = ? AND name_key = ?',
  )
  const liveOf = prepare<Row>(db, `${SELECT} WHERE u.photo_id = ? AND u.state = 'live' ORDER BY u.place`)
  const inPlace = prepare<Row>(
    db,
    `${SELECT} WHERE u.photo_id = ? AND u.place = ? AND u.id <> ? AND u.state = 'live'`,
  )
  const pending = prepare<Row>(db, `${SELECT} WHERE u.event_id = ? AND u.state = 'pending'`)
  const newest = prepare<Row>(
    db,
    `${SELECT} WHERE u.event_id = ? AND u.state = 'live' AND u.place > 0 AND u.place < ? ORDER BY u.place DESC LIMIT ?`,
  )
  const between = prepare<Row>(
    db,
    `${SELECT} WHERE u.event_id = ? AND u.state = 'live' AND u.place >= max(?, 1) AND u.place < ? ORDER BY u.place DESC`,
  )
  const picked = prepare<{ id: string; name: string }>(
    db,
    `SELECT u.id, u.name FROM publications u JOIN photos p ON p.id = u.photo_id
     WHERE u.event_id = ? AND u.state = 'live' AND u.place > 0 AND p.pick = 1 ORDER BY u.place`,
  )
  const count = prepare<{ n: number }>(
    db,
    `SELECT count(*) AS n FROM publications WHERE event_id = ? AND state = 'live' AND place > 0`,
  )
  const lastPlace = prepare<{ place: number | null }>(
    db,
    `SELECT max(place) AS place FROM (
       SELECT max(place) AS place FROM publications WHERE event_id = ?1 AND state = 'live' UNION ALL
       SELECT max(place) FROM publications WHERE event_id = ?1 AND state = 'gone' UNION ALL
       SELECT max(place) FROM publications WHERE event_id = ?1 AND state = 'pending')`,
  )
  const insert = prepare(
    db,
    `INSERT INTO publications
     (id, event_id, photo_id, name, name_key, edit, edit_key, finish, source, photographer, words, state, place, width, height,
      bytes, thumbhash, view_bytes, full_bytes, published_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const live = prepare(
    db,
    `UPDATE publications SET state = 'live', was_live = 1, place = ?, published_at = ? WHERE id = ? AND state = 'pending'`,
  )
  const gone = prepare(
    db,
    `UPDATE publications SET state = 'gone', gone_at = ? WHERE id = ? AND state <> 'gone'`,
  )
  const withoutFull = prepare<Row>(
    db,
    `${SELECT} WHERE u.event_id = ? AND u.state = 'live' AND u.full_bytes = 0 ORDER BY u.place`,
  )
  const setFull = prepare(db, 'UPDATE publications SET full_bytes = ? WHERE id = ?')
  const back = prepare(
    db,
    `UPDATE publications SET state = 'live', gone_at = NULL, cleared = NULL WHERE id = ? AND state = 'gone'`,
  )
  const isRehearsal = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM originals WHERE photo_id = ? AND origin = '${REHEARSAL}'`,
  )
  const goneOf = prepare<Row>(
    db,
    `${SELECT} WHERE u.photo_id = ? AND u.state = 'gone' ORDER BY u.gone_at DESC LIMIT 20`,
  )
  const countPublished = prepare(db, 'UPDATE photos SET published_count = published_count + 1 WHERE id = ?')
  const countUnpublished = prepare(
    db,
    'UPDATE photos SET unpublished_count = unpublished_count + 1 WHERE id = ?',
  )

  function get(id: string): PublicationRecord {
    const row = byId.get(id)
    if (!row) throw new Error(`The catalog holds no publication ${id}`)
    return decode(row)
  }
  function last(eventId: number): number {
    return lastPlace.get(eventId)?.place ?? 0
  }
  function noteLive(publication: PublicationRecord, replaced: PublicationRecord | null, at = now()): void {
    if (publication.place === 0) return
    const { id, eventId, photoId, name, edit, finish, source, place, width, height, bytes } = publication
    const { thumbhash, viewBytes, photographer, words } = publication
    journal.note(
      eventId,
      {
        fact: 'publication.live',
        publication: id,
        photo: photoId,
        name,
        edit,
        finish,
        place,
        width,
        height,
        bytes,
        thumbhash,
        view: viewBytes,
        source,
        ...(photographer && { photographer }),
        ...(words && { words }),
        full: publication.fullBytes,
        publishedAt: publication.publishedAt,
        replaced: replaced?.id ?? null,
      },
      at,
    )
  }
  /** Test shots get no place: whoever publishes one, in whatever way, cannot list it. */
  function placeOf(eventId: number, photoId: string): number {
    return isRehearsal.get(photoId) ? 0 : last(eventId) + 1
  }
  function leave(publication: PublicationRecord, at: number): void {
    gone.run(at, publication.id)
    if (publication.state === 'live') countUnpublished.run(publication.photoId)
  }

  return {
    byId(id) {
      const row = byId.get(id)
      return row && decode(row)
    },
    byName(eventId, name) {
      const row = byName.get(eventId, nameKey(name))
      return row && decode(row)
    },
    liveOf: (photoId) => liveOf.all(photoId).map(decode),
    successorOf({ photoId, place, id }) {
      const row = inPlace.get(photoId, place, id)
      return row && decode(row)
    },
    pending: (eventId) => pending.all(eventId).map(decode),
    list(eventId, { limit, after } = {}) {
      const before = /^\d+$/.test(after ?? '') ? Number(after) : Number.MAX_SAFE_INTEGER
      const rows = newest.all(eventId, before, limit === undefined ? -1 : limit + 1)
      const items = rows.slice(0, limit).map(decode)
      const more = limit !== undefined && rows.length > limit
      return { items, total: count.get(eventId)!.n, next: more ? String(items.at(-1)!.place) : null }
    },
    between: (eventId, from, to) => between.all(eventId, from, to).map(decode),
    picked: (eventId) => picked.all(eventId).map(({ id, name }) => ({ id, name })),
    count: (eventId) => count.get(eventId)!.n,
    lastPlace: last,
    nameTaken: (eventId, name) =>
      byName.get(eventId, nameKey(name)) !== undefined || used.get(eventId, nameKey(name)) !== undefined,
    reserve(
      eventId,
      name,
      {
        photoId,
        edit,
        finish = '',
        source = '',
        photographer = '',
        words = '',
        width,
        height,
        bytes,
        thumbhash,
        viewBytes = null,
        full = false,
      },
    ) {
      return transaction(() => {
        const id = randomBytes(8).toString('hex')
        const place = placeOf(eventId, photoId)
        insert.run(
          id, eventId, photoId, name, nameKey(name), JSON.stringify(edit), editKey(edit), finish, source,
          photographer, words, place, width, height, bytes, thumbhash, viewBytes, full && place > 0 ? 0 : null, now(),
        ) // prettier-ignore
        // A test shot's is free again once nothing is left of it.
        if (place > 0) journal.note(eventId, { fact: 'name.used', name })
        return get(id)
      })
    },
    goLive(id, replaces) {
      return transaction(() => {
        const { place } = get(id)
        const at = now()
        live.run(replaces?.place ?? place, at, id)
        const publication = get(id)
        countPublished.run(publication.photoId)
        noteLive(publication, replaces, at)
        if (replaces) leave(replaces, at)
        return publication
      })
    },
    goGone(id) {
      transaction(() => {
        const publication = get(id)
        const at = now()
        leave(publication, at)
        if (publication.state === 'live' && publication.place > 0)
          journal.note(publication.eventId, { fact: 'publication.gone', publication: id }, at)
      })
    },
    withoutFull: (eventId) => withoutFull.all(eventId).map(decode),
    setFull(id, bytes) {
      return transaction(() => {
        setFull.run(bytes, id)
        const publication = get(id)
        if (publication.place > 0)
          journal.note(publication.eventId, { fact: 'publication.full', publication: id, bytes })
        return publication
      })
    },
    comeBack(id) {
      return transaction(() => {
        back.run(id)
        const publication = get(id)
        countPublished.run(publication.photoId)
        noteLive(publication, null)
        return publication
      })
    },
    goneOf: (photoId) => goneOf.all(photoId).map(decode),
    isKnown: (id) => byId.get(id) !== undefined,
    ...createClearings({ db, transaction, journal }),
  }
}
