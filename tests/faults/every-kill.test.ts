import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { memoryFolder } from '../fixtures/catalog.ts'
import { watchDisk, type DiskCalls, type What } from '../fixtures/faults/calls.ts'
import { takeImage, type CrashImage } from '../fixtures/faults/image.ts'
import { OPERATIONS } from '../fixtures/faults/operations.ts'
import type { Sender } from '../fixtures/faults/senders.ts'
import { openStage, type Stage } from '../fixtures/faults/stage.ts'

const LONG = process.env.LONG_TESTS === '1'
/** Between two of these nothing on the disk changes. */
const CHANGING = new Set<What>(['open', 'write', 'rename', 'link', 'unlink', 'mkdir', 'copy', 'commit'])

let stage: Stage
let disk: DiskCalls
let images: string
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

describe.each(OPERATIONS.filter(({ kills }) => LONG || kills > 0))(
  '$name',
  ({ name, prepare, kills, by }) => {
    test('killed at any of its changes is finished or undone at the next start, and can be asked again', async () => {
      await open(by)
      const n = `kill-${name.replaceAll(/\W+/g, '-')}`.slice(0, 40)
      const work = await prepare(stage, n)
      const all = await imagesOf(work)
      expect(all.length).toBeGreaterThan(kills)
      for (const image of LONG ? all : spread(all, kills)) {
        await stage.restart(() => image.restore(), image.ledger)
        expect([image.at, await stage.settled()]).toEqual([image.at, []])
        expect([image.at, await work()]).toEqual([image.at, true])
        expect([image.at, await stage.settled()]).toEqual([image.at, []])
      }
    }, 3_600_000)
  },
)
