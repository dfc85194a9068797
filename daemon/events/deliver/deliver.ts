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
import { copyToAll, ReadFault, type Copied, type Sink } from './copying.ts'
import { sourceAway, unread } from './faults.ts'
import { itemsOf, type Item, type ItemNeeds } from './items.ts'
import { createNaming, type NamingFacts } from './naming.ts'
import { summaryOf, SUMMARY, type Receipt } from './receipt.ts'
import { isAbout, openTarget, type Target } from './target.ts'
import { NONE, writeZip, zipItem } from './zip.ts'

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

/** Files that are on their way at once: one is read while another is flushed. */
const AT_ONCE = 3

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
  const failed: Failed[] = []
  let written = 0
  let done = 0
  try {
    for (const folder of needs.folders) targets.push(await openTarget(folder, layout))
    await Promise.all(targets.map((target) => target.plan(groups, naming)))
    needs.progress(0, items.length, 0)
    const rest = items.values()
    const isOver = () => targets.every((target) => target.fault() !== null)
    async function work(): Promise<void> {
      for (const item of rest) {
        signal.throwIfAborted()
        if (isOver()) return
        const outcome = await bring(item, targets, needs)
        if (typeof outcome === 'number') written += outcome
        else failed.push({ name: item.name, why: outcome })
        done += 1
        needs.progress(done, items.length, written)
      }
    }
    await allSettled(Array.from({ length: AT_ONCE }, work))
    const receipts: (Receipt | null)[] = []
    for (const target of targets) receipts.push(await finish(target, needs, failed))
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
async function bring(item: Item, all: readonly Target[], needs: DeliverNeeds): Promise<number | Message> {
  const lacking: Target[] = []
  for (const target of all) if (!(await target.has(item))) lacking.push(target)
  const sinks: (Sink & { readonly target: Target; isWell: boolean })[] = []
  for (const target of lacking) {
    const part = await target.part(item)
    if (part === null) continue
    const sink = {
      part,
      target,
      isWell: true,
      failed(error: unknown) {
        sink.isWell = false
        target.failed(error)
      },
    }
    sinks.push(sink)
  }
  if (sinks.length === 0) return 0
  try {
    const copied = await copyItem(item, sinks, needs)
    await Promise.all(
      sinks.filter(({ isWell }) => isWell).map(({ target, part }) => target.keep(item, part, copied)),
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
    for (const { part } of sinks) await rm(part, { force: true }).catch(() => undefined)
  }
}

async function copyItem(item: Item, sinks: readonly Sink[], needs: DeliverNeeds): Promise<Copied> {
  const { source, name } = item
  const { signal } = needs
  const path = await firstThere(source.paths)
  if (path === null)
    throw new Refusal(409, 'original_missing', `The file of "${name}" is not in its folder.`, {
      params: { name },
    })
  if (source.kind === 'file') {
    const copied = await copyToAll({ path }, sinks, signal)
    if (source.sha256 === null || copied.sha256 === source.sha256) return copied
    throw new Refusal(
      409,
      'original_changed',
      `The file of "${name}" is not the picture that was looked at: another program wrote over it.`,
      { params: { name } },
    )
  }
  if (source.kind === 'text') {
    const text = await source.text(path).catch((error: unknown) => {
      throw new ReadFault(error)
    })
    return copyToAll({ text }, sinks, signal)
  }
  const printed = join(needs.scratch, newPartName())
  try {
    await needs.print(source.photo, path, printed)
    return await copyToAll({ path: printed }, sinks, signal)
  } finally {
    await rm(printed, { force: true }).catch(() => undefined)
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

/** The zip, the summary and, last of all, the receipt. */
async function finish(
  target: Target,
  needs: DeliverNeeds,
  failed: readonly Failed[],
): Promise<Receipt | null> {
  const { event, choice } = needs
  const files = (await target.files()).filter(({ key }) => !isAbout(key))
  if (choice.zip) {
    const item = zipItem(event.slug, files)
    await addOne(target, item, (part) => writeZip(target.folder, files, part, needs.signal))
  }
  const receipt = {
    v: 1,
    kind: 'live-event-photography delivery',
    made_at: new Date(needs.now()).toISOString(),
    program: needs.program,
    event: { slug: event.slug, title: event.settings.event_title },
    choice,
    count: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    failed: failed.map(({ name, why }) => ({ name, why: why.message })),
    files,
  } as const
  const text = summaryOf(receipt)
  const summary: Item = { key: 'summary', version: text, name: SUMMARY, source: NONE }
  await addOne(target, summary, (part) =>
    copyToAll({ text }, [{ part, failed: target.failed }], needs.signal),
  )
  const all = await target.files()
  const of = (key: string) => all.find((file) => file.key === key) ?? null
  const own = of('summary')
  if (own === null) return null
  const whole = { ...receipt, files: [...files], zip: of('zip'), summary: own }
  await target.finish(whole)
  return whole
}

async function addOne(target: Target, item: Item, write: (part: string) => Promise<Copied>): Promise<void> {
  await target.name(item)
  if (await target.has(item)) return
  const part = await target.part(item)
  if (part === null) return
  try {
    await target.keep(item, part, await write(part))
  } catch (error) {
    if (!(error instanceof Refusal) && errnoOf(error) === undefined) throw error
    target.failed(error)
  } finally {
    await rm(part, { force: true }).catch(() => undefined)
  }
}
