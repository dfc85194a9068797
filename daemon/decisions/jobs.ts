import { setTimeout as sleep } from 'node:timers/promises'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { JobItem, JobRecord } from '../catalog/people/jobs.ts'
import { LONGEST_JOB_HOLD, type JobsReply, type JobView } from '../contract/job.ts'
import { type Decision } from '../contract/decision.ts'
import type { UndoEntry } from '../contract/undo.ts'
import { Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import { nameOf, type Actor } from './actors.ts'
import type { Perform } from './deciding.ts'
import { reasonOf } from './publish-delay.ts'

/** Decisions about hundreds of photos as one: with progress, pause and cancel, over any restart. A job does one thing
 * at a time, so that a single publish never waits behind it for long. */
export interface JobRunner {
  /** @param how.holdMs how long it waits before it begins
   * @param how.added called in the transaction that makes it
   * @throws Refusal 409 when nothing may be published now, 503 `event_changing` while the event is being left */
  add(
    actor: Actor,
    kind: Decision['kind'],
    items: readonly Decision[],
    how?: { holdMs?: number; added?: (job: JobView) => void },
  ): JobView
  view(id: string): JobView | undefined
  list(): JobsReply['jobs']
  /** @param changed called in the transaction that changes it
   * @throws Refusal 404 `no_such_job`, 409 `job_over` */
  change(
    id: string,
    action: 'pause' | 'resume' | 'cancel' | 'retry',
    changed?: (job: JobView) => void,
  ): JobView
  /** Takes a Photo out of what is still to be published. Call in the Photo's turn, in the transaction of what somebody
   * decided instead. */
  leave(photoId: string): void
  /** Cancels what is left and waits for what is being done. */
  end(id: string): Promise<void>
  /** What was in the way is gone: jobs that paused because of it go on. */
  settled(reason: string): void
  /** Whether a job paused because of it. */
  isPausedBy(reason: string): boolean
  leftOf(id: string): number | null
  /** Works off what waits, also what has its publish delay before it, as far as that is done in `ms`
   * milliseconds. */
  hurry(ms: number): Promise<void>
  /** Leaves to a person what is left of an Event's jobs: none of it goes on by itself. Call in the transaction that
   * leaves the Event, while nothing runs. @returns the names of what was left */
  handBack(eventId: number): string[]
  /** Looks for work: at the start, and when another Event is the current one. */
  wake(): void
  start(): void
  stop(): Promise<void>
}

/** Trouble that all the other photos would meet too: the job waits for a person instead of failing for each. */
const PAUSING = ['mass_removal', 'event_not_open', 'folder_away', 'disk_full', 'disk_read_only']
/** Milliseconds between two Notices of a job. */
const EVERY = 250
/** Jobs that are over and still listed. */
const OVER_SHOWN = 10
const FAILURES_SHOWN = 100
/** Why a job waits whose Event was left: only a person lets it go on. */
const LEFT = 'event_left'
/** How long one that is over is remembered, milliseconds. */
const REMEMBERED = 7 * 24 * 3600_000

export function createJobRunner(needs: {
  catalog: Catalog
  perform: Perform
  bus: Pick<Bus, 'emit'>
  log: Log
  /** A clock for waiting. */
  now: () => number
}): JobRunner {
  const { catalog, now } = needs
  const { jobs, actions } = catalog
  const working = new Map<string, Promise<void>>()
  const waiters = new Map<string, NodeJS.Timeout>()
  const news = new Map<string, { settled: string[]; timer: NodeJS.Timeout }>()
  let stopped = true

  function viewOf(job: JobRecord): JobView {
    return {
      id: job.id,
      kind: job.kind,
      state: job.state,
      reason: job.reason,
      ...jobs.counts(job.id),
      failures: jobs.failures(job.id, FAILURES_SHOWN),
      by: job.actor,
      name: nameOf(catalog.devices, job.actor),
      action: job.actionId,
      at: new Date(job.at).toISOString(),
    }
  }
  const pausedBy = (reason: string) =>
    jobs.list(catalog.events.current().id, 0).filter((job) => job.state === 'paused' && job.reason === reason)
  const waitingOf = (id: string) => jobs.waiting(id).flatMap(({ photoId }) => photoId ?? [])

  function announce(id: string, all = false): void {
    const pending = news.get(id)
    if (pending) clearTimeout(pending.timer)
    news.delete(id)
    const job = jobs.find(id)
    if (!job) return
    const settled = pending?.settled ?? []
    needs.bus.emit({
      type: 'job.changed',
      job: viewOf(job),
      settled,
      ...(all && { waiting: waitingOf(id) }),
    })
  }
  function announceSoon(id: string, photoId: string | null): void {
    const pending = news.get(id) ?? { settled: [], timer: setTimeout(() => announce(id), EVERY) }
    if (photoId !== null) pending.settled.push(photoId)
    news.set(id, pending)
  }

  /** @returns false when the job has to wait */
  async function doOne(job: JobRecord, item: JobItem): Promise<boolean> {
    const action = actions.find(job.actionId) ?? {
      id: job.actionId,
      eventId: job.eventId,
      actor: job.actor,
      kind: job.kind,
      jobId: job.id,
      at: job.at,
    }
    try {
      const note = (photoId: string, undoEntry: UndoEntry) =>
        catalog.transaction(() => {
          actions.note(action, photoId, undoEntry)
          jobs.itemDone(job.id, item.n)
        })
      await needs.perform(item.decision, note, { id: job.actor }, job.at)
      jobs.itemDone(job.id, item.n)
    } catch (error) {
      const { code, message } = reasonOf(error)
      if (PAUSING.includes(code)) {
        jobs.setState(job.id, 'paused', code)
        return false
      }
      if (code === 'fault') needs.log.error({ err: error, photo: item.filename }, 'A part of a job failed')
      jobs.itemFailed(job.id, item.n, code, message)
    }
    announceSoon(job.id, item.photoId)
    return true
  }

  async function work(id: string): Promise<void> {
    for (;;) {
      const job = jobs.find(id)
      if (stopped || job?.state !== 'running' || job.eventId !== catalog.events.current().id) break
      const item = jobs.nextItem(id)
      if (!item) {
        jobs.setState(id, 'done')
        break
      }
      if (!(await doOne(job, item))) break
    }
    if (!stopped) announce(id)
  }

  /** @param atOnce also what has its publish delay before it */
  function wake(atOnce = false): void {
    if (stopped) return
    for (const job of jobs.running(catalog.events.current().id)) {
      if (working.has(job.id)) continue
      clearTimeout(waiters.get(job.id))
      if (job.dueAt > now() && !atOnce) {
        waiters.set(
          job.id,
          setTimeout(() => wake(), job.dueAt - now()),
        )
        continue
      }
      const done = work(job.id)
        .catch((error: unknown) => needs.log.error({ err: error }, 'A job failed'))
        .finally(() => {
          working.delete(job.id)
          // Somebody may have continued the job while it was ending.
          wake()
        })
      working.set(job.id, done)
    }
  }

  function find(id: string): JobRecord {
    const job = jobs.find(id)
    // One of an Event that was left would seem to go on, and do nothing.
    if (job?.eventId !== catalog.events.current().id)
      throw new Refusal(404, 'no_such_job', `There is no job "${id}".`)
    return job
  }

  function change(
    id: string,
    what: 'pause' | 'resume' | 'cancel' | 'retry',
    changed?: (job: JobView) => void,
  ): JobView {
    const { state } = find(id)
    const over = state === 'done' || state === 'cancelled'
    if (over && what !== 'retry') throw new Refusal(409, 'job_over', 'This job is over already.')
    const left = what === 'cancel' ? waitingOf(id) : []
    catalog.transaction(() => {
      if (what === 'cancel') jobs.cancel(id)
      if (what !== 'retry' || jobs.retry(id) > 0)
        jobs.setState(id, what === 'pause' ? 'paused' : what === 'cancel' ? 'cancelled' : 'running')
      changed?.(viewOf(find(id)))
    })
    for (const photoId of left) announceSoon(id, photoId)
    announce(id, what === 'resume' || what === 'retry')
    wake()
    return viewOf(find(id))
  }

  return {
    add(actor, kind, items, { holdMs = 0, added } = {}) {
      const event = catalog.events.current()
      if (kind === 'publish' && event.state !== 'open')
        throw new Refusal(
          409,
          'event_not_open',
          `The event is ${event.state}. Continue it, or open a new one.`,
        )
      const id = jobs.newId()
      const { photos, publications } = catalog
      const idOf = ({ filename }: Decision) =>
        (kind === 'unpublish' ? publications.byName(event.id, filename)?.photoId : undefined) ??
        photos.named(event.id, filename)?.id ??
        null
      const job = catalog.transaction(() => {
        const action = actions.begin(event.id, actor.id, kind, id)
        const dueAt = now() + holdMs
        const rows = items.map((decision) => ({ photoId: idOf(decision), decision }))
        const made = { eventId: event.id, actor: actor.id, kind, actionId: action.id, dueAt }
        const job = jobs.add(made, rows, id)
        added?.(viewOf(job))
        return job
      })
      announce(id, true)
      wake()
      return viewOf(job)
    },
    view(id) {
      const job = jobs.find(id)
      return job && viewOf(job)
    },
    list: () =>
      jobs
        .list(catalog.events.current().id, OVER_SHOWN)
        .map((job) => ({ ...viewOf(job), waiting: waitingOf(job.id) })),
    change,
    leave(photoId) {
      for (const id of jobs.cancelPublishes(photoId)) announceSoon(id, photoId)
    },
    async end(id) {
      const job = jobs.find(id)
      if (job?.state === 'running' || job?.state === 'paused') change(id, 'cancel')
      await working.get(id)
    },
    isPausedBy: (reason) => pausedBy(reason).length > 0,
    settled(reason) {
      for (const job of pausedBy(reason)) change(job.id, 'resume')
    },
    leftOf(id) {
      const job = jobs.find(id)
      return job?.state === 'running' && job.dueAt > now() ? job.dueAt - now() : null
    },
    wake: () => wake(),
    async hurry(ms) {
      wake(true)
      const limit = new AbortController()
      const late = sleep(ms, undefined, { signal: limit.signal }).catch(() => undefined)
      await Promise.race([Promise.all(working.values()), late])
      limit.abort()
    },
    handBack(eventId) {
      const left = jobs.list(eventId, 0).filter(({ reason }) => reason !== LEFT)
      for (const { id } of left) jobs.setState(id, 'paused', LEFT)
      return left.flatMap(({ id }) => jobs.waiting(id).map(({ filename }) => filename))
    },
    start() {
      stopped = false
      // A publish delay that a changed clock made long is over in time all the same.
      jobs.dueBy(now() + LONGEST_JOB_HOLD * 1000)
      jobs.forgetBefore(now() - REMEMBERED)
      wake()
    },
    async stop() {
      stopped = true
      for (const timer of waiters.values()) clearTimeout(timer)
      await Promise.all(working.values())
      // Pending Notices go out now: what follows may be another Event, or the end of the catalog.
      for (const id of [...news.keys()]) announce(id)
    },
  }
}
