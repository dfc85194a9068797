import type { Bus } from '../bus.ts'
import type { ActionRecord } from '../catalog/actions.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { PhotoRecord } from '../catalog/photos.ts'
import type { Shelf } from '../catalog/shelf.ts'
import type { Views } from '../catalog/views.ts'
import type { Progress } from '../contract/progress.ts'
import { editKey } from '../contract/recipe.ts'
import type { ActionView, Decision, Trace } from '../contract/undo.ts'
import type { Folders } from '../folders.ts'
import type { Log } from '../log.ts'
import type { Publisher } from '../publish/publisher.ts'
import { nameOf, type Actor } from './actors.ts'
import { createPerform, type Outcome } from './deciding.ts'
import { createHolding } from './holding.ts'
import { createJobRunner, type JobRunner } from './jobs.ts'
import { createReservations, type Reservations } from './reservations.ts'
import { createEmptyTrash, type EmptyTrash } from './trash.ts'
import { createTurns } from './turns.ts'
import { createUndo, type Undo } from './undo.ts'

export interface Decided extends Outcome {
  /** What the device can undo of it; null when nothing changed. */
  readonly action: ActionView | null
  /** Milliseconds until it goes out. */
  readonly leftMs?: number
}

/** What people decide about photos: at once, after a second thought, hundreds at a time, and back again. */
export interface Decisions {
  /** @param holdMs of a publish: the time for a second thought
   * @throws Refusal like Perform */
  decide(actor: Actor, decision: Decision, holdMs?: number): Promise<Decided>
  readonly undo: Undo
  readonly jobs: JobRunner
  readonly emptyTrash: EmptyTrash
  readonly reservations: Reservations
  progress(photo: PhotoRecord): Progress | null
  /** The current Event is about to be closed or left: what waits for a second thought goes out now. */
  hurry(): Promise<void>
  /** Another Event is the current one, or it was opened again. */
  eventChanged(): void
  start(): void
  stop(): Promise<void>
}

/** Drags of sliders that follow each other so closely are one change, milliseconds. */
const ONE_DRAG = 10_000

export function createDecisions(needs: {
  catalog: Catalog
  publisher: Publisher
  shelf: Pick<Shelf, 'move' | 'remove'>
  folders: Folders
  /** Asked late: what photos look like includes how far their publishing is. */
  views: () => Views
  bus: Bus
  log: Log
  now: () => number
}): Decisions {
  const { catalog, publisher, bus, log, now } = needs
  const { actions } = catalog
  const turns = createTurns()
  const holding = createHolding({ ...needs, turns })
  const views: Views = {
    photo: (photo) => needs.views().photo(photo),
    publication: (publication) => needs.views().publication(publication),
  }
  const perform = createPerform({ ...needs, views, turns, holding })
  const jobs = createJobRunner({ catalog, perform, bus, log, now })
  const undo = createUndo({ ...needs, views, turns, holding, jobs })

  /** The action of which this edit is the next moment, if it is one. */
  function sameDrag(actor: Actor, photoId: string): ActionRecord | undefined {
    const [newest] = actions.list(catalog.events.current().id, actor.id)
    if (newest?.kind !== 'edit' || newest.jobId !== null || now() - newest.at > ONE_DRAG) return undefined
    return actions.lastWord(photoId, 'edit')?.action === newest.id ? newest : undefined
  }

  /** Notes into an action that is made when there is something to note. */
  function noting(actor: Actor, kind: Decision['kind']) {
    let action: ActionRecord | null = null
    return {
      view: () => (action && actions.find(action.id) ? undo.view(action) : null),
      note(photoId: string, trace: Trace): void {
        const before = trace.did === 'edited' ? sameDrag(actor, photoId) : undefined
        const first = before && actions.traces(before.id)[0]?.trace
        catalog.transaction(() => {
          if (before && first?.did === 'edited' && trace.did === 'edited') {
            action = before
            const whole: Trace = { ...trace, was: first.was }
            actions.extend(before.id, photoId, whole)
            return
          }
          action ??= actions.begin(catalog.events.current().id, actor.id, kind)
          actions.note(action, photoId, trace)
        })
      },
    }
  }

  async function hold(actor: Actor, decision: Decision, holdMs: number): Promise<Decided> {
    const { filename, edit: change = {}, again = false, replaces } = decision
    const request = { filename, change, ...(replaces !== undefined && { replaces }) }
    const { photo } = publisher.look(request)
    return turns.take(photo.id, async () => {
      const { edit, live } = publisher.look(request)
      if (live && !again) return { filename, publishedAs: live.name, already: true, action: null }
      const notes = noting(actor, 'publish')
      const held = again ? undefined : holding.waitingFor(photo.id, edit)
      if (held) {
        if (held.actor !== actor.id) notes.note(photo.id, { did: 'joined' })
        const leftMs = holding.leftOf(held.id) ?? 0
        return { filename, leftMs, already: true, action: notes.view() }
      }
      holding.clearFailed(photo.id)
      const dueAt = now() + holdMs
      catalog.transaction(() => {
        if (editKey(edit) !== editKey(photo.edit)) catalog.photos.keepEdit(photo.id, edit)
        const eventId = photo.eventId
        holding.add(
          { eventId, photoId: photo.id, edit, again, replaces: replaces ?? null, actor: actor.id, dueAt },
          ({ id }) => notes.note(photo.id, { did: 'held', hold: id }),
        )
      })
      return { filename, leftMs: holdMs, action: notes.view() }
    })
  }

  const reservations = createReservations({ bus, nameOf: (id) => nameOf(catalog.devices, id) })

  return {
    async decide(actor, decision, holdMs = 0) {
      if (decision.kind === 'publish' && holdMs > 0) return hold(actor, decision, holdMs)
      const notes = noting(actor, decision.kind)
      const outcome = await perform(decision, notes.note)
      return { ...outcome, action: notes.view() }
    },
    undo,
    jobs,
    emptyTrash: createEmptyTrash({ ...needs, turns }),
    reservations,
    progress: holding.progress,
    hurry: holding.hurry,
    eventChanged() {
      holding.look()
      jobs.settled('event_not_open')
      jobs.wake()
    },
    start() {
      holding.start()
      jobs.start()
    },
    async stop() {
      reservations.stop()
      await jobs.stop()
      await holding.stop()
    },
  }
}
