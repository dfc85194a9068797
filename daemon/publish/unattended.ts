import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { PhotoView } from '../contract/photo.ts'
import { isStorageFault, messageOf, Refusal } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Publisher } from './publisher.ts'
import { backoff } from '../util/backoff.ts'

/** Milliseconds before what did not work is tried again, doubled with each try. */
const RETRY = 5_000
const LONGEST_RETRY = 5 * 60_000
/** A clock that differs by more was set, milliseconds. */
const CLOCK_SET = 1000
/** setTimeout takes no more, milliseconds. */
const LONGEST_WAIT = 2 ** 31 - 1

/** Publishes frames with nobody looking first, only where the owner asked for it: those that the photographer marks in
 * the camera, at once; and every new frame of a camera, some seconds after it came in, unless a person dealt with it.
 * Only what one of our cameras shot in this Event, while it is open, and each frame once: what a person took out again
 * stays out. */
export interface UnattendedPublishing {
  start(): void
  /** Resolves when nothing more is published from here. */
  stop(): Promise<void>
  /** Makes a change of the Event or its folders while nothing is published from here. */
  stilled<T>(change: () => Promise<T>): Promise<T>
  /** Settings or the Event's state changed. */
  wake(): void
  /** What was in the way is gone: what failed is tried again at once. */
  hurry(): void
}

export function createUnattendedPublishing(needs: {
  catalog: Pick<Catalog, 'events' | 'photos' | 'unattended'>
  bus: Pick<Bus, 'on'>
  publisher: Pick<Publisher, 'publish'>
  /** Whether marked frames are published at once. */
  marked: () => boolean
  /** What waits is another number now. */
  changed: () => void
  now: () => number
  /** A clock for waiting, which does not jump; `now` by default. */
  steady?: () => number
  log: Log
}): UnattendedPublishing {
  const { catalog, publisher, now, steady = now, log } = needs
  const { unattended } = catalog
  /** Publishes of marked frames under way. */
  const marked = new Set<Promise<unknown>>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let stills = 0
  let round: Promise<void> | null = null
  let off = (): unknown => undefined
  /** Photos whose marks are a person's to see to, although the disk did not take that down. */
  const old = new Set<string>()

  function forgetMarks(): void {
    const left = unattended.freshMarks()
    if (left.length === 0) return
    try {
      unattended.forgetMarks()
    } catch (error) {
      if (!isStorageFault(error)) throw error
      for (const id of left) old.add(id)
    }
  }

  /** @returns whether it was marked just now; true once, and never where the disk could not take that down */
  function takeMark({ id, marked }: PhotoView): boolean {
    if (!marked || old.has(id)) return false
    try {
      return unattended.takeMark(id)
    } catch (error) {
      if (!isStorageFault(error)) throw error
      old.add(id)
      return false
    }
  }

  function isDue(photo: PhotoView): boolean {
    const event = catalog.events.current()
    return (
      photo.camera_id !== null &&
      photo.state === 'buffer' &&
      photo.published_count === 0 &&
      photo.timestamp * 1000 >= event.startsAt &&
      event.state === 'open'
    )
  }

  function publishMarked(photo: PhotoView): void {
    // Only the mark itself is a reason: not what a person does later to a frame that has one.
    if (!takeMark(photo)) return
    if (!needs.marked() || !isDue(photo)) return
    const going = publisher
      .publish({ filename: photo.filename, change: {} })
      .catch((error: unknown) => {
        log.warn({ photo: photo.filename, why: messageOf(error) }, 'A marked frame was not published at once')
      })
      .finally(() => marked.delete(going))
    marked.add(going)
  }

  async function publishOne({ photoId, tries }: { photoId: string; tries: number }): Promise<void> {
    const photo = catalog.photos.byId(photoId)
    // A person may have come first while the one before was published.
    if (!photo || !unattended.isWaiting(photoId)) return
    try {
      await publisher.publish({ filename: photo.filename, change: {} })
      unattended.giveUp(photoId)
    } catch (error) {
      log.warn({ photo: photo.filename, why: messageOf(error) }, 'A frame was not published by itself')
      // A broken picture stays broken; a full disk or a paused event does not.
      if (error instanceof Refusal && (error.status === 422 || error.status === 404))
        unattended.giveUp(photoId)
      else unattended.retryAt(photoId, steady() + backoff(tries, { first: RETRY, longest: LONGEST_RETRY }))
    }
  }

  async function publishDue(): Promise<void> {
    for (;;) {
      const event = catalog.events.current()
      const [next] = event.state === 'open' ? unattended.due(event.id, steady()) : []
      if (stopped || stills > 0 || !next) return
      await publishOne(next)
      needs.changed()
    }
  }

  function wake(): void {
    clearTimeout(timer)
    if (stopped || stills > 0 || round) return
    const event = catalog.events.current()
    const due = event.state === 'open' ? unattended.nextDue(event.id) : null
    if (due === null) return
    timer = setTimeout(
      () => {
        round = publishDue()
          .catch((error: unknown) => log.error({ err: error }, 'Publishing by itself failed'))
          .finally(() => {
            round = null
            wake()
          })
      },
      Math.min(LONGEST_WAIT, Math.max(0, due - steady())),
    )
  }

  return {
    start() {
      const unsubscribe = needs.bus.on((notice) => {
        if (notice.type !== 'photo.added' && notice.type !== 'photo.changed') return
        // The row's time is by the machine's clock, which was set since the start.
        const set = steady() - now()
        if (notice.type === 'photo.added' && Math.abs(set) > CLOCK_SET) unattended.shift(notice.photo.id, set)
        publishMarked(notice.photo)
        wake()
      })
      off = unsubscribe
      unattended.dueInTime(steady())
      forgetMarks()
      wake()
    },
    async stop() {
      stopped = true
      clearTimeout(timer)
      off()
      await Promise.all([round, ...marked])
    },
    async stilled(change) {
      stills += 1
      clearTimeout(timer)
      await Promise.all([round, ...marked])
      try {
        return await change()
      } finally {
        stills -= 1
        wake()
      }
    },
    wake,
    hurry() {
      unattended.hurry(steady())
      wake()
    },
  }
}
