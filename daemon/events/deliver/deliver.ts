import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventRecord } from '../../catalog/events.ts'
import type { PhotoRecord } from '../../catalog/photos/photos.ts'
import type { DeliverChoice } from '../../contract/deliver.ts'
import type { Message } from '../../contract/message.ts'
import { errnoOf, Refusal } from '../../errors.ts'
import { exists, newPartName } from '../../files.ts'
import { newMessage } from '../../util/message.ts'
import { overlap } from '../../util/real-path.ts'
import { createCopiers, ReadFault, type Copied, type Copiers, type From } from './copying.ts'
import { sourceAway, unread } from './faults.ts'
import { finish } from './finishing.ts'
import { itemsOf, type Item, type ItemNeeds } from './items.ts'
import { createNaming, type NamingFacts } from './naming.ts'
import type { Receipt } from './receipt.ts'
import { openTarget, type Target } from './target.ts'

export interface DeliverNeeds extends Omit<ItemNeeds, 'event' | 'choice'> {
  readonly event: EventRecord
  readonly choice: DeliverChoice
  /** One folder or two, which get the same. */
  readonly folders: readonly string[]
  /** Folders in which nothing may be put: the data folder and those of the events. */
  readonly forbidden: readonly string[]
  /** Writes a Photo with its Edit in full size. @throws Refusal in plain words */
  readonly print: (photo: PhotoRecord, path: string, to: string) => Promise<void>
  readonly photographerOf: NamingFacts['photographerOf']
  readonly cameraOf: NamingFacts['cameraOf']
  /** The Event's folder that a path lies in, where its disk is away. */
  readonly awayFolder: (path: string) => Promise<string | null>
  /** A folder for pictures that are just being made. */
  readonly scratch: string
  readonly program: string
  readonly now: () => number
  readonly progress: (done: number, all: number, written: number) => void
  readonly signal: AbortSignal
}

export interface Failed {
  readonly name: string
  readonly why: Message
}

export interface DeliverReport {
  /** In the order of `folders`: the receipt of what is whole, or what was in the way. */
  readonly targets: readonly {
    readonly folder: string
    readonly receipt: Receipt | null
    readonly fault: Refusal | null
  }[]
  /** Files that this run wrote, in both folders together. */
  readonly written: number
  readonly failed: readonly Failed[]
}

/** Files that are on their way at once: while few are read and written, others are flushed, named and noted together. */
const AT_ONCE = 8
const THREADS = 3

/** Puts an event's photos into a folder, or two. Killed at any moment it goes on where it was: what is there is read and
 * compared, and nothing is brought twice.
 * @throws Refusal when nothing could be begun, or 503 `deliver_source_away`; the signal's reason */
export async function deliver(needs: DeliverNeeds): Promise<DeliverReport> {
  const { event, choice, signal } = needs
  await checkFolders(needs)
  const groups = itemsOf(needs)
  const items = groups.flatMap((group) => group.items)
  const naming = createNaming(
    choice,
    {
      event: event.settings.event_title || event.slug,
      photographerOf: needs.photographerOf,
      cameraOf: needs.cameraOf,
    },
    groups.length,
  )
  const layout = `${choice.folders}|${choice.names}`
  const targets: Target[] = []
  const copiers = createCopiers(THREADS, signal)
  const failed: Failed[] = []
  let written = 0
  let done = 0
  try {
    for (const folder of needs.folders) targets.push(await openTarget(folder, layout, copiers))
    await Promise.all(targets.map((target) => target.plan(groups, naming)))
    needs.progress(0, items.length, 0)
    const rest = items.values()
    const isOver = () => targets.every((target) => target.fault() !== null)
    async function work(): Promise<void> {
      for (const item of rest) {
        signal.throwIfAborted()
        if (isOver()) return
        const outcome = await bring(item, targets, needs, copiers)
        if (typeof outcome === 'number') written += outcome
        else failed.push({ name: item.name, why: outcome })
        done += 1
        needs.progress(done, items.length, written)
      }
    }
    await allSettled(Array.from({ length: AT_ONCE }, work))
    const receipts: (Receipt | null)[] = []
    const missing = failed.map(({ name, why }) => ({ name, why: why.message }))
    for (const target of targets) receipts.push(await finish(target, needs, missing, copiers))
    return {
      targets: targets.map((target, n) => ({
        folder: target.folder,
        receipt: target.fault() ? null : receipts[n]!,
        fault: target.fault(),
      })),
      written,
      failed,
    }
  } finally {
    await copiers.close()
    for (const target of targets) await target.close()
  }
}

/** Waits for all of them, whichever fails: nothing may be under way any more. */
async function allSettled(all: readonly Promise<void>[]): Promise<void> {
  for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason
}

/** @throws Refusal 422 `deliver_inside` or `deliver_same` */
async function checkFolders({ folders, forbidden }: DeliverNeeds): Promise<void> {
  for (const folder of folders)
    for (const other of forbidden)
      if (await overlap(folder, other))
        throw new Refusal(
          422,
          'deliver_inside',
          `${folder} and ${other}, where this program keeps its photos, lie in one another. Choose another folder.`,
          { params: { folder, other } },
        )
  const [one, other] = folders
  if (one !== undefined && other !== undefined && (await overlap(one, other)))
    throw new Refusal(422, 'deliver_same', `${one} and ${other} lie in one another. Choose two folders.`, {
      params: { folder: one, other },
    })
}

/** @returns how many folders got it, or why none could
 * @throws Refusal 503 `deliver_source_away` */
async function bring(
  item: Item,
  all: readonly Target[],
  needs: DeliverNeeds,
  copiers: Copiers,
): Promise<number | Message> {
  const lacking: Target[] = []
  for (const target of all) if (!(await target.has(item))) lacking.push(target)
  const sinks: { readonly target: Target; readonly part: string }[] = []
  for (const target of lacking) {
    const part = await target.part(item)
    if (part !== null) sinks.push({ target, part })
  }
  if (sinks.length === 0) return 0
  const scratch = join(needs.scratch, newPartName())
  try {
    const from = await sourceOf(item, needs.print, scratch)
    const { faults, ...copied } = await copiers.copy(
      from,
      sinks.map(({ part }) => part),
    )
    checkBytes(item, copied)
    await Promise.all(
      sinks.map(async ({ target, part }, n) => {
        const fault = faults[n]
        if (fault) target.failed(item, fault)
        else await target.keep(item, part, copied)
      }),
    )
    return sinks.filter(({ target }) => target.fault() === null).length
  } catch (error) {
    needs.signal.throwIfAborted()
    const away = await needs.awayFolder(item.source.paths[0]!)
    if (away !== null) throw sourceAway(away)
    const refusal = error instanceof ReadFault ? unread(item.name, error.cause) : error
    if (!(refusal instanceof Refusal)) throw error
    return newMessage(refusal.code, refusal.message, refusal.params)
  } finally {
    for (const path of [scratch, ...sinks.map(({ part }) => part)])
      await rm(path, { force: true }).catch(() => undefined)
  }
}

/** @throws Refusal 409 where another program wrote over it */
function checkBytes({ source, name }: Item, { sha256 }: Copied): void {
  if (source.kind !== 'file' || source.sha256 === null || sha256 === source.sha256) return
  throw new Refusal(
    409,
    'original_changed',
    `The file of "${name}" is not the picture that was looked at: another program wrote over it.`,
    { params: { name } },
  )
}

/** @param scratch where a picture is made first that has to be
 * @throws Refusal, ReadFault */
async function sourceOf(
  { source, name }: Item,
  print: DeliverNeeds['print'],
  scratch: string,
): Promise<From> {
  const path = await firstThere(source.paths)
  if (path === null)
    throw new Refusal(409, 'original_missing', `The file of "${name}" is not in its folder.`, {
      params: { name },
    })
  if (source.kind === 'file') return { path }
  if (source.kind === 'print') {
    await print(source.photo, path, scratch)
    return { path: scratch }
  }
  try {
    return { path: null, text: await source.text(path) }
  } catch (error) {
    throw new ReadFault(error)
  }
}

async function firstThere(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    try {
      if (await exists(path)) return path
    } catch (error) {
      if (errnoOf(error) === undefined) throw error
      throw new ReadFault(error)
    }
  }
  return null
}
