import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { exists, syncFolder } from '../../files.ts'
import { createGroupFlush } from '../../util/group-flush.ts'
import { readStored } from '../../util/stored.ts'
import { Refusal } from '../../errors.ts'
import { Delivered, isInside, readReceipt, RECEIPT } from './receipt.ts'

/** Lies in a delivery's folder until it is whole, a line for each file, written before the file gets its name. */
const LOG = '.delivery.jsonl'

/** What of a folder is ours: from its receipt, or from the log of a run that did not end. */
export interface DeliveryLog {
  find(key: string, layout: string): Delivered | undefined
  all(): Delivered[]
  /** Durable when it resolves. Of one key and layout the last line counts. */
  note(entry: Delivered): Promise<void>
  close(): Promise<void>
  /** Nothing is unfinished any more: the receipt says it all. */
  remove(): Promise<void>
}

const idOf = ({ key, layout }: Pick<Delivered, 'key' | 'layout'>) => `${layout}\n${key}`

/** Takes the receipt of a run before into the log: until this one ends the folder holds no whole delivery.
 * @throws Refusal 409 `deliver_not_ours` for a receipt of somebody else */
export async function openLog(folder: string): Promise<DeliveryLog> {
  const [receiptPath, logPath] = [join(folder, RECEIPT), join(folder, LOG)]
  const entries = new Map<string, Delivered>()
  const receipt = await readReceipt(receiptPath)
  if (!receipt && (await exists(receiptPath))) throw notOurs(receiptPath)
  const lines = (await readFile(logPath, 'utf8').catch(() => '')).split('\n')
  // Cut short by a crash, the last line is none.
  const logged = lines.map((line) => readStored(Delivered, line)).filter((one) => one !== undefined)
  const before = [...(receipt?.files ?? []), receipt?.zip, receipt?.summary]
  for (const entry of [...before, ...logged])
    if (entry && isInside(entry.path)) entries.set(idOf(entry), entry)

  const handle = await open(logPath, 'a')
  const write = async (all: readonly Delivered[]) => {
    await handle.appendFile(all.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
    await handle.datasync()
  }
  try {
    // A line that was cut short must not swallow the next.
    await handle.appendFile('\n')
    if (receipt) {
      await write([...entries.values()])
      await rm(receiptPath)
    }
    await syncFolder(folder)
  } catch (error) {
    await handle.close()
    throw error
  }

  let waiting: Delivered[] = []
  const flush = createGroupFlush(async () => {
    const batch = waiting
    waiting = []
    if (batch.length > 0) await write(batch)
  })
  return {
    find: (key, layout) => entries.get(idOf({ key, layout })),
    all: () => [...entries.values()],
    async note(entry) {
      entries.set(idOf(entry), entry)
      waiting.push(entry)
      await flush()
    },
    close: () => handle.close(),
    async remove() {
      await rm(logPath, { force: true })
      await syncFolder(folder)
    },
  }
}

const notOurs = (path: string) =>
  new Refusal(
    409,
    'deliver_not_ours',
    `${path} is not of this program, or is damaged. Choose another folder, or move that file away.`,
    { params: { path } },
  )
