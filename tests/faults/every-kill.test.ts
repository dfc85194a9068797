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

/** @param meets called before each change that the work makes, with its number from 0 and in words */
async function watched(work: Work, meets: (n: number, at: string) => void): Promise<void> {
  let changes = 0
  disk.begin({
    meet({ what, about }, n) {
      if (!CHANGING.has(what)) return undefined
      meets(changes, `${n} ${what} ${about.replace(stage.daemon.data, '').slice(0, 90)}`)
      changes += 1
      return undefined
    },
  })
  const done = await work()
  disk.end()
  expect(done).toBe(true)
}

/** What the disk holds before each change that `wants` says, and after the last. */
async function imagesOf(work: Work, wants: (n: number) => boolean): Promise<CrashImage[]> {
  const taken: CrashImage[] = []
  const take = (at: string) => {
    const folder = join(images, String(taken.length))
    mkdirSync(folder)
    taken.push(takeImage(folder, stage.daemon.data, at, stage.ledger))
  }
  await watched(work, (n, at) => wants(n) && take(at))
  take('after all')
  return taken
}

/** @returns which of that many changes are tried, `kills` in all with the one after the last: spread evenly, and never the
 * first, before which nothing happened */
async function spread(counted: Work, kills: number): Promise<(n: number) => boolean> {
  let changes = 0
  await watched(counted, () => (changes += 1))
  const chosen = new Set(
    Array.from({ length: kills - 1 }, (_, n) => 1 + Math.floor((n * (changes - 1)) / (kills - 1))),
  )
  return (n) => chosen.has(n)
}

describe.each(OPERATIONS.filter(({ kills }) => LONG || kills > 0))(
  '$name',
  ({ name, prepare, kills, by }) => {
    test('killed at any of its changes is finished or undone at the next start, and can be asked again', async () => {
      await open(by)
      const n = `kill-${name.replaceAll(/\W+/g, '-')}`.slice(0, 40)
      const wants = LONG ? () => true : await spread(await prepare(stage, `counted-${n}`), kills)
      const work = await prepare(stage, n)
      const all = await imagesOf(work, wants)
      if (!LONG) expect(all.length).toBeGreaterThan(kills / 2)
      for (const image of all) {
        await stage.restart(() => image.restore(), image.ledger)
        expect([image.at, await stage.settled()]).toEqual([image.at, []])
        expect([image.at, await work()]).toEqual([image.at, true])
        expect([image.at, await stage.settled()]).toEqual([image.at, []])
      }
    }, 3_600_000)
  },
)
