import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { createDarkroom, type Darkroom, type Rendered } from '../../../daemon/darkroom/darkroom.ts'
import { silentLog } from '../../../daemon/log.ts'
import { forkModule } from '../../../daemon/util/forked.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let folder: string
/** One with one worker and all the patience, for whatever leaves it as it was: to start a worker costs a second. */
let shared: Darkroom
/** Of the test. */
let darkroom: Darkroom
/** Workers that are none of the test's own darkroom. */
let others: readonly number[] = []
const create = (deadlineMs: number, workers = 1, memoryMb = 1000) =>
  createDarkroom({ cacheFolder: join(folder, 'cache'), log: silentLog, workers, deadlineMs, memoryMb })
const open = async (...options: Parameters<typeof create>) => {
  others = await workerPids()
  darkroom = create(...options)
  const { warm } = await darkroom.start()
  await warm
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lep-workers-'))
  shared = create(30_000)
  const { warm } = await shared.start()
  await warm
})
beforeEach(() => {
  darkroom = shared
  others = []
})
afterEach(async () => {
  if (darkroom !== shared) await darkroom.stop()
})
afterAll(async () => {
  await shared.stop()
  await rm(folder, { recursive: true })
})

/** The worker processes of the test's darkroom, as the system knows them. */
async function workerPids(): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='])
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((row) => row?.[2] === String(process.pid) && !row[3]?.startsWith('Z'))
    .filter((row) => row?.[4]?.includes('worker.ts'))
    .map((row) => Number(row?.[1]))
    .filter((pid) => !others.includes(pid))
}

const photo = async (name = 'a.jpg', width = 600) => {
  const path = join(folder, name)
  await writeFile(path, await makeJpeg({ width, height: Math.round(width / 1.5) }))
  return path
}

it('replaces a worker that was killed while it had nothing to do', async () => {
  const { replaced } = darkroom.status()
  const path = await photo()
  const [before] = await workerPids()
  process.kill(before!, 'SIGKILL')
  expect(await darkroom.inspect(path)).toMatchObject({ width: 600 })
  expect(darkroom.status().replaced).toBe(replaced + 1)
  expect(await workerPids()).not.toContain(before)
})

it('does the job again when a worker dies in the middle of it', async () => {
  const { replaced } = darkroom.status()
  const path = await photo('large.jpg', 1800)
  const [before] = await workerPids()
  // Stopped first, so that the job is certainly under way and not done when the worker is killed.
  process.kill(before!, 'SIGSTOP')
  const printing = darkroom.rendition({ path, sha256: '1'.repeat(64) }, 'preview', NEUTRAL)
  await expect.poll(() => darkroom.status().running).toBe(1)
  process.kill(before!, 'SIGKILL')
  expect(await printing).toMatchObject({ width: 1600 })
  expect(darkroom.status().replaced).toBe(replaced + 1)
})

it('kills a worker that hangs past the deadline and does the job with a fresh one', async () => {
  await open(5_000)
  const path = await photo()
  const [before] = await workerPids()
  process.kill(before!, 'SIGSTOP')
  expect(await darkroom.inspect(path)).toMatchObject({ width: 600 })
  expect(darkroom.status().replaced).toBe(1)
  expect(await workerPids()).not.toContain(before)
})

it('refuses a picture that loses two workers, which with more patience is one like any other', async () => {
  await open(1)
  const path = await photo('slow.jpg', 2000)
  await expect(darkroom.inspect(path)).rejects.toMatchObject({
    status: 422,
    code: 'picture_breaks_decoder',
    message: 'the picture could not be worked on: it took longer than 0.001 s, twice',
  })
  expect(await shared.inspect(path)).toMatchObject({ width: 2000 })
})

it('ends a worker that takes more memory than it may, and sets the job aside after the second', async () => {
  await open(30_000, 1, 150)
  const path = join(folder, 'wide.png')
  const create = { width: 9000, height: 9000, channels: 3, background: '#456' } as const
  await sharp({ create }).png({ compressionLevel: 1 }).toFile(path)
  const full = { name: 'full', path: join(folder, 'out.jpg') } as const
  await expect(darkroom.print({ path, sha256: '3'.repeat(64) }, NEUTRAL, [full])).rejects.toMatchObject({
    status: 422,
    message: 'the picture could not be worked on: it took too much memory, twice',
  })
  expect(await darkroom.inspect(await photo())).toMatchObject({ width: 600 })
})

/** Orders work while the only worker stands still, so that all of it waits, and then lets it go on.
 * @returns the files, in the order in which the worker wrote them */
async function written(path: string, order: () => Promise<readonly Rendered[]>[]): Promise<string[]> {
  const [worker] = await workerPids()
  process.kill(worker!, 'SIGSTOP')
  const first = darkroom.inspect(path)
  const ordered = order()
  await expect.poll(() => darkroom.status()).toMatchObject({ running: 1, waiting: ordered.length })
  process.kill(worker!, 'SIGCONT')
  await first
  const files = (await Promise.all(ordered)).flat().map((rendered) => rendered.path)
  const times = await Promise.all(files.map(async (file) => (await stat(file, { bigint: true })).mtimeNs))
  return files.toSorted((a, b) => Number(times[files.indexOf(a)]! - times[files.indexOf(b)]!))
}

it('prints the full size behind everything else', async () => {
  const source = { path: await photo('a.jpg', 1200), sha256: '4'.repeat(64) }
  const names = ['full', 'web'] as const
  const files = await written(source.path, () =>
    names.map((name) => darkroom.print(source, NEUTRAL, [{ name, path: join(folder, name) }])),
  )
  expect(files.map((file) => basename(file))).toEqual(['web', 'full'])
})

it('starts one worker ahead, and the next with the first job that would have to wait', async () => {
  await open(30_000, 2)
  const ahead = await workerPids()
  expect(ahead).toHaveLength(1)
  const path = await photo()
  await darkroom.inspect(path)
  await darkroom.inspect(path)
  expect(await workerPids()).toEqual(ahead)
  await Promise.all([darkroom.inspect(path), darkroom.inspect(path)])
  expect(await workerPids()).toEqual([...ahead, expect.any(Number)])
  expect(darkroom.status().replaced).toBe(0)
})

it('does what is asked while its worker starts', async () => {
  others = await workerPids()
  darkroom = create(30_000)
  const { warm } = await darkroom.start()
  const path = await photo()
  expect(await darkroom.inspect(path)).toMatchObject({ width: 600 })
  await warm
  expect(darkroom.status().replaced).toBe(0)
})

it('loads no library of schemas, which takes longer than all of its own', async () => {
  const seen = `import { registerHooks } from 'node:module'
    registerHooks({ resolve: (name, at, next) => (name.startsWith(NAME) ? process.exit(3) : next(name, at)) })`
  const outcome = async (name: string) => {
    const hook = encodeURIComponent(seen.replace('NAME', `'${name}'`))
    const worker = forkModule(new URL('../../../daemon/darkroom/workers/worker.ts', import.meta.url), {
      env: { NODE_OPTIONS: `--import data:text/javascript,${hook}` },
    })
    const ended = once(worker, 'exit')
    worker.once('message', () => worker.disconnect())
    return (await ended)[0] as number
  }
  expect(await outcome('typebox')).toBe(0)
  expect(await outcome('sharp')).toBe(3)
})

it('goes without a fault when it is stopped while it starts', async () => {
  const worker = forkModule(new URL('../../../daemon/darkroom/workers/worker.ts', import.meta.url))
  const ended = once(worker, 'exit')
  worker.disconnect()
  expect(await ended).toEqual([0, null])
})

it('ignores the signals of a terminal; when it stops it refuses what still waits, lets what runs end, and ends its workers', async () => {
  await open(30_000, 2)
  const path = await photo()
  await Promise.all([darkroom.inspect(path), darkroom.inspect(path)])
  const pids = await workerPids()
  expect(pids).toHaveLength(2)
  for (const pid of pids) {
    process.kill(pid, 'SIGINT')
    process.kill(pid, 'SIGTERM')
  }
  expect(await darkroom.inspect(path)).toMatchObject({ width: 600 })
  expect(await workerPids()).toEqual(pids)

  const results = Array.from({ length: 8 }, () =>
    darkroom.inspect(path).then(
      () => 'done',
      (error: { code: string }) => error.code,
    ),
  )
  await expect.poll(() => darkroom.status().running).toBe(2)
  await darkroom.stop()
  const outcomes = await Promise.all(results)
  expect(outcomes[0]).toBe('done')
  expect(outcomes.at(-1)).toBe('stopping')
  expect(await workerPids()).toEqual([])
})

it('puts what is published before what the app shows, and the quickest of that first', async () => {
  const source = { path: await photo('a.jpg', 1800), sha256: '2'.repeat(64) }
  const names = ['web', 'thumb', 'preview', 'tile'] as const
  const nameOf = new Map<string, string>([[join(folder, 'print'), 'print']])
  const rendition = async (name: (typeof names)[number]) => {
    const rendered = await darkroom.rendition(source, name, NEUTRAL)
    nameOf.set(rendered.path, name)
    return [rendered]
  }
  const files = await written(source.path, () => [
    ...names.map(rendition),
    darkroom.print(source, NEUTRAL, [{ name: 'web', path: join(folder, 'print') }]),
  ])
  expect(files.slice(0, 3).map((file) => nameOf.get(file))).toEqual(['print', 'tile', 'preview'])
})
