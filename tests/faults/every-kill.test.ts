import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tempFolder } from '../fixtures/catalog.ts'
import { watchDisk, type DiskCalls, type What } from '../fixtures/faults/calls.ts'
import { takeImage, type CrashImage } from '../fixtures/faults/image.ts'
import { OPERATIONS } from '../fixtures/faults/operations.ts'
import { openStage, type Stage } from '../fixtures/faults/stage.ts'

const LONG = process.env.LONG_TESTS === '1'
/** Kills of each operation in `npm run verify`: at its beginning, at its end and spread between. */
const KILLS = 3
const IN_VERIFY = ['an upload', 'a publish', 'an unpublish', 'an archive']
/** Between two of these nothing on the disk changes. */
const CHANGING = new Set<What>(['open', 'write', 'rename', 'link', 'unlink', 'mkdir', 'copy', 'commit'])

let stage: Stage
let disk: DiskCalls
let images: string
beforeEach(async () => {
  stage = await openStage()
  disk = await watchDisk(() => stage.roots())
  images = await tempFolder()
})
afterEach(async () => {
  disk.close()
  await stage.end()
  rmSync(images, { recursive: true, force: true })
})

/** What the disk holds before each change that the work makes, and after the last. */
async function imagesOf(work: () => Promise<boolean>): Promise<CrashImage[]> {
  const taken: CrashImage[] = []
  const take = (at: string) => {
    const folder = join(images, String(taken.length))
    mkdirSync(folder)
    taken.push(takeImage(folder, stage.daemon.data, at, stage.ledger))
  }
  disk.begin({
    meet({ what, about }, n) {
      if (CHANGING.has(what)) take(`${n} ${what} ${about.replace(stage.daemon.data, '').slice(0, 90)}`)
      return undefined
    },
  })
  const done = await work()
  disk.end()
  take('after all')
  expect(done).toBe(true)
  return taken
}

const sampled = <T>(all: readonly T[]): T[] =>
  LONG ? [...all] : all.filter((_, n) => n % Math.ceil(all.length / KILLS) === 1 || n === all.length - 1)

describe.each(OPERATIONS.filter(({ name }) => LONG || IN_VERIFY.includes(name)))(
  '$name',
  ({ name, prepare }) => {
    test('killed at any of its changes is finished or undone at the next start, and can be asked again', async () => {
      const work = await prepare(stage, `kill-${name.replaceAll(/\W+/g, '-')}`.slice(0, 40))
      const all = await imagesOf(work)
      for (const image of sampled(all)) {
        await stage.restart(() => image.restore(), image.ledger)
        expect([image.at, await stage.settled()]).toEqual([image.at, []])
        expect([image.at, await work()]).toEqual([image.at, true])
        expect([image.at, await stage.settled()]).toEqual([image.at, []])
      }
    }, 3_600_000)
  },
)
