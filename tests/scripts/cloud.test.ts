import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bar } from '../../scripts/cloud/terminal.ts'
import { chosen } from '../../scripts/cloud.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
let daemon: RunningDaemon
let running = true

interface Ran {
  code: number
  stdout: string
  stderr: string
}

/** A process of its own, as a person starts it. */
function asProcess(path: string, args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    // Half of a short run is reading our own sources: they are kept compiled.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(ROOT, 'node_modules', '.cache', 'compiled') }
    const child = execFile(process.execPath, [path, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
    child.stdin?.end()
  })
}

/** The same program with the same arguments, streams and exit code in a thread, for half the price. */
async function asThread(path: string, argv: string[]): Promise<Ran> {
  const worker = new Worker(path, { argv, stdin: true, stdout: true, stderr: true })
  worker.stdin?.end()
  const [stdout, stderr, [code]] = await Promise.all([
    text(worker.stdout),
    text(worker.stderr),
    once(worker, 'exit') as Promise<[number]>,
  ])
  return { code, stdout, stderr }
}

const argsOf = (script: string, args: string[]): [path: string, args: string[]] => [
  join(ROOT, 'scripts', `${script}.ts`),
  [...args, '--data', daemon.data, '--port', new URL(daemon.url).port],
]
const tool = (script: string, ...args: string[]) => asThread(...argsOf(script, args))
const toolAlone = (script: string, ...args: string[]) => asProcess(...argsOf(script, args))
const json = async (...args: string[]) => {
  const ran = await tool('cloud', ...args, '--json')
  return { code: ran.code, stderr: ran.stderr, ...JSON.parse(ran.stdout === '' ? '{}' : ran.stdout) }
}

async function stop(): Promise<void> {
  running = false
  await daemon.stop()
}

async function shoot(): Promise<string> {
  for (const n of [1, 2, 3])
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 300, height: 200 }))
  for (const n of [1, 2, 3]) await daemon.post('/api/publish', { filename: `IMG_${n}.JPG` })
  for (;;) {
    const { body } = await daemon.get('/api/status')
    if (body.sync.waiting === 0) return body.event.prefix as string
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** What is refused, and changes nothing, is the same with a daemon and without one. */
async function refusals(): Promise<void> {
  const declined = await json('delete', 'left over.jpg')
  expect(declined.code).toBe(3)
  expect(declined.stderr).toContain('--yes')
  expect((await tool('cloud', 'delete', 'IMG_9.jpg', 'IMG_1.jpg', '--yes')).code).toBe(1)
  const { objects } = await json('list')
  expect(objects).toHaveLength(11)
  expect(objects.map(({ name }: { name: string }) => name)).toContain('thumb/IMG_2.webp')
  expect((await tool('cloud', 'delete-multi')).code).toBe(3)
}

describe('on a data folder', () => {
  beforeEach(async () => {
    daemon = await startDaemon()
    running = true
  })
  afterEach(() => daemon.end())

  test.each(['beside a running daemon', 'without one'])(
    '%s: what differs is found and mended, and what is named is removed, once somebody agreed',
    async (how) => {
      const prefix = await shoot()
      if (how === 'without one') await stop()
      expect(await json('verify')).toMatchObject({
        code: 0,
        checked: 9,
        missing: [],
        different: [],
        extra: [],
      })
      expect((await toolAlone('cloud', 'status')).stdout).toContain('Everything is there.')

      const bucket = join(daemon.data, 'bucket', prefix)
      const web = join(daemon.data, 'photos_web')
      await rm(join(bucket, 'IMG_1.jpg'))
      await writeFile(join(bucket, 'thumb', 'IMG_2.webp'), 'broken')
      await writeFile(join(bucket, 'left over.jpg'), 'x')
      await rm(join(web, 'IMG_3.jpg'))
      const manifest = await readFile(join(bucket, 'manifest.json'), 'utf8')
      const { recent, ...head } = JSON.parse(manifest)
      await writeFile(join(bucket, 'manifest.json'), JSON.stringify({ ...head, recent: recent.slice(1) }))
      expect(await json('verify')).toMatchObject({
        code: 1,
        missing: ['IMG_1.jpg'],
        different: ['thumb/IMG_2.webp'],
        not_here: ['IMG_3.jpg'],
        extra: ['left over.jpg'],
        unnamed: ['IMG_3.jpg'],
        named: [],
      })
      expect(await json('verify', '--download')).toMatchObject({ code: 1, different: ['thumb/IMG_2.webp'] })
      expect(await json('pull')).toMatchObject({ code: 0, fetched: ['IMG_3.jpg'] })
      expect((await stat(join(web, 'IMG_3.jpg'))).size).toBe((await stat(join(bucket, 'IMG_3.jpg'))).size)
      await rm(join(bucket, 'thumb', 'IMG_2.webp'))
      expect(await json('refresh')).toMatchObject({ code: 0, queued: 2, done: true })

      if (running) await refusals()
      expect(await json('delete', 'left over.jpg', 'IMG_2.jpg', '--yes')).toMatchObject({
        code: 0,
        done: true,
      })
      expect(await json('verify')).toMatchObject({ code: 0, checked: 6, extra: [], unnamed: [], named: [] })
      await writeFile(join(bucket, 'manifest.json'), manifest)
      expect(await json('verify')).toMatchObject({ code: 1, unnamed: [], named: ['IMG_2.jpg'] })
      expect(await readFile(join(daemon.data, 'photos_trash', 'published', 'IMG_2.jpg'))).not.toHaveLength(0)
      if (running) expect((await daemon.get('/api/live')).body.total).toBe(2)
    },
    120_000,
  )

  test('what is asked wrongly is answered with how to ask, and 2', async () => {
    const wrong = [[], ['delet'], ['delete'], ['list', 'x'], ['list', '--bogus']]
    const codes = await Promise.all(wrong.map(async (args) => (await tool('cloud', ...args)).code))
    expect(codes).toEqual(wrong.map(() => 2))
    const nobody = await toolAlone('cloud', 'list', '--event', 'nobody')
    expect([nobody.code, nobody.stderr]).toEqual([1, expect.stringContaining('There is no event "nobody"')])
    expect((await tool('events', 'crate')).code).toBe(2)
  })

  test('events are created, renamed, switched, paused and closed from the terminal, with a report', async () => {
    await shoot()
    const events = async (...args: string[]) => {
      const ran = await tool('events', ...args, '--json')
      expect(ran.stderr).toBe('')
      return JSON.parse(ran.stdout)
    }
    const first = (await events('list')).current.slug
    expect(
      (await events('create', 'Gala 晚宴', '--slug', 'gala', '--prefix', '2026-gala')).current,
    ).toMatchObject({
      slug: 'gala',
      prefix: '2026-gala',
      title: 'Gala 晚宴',
      state: 'open',
    })
    expect((await tool('events', 'create', 'Again', '--slug', 'gala')).stderr).toContain(
      'There is an event "gala" already',
    )
    await events('rename', first, 'Wedding')
    const back = await events('switch', first)
    expect(back.current).toMatchObject({ slug: first, title: 'Wedding', state: 'open' })
    expect((await daemon.get('/api/live')).body.total).toBe(3)
    expect((await events('pause')).current.state).toBe('paused')
    expect((await events('continue')).current.state).toBe('open')
    const { report, current } = await events('close')
    expect(current.state).toBe('closed')
    const guests = { now: 0, peak: 0, opened: 0, saved: 0, most_saved: [] }
    expect(report).toEqual({
      slug: first,
      in: 3,
      published: 3,
      set_aside: 0,
      unsent: 0,
      unremoved: 0,
      guests,
    })
    expect((await toolAlone('events', 'list')).stdout).toMatch(new RegExp(`\\* ${first} +closed +Wedding`))
    const index = (await daemon.get('/photo/events.json')).body
    expect([index.current, Object.keys(index.events)]).toEqual([first, [first]])
    // A closed event's gallery stays, and so does the other's at its own address.
    const { prefix } = index.events[first]
    expect((await daemon.get(`/photo/${prefix}/manifest.json`)).body.total).toBe(3)
    expect((await daemon.get('/photo/events/gala.json')).body).toMatchObject({ prefix: '2026-gala' })
  })
})

test('choices and bars are read and drawn as they should be', () => {
  expect(chosen('1, 3 5-7', 7)).toEqual([0, 2, 4, 5, 6])
  for (const bad of ['0', '8', '3-1', 'a', '1-9']) expect(chosen(bad, 7)).toBeNull()
  expect(chosen('', 7)).toEqual([])
  expect(bar('x', 1, 2)).toBe('x [############............] 1/2')
})
