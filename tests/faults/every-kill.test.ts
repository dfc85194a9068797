import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memoryFolder } from '../fixtures/catalog.ts'
import { watchDisk, type DiskCalls, type What } from '../fixtures/faults/calls.ts'
import { takeImage, type CrashImage } from '../fixtures/faults/image.ts'
import { OPERATIONS, type Operation } from '../fixtures/faults/operations.ts'
import type { Sender } from '../fixtures/faults/senders.ts'
import { openStage, type Stage } from '../fixtures/faults/stage.ts'

const LONG = process.env.LONG_TESTS === '1'
/** How many kills there are at least, over all operations: one after the other is done again, with other photos, until
 * they are. */
const KILLS = Number(process.env.KILLS ?? (LONG ? 1000 : 0))
/** Between two of these nothing on the disk changes. */
const CHANGING = new Set<What>(['open', 'write', 'rename', 'link', 'unlink', 'mkdir', 'copy', 'commit'])

let stage: Stage
let disk: DiskCalls
let images: string
let kills = 0
afterAll(() => {
  process.stdout.write(`every-kill: ${kills} kills\n`)
  // What was made to run alone (`-t`) is counted and owes nothing.
  if (ran === CHOSEN.length) expect(kills).toBeGreaterThanOrEqual(KILLS)
})
beforeEach(async () => {
  images = await memoryFolder()
})
async function open(by?: Sender): Promise<void> {
  stage = await openStage(by)
  disk = await watchDisk(() => stage.roots())
}
afterEach(async () => {
  disk.close()
  await stage.end()
  rmSync(images, { recursive: true, force: true })
})

type Work = () => Promise<boolean>

/** What the disk holds before each change that the work makes, and after the last. */
async function imagesOf(work: Work): Promise<CrashImage[]> {
  const taken: CrashImage[] = []
  const take = (at: string) => {
    const folder = join(images, String(taken.length))
    mkdirSync(folder)
    taken.push(takeImage(folder, stage.disks, at, stage.ledger))
  }
  disk.begin({
    meet({ what, about }, n) {
      if (CHANGING.has(what)) take(`${n} ${what} ${about.replace(stage.daemon.data, '').slice(0, 90)}`)
      return undefined
    },
  })
  const done = await work()
  disk.end()
  expect(done).toBe(true)
  take('after all')
  return taken
}

/** So many of them: spread evenly, with the last, and without the first, before which nothing happened. */
const spread = <T>(all: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, n) => all[Math.round(((n + 1) * (all.length - 1)) / count)]!)

const CHOSEN = OPERATIONS.filter(({ kills: few }) => LONG || few > 0)
let ran = 0

/** Does it once and kills it at its changes.
 * @param round another one each time */
async function killAt({ name, prepare, kills: few }: Operation, round: number): Promise<void> {
  const n = `kill-${round}-${name.replaceAll(/\W+/g, '-')}`.slice(0, 40)
  const work = await prepare(stage, n)
  const all = await imagesOf(work)
  expect(all.length).toBeGreaterThan(few)
  for (const image of LONG ? all : spread(all, few)) {
    await stage.restart(() => image.restore(), image.ledger)
    expect([image.at, await stage.settled()]).toEqual([image.at, []])
    expect([image.at, await work()]).toEqual([image.at, true])
    expect([image.at, await stage.settled()]).toEqual([image.at, []])
    kills += 1
  }
}

describe.each(CHOSEN)('$name', (operation) => {
  test('killed at any of its changes is finished or undone at the next start, and can be asked again', async () => {
    await open(operation.by)
    ran += 1
    const owed = (KILLS * ran) / CHOSEN.length
    let round = 0
    do {
      // Only what is killed now lies in memory.
      for (const old of readdirSync(images)) rmSync(join(images, old), { recursive: true })
      await killAt(operation, (round += 1))
    } while (kills < owed)
  }, 3_600_000)
})
