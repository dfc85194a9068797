import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'
import type { WallSettings } from '../../../daemon/contract/wall.ts'
import type { Scheduler, Wishes } from '../show/scheduler.ts'
import type { Pictures } from './pictures.ts'

/** What each layout works with. */
export interface SceneNeeds {
  readonly scheduler: () => Scheduler
  readonly pictures: Pictures
  readonly settings: () => WallSettings
  readonly wishes: () => Pick<Wishes, 'order' | 'picks'>
  readonly random: () => number
  /** The network does not answer: what is kept is shown. */
  readonly isAway: () => boolean
  readonly size: () => { readonly width: number; readonly height: number }
}

/** One way to show photos. Nothing of it moves by itself but fades and drift: the show says when it is time. */
export interface Scene {
  readonly root: HTMLElement
  /** Changes what is on the wall, once. @returns whether something changed */
  step(): Promise<boolean>
  /** Milliseconds from one step to the next, as things are now. */
  stay(): number
  /** These are not to be seen any more, at once. @returns whether there is a hole that a step should fill */
  drop(names: ReadonlySet<string>): boolean
  /** The public names of what is on the wall, the foremost first. */
  names(): readonly string[]
  clear(): void
  /** There are so many more photos than it has places for, or fewer, that it should be made anew. */
  isOutgrown?(): boolean
}

/** The first photo of a plan that can be had, and those beside it that can. What cannot is passed over.
 * @param side of each, CSS pixels */
export const takeAll = async (
  { scheduler, pictures, isAway }: Pick<SceneNeeds, 'scheduler' | 'pictures' | 'isAway'>,
  wishes: Wishes,
  side: (count: number) => number,
): Promise<{ entry: ManifestEntry; img: HTMLImageElement }[]> => {
  const asks = scheduler()
  const within = isAway() ? { suits: (entry: ManifestEntry) => pictures.has(entry, side(1)) } : {}
  for (let tries = 0; tries < 3; tries++) {
    const plan = asks.next({ ...within, ...wishes })
    const [first] = plan
    if (first === undefined) return []
    const found = await Promise.all(
      plan.map(async (entry) => ({ entry, img: await pictures.take(entry, side(plan.length)) })),
    )
    // Meanwhile it may have been taken out, and so may those beside it.
    const photos = found.flatMap(({ entry, img }) =>
      img && asks.has(entry.filename) ? [{ entry, img }] : [],
    )
    if (photos.length === plan.length && scheduler() === asks) return photos
    for (const { entry, img } of found) if (!img) asks.skip(entry.filename)
  }
  return []
}
