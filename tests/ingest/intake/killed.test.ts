import { fork, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'
import { makeWorld, snapshot, until, type World } from '../world.ts'

/** What every frame gets as it comes in. */
const LOOK = { exposure: 0.3, contrast: 0.1, warmth: 0.5 }

let world: World
const children: ChildProcess[] = []

beforeEach(async () => {
  world = await makeWorld({ inspect: () => Promise.reject(new Error('not asked')) })
  const { id } = world.catalog.looks.save('Evening', LOOK)
  world.catalog.looks.setIncoming(null, id)
})
afterEach(async () => {
  // A test that failed midway must not leave its process behind.
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await world.close()
})

/** Runs ingest in another process. `notices` counts what it announced to pages. */
function run(links = true) {
  const child = fork(join(import.meta.dirname, 'child.ts'), [world.dir, ...(links ? [] : ['no-links'])], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  children.push(child)
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let notices = 0
  let ready = false
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line === 'ready') ready = true
    else notices += 1
  })
  return {
    notices: () => notices,
    isReady: () => ready,
    async end(signal: 'SIGKILL' | 'SIGTERM') {
      child.kill(signal)
      expect(await ended).toBe(signal === 'SIGTERM' ? 0 : null)
    },
  }
}

const small = (seed: number, takenAt: Date) => makeJpeg({ seed, takenAt, width: 90, height: 60, serial: '7' })
const at = (n: number) => new Date(world.catalog.events.current().startsAt + n * 5000)

async function fillCard(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const path = `cards/CARD/DCIM/100/IMG_${n}`
    await world.put(`${path}.JPG`, await small(n, at(n)), at(n))
    if (n % 3 === 0)
      await world.put(
        `${path}.DNG`,
        makeRaw(await small(1000 + n, at(n)), { takenAt: at(n), serial: '7' }),
        at(n),
      )
  }
}

async function expectAllOnce(count: number, pairs: number): Promise<void> {
  const photos = world.photos()
  expect(photos).toHaveLength(count)
  expect(photos.filter(({ raw }) => raw)).toHaveLength(pairs)
  expect(photos.filter(({ edit }) => edit.warmth !== LOOK.warmth)).toEqual([])
  const originals = photos.flatMap(({ main, raw }) => (raw ? [main, raw] : [main]))
  expect(new Set(originals.map(({ sha256 }) => sha256)).size).toBe(originals.length)
  expect(await world.files()).toEqual(originals.map(({ filename }) => filename).sort())
  for (const { filename, sha256 } of originals) {
    const bytes = await readFile(join(world.folders.path('buffer'), filename))
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
  }
  expect(await world.parts()).toEqual([])
  expect(world.skipped()).toEqual({})
}

/** `npm run verify:long` kills it often enough to hit what happens once in a hundred times. */
const LONG = process.env.LONG_TESTS === '1'
const KILLS = LONG ? 150 : 4
/** Without hard links there are fewer steps to be killed between. */
const KILLS_WITHOUT_LINKS = Math.ceil(KILLS / 3)
const DROPPED_EACH = 4

test.each([
  [KILLS, 'with', true],
  [KILLS_WITHOUT_LINKS, 'without', false],
] as const)(
  'killed %i times in the middle of a card and of files that arrive, %s hard links: all are there, none twice',
  async (kills, _, links) => {
    const [onCard, dropped] = [kills * 6, kills * DROPPED_EACH]
    await fillCard(onCard)
    const before = await snapshot(world.path('cards'))
    let next = 0
    for (let kill = 0; kill < kills; kill += 1) {
      const child = run(links)
      await until(() => expect(child.isReady()).toBe(true))
      for (let n = 0; n < DROPPED_EACH; n += 1, next += 1)
        await world.put(join('photos_buffer', `DROP_${next}.JPG`), await small(2000 + next, at(1000 + next)))
      // Anywhere between the first shot and the fourth, so that the kills fall into every step.
      const shots = kill % 4
      await until(() => expect(child.notices()).toBeGreaterThanOrEqual(shots))
      await new Promise((resolve) => setTimeout(resolve, (kill * 7) % 25))
      await child.end('SIGKILL')
    }
    const last = run(links)
    await until(() => expect(world.photos()).toHaveLength(onCard + dropped))
    await until(() => expect(world.photos().filter(({ raw }) => raw)).toHaveLength(onCard / 3))
    await last.end('SIGTERM')
    await expectAllOnce(onCard + dropped, onCard / 3)
    expect(await snapshot(world.path('cards'))).toEqual(before)
  },
  // To start a process takes its time on a busy machine, however few of them there are.
  Math.max(120_000, KILLS * 18_000),
)

// Every day the daemon as a whole shows the same (`main.test.ts`).
if (LONG)
  test('stopped in the middle of a hundred arriving photos and started again: all hundred there, none twice', async () => {
    const first = run()
    await until(() => expect(first.isReady()).toBe(true))
    const files = await Promise.all(Array.from({ length: 100 }, (_, n) => small(n, at(n))))
    const arrive = async (from: number, to: number) => {
      for (let n = from; n < to; n += 1) await world.put(join('photos_buffer', `A_${n}.JPG`), files[n]!)
    }
    const arriving = arrive(0, 50)
    await until(() => expect(first.notices()).toBeGreaterThan(10))
    await first.end('SIGTERM')
    await arriving
    await arrive(50, 100)
    const second = run()
    await until(() => expect(world.photos()).toHaveLength(100))
    await second.end('SIGTERM')
    await expectAllOnce(100, 0)
  }, 120_000)
