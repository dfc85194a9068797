import { randomBytes } from 'node:crypto'
import type { UndoEntry } from '../../contract/undo.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

/** How many of its own actions a device can undo. */
export const UNDO_DEPTH = 20

/** What about a Photo can have a last word. */
export type Aspect = 'state' | 'edit' | 'rating' | 'words' | 'publication' | 'print'

export interface LatestChange {
  readonly action: string
  readonly actor: string
  readonly kind: string
  readonly at: number
}

export interface ActionRecord {
  readonly id: string
  readonly eventId: number
  readonly actor: string
  readonly kind: string
  readonly jobId: string | null
  readonly at: number
}

export interface UndoRecord {
  readonly n: number
  readonly photoId: string
  readonly undoEntry: UndoEntry
  /** Who had the last word before; null when nobody had. */
  readonly before: LatestChange | null
}

/** What devices did, newest first, and who had the last word about each Photo. Nothing of it is a fact of the journal:
 * it is only needed to go back. */
export interface Actions {
  find(id: string): ActionRecord | undefined
  /** An actor's own, newest first; those of which nothing is left to undo are left out. */
  list(eventId: number, actor: string): ActionRecord[]
  /** In the order in which they were noted. */
  undoEntries(actionId: string): UndoRecord[]
  count(actionId: string): number
  begin(eventId: number, actor: string, kind: string, jobId?: string): ActionRecord
  /** Notes what an action did to a Photo; the action then has the last word about it. An actor's actions beyond
   * UNDO_DEPTH are forgotten. */
  note(action: ActionRecord, photoId: string, undoEntry: UndoEntry): void
  /** What was held went out. */
  released(photoId: string, hold: string, undoEntry: UndoEntry): void
  /** Makes an action the newest again, with a later state of what it did: one drag of a slider is one action. */
  extend(actionId: string, photoId: string, undoEntry: UndoEntry): void
  latestChange(photoId: string, aspect: Aspect): LatestChange | null
  /** Forgets a trace, and gives the last word back to the one who had it before. */
  takeBack(undoEntry: UndoRecord): void
  /** Forgets a trace that cannot be undone; the last word stays whose it is. */
  drop(undoEntry: UndoRecord): void
  /** Forgets an action and what is left of its traces. */
  forget(actionId: string): void
}

export function aspectOf({ did }: UndoEntry): Aspect {
  switch (did) {
    case 'moved':
      return 'state'
    case 'edited':
      return 'edit'
    case 'rated':
      return 'rating'
    case 'worded':
      return 'words'
    case 'printing':
      return 'print'
    case 'held':
    case 'joined':
    case 'published':
    case 'unpublished':
      return 'publication'
  }
}

type Row = { id: string; event_id: number; actor: string; kind: string; job_id: string | null; at: number }

function decode(row: Row): ActionRecord {
  return {
    id: row.id,
    eventId: row.event_id,
    actor: row.actor,
    kind: row.kind,
    jobId: row.job_id,
    at: row.at,
  }
}

export function createActions(db: Db, transaction: Transaction, now: () => number): Actions {
  const find = prepare<Row>(db, 'SELECT * FROM actions WHERE id = ?')
  const list = prepare<Row>(
    db,
    `SELECT * FROM actions AS a WHERE event_id = ? AND actor = ?
     AND (EXISTS (SELECT 1 FROM traces WHERE action_id = a.id)
       OR EXISTS (SELECT 1 FROM jobs WHERE id = a.job_id AND state IN ('running', 'paused'))) ORDER BY n DESC LIMIT ${UNDO_DEPTH}`,
  )
  const insert = prepare<Row>(
    db,
    'INSERT INTO actions (id, event_id, actor, kind, job_id, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING *',
  )
  const prune = prepare(
    db,
    `DELETE FROM actions WHERE event_id = ?1 AND actor = ?2 AND n < (
       SELECT n FROM actions WHERE event_id = ?1 AND actor = ?2 ORDER BY n DESC LIMIT 1 OFFSET ${UNDO_DEPTH})`,
  )
  const undoEntries = prepare<{ n: number; photo_id: string; trace: string; before: string | null }>(
    db,
    'SELECT n, photo_id, trace, before FROM traces WHERE action_id = ? ORDER BY n',
  )
  const count = prepare<{ n: number }>(db, 'SELECT count(*) AS n FROM traces WHERE action_id = ?')
  const addEntry = prepare(db, 'INSERT INTO traces (action_id, photo_id, trace, before) VALUES (?, ?, ?, ?)')
  const released = prepare(
    db,
    `UPDATE traces SET trace = ? WHERE photo_id = ? AND json_extract(trace, '$.hold') = ?`,
  )
  const setEntry = prepare(db, 'UPDATE traces SET trace = ? WHERE action_id = ? AND photo_id = ?')
  const setAt = prepare(db, 'UPDATE actions SET at = ? WHERE id = ?')
  const dropEntry = prepare(db, 'DELETE FROM traces WHERE n = ?')
  const drop = prepare(db, 'DELETE FROM actions WHERE id = ?')
  const word = prepare<{ word: string }>(db, 'SELECT word FROM last_words WHERE photo_id = ? AND aspect = ?')
  const setLatest = prepare(
    db,
    `INSERT INTO last_words (photo_id, aspect, word) VALUES (?, ?, ?)
     ON CONFLICT (photo_id, aspect) DO UPDATE SET word = excluded.word`,
  )
  const dropLatest = prepare(db, 'DELETE FROM last_words WHERE photo_id = ? AND aspect = ?')

  function latestChange(photoId: string, aspect: Aspect): LatestChange | null {
    const found = word.get(photoId, aspect)
    return found ? (JSON.parse(found.word) as LatestChange) : null
  }
  function speak({ id, actor, kind }: ActionRecord, photoId: string, aspect: Aspect): void {
    const spoken: LatestChange = { action: id, actor, kind, at: now() }
    setLatest.run(photoId, aspect, JSON.stringify(spoken))
  }

  return {
    find(id) {
      const row = find.get(id)
      return row && decode(row)
    },
    list: (eventId, actor) => list.all(eventId, actor).map(decode),
    undoEntries: (actionId) =>
      undoEntries.all(actionId).map((row) => ({
        n: row.n,
        photoId: row.photo_id,
        undoEntry: JSON.parse(row.trace) as UndoEntry,
        before: row.before === null ? null : (JSON.parse(row.before) as LatestChange),
      })),
    count: (actionId) => count.get(actionId)!.n,
    begin(eventId, actor, kind, jobId) {
      const id = randomBytes(8).toString('hex')
      const action = decode(insert.get(id, eventId, actor, kind, jobId ?? null, now())!)
      prune.run(eventId, actor)
      return action
    },
    note(action, photoId, undoEntry) {
      transaction(() => {
        const aspect = aspectOf(undoEntry)
        const before = latestChange(photoId, aspect)
        // A batch under way may have been pruned by twenty newer actions: it goes on, and cannot be undone.
        if (find.get(action.id))
          addEntry.run(action.id, photoId, JSON.stringify(undoEntry), before && JSON.stringify(before))
        speak(action, photoId, aspect)
      })
    },
    released(photoId, hold, undoEntry) {
      released.run(JSON.stringify(undoEntry), photoId, hold)
    },
    extend(actionId, photoId, undoEntry) {
      transaction(() => {
        setEntry.run(JSON.stringify(undoEntry), actionId, photoId)
        setAt.run(now(), actionId)
        const row = find.get(actionId)
        if (row) speak(decode(row), photoId, aspectOf(undoEntry))
      })
    },
    latestChange,
    takeBack({ n, photoId, undoEntry, before }) {
      transaction(() => {
        const aspect = aspectOf(undoEntry)
        dropEntry.run(n)
        if (before) setLatest.run(photoId, aspect, JSON.stringify(before))
        else dropLatest.run(photoId, aspect)
      })
    },
    drop({ n }) {
      dropEntry.run(n)
    },
    forget(actionId) {
      drop.run(actionId)
    },
  }
}
