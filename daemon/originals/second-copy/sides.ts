import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import { JOURNAL } from '../../catalog/store/journal.ts'
import type { Message } from '../../contract/message.ts'
import { isDiskFull } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { Copying } from './copying.ts'
import type { Place, Target } from './place.ts'
import { AWAY_JOURNAL, copyFinals, copyJournal, copySideFiles } from './side-files.ts'
import { Away, makeFolderFor } from './there.ts'
import { finalChanged, noRoomForJournal, whyNot } from './words.ts'

/** What else goes to the second copy: journals, copies of the catalog, and finals. Each is looked at when it is due. */
export interface Sides {
  /** The journals, and what lies beside them. What cannot be copied is told, and keeps nothing else from it.
   * @param only leaves out what is large
   * @throws Away */
  copy(target: Target, only?: 'journals'): Promise<void>
  /** @throws Away; the system's errors, `Unsound` */
  finals(target: Target): Promise<void>
  /** What could not be copied at the last look. */
  trouble(): Trouble | null
  /** All is due now. */
  look(): void
}

export interface Trouble {
  readonly state: 'full' | 'failing'
  readonly message: Message
}

/** @param needs.every milliseconds between two looks
 *  @param needs.isOwn whether a photo folder is there */
export function createSides(needs: {
  catalog: Pick<Catalog, 'events'>
  place: Pick<Place, 'isThere'>
  copying: Copying
  isOwn: (folder: string) => Promise<boolean>
  clock: () => number
  every: number
  stopping: AbortSignal
  log: Log
}): Sides {
  const { place, copying, isOwn, clock, every, stopping, log } = needs
  const { events } = needs.catalog
  let due = 0
  let finalsDue = 0
  let trouble: Trouble | null = null
  let finalTrouble: Trouble | null = null

  const aside = (from: string, kept: string) =>
    log.warn(
      { path: from, kept },
      'This file does not go on where its second copy ended, which stays under another name',
    )

  /** What was noted last comes first: copies of the catalog are larger. */
  function* steps(
    target: Target,
    only: 'journals' | undefined,
  ): Generator<[name: string, () => Promise<void>]> {
    const all = events.list()
    const to = (event: EventRecord) => makeFolderFor(place, target, event)
    for (const event of all) {
      const { buffer } = event.folders
      yield [JOURNAL, async () => {
        if (await isOwn(buffer)) await copyJournal(buffer, await to(event), copying, { aside })
      }] // prettier-ignore
      yield [JOURNAL, async () => {
        if (!(await stat(join(event.spill, JOURNAL)).catch(() => null))) return
        // Each time that the disk is away it begins anew; the one of before stays.
        const said = { as: AWAY_JOURNAL, aside: () => undefined }
        await copyJournal(event.spill, await to(event), copying, said)
      }] // prettier-ignore
    }
    if (only === 'journals') return
    for (const event of all) {
      const { buffer } = event.folders
      yield ['.lep-catalog', async () => {
        if (await isOwn(buffer)) await copySideFiles(buffer, await to(event), copying, aside)
      }] // prettier-ignore
    }
  }

  async function troubleOf(error: unknown, name: string, target: Target): Promise<Trouble> {
    stopping.throwIfAborted()
    if (error instanceof Away || !(await place.isThere(target))) throw new Away()
    log.warn({ err: error, name }, 'A second copy failed')
    return isDiskFull(error)
      ? { state: 'full', message: noRoomForJournal(target.folder) }
      : { state: 'failing', message: whyNot(name, target.folder, error) }
  }

  return {
    async copy(target, only) {
      if (clock() < due) return
      let found: Trouble | null = null
      for (const [name, step] of steps(target, only))
        try {
          await step()
        } catch (error) {
          found ??= await troubleOf(error, name, target)
        }
      trouble = found
      due = clock() + every
    },
    async finals(target) {
      if (clock() < finalsDue) return
      const damaged: string[] = []
      for (const event of events.list()) {
        const { finals } = event.folders
        const makeTo = () => makeFolderFor(place, target, event, 'finals')
        if (await isOwn(finals)) damaged.push(...(await copyFinals(finals, makeTo, copying)))
      }
      for (const name of damaged) log.warn({ name }, 'A final is not what its name says')
      finalTrouble = damaged[0] === undefined ? null : { state: 'failing', message: finalChanged(damaged[0]) }
      finalsDue = clock() + every
    },
    trouble: () => trouble ?? finalTrouble,
    look() {
      due = 0
      finalsDue = 0
    },
  }
}
