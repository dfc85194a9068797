import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import PQueue from 'p-queue'
import type { Catalog } from '../../catalog/catalog.ts'
import { keptName, type NewFinal } from '../../catalog/photos/finals.ts'
import { Refusal } from '../../errors.ts'
import { exists, placeNew, syncFolder } from '../../files.ts'
import { KEPT, type Folders } from '../../folders.ts'
import { finalPath } from '../../originals/finals/shown.ts'
import { sha256Of } from '../../originals/proof.ts'
import { safeName } from '../../originals/names.ts'
import { orAbort } from '../../util/abort.ts'
import { asSentence, newMessage } from '../../util/message.ts'
import type { Arrival } from '../intake/arrival.ts'
import { INCOMPLETE, type IngestNeeds } from '../intake/commit.ts'
import { createIncoming, type Part } from '../intake/incoming.ts'
import { steppedAsidePath, SourceLost, type Take } from '../source.ts'
import { fullDisk } from '../words.ts'
import { copyVisible } from './visible.ts'

export interface FinalsIntakeNeeds extends Pick<IngestNeeds, 'inspect'> {
  readonly catalog: Pick<Catalog, 'events' | 'finals' | 'importHistory' | 'skipped' | 'transaction'>
  readonly folders: () => Folders
  /** Something came that nobody has matched yet. */
  readonly arrived: () => void
}

/** Takes finished pictures: their bytes are kept under their hash, beside the file that a program may write over at any
 * time, flushed and in the catalog before anybody hears of it. Whose they are is decided afterwards. */
export interface FinalsIntake {
  /** Files that lie in the finals folder. Errors are those of `Take`. */
  take: Take
  /** Files that a retoucher sends: they are put into the finals folder, too. */
  deliver: Take
  /** The same for one that comes once.
   * @returns `already` when nothing is new about it
   * @throws like `Take`, and Refusal 422 when it is no picture that we take */
  accept(arrival: Arrival, signal: AbortSignal): Promise<{ filename: string; already: boolean }>
  /** Removes what an earlier run left half-done. @throws Refusal 503 when the folder is away */
  clean(): Promise<void>
  idle(): Promise<void>
}

const AT_ONCE = 2

export function createFinalsIntake(needs: FinalsIntakeNeeds): FinalsIntake {
  const { events, finals, importHistory, skipped, transaction } = needs.catalog
  const own = (): Folders => needs.folders()
  const incoming = createIncoming({ folders: () => inFinals(own()) })
  const queue = new PQueue({ concurrency: AT_ONCE })
  /** One commit at a time: the same bytes may come by two ways at once. */
  const lane = new PQueue({ concurrency: 1 })

  /** @throws Refusal 409 while nothing may be taken */
  function openEvent() {
    const event = events.current()
    if (event.state === 'open') return event
    throw new Refusal(
      409,
      'event_paused',
      'The event is paused, so nothing is taken. Continue it, or open a new one.',
    )
  }

  async function inspect(part: Part, filename: string, signal: AbortSignal): Promise<NewFinal> {
    const seen = await orAbort(needs.inspect(part.path), signal)
    if (seen.kind === 'raw')
      throw new Refusal(422, 'final_is_raw', 'A RAW file is no finished picture. Export it as JPEG or TIFF.')
    const { kind, width, height, takenAt: shotAt, serial } = seen
    const { sha256, bytes } = part
    return { filename, sha256, bytes, kind, width, height, shotAt, serial }
  }

  /** Whether these bytes are a final already that this file brings nothing new to: one that waits, one that a person
   * took away or left alone, or the one that its Photo shows. */
  function isKnown(eventId: number, sha256: string): boolean {
    const [newest] = finals.bySha(eventId, sha256)
    if (!newest || newest.kept === null) return false
    if (newest.state !== 'placed' || newest.photoId === null) return true
    const [top] = finals.of(newest.photoId).filter(({ state }) => state === 'placed')
    return top?.sha256 === sha256
  }

  /** The bytes under their hash; the part is left where they are there already. */
  async function keep(part: Part, final: NewFinal): Promise<void> {
    const path = finalPath(own().path('finals'), { kept: keptName(final) })
    await mkdir(dirname(path), { recursive: true })
    if (await exists(path)) {
      if ((await sha256Of(path)) === final.sha256) return
      throw new Refusal(409, 'original_changed', `The kept file of "${final.filename}" holds other bytes.`)
    }
    await placeNew(part.path, path)
    await syncFolder(join(own().path('finals'), KEPT))
  }

  /** @param ledger the Source and its key for the frame, if there is one */
  async function one(
    arrival: Arrival,
    ledger: { source: string; key: string } | null,
    isVisible: boolean,
    signal: AbortSignal,
  ): Promise<{ filename: string; already: boolean }> {
    const before = openEvent()
    const filename = safeName(arrival.filename)
    try {
      const part = await incoming.receive(arrival, signal)
      try {
        const known = isKnown(before.id, part.sha256)
        const final = known ? null : await inspect(part, filename, signal)
        await part.flushed
        const noted = () =>
          ledger && importHistory.note(before.id, ledger.source, [ledger.key], 'taken', part.sha256)
        await lane.add(async () => {
          signal.throwIfAborted()
          const event = openEvent()
          if (event.id !== before.id)
            throw new Refusal(409, 'event_changed', 'Another event was opened meanwhile. Please try again.')
          await own().check('finals')
          if (!isVisible)
            await copyVisible(
              part.path,
              own().path('finals'),
              filename,
              (sha) => finals.bySha(event.id, sha).length > 0,
            )
          if (final) await keep(part, final)
          transaction(() => {
            if (final && !isKnown(event.id, part.sha256)) finals.add(event.id, final)
            noted()
          })
        })
        if (final) needs.arrived()
        return { filename, already: known }
      } catch (error) {
        if (error instanceof Refusal && INCOMPLETE.has(error.code) && (await arrival.unfinished?.(part.path)))
          throw new SourceLost(`The end of ${arrival.path} is missing.`, { cause: error })
        throw error
      } finally {
        await part.discard()
      }
    } catch (error) {
      throw fullDisk(error)
    }
  }

  const taking =
    (isVisible: boolean): Take =>
    async (from, shot, signal) => {
      const where = steppedAsidePath(from, shot.path)
      const { id } = events.current()
      const arrival = { ...shot, origin: `${from.id}:${shot.folder}` }
      try {
        const ledger = isVisible ? { source: from.id, key: shot.key } : null
        const work = () => one(arrival, ledger, isVisible, signal)
        const { filename } = isVisible ? await queue.add(work) : await work()
        skipped.remove(id, from.id, where)
        return { outcome: 'final', filename }
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 422) throw error
        const reason = asSentence(newMessage(error.code, error.message, error.params))
        skipped.put(id, from.id, where, shot.looks ?? shot.key, reason)
        return { outcome: 'skipped', reason: reason.message }
      }
    }

  return {
    take: taking(true),
    deliver: taking(false),
    accept: (arrival, signal) => one(arrival, null, false, signal),
    async clean() {
      await incoming.clean()
    },
    async idle() {
      await queue.onIdle()
      await lane.onIdle()
    },
  }
}

/** The folder of finals in the place of the buffer folder: copies on their way lie where they are to stay. */
function inFinals(folders: Folders): Folders {
  return {
    ...folders,
    path: () => folders.path('finals'),
    check: () => folders.check('finals'),
  }
}
