import type { Catalog } from '../catalog/catalog.ts'
import type { DelayedPublish } from '../catalog/people/delayed-publishes.ts'
import type { Announcer } from '../views/announcer.ts'
import type { ProgressView } from '../views/progress.ts'
import type { Edit } from '../contract/edit.ts'
import { LONGEST_DELAY } from '../contract/publish-delay.ts'
import { editKey } from '../contract/recipe.ts'
import { isDiskFull, Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Publisher, PublishRequest } from '../publish/publisher.ts'
import type { KeyedMutex } from '../util/keyed-mutex.ts'
import { auditActorOf, type Actor } from './actors.ts'

/** Publishes whose delay is not over. Each is in the catalog before anybody hears of it: one that a restart
 * interrupts goes out afterwards. Until it goes out the photo has no public name and is in no gallery.
 *
 * What says so is called in the turn of the Photo. */
export interface PublishDelay {
  /** The one of this Photo with this Edit that waits. */
  waitingFor(photoId: string, edit: Edit): DelayedPublish | undefined
  /** Whether any of this Photo waits. */
  waiting(photoId: string): boolean
  /** In the Photo's turn. @param noted called in the same transaction */
  add(hold: Omit<DelayedPublish, 'id' | 'failed'>, noted: (hold: DelayedPublish) => void): DelayedPublish
  /** In the Photo's turn: takes one that waits or failed back. @param noted called in the same transaction
   * @returns false when it is out already */
  drop(id: string, noted: () => void): boolean
  /** In the Photo's turn: publishes it now. @param by whose decision that is: the holder's by default
   * @returns the public name
   * @throws what publishing throws; it has failed then */
  releaseNow(hold: DelayedPublish, by?: Actor): Promise<string>
  /** In the Photo's turn: what failed before is another try's business now. */
  clearFailed(photoId: string): void
  /** Takes back all of this Photo, what waits and what failed. Call in the Photo's turn, in the transaction of what
   * somebody decided instead; `look` afterwards. */
  forget(photoId: string): void
  /** Publishes everything that waits, for the Event is about to be closed or left. Resolves when that is done. */
  hurry(): Promise<void>
  /** Leaves to a person what of an Event still waits: it has failed. Call in the transaction that leaves the Event,
   * while nothing runs. @returns the Photos */
  handBack(eventId: number): string[]
  /** Shows a Photo as being rendered while `work` goes on. */
  rendering<T>(photoId: string, work: () => Promise<T>): Promise<T>
  /** Milliseconds until it goes out; null when it is not waiting. */
  leftOf(id: string): number | null
  /** Whether any could not go out because of it and waits for it to be over. */
  isHeldUp(reason: string): boolean
  /** What was in the way is gone: what could not go out because of it goes out now. */
  settled(reason: string): void
  /** Another Event may be the current one, or time has passed that no timer counted. */
  look(): void
  start(): void
  /** What is being published is finished; what waits goes out after the next start. */
  stop(): Promise<void>
}

/** Trouble that is over some time without anybody's decision: what met it goes out then. */
const PASSING = ['folder_away', 'disk_full', 'disk_read_only']
const LEFT = 'The event was left before this was published. Publish it again if it is still wanted.'

export function createPublishDelay(needs: {
  catalog: Catalog
  publisher: Pick<Publisher, 'publish'>
  mutex: KeyedMutex
  announcer: Pick<Announcer, 'changed'>
  progress: ProgressView
  log: Log
  /** A clock for waiting. */
  now: () => number
}): PublishDelay {
  const { catalog, publisher, mutex, progress, now } = needs
  const going = new Set<Promise<unknown>>()
  let timer: NodeJS.Timeout | undefined
  let stopped = true

  const all = progress.delayed
  function refresh(): void {
    progress.refresh()
    schedule()
  }
  function schedule(): void {
    clearTimeout(timer)
    if (stopped) return
    const next = all().find(({ failed, id }) => failed === null && !releasing.has(id))
    if (next) timer = setTimeout(due, Math.max(0, next.dueAt - now()))
  }
  const releasing = new Set<string>()
  const heldUpBy = (reason: string) =>
    catalog.publishDelays.list(catalog.events.current().id).filter(({ failed }) => failed?.code === reason)
  function due(): void {
    for (const hold of all())
      if (hold.failed === null && hold.dueAt <= now() && !releasing.has(hold.id)) void release(hold)
    schedule()
  }
  function release(hold: DelayedPublish): Promise<void> {
    releasing.add(hold.id)
    const turn = mutex
      .take(hold.photoId, async () => {
        const still = catalog.publishDelays.find(hold.id)
        if (still?.failed === null) await releaseNow(still)
      })
      .catch(() => undefined)
      .finally(() => {
        releasing.delete(hold.id)
        going.delete(turn)
      })
    going.add(turn)
    return turn
  }

  const announce = needs.announcer.changed

  async function rendering<T>(photoId: string, work: () => Promise<T>): Promise<T> {
    const end = progress.rendering(photoId)
    announce(photoId)
    try {
      return await work()
    } finally {
      end()
      announce(photoId)
    }
  }

  async function releaseNow(hold: DelayedPublish, by: Actor = { id: hold.actor }): Promise<string> {
    const { id, photoId, edit, again, replaces } = hold
    const settle = (undoEntry: Parameters<typeof catalog.actions.released>[2]) => {
      catalog.publishDelays.remove(id)
      catalog.actions.released(photoId, id, undoEntry)
    }
    try {
      const photo = catalog.photos.byId(photoId)
      if (!photo || photo.deletedAt !== null || photo.eventId !== catalog.events.current().id)
        throw new Refusal(409, 'event_changed', 'Another event was opened meanwhile.')
      const request: PublishRequest = {
        filename: photo.filename,
        change: edit,
        keepsEdit: false,
        again,
        by: auditActorOf(catalog.audit, by),
        ...(replaces !== null && { replaces }),
        live: ({ name }) => settle({ did: 'published', name, replaced: replaces }),
      }
      const { publication, already } = await rendering(photoId, () => publisher.publish(request))
      if (already) catalog.transaction(() => settle({ did: 'joined' }))
      refresh()
      announce(photoId)
      return publication.name
    } catch (error) {
      const { code, message } = reasonOf(error)
      if (code === 'fault') needs.log.error({ err: error }, 'A held publish failed')
      catalog.publishDelays.fail(id, code, message)
      refresh()
      announce(photoId)
      throw error
    }
  }

  return {
    waitingFor: (photoId, edit) =>
      all().find(
        (hold) => hold.photoId === photoId && hold.failed === null && editKey(hold.edit) === editKey(edit),
      ),
    waiting: (photoId) => all().some((hold) => hold.photoId === photoId && hold.failed === null),
    add(hold, noted) {
      const added = catalog.transaction(() => {
        const made = catalog.publishDelays.add(hold)
        noted(made)
        return made
      })
      refresh()
      announce(hold.photoId)
      return added
    },
    drop(id, noted) {
      const hold = catalog.publishDelays.find(id)
      if (!hold) return false
      catalog.transaction(() => {
        catalog.publishDelays.remove(id)
        noted()
      })
      refresh()
      announce(hold.photoId)
      return true
    },
    releaseNow,
    clearFailed(photoId) {
      const failed = all().filter((hold) => hold.photoId === photoId && hold.failed !== null)
      for (const { id } of failed) catalog.publishDelays.remove(id)
      if (failed.length > 0) refresh()
    },
    forget(photoId) {
      for (const hold of catalog.publishDelays.list(catalog.events.current().id))
        if (hold.photoId === photoId) catalog.publishDelays.remove(hold.id)
    },
    async hurry() {
      await Promise.all(all().flatMap((hold) => (hold.failed === null ? [release(hold)] : [])))
      await Promise.all(going)
    },
    rendering,
    leftOf(id) {
      const hold = all().find((one) => one.id === id)
      return hold?.failed === null ? Math.max(0, hold.dueAt - now()) : null
    },
    handBack(eventId) {
      const left = catalog.publishDelays
        .list(eventId)
        .filter(({ failed }) => failed === null || PASSING.includes(failed.code))
      for (const { id } of left) catalog.publishDelays.fail(id, 'event_left', LEFT)
      return left.map(({ photoId }) => photoId)
    },
    isHeldUp: (reason) => PASSING.includes(reason) && heldUpBy(reason).length > 0,
    settled(reason) {
      if (!PASSING.includes(reason)) return
      for (const { id } of heldUpBy(reason)) catalog.publishDelays.retry(id)
      refresh()
    },
    look: refresh,
    start() {
      stopped = false
      // A publish delay that a changed clock made long is over in time all the same.
      catalog.publishDelays.dueBy(now() + LONGEST_DELAY * 1000)
      refresh()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      await Promise.all(going)
    },
  }
}

/** An error as it is stored and shown. */
export function reasonOf(error: unknown): { code: string; message: string } {
  if (error instanceof Refusal) return { code: error.code, message: error.message }
  if (isDiskFull(error)) return { code: 'disk_full', message: 'The disk is full.' }
  return { code: 'fault', message: 'Something went wrong on the Mac. Its log says what.' }
}
