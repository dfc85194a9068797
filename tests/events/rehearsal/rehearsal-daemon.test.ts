import { cp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { ManifestHead } from '../../../daemon/contract/manifest.ts'
import { makeBackup } from '../../../daemon/events/backup/backup.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { createS3Store, type S3Settings } from '../../../daemon/cloud/store/store-s3.ts'
import { startFaulty, type FaultyServer } from '../../fixtures/cloud/faulty.ts'
import { startPages } from '../../fixtures/cloud/pages.ts'
import { startSwift } from '../../fixtures/cloud/swift.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { mirror, namedIn, rehearse, states, step } from './device.ts'

/** The public address: what lies in the bucket, unless a test wants something else. */
async function startPublic(bucket: FaultyServer) {
  const own = {
    answer: null as ((key: string) => Buffer | number | null) | null,
    asked: [] as string[],
    given: [] as string[],
  }
  const server = createServer((request, reply) => {
    const key = decodeURIComponent(new URL(request.url!, 'http://x').pathname.slice('/photo/'.length))
    own.asked.push(key)
    const said = own.answer?.(key) ?? bucket.objects.get(key) ?? 404
    if (typeof said === 'number') reply.writeHead(said).end()
    else {
      own.given.push(key)
      reply.writeHead(200, { 'content-type': 'image/jpeg' }).end(said)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    own,
    end() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

const long = process.env.LONG_TESTS === '1' ? test : () => undefined

let bucket: FaultyServer
let publicSide: Awaited<ReturnType<typeof startPublic>>
let daemon: RunningDaemon
beforeAll(async () => {
  bucket = await startFaulty()
  publicSide = await startPublic(bucket)
  daemon = await startDaemon(['--host', '127.0.0.1'])
  await connect(bucket.settings, publicSide.url)
  for (const n of [1, 2]) {
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 300, height: 200 }))
    await daemon.post('/api/publish', { filename: `IMG_${n}.JPG` })
  }
})
async function connect(settings: S3Settings, public_url: string): Promise<void> {
  const { endpoint, bucket: name, region, accessKeyId, secretAccessKey } = settings
  const keys = { access_key_id: accessKeyId, secret_access_key: secretAccessKey }
  const body = { endpoint, bucket: name, region, ...keys, public_url }
  expect((await daemon.post('/api/cloud-settings', body)).status).toBe(200)
}
afterAll(async () => {
  await daemon.end()
  await publicSide.end()
  await bucket.end()
})
beforeEach(() => {
  bucket.fault = () => undefined
  publicSide.own.answer = null
})

const testShots = () => [...bucket.objects.keys()].filter((key) => key.includes('rehearsal-'))
async function filesOf(part: string): Promise<string[]> {
  const names = await readdir(daemon.data, { recursive: true })
  return names.filter((name) => name.includes(part) && !name.startsWith('cache'))
}
/** What the catalog holds of test shots, whatever the program says. */
function rows(): number {
  const db = new DatabaseSync(join(daemon.data, 'catalog.db'), { readOnly: true })
  const { n } = db
    .prepare(
      `SELECT (SELECT count(*) FROM originals WHERE origin = 'rehearsal') +
       (SELECT count(*) FROM publications WHERE name LIKE 'rehearsal-%') +
       (SELECT count(*) FROM photos WHERE filename LIKE 'rehearsal-%') +
       (SELECT count(*) FROM uploads WHERE object_key LIKE '%rehearsal-%') AS n`,
    )
    .get() as { n: number }
  db.close()
  return n
}
async function head(): Promise<ManifestHead> {
  const { current } = (await daemon.get('/api/events')).body
  return (await daemon.get(`/photo/${current.prefix}/manifest.json`)).body as ManifestHead
}
const lists = async () => {
  const { hours: _, ...counts } = (await daemon.get('/api/event-statistics')).body
  const names = async (path: string) =>
    (await daemon.get(path)).body.images.map(({ filename }: { filename: string }) => filename)
  return {
    head: { ...(await head()), revision: 0, updatedAt: '' },
    counts,
    buffer: await names('/api/buffer'),
    live: await names('/api/live'),
    journal: await readFile(join(daemon.data, 'photos_buffer', '.lep-journal.jsonl'), 'utf8').then((text) =>
      text.split('\n').filter((line) => line.includes('rehearsal-')),
    ),
  }
}

test('the whole way is green, in no list meanwhile, and nothing is left of it', async () => {
  const socket = await daemon.socket()
  const before = await lists()
  const { revision } = await head()
  let name = ''
  const during: string[] = []
  const done = await rehearse(daemon, {
    async meanwhile() {
      name ||= (await filesOf('rehearsal-'))[0]?.match(/rehearsal-[0-9a-f]{16}/)?.[0] ?? ''
      if (name === '') return
      during.push(...(await namedIn(daemon, socket, name)))
      expect((await lists()).head).toEqual(before.head)
    },
  })
  expect(done.steps.filter(({ says }) => says !== null)).toEqual([])
  expect(states(done)).toEqual({
    take: 'ok',
    show: 'ok',
    publish: 'ok',
    here: 'ok',
    upload: 'ok',
    public: 'ok',
    remove: 'ok',
    gone: 'ok',
  })
  expect(done.state).toBe('ready')
  expect(done.steps.every(({ ms }) => ms !== null && ms >= 0)).toBe(true)
  // It was there, and nowhere named.
  expect(name).not.toBe('')
  expect(publicSide.own.given.some((key) => key.includes(name))).toBe(true)
  expect(during).toEqual([])
  for (const document of bucket.asked.filter(({ key, method }) => method === 'PUT' && key.endsWith('.json')))
    expect(bucket.objects.get(document.key)?.includes('rehearsal-') ?? false).toBe(false)
  // Nothing is left.
  expect([testShots(), await filesOf('rehearsal-'), rows()]).toEqual([[], [], 0])
  expect(await lists()).toEqual(before)
  // Guests' pages have nothing to read anew, and hear nothing.
  expect((await head()).revision).toBe(revision)
  // The next public name is as if it had not been, and it is kept with the event.
  await daemon.drop('IMG_3.JPG', await makeJpeg({ seed: 3, width: 300, height: 200 }))
  expect((await daemon.post('/api/publish', { filename: 'IMG_3.JPG' })).body.published_as).toBe('IMG_3.jpg')
  const { images } = (await daemon.get('/api/live')).body
  expect(images.map(({ place }: { place: number }) => place)).toEqual([3, 2, 1])
  // The control: a photo that is listed is found by the same look.
  expect((await namedIn(daemon, socket, 'IMG_3')).length).toBeGreaterThan(6)
  daemon = await daemon.restart()
  expect((await daemon.get('/api/rehearsal')).body.rehearsal).toEqual(done)
})

test('what a power cut left of one is gone after the next start, here and in the bucket', async () => {
  const kept = `${daemon.data}-kept`
  let objects: typeof bucket.objects | null = null
  const before = await lists()
  // It waits there until everything is copied.
  publicSide.own.answer = () => 404
  await rehearse(daemon, {
    async meanwhile({ steps }) {
      if (objects !== null || steps.find(({ name }) => name === 'upload')?.ms === null) return
      objects = new Map(bucket.objects)
      await cp(daemon.data, kept, { recursive: true, filter: (path) => !path.includes('catalog.db') })
      const db = new DatabaseSync(join(daemon.data, 'catalog.db'), { readOnly: true })
      await backup(db, join(kept, 'catalog.db'))
      db.close()
      publicSide.own.answer = null
    },
  })
  await daemon.stop()
  // As it was at that moment.
  await rm(daemon.data, { recursive: true })
  await cp(kept, daemon.data, { recursive: true })
  await rm(kept, { recursive: true })
  for (const [key, body] of objects!) bucket.objects.set(key, body)
  expect([testShots().length, (await filesOf('rehearsal-')).length > 0, rows() > 0]).toEqual([3, true, true])

  // A backup of that moment holds no file of it.
  const to = await tempFolder()
  const { manifest } = await makeBackup({
    data: daemon.data,
    to,
    slug: null,
    photos: 'all',
    keys: false,
    program: '1',
    now: Date.now,
    progress: () => undefined,
  })
  const paths = manifest.files.map(({ path }) => path)
  expect(paths.filter((path) => path.includes('rehearsal-'))).toEqual([])
  expect(paths.filter((path) => path.includes('IMG_1.')).length).toBeGreaterThan(1)
  await rm(to, { recursive: true })

  daemon = await startDaemon(['--host', '127.0.0.1'], daemon.data)
  expect(await filesOf('rehearsal-')).toEqual([])
  await vi.waitFor(() => expect(testShots()).toEqual([]), { timeout: 30_000 })
  expect(await lists()).toEqual(before)
  // The rows go once nothing of it is on its way any more: before the next one at the latest.
  expect((await rehearse(daemon)).state).toBe('ready')
  expect(rows()).toBe(0)
})

test('it is the owner’s, one at a time, and not while the event rests', async () => {
  const [one, other] = await Promise.all([daemon.post('/api/rehearsal'), daemon.post('/api/rehearsal')])
  expect(one.body.rehearsal.id).toBe(other.body.rehearsal.id)
  expect((await rehearse(daemon)).id).toBe(one.body.rehearsal.id)
  await daemon.post('/api/events', { action: 'pause' })
  const refused = await daemon.post('/api/rehearsal')
  expect([refused.status, refused.body.error.code]).toEqual([409, 'event_not_open'])
  await daemon.post('/api/events', { action: 'continue' })
  const routes = daemon.routes.filter(({ url }) => url.startsWith('/api/rehearsal'))
  expect(new Set(routes.map(({ access }) => access))).toEqual(new Set(['owner']))
})

long(
  'a real S3 server and the runtime of Pages: the whole way, and each side broken in turn',
  async () => {
    const [swift, pages] = await Promise.all([startSwift(), startPages({})])
    const store = createS3Store(swift.settings)
    const between = mirror(store, pages)
    onTestFinished(async () => {
      await between.end()
      store.close?.()
      await Promise.all([pages.end(), swift.end()])
    })
    await connect(swift.settings, pages.url)
    const done = await rehearse(daemon)
    expect(done.steps.filter(({ says }) => says !== null)).toEqual([])
    expect(Object.values(states(done))).toEqual(Array(8).fill('ok'))
    const read = pages.calls().filter((call) => /\/rehearsal-[0-9a-f]{16}\.jpg$/.test(call))
    expect(read.length).toBeGreaterThan(1)
    const left = async () => {
      const found = await pages.list('')
      for await (const { key } of store.list('')) found.push(key)
      return found.filter((key) => key.includes('rehearsal-'))
    }
    expect(await left()).toEqual([])

    between.own.misses = true
    expect(step(await rehearse(daemon), 'public')?.says?.params.why).toBe('rehearsal_answers')
    Object.assign(between.own, { misses: false, keeps: true })
    const kept = await rehearse(daemon)
    expect([states(kept).public, step(kept, 'gone')?.says?.params.why]).toEqual([
      'ok',
      'rehearsal_still_there',
    ])
    between.own.keeps = false
    const away = await rehearse(daemon, {
      async meanwhile({ steps }) {
        if (steps.find(({ name }) => name === 'publish')?.state === 'running') await swift.kill()
      },
    })
    expect(step(away, 'upload')?.says?.params.why).toBe('away')
    await swift.start()
    expect((await rehearse(daemon)).state).toBe('ready')
    await expect.poll(left).toEqual([])
    expect(
      (await rehearse(daemon, { looksAway: true })).steps.filter(({ state }) => state === 'failed'),
    ).toMatchObject([{ name: 'show' }])
  },
  300_000,
)
