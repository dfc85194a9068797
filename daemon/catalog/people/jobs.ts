import { randomBytes } from 'node:crypto'
import type { Decision } from '../../contract/decision.ts'
import { prepare, type Db, type Transaction } from '../store/sql.ts'

export type JobState = 'running' | 'paused' | 'done' | 'cancelled'

export interface JobRecord {
  readonly id: string
  readonly eventId: number
  readonly actor: string
  readonly kind: Decision['kind']
  readonly state: JobState
  /** Why it paused by itself, or null. */
  readonly reason: string | null
  readonly actionId: string
  readonly at: number
  /** When the job may begin, milliseconds since 1970. */
  readonly dueAt: number
}

export interface JobItem {
  readonly n: number
  /** Null when there was no such photo when it was asked for. */
  readonly photoId: string | null
  readonly filename: string
  readonly decision: Decision
}

export interface JobCounts {
  readonly total: number
  readonly done: number
  readonly failed: number
  readonly cancelled: number
}

/** Decisions about many photos at once. What is not done yet is done after a restart. */
export interface Jobs {
  add(
    job: Pick<JobRecord, 'eventId' | 'actor' | 'kind' | 'actionId' | 'dueAt'>,
    items: readonly Pick<JobItem, 'photoId' | 'decision'>[],
    id: string,
  ): JobRecord
  newId(): string
  find(id: string): JobRecord | undefined
  /** Jobs that are not over, and `over` of the others; newest first. */
  list(eventId: number, over: number): JobRecord[]
  /** Jobs of the Event that are to be worked on, oldest first. */
  running(eventId: number): JobRecord[]
  counts(id: string): JobCounts
  /** The first that waits. */
  nextItem(id: string): JobItem | undefined
  waiting(id: string): JobItem[]
  failures(id: string, limit: number): { filename: string; code: string; message: string }[]
  itemDone(id: string, n: number): void
  itemFailed(id: string, n: number, code: string, message: string): void
  /** What failed waits again. @returns how many */
  retry(id: string): number
  /** What waits will not be done. */
  cancel(id: string): void
  /** What waits to publish this Photo will not. @returns the jobs that it waited in */
  cancelPublishes(photoId: string): string[]
  setState(id: string, state: JobState, reason?: string): void
  /** Lets all begin at `at` or earlier. */
  dueBy(at: number): void
  /** Forgets those that were over before then. */
  forgetBefore(at: number): void
}

type Row = {
  id: string
  event_id: number
  actor: string
  kind: Decision['kind']
  state: JobState
  reason: string | null
  action_id: string
  at: number
  due_at: number
}
type ItemRow = { n: number; photo_id: string | null; filename: string; decision: string }

function decode(row: Row): JobRecord {
  return {
    id: row.id,
    eventId: row.event_id,
    actor: row.actor,
    kind: row.kind,
    state: row.state,
    reason: row.reason,
    actionId: row.action_id,
    at: row.at,
    dueAt: row.due_at,
  }
}

function decodeItem(row: ItemRow): JobItem {
  return {
    n: row.n,
    photoId: row.photo_id,
    filename: row.filename,
    decision: JSON.parse(row.decision) as Decision,
  }
}

export function createJobs(db: Db, transaction: Transaction, now: () => number): Jobs {
  const insert = prepare<Row>(
    db,
    `INSERT INTO jobs (id, event_id, actor, kind, state, action_id, at, due_at)
     VALUES (?, ?, ?, ?, 'running', ?, ?, ?) RETURNING *`,
  )
  const insertItem = prepare(
    db,
    'INSERT INTO job_items (job_id, n, photo_id, filename, decision) VALUES (?, ?, ?, ?, ?)',
  )
  const find = prepare<Row>(db, 'SELECT * FROM jobs WHERE id = ?')
  const list = prepare<Row>(
    db,
    `SELECT * FROM jobs WHERE event_id = ?1 AND (state IN ('running', 'paused') OR n IN (
       SELECT n FROM jobs WHERE event_id = ?1 AND state IN ('done', 'cancelled') ORDER BY n DESC LIMIT ?2))
     ORDER BY n DESC`,
  )
  const running = prepare<Row>(db, `SELECT * FROM jobs WHERE event_id = ? AND state = 'running' ORDER BY n`)
  const counts = prepare<JobCounts>(
    db,
    `SELECT count(*) AS total, coalesce(sum(state = 'done'), 0) AS done,
       coalesce(sum(state = 'failed'), 0) AS failed, coalesce(sum(state = 'cancelled'), 0) AS cancelled
     FROM job_items WHERE job_id = ?`,
  )
  const waiting = prepare<ItemRow>(
    db,
    `SELECT * FROM job_items WHERE job_id = ? AND state = 'waiting' ORDER BY n LIMIT ?`,
  )
  const failures = prepare<{ filename: string; code: string; message: string }>(
    db,
    `SELECT filename, code, message FROM job_items WHERE job_id = ? AND state = 'failed' ORDER BY n LIMIT ?`,
  )
  const done = prepare(db, `UPDATE job_items SET state = 'done' WHERE job_id = ? AND n = ?`)
  const failed = prepare(
    db,
    `UPDATE job_items SET state = 'failed', code = ?, message = ? WHERE job_id = ? AND n = ?`,
  )
  const retry = prepare(
    db,
    `UPDATE job_items SET state = 'waiting', code = NULL, message = NULL WHERE job_id = ? AND state = 'failed'`,
  )
  const cancel = prepare(
    db,
    `UPDATE job_items SET state = 'cancelled' WHERE job_id = ? AND state = 'waiting'`,
  )
  const cancelPublishes = prepare<{ job_id: string }>(
    db,
    `UPDATE job_items SET state = 'cancelled' WHERE photo_id = ? AND state = 'waiting' AND job_id IN (
       SELECT id FROM jobs WHERE kind = 'publish' AND state IN ('running', 'paused')) RETURNING job_id`,
  )
  const setState = prepare(db, 'UPDATE jobs SET state = ?, reason = ? WHERE id = ?')
  const isLate = prepare<{ late: number }>(db, 'SELECT 1 AS late FROM jobs WHERE due_at > ? LIMIT 1')
  const isOld = prepare<{ old: number }>(
    db,
    `SELECT 1 AS old FROM jobs WHERE state IN ('done', 'cancelled') AND at < ? LIMIT 1`,
  )
  const dueBy = prepare(db, 'UPDATE jobs SET due_at = ?1 WHERE due_at > ?1')
  const forget = prepare(db, `DELETE FROM jobs WHERE state IN ('done', 'cancelled') AND at < ?`)

  return {
    newId: () => randomBytes(8).toString('hex'),
    add({ eventId, actor, kind, actionId, dueAt }, items, id) {
      return transaction(() => {
        const job = decode(insert.get(id, eventId, actor, kind, actionId, now(), Math.round(dueAt))!)
        items.forEach(({ photoId, decision }, n) =>
          insertItem.run(id, n, photoId, decision.filename, JSON.stringify(decision)),
        )
        return job
      })
    },
    find(id) {
      const row = find.get(id)
      return row && decode(row)
    },
    list: (eventId, over) => list.all(eventId, over).map(decode),
    running: (eventId) => running.all(eventId).map(decode),
    counts: (id) => ({ ...counts.get(id)! }),
    nextItem(id) {
      const row = waiting.get(id, 1)
      return row && decodeItem(row)
    },
    waiting: (id) => waiting.all(id, -1).map(decodeItem),
    failures: (id, limit) => failures.all(id, limit).map((row) => ({ ...row })),
    itemDone(id, n) {
      done.run(id, n)
    },
    itemFailed(id, n, code, message) {
      failed.run(code, message, id, n)
    },
    retry: (id) => retry.run(id),
    cancel(id) {
      cancel.run(id)
    },
    cancelPublishes: (photoId) => cancelPublishes.all(photoId).map((row) => row.job_id),
    setState(id, state, reason) {
      setState.run(state, reason ?? null, id)
    },
    dueBy(at) {
      if (isLate.get(Math.round(at))) dueBy.run(Math.round(at))
    },
    forgetBefore(at) {
      if (isOld.get(Math.round(at))) forget.run(Math.round(at))
    },
  }
}
