import { execFile, type ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { SourceStatus } from '../../../daemon/contract/status.ts'
import { createDarkroom, type Darkroom } from '../../../daemon/darkroom/darkroom.ts'
import { createAgain } from '../../../daemon/ingest/again.ts'
import { silentLog } from '../../../daemon/log.ts'
import { seeded } from '../../fixtures/photos/mutations.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { makeWorld, until, type World } from '../world.ts'

const LONG = process.env.LONG_TESTS === '1'
const FRAMES = LONG ? 200 : 8
const KILLS = LONG ? 100 : 5
const UPLOADS = LONG ? 20 : 2

let world: World
let darkroom: Darkroom
let cache: string
const open = async (memoryMb = 1000) => {
  darkroom = createDarkroom({ cacheFolder: cache, workers: 2, log: silentLog, memoryMb })
  const { warm } = await darkroom.start()
  await warm
  world = await makeWorld(darkroom)
  await mkdir(world.path('cards'))
}
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'lep-killed-'))
})
afterEach(async () => {
  await world.close()
  await darkroom.stop()
  await rm(cache, { recursive: true, force: true })
})

/** The picture workers of this process, as Node tells of each that is started: to ask the system again and again costs
 * more than they do. */
const started = new Set<ChildProcess>()
/** What each new one suffers. */
let greet = (_: ChildProcess): void => undefined
subscribe('child_process', (message) => {
  const { process: child } = message as { process: ChildProcess }
  // Its program and its number are known once it runs.
  child.once('spawn', () => {
    if (!child.spawnargs.some((arg) => arg.includes('worker.ts'))) return
    started.add(child)
    child.once('exit', () => started.delete(child))
    greet(child)
  })
})

const bytesOf = (seed: number) => makeJpeg({ seed, width: 90, height: 60, takenAt: new Date() })
const nameOf = (n: number) => `IMG_${String(n + 1).padStart(4, '0')}.JPG`

async function fill(frames: number): Promise<void> {
  for (let n = 0; n < frames; n += 1) await world.put(`parked/DCIM/100/${nameOf(n)}`, await bytesOf(n))
}

test(
  `of a card of ${FRAMES}, and uploads beside it, everything is taken while workers are killed ${KILLS} times`,
  { timeout: 900_000 },
  async () => {
    await open()
    await fill(FRAMES)
    const early: string[] = []
    const sources = world.sources({
      cardRoots: [world.path('cards')],
      changed() {
        const taken = world.names().filter((name) => name.startsWith('IMG_')).length
        if (card()?.safe_to_eject && taken < FRAMES) early.push(`safe with ${taken}`)
      },
    })
    const card = (): SourceStatus | undefined => sources.status().find(({ kind }) => kind === 'card')
    await sources.start()
    await promisify(execFile)('mv', [world.path('parked'), world.path('cards/EOS')])

    const random = seeded(7)
    let kills = 0
    const killing = (async () => {
      while (kills < KILLS) {
        const worker = [...started][Math.floor(random() * started.size)]
        if (worker?.kill(random() < 0.7 ? 'SIGKILL' : 'SIGSEGV')) kills += 1
        await new Promise((resolve) => setTimeout(resolve, random() * (LONG ? 2500 : 600)))
      }
    })()
    const uploads = Array.from({ length: UPLOADS }, async (_, n) => {
      const path = await world.put(`phone/UP_${n}.JPG`, await bytesOf(1000 + n))
      return sources.upload({ filename: `UP_${n}.JPG`, stream: createReadStream(path) })
    })
    await Promise.all([killing, ...uploads])
    await until(
      () => expect(card()).toMatchObject({ state: 'done', safe_to_eject: true, done: FRAMES }),
      600_000,
    )
    expect(world.names()).toHaveLength(FRAMES + UPLOADS)
    expect(world.skipped()).toEqual({})
    expect(early).toEqual([])
    if (LONG)
      process.stdout.write(
        `${kills} kills, ${darkroom.status().replaced} workers replaced, ${world.names().length} of ${FRAMES + UPLOADS} taken, ${Object.keys(world.skipped()).length} set aside, safe too early ${early.length} times\n`,
      )
  },
)

test(
  'a picture that ends every worker is set aside, the good ones beside it are taken, and it is offered again by hand',
  { timeout: 300_000 },
  async () => {
    await open(150)
    await fill(4)
    // A progressive JPEG that claims to be far larger than it is: its decoder makes room for all of it.
    const bomb = await sharp(await makeJpeg())
      .jpeg({ progressive: true })
      .toBuffer()
    const header = bomb.indexOf(Buffer.from([0xff, 0xc2]))
    bomb.writeUInt16BE(6000, header + 5)
    bomb.writeUInt16BE(6000, header + 7)
    await world.put('parked/DCIM/100/IMG_0000.JPG', bomb)
    const sources = world.sources({ cardRoots: [world.path('cards')] })
    await sources.start()
    await promisify(execFile)('mv', [world.path('parked'), world.path('cards/EOS')])
    const names = Array.from({ length: 4 }, (_, n) => nameOf(n))
    await until(() => expect(world.names()).toEqual(names))
    await until(() => expect(Object.keys(world.skipped())).toEqual(['EOS/DCIM/100/IMG_0000.JPG']), 200_000)
    expect(Object.values(world.skipped())[0]).toMatch(
      /could not be worked on: it took too much memory, twice/,
    )

    // By hand: it is looked at again, and found to be the same.
    const looked: string[] = []
    const again = createAgain({
      catalog: world.catalog,
      look: () => sources.again(),
      show: ({ filename }) => looked.push(filename),
      version: '1',
    })
    expect(again.retry('EOS/DCIM/100/IMG_0000.JPG')).toBe(1)
    expect(world.skipped()).toEqual({})
    expect(again.retry('EOS/DCIM/100/IMG_0000.JPG')).toBe(0)

    // And at the first start of another version, once.
    const put = () => {
      const why = { code: 'undecodable', message: 'It is damaged.', params: {} }
      world.catalog.skipped.put(world.catalog.events.current().id, 'card:X', 'X/A.JPG', '1', why)
    }
    const hasPut = () => Object.keys(world.skipped()).includes('X/A.JPG')
    put()
    again.start()
    expect(hasPut()).toBe(false)
    put()
    again.start()
    expect(hasPut()).toBe(true)
  },
)

test('while every worker is ended the card waits, says why, and is not safe', async () => {
  await open()
  await fill(2)
  greet = (worker) => void worker.kill('SIGKILL')
  onTestFinished(() => void (greet = () => undefined))
  for (const worker of started) greet(worker)
  const sources = world.sources({ cardRoots: [world.path('cards')] })
  await sources.start()
  await promisify(execFile)('mv', [world.path('parked'), world.path('cards/EOS')])
  await until(() => expect(darkroom.trouble()?.code).toBe('darkroom_ailing'))
  const card = () => sources.status().find(({ kind }) => kind === 'card')
  expect(card()?.safe_to_eject).toBe(false)
  expect(world.skipped()).toEqual({})
  greet = () => undefined
  await until(() => expect(card()).toMatchObject({ state: 'done', safe_to_eject: true }))
  expect(world.names()).toHaveLength(2)
  expect(darkroom.trouble()).toBe(null)
})
