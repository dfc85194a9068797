import { rm } from 'node:fs/promises'
import type { EventRecord } from '../../catalog/events.ts'
import type { DeliverChoice } from '../../contract/deliver.ts'
import { errnoOf, messageOf, Refusal } from '../../errors.ts'
import type { Copied, Copiers, Fault } from './copying.ts'
import type { Item } from './items.ts'
import { summaryOf, SUMMARY, type Receipt } from './receipt.ts'
import { isAbout, type Target } from './target.ts'
import { NONE, writeZip, zipItem } from './zip.ts'

export interface FinishNeeds {
  readonly event: EventRecord
  readonly choice: DeliverChoice
  readonly program: string
  readonly now: () => number
  readonly signal: AbortSignal
}

type Written = Copied & { readonly fault: Fault | null }

/** Adds the zip, the summary and, last of all, the receipt.
 * @param failed what could not be delivered, with the reason in English
 * @returns the receipt; null with a fault of the target
 * @throws the signal's reason */
export async function finish(
  target: Target,
  needs: FinishNeeds,
  failed: Receipt['failed'],
  copiers: Copiers,
): Promise<Receipt | null> {
  const { event, choice, signal } = needs
  const files = (await target.files()).filter(({ key }) => !isAbout(key))
  if (choice.zip)
    await addOne(target, zipItem(event.slug, files), async (part) => {
      const written = await writeZip(target.folder, files, part, signal)
      const isSound = (await copiers.hash(part)) === written.sha256
      return { ...written, fault: isSound ? null : { message: 'unsound', unsound: true } }
    })
  const receipt = {
    v: 1,
    kind: 'live-event-photography delivery',
    made_at: new Date(needs.now()).toISOString(),
    program: needs.program,
    event: { slug: event.slug, title: event.settings.event_title },
    choice,
    count: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    failed,
    files,
  } as const
  const text = summaryOf(receipt)
  await addOne(target, { key: 'summary', version: text, name: SUMMARY, source: NONE }, async (part) => {
    const { faults, ...written } = await copiers.copy({ path: null, text }, [part])
    return { ...written, fault: faults[0] ?? null }
  })
  const all = await target.files()
  const of = (key: string) => all.find((file) => file.key === key) ?? null
  const summary = of('summary')
  if (summary === null) return null
  const whole = { ...receipt, zip: of('zip'), summary }
  await target.finish(whole)
  return target.fault() === null ? whole : null
}

async function addOne(target: Target, item: Item, write: (part: string) => Promise<Written>): Promise<void> {
  await target.name(item)
  if (await target.has(item)) return
  const part = await target.part(item)
  if (part === null) return
  try {
    const { fault, ...copied } = await write(part)
    if (fault) target.failed(item, fault)
    else await target.keep(item, part, copied)
  } catch (error) {
    const code = errnoOf(error)
    if (!(error instanceof Refusal) && code === undefined) throw error
    const isUnsound = error instanceof Refusal
    target.failed(item, {
      message: messageOf(error),
      ...(code !== undefined && { code }),
      ...(isUnsound && { unsound: true }),
    })
  } finally {
    await rm(part, { force: true }).catch(() => undefined)
  }
}
