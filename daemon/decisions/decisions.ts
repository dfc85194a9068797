import type { Bus } from '../bus.ts'
import type { ActionRecord } from '../catalog/people/undo-log.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { OriginalFiles } from '../originals/original-files.ts'
import { requirePhoto } from '../catalog/photos/require-photo.ts'
import type { Announcer } from '../views/announcer.ts'
import type { ProgressView } from '../views/progress.ts'
import { editKey } from '../contract/recipe.ts'
import type { ActionView, UndoEntry } from '../contract/undo.ts'
import type { Decision } from '../contract/decision.ts'
import type { Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import type { Publisher } from '../publish/publisher.ts'
import { nameOf, type Actor } from './actors.ts'
import { createPerform, type Outcome } from './deciding.ts'
import { createFinalDecisions, type FinalDecisions } from './finals.ts'
import { changeOf } from './look-of-before.ts'
import { createGate, type Gate } from './gate.ts'
import { createPublishDelay } from './publish-delay.ts'
import { createJobRunner, type JobRunner } from './jobs.ts'
import { createReservations, type Reservations } from './presence.ts'
import { createSceneEditing, type SceneEditing } from './scene.ts'
import { createDeletePhoto, createEmptyTrash, type DeletePhoto, type EmptyTrash } from './trash.ts'
import { createKeyedMutex } from '../util/keyed-mutex.ts'
import { createUndo, type Undo } from './undo.ts'

export interface Decided extends Outcome {
  /** What the device can undo of it; null when nothing changed. */
  readonly action: ActionView | null
  /** Milliseconds until it goes out. */
  readonly leftMs?: number
}

export type Done = (decided: Decided) => void

/** What people decide about photos: at once, after the publish delay, hundreds at a time, and back again. */
export interface Decisions {
  /** @param how.holdMs of a publish: its delay
   * @param how.done called with the result in the transaction that makes it true, wherever that is one
   * @throws Refusal like Perform; 503 `event_changing` while the event is being left */
  decide(actor: Actor, decision: Decision, how?: { holdMs?: number; done?: Done }): Promise<Decided>
  readonly undo: Undo
  readonly jobs: JobRunner
  readonly scene: SceneEditing
  readonly finals: FinalDecisions
  readonly emptyTrash: EmptyTrash
  /** Of one that nobody else decides about. */
  readonly remove: DeletePhoto
  /** Does it while the Event is not changed. */
  pass: Gate['pass']
  readonly reservations: Reservations
  /** Makes a change of the Event's folders, between two decisions. Decisions made meanwhile are refused for now. */
  stilled<T>(change: () => Promise<T>): Promise<T>
  /** Makes a change that leaves the current Event: delayed publishes go out before, and jobs go on for a
   * moment. */
  leaving<T>(change: () => Promise<T>): Promise<T>
  /** Leaves to a person what is left of an Event, instead of publishing it at some later time. Call in the transaction
   * of that change.
   * @returns file names of what was not published */
  handBack(eventId: number): string[]
  /** Another Event is the current one, or it was opened again. */
  eventChanged(): void
  /** Time has passed that no timer counted: what is due goes out. */
  look(): void
  /** Whether anything waits for one of these reasons to be over. @param reasons codes of refusals */
  isHeldUp(reasons: readonly string[]): boolean
  /** These reasons are over: what could not go on because of them goes on. */
  settled(reasons: readonly string[]): void
  start(): void
  stop(): Promise<void>
}

/** How long jobs go on once their Event is being left, milliseconds. */
const LEAVE_WITHIN = 10_000
/** Drags of sliders that follow each other so closely are one change, milliseconds. */
const ONE_DRAG = 10_000

/** What is answered for what was done.
 * @param requested the name that was asked for
 * @param name the Photo's own */
function outcomeOf(undoEntry: UndoEntry, requested: string, name: string): Outcome {
  switch (undoEntry.did) {
    case 'published':
      return { filename: requested, publishedAs: undoEntry.name }
    case 'unpublished':
      return { filename: undoEntry.name }
    case 'edited':
      return { filename: name, edit: undoEntry.now }
    case 'joined':
      return { filename: requested, already: true }
    case 'held':
    case 'moved':
    case 'rated':
    case 'worded':
    case 'printing':
      return { filename: name }
  }
}

export function createDecisions(needs: {
  catalog: Catalog
  publisher: Publisher
  originalFiles: Pick<OriginalFiles, 'move' | 'remove'>
  folders: Folders
  announcer: Announcer
  progress: ProgressView
  bus: Bus
  log: Log
  /** What waits for a person is other now. */
  changed?: () => void
  now: () => number
  /** A clock for waiting, which does not jump; `now` by default. */
  steady?: () => number
}): Decisions {
  const { catalog, publisher, bus, log, now, steady = now } = needs
  const { actions } = catalog
  const mutex = createKeyedMutex()
  const gate = createGate()
  let started = false
  const publishDelay = createPublishDelay({ ...needs, mutex, now: steady })
  const leaveJobs = (photoId: string) => jobs.leave(photoId)
  const perform = createPerform({ ...needs, steady, mutex, publishDelay, leaveJobs })
  const jobs: JobRunner = createJobRunner({ catalog, perform, bus, log, now: steady })
  const undo = createUndo({ ...needs, mutex, publishDelay, jobs })

  /** The action of which this edit is the next moment, if it is one. */
  function sameDrag(actor: Actor, photoId: string): ActionRecord | undefined {
    const [newest] = actions.list(catalog.events.current().id, actor.id)
    if (newest?.kind !== 'edit' || newest.jobId !== null || Math.abs(now() - newest.at) > ONE_DRAG)
      return undefined
    return actions.latestChange(photoId, 'edit')?.action === newest.id ? newest : undefined
  }

  /** Notes into an action that is made when there is something to note. */
  function noting(actor: Actor, { kind, filename }: Decision, done?: Done) {
    let action: ActionRecord | null = null
    const view = () => (action && actions.find(action.id) ? undo.view(action) : null)

    function write(photoId: string, undoEntry: UndoEntry): void {
      const before = undoEntry.did === 'edited' ? sameDrag(actor, photoId) : undefined
      const first = before && actions.undoEntries(before.id)[0]?.undoEntry
      if (before && first?.did === 'edited' && undoEntry.did === 'edited') {
        action = before
        const whole: UndoEntry = { ...undoEntry, was: first.was }
        return actions.extend(before.id, photoId, whole)
      }
      // The one of a transaction that was rolled back is not there any more.
      if (!action || !actions.find(action.id))
        action = actions.begin(catalog.events.current().id, actor.id, kind)
      actions.note(action, photoId, undoEntry)
    }

    return {
      view,
      note(photoId: string, undoEntry: UndoEntry): void {
        catalog.transaction(() => {
          write(photoId, undoEntry)
          const name = catalog.photos.byId(photoId)?.filename ?? filename
          done?.({ ...outcomeOf(undoEntry, filename, name), action: view() })
        })
      },
    }
  }

  async function hold(actor: Actor, decision: Decision, holdMs: number, done?: Done): Promise<Decided> {
    const { filename, again = false, replaces } = decision
    const change = changeOf(catalog, decision)
    const request = { filename, change, ...(replaces !== undefined && { replaces }) }
    return mutex.take(requirePhoto(catalog, filename).id, async () => {
      const { photo, edit, live } = publisher.look(request)
      if (live && !again) return { filename, publishedAs: live.name, already: true, action: null }
      const notes = noting(actor, decision, done && ((decided) => done({ ...decided, leftMs: holdMs })))
      const held = again ? undefined : publishDelay.waitingFor(photo.id, edit)
      if (held) {
        if (held.actor !== actor.id) notes.note(photo.id, { did: 'joined' })
        const leftMs = publishDelay.leftOf(held.id) ?? 0
        return { filename, leftMs, already: true, action: notes.view() }
      }
      publishDelay.clearFailed(photo.id)
      const dueAt = steady() + holdMs
      catalog.transaction(() => {
        catalog.milestones.decided(photo.id, now())
        if (editKey(edit) !== editKey(photo.edit)) catalog.photos.keepEdit(photo.id, edit)
        const eventId = photo.eventId
        publishDelay.add(
          { eventId, photoId: photo.id, edit, again, replaces: replaces ?? null, actor: actor.id, dueAt },
          ({ id }) => notes.note(photo.id, { did: 'held', hold: id }),
        )
      })
      return { filename, leftMs: holdMs, action: notes.view() }
    })
  }

  const reservations = createReservations({ bus, nameOf: (id) => nameOf(catalog.devices, id) })

  const jobsOf: JobRunner = {
    ...jobs,
    add(...order) {
      gate.check()
      return jobs.add(...order)
    },
  }
  const remove = createDeletePhoto(needs)
  const finals = createFinalDecisions({ ...needs, mutex, pass: gate.pass, refresh: needs.progress.refresh })
  const emptyTrash = createEmptyTrash({ ...needs, remove, mutex })

  function start(): void {
    publishDelay.start()
    jobs.start()
  }
  async function rest(): Promise<void> {
    await jobs.stop()
    await publishDelay.stop()
  }

  function apart<T>(before: () => Promise<void>, change: () => Promise<T>): Promise<T> {
    return gate.closedFor(async () => {
      await before()
      await rest()
      try {
        return await change()
      } finally {
        if (started) start()
      }
    })
  }

  return {
    decide: (actor, decision, { holdMs = 0, done } = {}) =>
      gate.pass(async () => {
        if (decision.kind === 'publish' && holdMs > 0) return hold(actor, decision, holdMs, done)
        const notes = noting(actor, decision, done)
        const outcome = await perform(decision, notes.note, actor)
        return { ...outcome, action: notes.view() }
      }),
    undo: { ...undo, undo: (...args) => gate.pass(() => undo.undo(...args)) },
    jobs: jobsOf,
    scene: createSceneEditing({ catalog, jobs: jobsOf }),
    finals,
    emptyTrash: (...args) => gate.pass(() => emptyTrash(...args)),
    remove,
    pass: gate.pass,
    reservations,
    stilled: (change) => apart(async () => undefined, change),
    leaving: (change) =>
      apart(async () => {
        await publishDelay.hurry()
        await jobs.hurry(LEAVE_WITHIN)
      }, change),
    handBack(eventId) {
      const held = publishDelay.handBack(eventId).map((id) => catalog.photos.byId(id)?.filename ?? '')
      return [...held, ...jobs.handBack(eventId)]
    },
    look() {
      publishDelay.look()
      jobs.wake()
      finals.look()
    },
    isHeldUp: (reasons) => reasons.some((reason) => jobs.isPausedBy(reason) || publishDelay.isHeldUp(reason)),
    settled(reasons) {
      finals.look()
      for (const reason of reasons) {
        publishDelay.settled(reason)
        jobs.settled(reason)
      }
    },
    eventChanged() {
      publishDelay.look()
      jobs.settled('event_not_open')
      jobs.wake()
      finals.look()
    },
    start() {
      started = true
      start()
      finals.start()
    },
    async stop() {
      started = false
      reservations.stop()
      await finals.stop()
      await rest()
    },
  }
}
