import type { PhotoRecord } from '../photos/photos.ts'
import { REHEARSAL } from '../photos/rehearsals.ts'
import type { Settings } from '../settings.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

/** What a desk is sent of itself: each publication, each pick, or nothing. */
export type DeskTrigger = 'published' | 'picked' | 'hand'

export interface DeskSend {
  readonly id: number
  readonly desk: string
  readonly eventId: number
  readonly photoId: string
  /** Null where it goes out as a pick. */
  readonly publicationId: string | null
  /** As it is called at the desk; null before the first try. */
  readonly name: string | null
  /** What was sent under that name, or begun to be. */
  readonly version: string | null
  readonly tries: number
}

/** The durable queues of what goes out by FTP, one for each desk, and what was sent. */
export interface DeskSends {
  /** Begins to follow what a desk is sent of itself: what is so already does not count. Nothing to do where it is
   * followed in that way already.
   * @param at milliseconds since 1970 */
  follow(desk: string, trigger: DeskTrigger, at: number): void
  /** Puts what is new for a desk into its queue, where it is followed in that way. @returns how many */
  catchUp(desk: string, trigger: DeskTrigger): number
  /** Puts all of an Event's live publications, or all its picks, into a desk's queue, but what it was sent.
   * @returns how many */
  ask(desk: string, eventId: number, what: 'published' | 'picks'): number
  /** What a desk gets of a Photo that somebody sends by hand: what is live of it, else the Photo as it is now. */
  byHand(desk: string, photo: Pick<PhotoRecord, 'id' | 'eventId'>): DeskSend
  /** Puts it into the desk's queue. @returns false where it waits there already, or may not go out: it is in the trash,
   * or a test shot */
  askOne(send: DeskSend): boolean
  /** The Photo was taken out, or rejected: what of it waits by hand does not go out. */
  leave(photoId: string): void
  /** Forgets what waits and may not go out any more: unpublished, or no pick any more. @returns how many */
  prune(): number
  /** False when it was forgotten, or may not go out any more. */
  isWanted(id: number): boolean
  /** The next one that is due, oldest first. */
  next(desk: string, now: number): DeskSend | undefined
  /** When the next one is due, or null when nothing waits. Milliseconds since 1970. */
  nextDue(desk: string): number | null
  /** Sets down under which name a version is about to go out. */
  begin(id: number, name: string, version: string): void
  /** Sets down that it has to go out under another name. */
  rename(id: number): void
  /** Sets down that it is whole at the desk. */
  done(id: number, at: number): void
  /** @param dueAt when to try again, milliseconds since 1970 */
  failed(id: number, dueAt: number): void
  /** Everything of a desk may be tried at once. */
  hurry(desk: string): void
  /** Whether the desk has this version of the Photo. */
  isSent(desk: string, photoId: string, version: string): boolean
  /** Names that other sends to the desk have there. */
  isTaken(desk: string, name: string, id: number): boolean
  counts(desk: string): { waiting: number; sent: number }
  last(desk: string): { name: string; at: number } | null
  /** Forgets all of a desk. */
  forget(desk: string): void
}

type Row = {
  id: number
  desk: string
  event_id: number
  photo_id: string
  publication_id: string | null
  name: string | null
  version: string | null
  tries: number
}

const decode = (row: Row): DeskSend => ({
  id: row.id,
  desk: row.desk,
  eventId: row.event_id,
  photoId: row.photo_id,
  publicationId: row.publication_id,
  name: row.name,
  version: row.version,
  tries: row.tries,
})

/** Test shots have place 0, or an origin of their own. */
const LIVE = `FROM publications u WHERE u.state = 'live' AND u.place > 0`
const KEPT = `FROM photos p WHERE p.state <> 'trashed' AND p.deleted_at IS NULL AND NOT EXISTS (
  SELECT 1 FROM originals o WHERE o.photo_id = p.id AND o.origin = '${REHEARSAL}')`
const PICKED = `${KEPT} AND p.pick = 1`

/** The subject of a Photo that is sent by hand, pick or not; that of a pick is the Photo's id. */
const handSubject = (photoId: string) => `hand/${photoId}`
const BY_HAND = `(s.subject = 'hand/' || s.photo_id)`

/** Whether a row `s` may still go out. */
const WANTED = `CASE WHEN s.publication_id IS NOT NULL
  THEN EXISTS (SELECT 1 ${LIVE} AND u.id = s.publication_id)
  WHEN ${BY_HAND} THEN EXISTS (SELECT 1 ${KEPT} AND p.id = s.photo_id)
  ELSE EXISTS (SELECT 1 ${PICKED} AND p.id = s.photo_id) END`

const keyOf = (desk: string) => `desk:${desk}`
const sinceKey = (desk: string) => `desk-since:${desk}`

/** An event that is rebuilt, or brought here, was public long before; a clock is seldom set back so far. Milliseconds. */
const CLOCK_SLACK = 12 * 3_600_000

export function createDeskSends(db: Db, transaction: Transaction, settings: Settings): DeskSends {
  const columns = '(desk, state, event_id, photo_id, publication_id, subject)'
  const missing = (subject: string) =>
    `AND NOT EXISTS (SELECT 1 FROM desk_sends s WHERE s.desk = ?1 AND s.subject = ${subject})`
  const addLive = `INSERT INTO desk_sends ${columns}
    SELECT ?1, ?2, u.event_id, u.photo_id, u.id, u.id ${LIVE} ${missing('u.id')}`
  const addPicked = `INSERT INTO desk_sends ${columns}
    SELECT ?1, ?2, p.event_id, p.id, NULL, p.id ${PICKED} ${missing('p.id')}`
  const live = prepare(db, `${addLive} AND u.published_at >= ?3 ORDER BY u.place`)
  const picked = prepare(db, `${addPicked} ORDER BY p.taken_at, p.id`)
  const add = (desk: string, state: 'before' | 'waiting', trigger: DeskTrigger, since: number) => {
    if (trigger === 'hand') return 0
    return trigger === 'published' ? live.run(desk, state, since) : picked.run(desk, state)
  }
  const addOf = {
    published: prepare(db, `${addLive} AND u.event_id = ?3 ORDER BY u.place`),
    picks: prepare(db, `${addPicked} AND p.event_id = ?3 ORDER BY p.taken_at, p.id`),
  }
  // A pick may have been edited since: whether its desk has it as it is now shows when its turn comes.
  const wake = {
    published: prepare(
      db,
      `UPDATE desk_sends AS s SET state = 'waiting', due_at = 0, tries = 0
       WHERE desk = ? AND event_id = ? AND state = 'before' AND publication_id IS NOT NULL AND ${WANTED}`,
    ),
    picks: prepare(
      db,
      `UPDATE desk_sends AS s SET state = 'waiting', due_at = 0, tries = 0
       WHERE desk = ? AND event_id = ? AND state <> 'waiting' AND publication_id IS NULL
         AND NOT ${BY_HAND} AND ${WANTED}`,
    ),
  }
  const newest = prepare<{ id: string }>(
    db,
    `SELECT u.id ${LIVE} AND u.photo_id = ? ORDER BY u.published_at DESC, u.place DESC LIMIT 1`,
  )
  const addOne = prepare(
    db,
    `INSERT INTO desk_sends ${columns} SELECT ?1, 'waiting', ?2, ?3, ?4, ?5
     WHERE EXISTS (SELECT 1 ${KEPT} AND p.id = ?3) ${missing('?5')}`,
  )
  const wakeOne = prepare(
    db,
    `UPDATE desk_sends AS s SET state = 'waiting', due_at = 0, tries = 0
     WHERE desk = ? AND subject = ? AND state <> 'waiting' AND ${WANTED}`,
  )
  const prune = prepare(
    db,
    `DELETE FROM desk_sends AS s WHERE s.state = 'waiting' AND s.sent_at IS NULL AND NOT ${WANTED}`,
  )
  // Picked again it is news; a publication that comes back is what it was.
  const unpicked = prepare(
    db,
    `DELETE FROM desk_sends AS s WHERE s.state = 'before' AND s.publication_id IS NULL AND NOT ${WANTED}`,
  )
  // Asked for once more, and sent before: that is not forgotten.
  const rest = prepare(
    db,
    `UPDATE desk_sends AS s SET state = 'sent' WHERE s.state = 'waiting' AND s.sent_at IS NOT NULL AND NOT ${WANTED}`,
  )
  const leave = [
    `DELETE FROM desk_sends AS s WHERE s.photo_id = ? AND ${BY_HAND} AND s.state = 'waiting' AND s.sent_at IS NULL`,
    `UPDATE desk_sends AS s SET state = 'sent' WHERE s.photo_id = ? AND ${BY_HAND} AND s.state = 'waiting'`,
  ].map((sql) => prepare(db, sql))
  const isWanted = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM desk_sends s WHERE s.id = ? AND s.state = 'waiting' AND ${WANTED}`,
  )
  const next = prepare<Row>(
    db,
    `SELECT * FROM desk_sends WHERE desk = ? AND state = 'waiting' AND due_at <= ? ORDER BY id LIMIT 1`,
  )
  const nextDue = prepare<{ due: number | null }>(
    db,
    `SELECT min(due_at) AS due FROM desk_sends WHERE desk = ? AND state = 'waiting'`,
  )
  const begin = prepare(db, 'UPDATE desk_sends SET name = ?, version = ?, sent_at = NULL WHERE id = ?')
  const unnamed = prepare(db, 'UPDATE desk_sends SET name = NULL, version = NULL WHERE id = ?')
  const done = prepare(
    db,
    `UPDATE desk_sends SET state = 'sent', sent_at = ?, tries = 0 WHERE id = ? AND state = 'waiting'`,
  )
  const failed = prepare(db, 'UPDATE desk_sends SET tries = tries + 1, due_at = ? WHERE id = ?')
  const hurry = prepare(db, `UPDATE desk_sends SET due_at = 0 WHERE desk = ? AND state = 'waiting'`)
  const isSent = prepare<{ found: number }>(
    db,
    `SELECT 1 AS found FROM desk_sends
     WHERE desk = ? AND photo_id = ? AND version = ? AND sent_at IS NOT NULL LIMIT 1`,
  )
  const isTaken = prepare<{ found: number }>(
    db,
    'SELECT 1 AS found FROM desk_sends WHERE desk = ? AND name = ? COLLATE NOCASE AND id <> ? LIMIT 1',
  )
  const counts = prepare<{ waiting: number; sent: number }>(
    db,
    `SELECT coalesce(sum(state = 'waiting'), 0) AS waiting, coalesce(sum(state = 'sent'), 0) AS sent
     FROM desk_sends WHERE desk = ?`,
  )
  const last = prepare<{ name: string; at: number }>(
    db,
    `SELECT name, sent_at AS at FROM desk_sends
     WHERE desk = ? AND sent_at IS NOT NULL AND name IS NOT NULL ORDER BY sent_at DESC, id DESC LIMIT 1`,
  )
  const forget = prepare(db, 'DELETE FROM desk_sends WHERE desk = ?')
  const sinceOf = (desk: string) => Number(settings.get(sinceKey(desk)) ?? 0) - CLOCK_SLACK
  return {
    follow(desk, trigger, at) {
      if (settings.get(keyOf(desk)) === trigger) return
      transaction(() => {
        add(desk, 'before', trigger, 0)
        settings.set(keyOf(desk), trigger)
        settings.set(sinceKey(desk), String(at))
      })
    },
    catchUp: (desk, trigger) =>
      settings.get(keyOf(desk)) === trigger ? add(desk, 'waiting', trigger, sinceOf(desk)) : 0,
    ask: (desk, eventId, what) =>
      transaction(() => addOf[what].run(desk, 'waiting', eventId) + wake[what].run(desk, eventId)),
    byHand: (desk, { id: photoId, eventId }) => ({
      ...{ id: 0, desk, eventId, photoId, name: null, version: null, tries: 0 },
      publicationId: newest.get(photoId)?.id ?? null,
    }),
    askOne: ({ desk, eventId, photoId, publicationId }) =>
      transaction(() => {
        const subject = publicationId ?? handSubject(photoId)
        return addOne.run(desk, eventId, photoId, publicationId, subject) + wakeOne.run(desk, subject) > 0
      }),
    leave: (photoId) => leave.forEach((statement) => statement.run(photoId)),
    prune: () => transaction(() => prune.run() + unpicked.run() + rest.run()),
    isWanted: (id) => isWanted.get(id) !== undefined,
    next(desk, now) {
      const row = next.get(desk, now)
      return row && decode(row)
    },
    nextDue: (desk) => nextDue.get(desk)!.due,
    begin(id, name, version) {
      begin.run(name, version, id)
    },
    rename(id) {
      unnamed.run(id)
    },
    done(id, at) {
      done.run(at, id)
    },
    failed(id, dueAt) {
      failed.run(Math.round(dueAt), id)
    },
    hurry(desk) {
      hurry.run(desk)
    },
    isSent: (desk, photoId, version) => isSent.get(desk, photoId, version) !== undefined,
    isTaken: (desk, name, id) => isTaken.get(desk, name, id) !== undefined,
    counts: (desk) => counts.get(desk)!,
    last: (desk) => last.get(desk) ?? null,
    forget(desk) {
      transaction(() => {
        forget.run(desk)
        settings.set(keyOf(desk), '')
      })
    },
  }
}
