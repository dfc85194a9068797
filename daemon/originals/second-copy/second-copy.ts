import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bus } from '../../bus.ts'
import { folderIds, type Catalog } from '../../catalog/catalog.ts'
import type { Uncopied } from '../../catalog/photos/second-copies.ts'
import type { Message } from '../../contract/message.ts'
import type { SecondCopyStatus } from '../../contract/second-copy.ts'
import { errnoOf, isDiskFull } from '../../errors.ts'
import { FOLDER_OF, isReadyFolder } from '../../folders.ts'
import type { Log } from '../../log.ts'
import { createPauses } from '../../util/pauses.ts'
import { placeOf } from '../place-of.ts'
import { sha256Of } from '../proof.ts'
import { createBurst } from './burst.ts'
import { copyOriginal, sizeOf, type Copying } from './copying.ts'
import type { Place, Target } from './place.ts'
import { createSides } from './sides.ts'
import { Away, checkRoom, folderOf, makeFolderFor, removeOldCopies } from './there.ts'
import { stopped, whyNot } from './words.ts'

/** Milliseconds between two looks while nothing happens, and while photos come in quickly. */
const EVERY = 5000
const BURST_EVERY = 250
/** How many times less often the journal and its like are copied, which change all the time. */
const SIDE_EVERY = 4

/** Keeps a second copy of every Original on another disk: one at a time, when nothing is in a hurry, each read back.
 * Nothing is ever deleted there: what a person empties from the trash stays. */
export interface SecondCopy {
  start(): void
  stop(): Promise<void>
  /** Another folder was chosen, or a disk may be back. */
  look(): void
  /** Null where there is none. */
  status(): SecondCopyStatus | null
  /** How many Originals that came from a Source it does not have yet; 0 where there is none. */
  waitingFrom(source: string): number
  /** Whether it has an Original, read back just now; null where there is none. */
  has(eventId: number, sha256: string): Promise<boolean | null>
  /** Its file there, read back just now; null where it has none. */
  fileOf(eventId: number, sha256: string): Promise<string | null>
}

export function createSecondCopy(needs: {
  catalog: Catalog
  place: Place
  bus: Pick<Bus, 'on'>
  changed: () => void
  log: Log
  clock?: () => number
  /** Whether the photos' own disk has little room. */
  isTight?: () => boolean
  every?: number
  readBack?: Copying['readBack']
}): SecondCopy {
  const { catalog, place, log, every = EVERY, clock = () => performance.now() } = needs
  const { secondCopies, events } = catalog
  const ids = folderIds(catalog.settings)
  const stopping = new AbortController()
  const pauses = createPauses(stopping.signal)
  const burst = createBurst(clock)
  /** What could not be copied of late, and is tried again when everything is looked at again. */
  const failed = new Set<string>()
  let again = 0
  let running: Promise<void> = Promise.resolve()
  let state: SecondCopyStatus['state'] = 'done'
  let message: Message | null = null
  let same = false
  /** The target that was looked through since it was there last. */
  let seen: string | null = null
  let counted: { id: string; count: number; bytes: number } | null = null

  const off = needs.bus.on(({ type }) => {
    if (type !== 'photo.added' && type !== 'photo.changed' && type !== 'photo.deleted') return
    counted = null
    if (type === 'photo.added') burst.note()
    pauses.end()
  })

  function show(next: SecondCopyStatus['state'], said: Message | null = null): void {
    if (state === next && message?.message === said?.message) return
    state = next
    message = said
    needs.changed()
  }

  const copying: Copying = {
    ...(needs.readBack && { readBack: needs.readBack }),
    async pace() {
      stopping.signal.throwIfAborted()
      while (burst.isOn()) {
        show('resting')
        await pauses.wait(BURST_EVERY)
        stopping.signal.throwIfAborted()
      }
    },
  }

  const isOwn = (folder: string) => isReadyFolder(folder, ids)
  const sides = createSides({
    catalog, place, copying, isOwn, clock, every: SIDE_EVERY * every, stopping: stopping.signal, log,
  }) // prettier-ignore

  /** @returns whether there may be another */
  async function copyOne(target: Target, one: Uncopied): Promise<void> {
    const event = events.list().find(({ id }) => id === one.eventId)
    // Where its own disk is away it waits for that.
    const isHere = event && (one.spilled !== null || (await isOwn(event.folders[FOLDER_OF[one.state]])))
    if (!isHere) return void failed.add(one.sha256)
    const folder = await makeFolderFor(place, target, event)
    try {
      await checkRoom(folder, one.bytes)
      const name = await copyOriginal(placeOf(event, one.state, one), folder, one, copying)
      if (!(await place.isThere(target))) throw new Away()
      secondCopies.add(target.id, one.eventId, one.sha256, name)
      counted = null
      needs.changed()
    } catch (error) {
      stopping.signal.throwIfAborted()
      if (error instanceof Away || !(await place.isThere(target))) throw new Away()
      if (isDiskFull(error)) throw error
      failed.add(one.sha256)
      log.warn({ err: error, name: one.filename }, 'A second copy failed')
      // A photo that was moved or deleted meanwhile is no fault.
      if (errnoOf(error) !== 'ENOENT') show('failing', whyNot(one.filename, target.folder, error))
    }
  }

  /** What is not there any more, though it was: a person, or another computer, removed it. Leftovers of a crash go. */
  async function lookThrough(target: Target): Promise<void> {
    const own = events.list().flatMap((event) => [folderOf(target, event), folderOf(target, event, 'finals')])
    for (const folder of [target.folder, ...own]) await removeOldCopies(folder)
    for (const { eventId, sha256, filename, bytes } of secondCopies.list(target.id)) {
      stopping.signal.throwIfAborted()
      const event = events.list().find(({ id }) => id === eventId)
      if (event && (await sizeOf(join(folderOf(target, event), filename))) === bytes) continue
      if (!(await place.isThere(target))) throw new Away()
      secondCopies.remove(target.id, eventId, sha256)
    }
    counted = null
    const { buffer } = events.current().folders
    const [here, there] = await Promise.all([stat(buffer).catch(() => null), stat(target.folder)])
    same = here?.dev === there.dev
  }

  /** What is wrong with the journals and the like. @returns whether anything is */
  function tell(): boolean {
    const trouble = sides.trouble()
    if (trouble) show(trouble.state, trouble.message)
    return trouble !== null
  }

  async function round(): Promise<void> {
    const target = place.target()
    if (target === null) {
      seen = null
      return show('done')
    }
    if (!(await place.isThere(target))) throw new Away()
    if (seen !== target.id) await lookThrough(target)
    seen = target.id
    // On the same disk it would take the room of the photos.
    if (same && needs.isTight?.()) {
      await sides.copy(target, 'journals')
      return show('full', sides.trouble()?.message)
    }
    if (clock() >= again) {
      failed.clear()
      again = clock() + every
    }
    for (;;) {
      await copying.pace()
      if (place.target()?.id !== target.id) return
      // First of all, and again meanwhile: without the journals the photos say nothing of what was decided.
      await sides.copy(target)
      tell()
      const one = secondCopies.next(target.id, failed.size + 1, 0).find(({ sha256 }) => !failed.has(sha256))
      if (!one) break
      if (message === null) show('copying')
      await copyOne(target, one)
    }
    await sides.finals(target)
    if (tell()) return
    if (failed.size === 0) show('done')
    else if (message === null) show('copying')
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await round()
      } catch (error) {
        if (stopping.signal.aborted) return
        const target = place.target()
        const isAway = error instanceof Away || (target !== null && !(await place.isThere(target)))
        if (isAway) seen = null
        if (isAway) show('away')
        else if (isDiskFull(error)) show('full', sides.trouble()?.message)
        else {
          log.warn({ err: error }, 'The second copy did not go on')
          show('failing', stopped(error))
        }
      }
      await pauses.wait(every)
    }
  }

  function waiting(target: Target): { count: number; bytes: number } {
    if (counted?.id !== target.id) counted = { id: target.id, ...secondCopies.waiting(target.id) }
    return counted
  }

  /** @returns where it lies, read back just now */
  async function find(target: Target, eventId: number, sha256: string): Promise<string | null> {
    const filename = secondCopies.find(target.id, eventId, sha256)
    const event = events.list().find(({ id }) => id === eventId)
    if (filename === undefined || !event || !(await place.isThere(target))) return null
    const path = join(folderOf(target, event), filename)
    const found = await sha256Of(path).catch(() => null)
    if (found === sha256) return path
    // It is made again.
    secondCopies.remove(target.id, eventId, sha256)
    counted = null
    pauses.end()
    return null
  }

  return {
    start() {
      running = run()
    },
    async stop() {
      off()
      stopping.abort()
      await running
    },
    look() {
      seen = null
      again = 0
      sides.look()
      counted = null
      pauses.end()
    },
    status() {
      const target = place.target()
      if (target === null) return null
      const { count, bytes } = waiting(target)
      const now = state === 'done' && count > 0 ? 'copying' : state
      return {
        folder: target.folder,
        state: now,
        waiting: count,
        waiting_bytes: bytes,
        same_disk: same,
        message,
      }
    },
    waitingFrom(source) {
      const target = place.target()
      return target === null || waiting(target).count === 0 ? 0 : secondCopies.waitingFrom(target.id, source)
    },
    async has(eventId, sha256) {
      const target = place.target()
      return target && (await find(target, eventId, sha256)) !== null
    },
    async fileOf(eventId, sha256) {
      const target = place.target()
      return target && find(target, eventId, sha256)
    },
  }
}
