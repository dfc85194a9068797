import { randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EventsIndex, ManifestHead } from '../../daemon/contract/manifest.ts'
import { createS3Store, type Patience } from '../../daemon/cloud/store/store-s3.ts'
import { md5, type ObjectStore } from '../../daemon/cloud/store/store.ts'
import { SECOND_THOUGHT } from '../../daemon/publish/publisher.ts'
import { createUploader } from '../../daemon/cloud/queue/uploader.ts'
import { silentLog } from '../../daemon/log.ts'
import { headersOf } from '../../daemon/cloud/store/headers.ts'
import { differences, namedIn, openMac, type Mac, type MacOptions } from '../fixtures/cloud.ts'
import { KEY_ID, SECRET, startFaulty, type Asked, type Fault, type FaultyServer } from '../fixtures/faulty.ts'
import { storeSuite } from '../suites/store.ts'

/** Short, so that a server that hangs is given up soon; for those alone that meet one. */
const HASTY: Patience = { connect: 500, answer: 600, slowest: 10_000_000 }
const LIVE = new AbortController().signal

storeSuite('a bucket that knows conditions', async () => {
  const server = await startFaulty()
  const store = createS3Store(server.settings, { ...HASTY, answer: 5000 })
  return {
    store,
    async end() {
      store.close?.()
      await server.end()
    },
  }
})

let server: FaultyServer
let store: ObjectStore
/** How far the Macs' clocks are ahead, so that nobody has to wait for what takes its time, milliseconds. */
let ahead = 0
const macs: Mac[] = []
beforeEach(async () => {
  server = await startFaulty()
  store = createS3Store(server.settings)
  ahead = 0
})
afterEach(async () => {
  for (const mac of macs.splice(0)) await mac.close()
  store.close?.()
  await server.end()
})

async function open(options: Partial<MacOptions> = {}): Promise<Mac> {
  const mac = await openMac({
    s3: server.settings,
    now: () => Date.now() + ahead,
    ...options,
  })
  macs.push(mac)
  return mac
}

/** Lets the seconds go by in which an unpublish may be undone, or whatever else. */
function skip(mac: Mac, milliseconds = SECOND_THOUGHT): void {
  ahead += milliseconds
  mac.cloud.wake()
}

describe('each fault ends right, with its sentence meanwhile', () => {
  const status = (status: number, code: string): Fault => ({ status, code })
  const later = /will go by (itself|themselves)\.$/
  const person = /until this is put right\.$/

  test.concurrent.each<[string, Fault, string, RegExp]>([
    ['429', status(429, 'TooManyRequests'), 'busy', later],
    ['503', status(503, 'SlowDown'), 'busy', later],
    ['a reset in the middle of a body', 'reset', 'away', later],
    ['silence', 'hang', 'away', later],
    ['a redirect', 'redirect', 'portal', later],
    ['a 200 with a web page', 'web page', 'portal', later],
    ['a wrong ETag', 'wrong etag', 'mismatch', later],
    ['an unknown key', status(403, 'InvalidAccessKeyId'), 'keys', person],
    ['a wrong secret', status(403, 'SignatureDoesNotMatch'), 'keys', person],
    ['a token with too few rights', status(403, 'AccessDenied'), 'rights', person],
    ['a missing bucket', status(404, 'NoSuchBucket'), 'no_bucket', person],
    ['a bucket that is elsewhere', status(301, 'PermanentRedirect'), 'endpoint', person],
    ['a full quota', status(507, 'InsufficientStorage'), 'full', person],
    ['a refusal for the clock', status(403, 'RequestTimeTooSkewed'), 'clock', later],
  ])('%s', async (_what, fault, code, sentence) => {
    // Each with a bucket of its own, for they run side by side.
    const its = await startFaulty()
    let broken = true
    its.fault = ({ method }) => (broken && method === 'PUT' ? fault : undefined)
    let logged = ''
    const sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        logged += chunk.toString()
        done()
      },
    })
    const store = createS3Store(its.settings)
    const mac = await openMac({
      s3: its.settings,
      ...(fault === 'hang' && { patience: HASTY }),
      log: pino({ level: 'trace' }, sink),
    })
    try {
      await mac.publish()
      await mac.cloud.start()
      await mac.until('the status tells it', () => mac.cloud.status().code === code)
      expect(mac.cloud.status().trouble).toMatch(sentence)
      expect(mac.house.catalog.uploads.waiting().count).toBeGreaterThan(0)
      broken = false
      await mac.until('the queue is empty', () => {
        // More than once: one that was under way may fail after the first.
        mac.house.catalog.uploads.hurry()
        mac.cloud.wake()
        return mac.cloud.status().waiting === 0
      })
      expect(await differences(mac, store)).toEqual([])
      expect(mac.cloud.status()).toMatchObject({ trouble: null, code: null })
      expect(its.asked.filter(({ method }) => method === 'DELETE')).toEqual([])
      for (const secret of [SECRET, KEY_ID])
        expect(logged + JSON.stringify(mac.cloud.status())).not.toContain(secret)
      expect(logged).toContain('an upload failed')
    } finally {
      await mac.close()
      store.close?.()
      await its.end()
    }
  })

  test('a clock that is two hours off corrects itself', async () => {
    server.skew = 2 * 3600_000
    const mac = await open()
    for (let n = 0; n < 4; n += 1) await mac.publish()
    await mac.cloud.start()
    await mac.drained()
    expect(await differences(mac, createS3Store(server.settings)).catch(() => 'clock')).toBe('clock')
    server.skew = 0
    expect(await differences(mac, createS3Store(server.settings))).toEqual([])
  })

  test('a reply that got lost: 412 after our own success is our own success', async () => {
    const lost = new Set<string>()
    server.fault = ({ method, key }: Asked) => {
      if (method !== 'PUT' || lost.has(key)) return undefined
      lost.add(key)
      return 'no reply'
    }
    const mac = await open()
    await mac.publish()
    await mac.cloud.start()
    await mac.drained()
    expect(lost.size).toBeGreaterThanOrEqual(4)
    expect(await differences(mac, store)).toEqual([])
    expect(mac.cloud.status().code).toBeNull()
  })
})

test('the control: whoever believes every 200 takes a sign-in page for a bucket', async () => {
  const mac = await open()
  await mac.publish()
  const { catalog, folders, event } = mac.house
  server.fault = ({ method }) => (method === 'PUT' ? 'wrong etag' : undefined)
  const sent = () =>
    catalog.publications.list(event.id).items.every(({ id }) => catalog.uploads.isDone(id, 'web'))
  const believing: ObjectStore = {
    ...store,
    async put(_key, body) {
      return {
        etag: md5('path' in body ? await (await import('node:fs/promises')).readFile(body.path) : body.bytes),
      }
    },
  }
  const uploaderOver = (its: ObjectStore) =>
    createUploader({
      uploads: catalog.uploads,
      transaction: catalog.transaction,
      store: its,
      now: Date.now,
      log: silentLog,
      fileOf: (_event, key) => `${folders.path('web')}/${key}`,
      prefixOf: () => event.prefix,
      manifestOf: async () => [
        { key: `${event.prefix}/manifest.json`, body: '{}', ...headersOf('manifest.json') },
      ],
      onChange: () => undefined,
    })
  const checking = uploaderOver(store)
  checking.start()
  await mac.until('it is doubted', () => checking.status().code === 'mismatch')
  await checking.stop()
  expect(sent()).toBe(false)
  const fooled = uploaderOver(believing)
  fooled.start()
  await mac.until('it is believed', sent)
  await fooled.stop()
  server.fault = () => undefined
  expect(await differences(mac, store)).not.toEqual([])
})

test('a failed look is never an empty answer', async () => {
  const hasty = createS3Store(server.settings, HASTY)
  await store.put('e/a.jpg', { bytes: Buffer.from('a') }, headersOf('a.jpg'), LIVE)
  const list = async () => {
    for await (const _ of hasty.list('')) void _
  }
  for (const fault of [
    'web page',
    'redirect',
    'reset',
    'hang',
    { status: 404, code: 'NoSuchBucket' },
  ] as const) {
    server.fault = () => fault
    await expect(list(), JSON.stringify(fault)).rejects.toMatchObject({ name: 'StoreFault' })
    await expect(hasty.head('e/b.jpg')).rejects.toMatchObject({ name: 'StoreFault' })
    await expect(hasty.get('e/b.jpg')).rejects.toMatchObject({ name: 'StoreFault' })
  }
  hasty.close?.()
})

describe('two Macs and one bucket', () => {
  test('publishing at once to one prefix, neither loses a photo, and both say that they are two', async () => {
    const [a, b] = [await open(), await open()]
    expect(a.house.event.prefix).toBe(b.house.event.prefix)
    await Promise.all([a.cloud.start(), b.cloud.start()])
    for (let n = 0; n < 40; n += 1) {
      await a.publish(`A_${n}.JPG`)
      await b.publish(`B_${n}.JPG`)
    }
    await a.drained()
    await b.drained()
    a.cloud.files.changed()
    a.cloud.wake()
    await a.drained()
    const named = await namedIn(store, a.house.event.prefix)
    expect([...named].sort()).toEqual([...a.live(), ...b.live()].sort())
    expect([a, b].map((mac) => mac.cloud.status().code)).toContain('another_mac')
    const [seen] = [a, b].filter((mac) => mac.cloud.status().code === 'another_mac')
    expect(seen!.cloud.status().trouble).toMatch(/^Another Mac is publishing here/)

    // What one takes out goes, and only that.
    await a.publisher.unpublish('A_3.jpg')
    skip(a)
    await a.drained()
    b.cloud.files.changed()
    b.cloud.wake()
    await b.drained()
    expect([...(await namedIn(store, a.house.event.prefix))].sort()).toEqual(
      [...a.live(), ...b.live()].sort(),
    )
    expect(server.objects.has(`${a.house.event.prefix}/A_3.jpg`)).toBe(false)
    const index = JSON.parse(server.objects.get('events.json')!.toString()) as EventsIndex
    expect(Object.keys(index.events)).toEqual([a.house.event.slug])
  })

  test('a name that the other has taken is not written over, nor removed', async () => {
    const [a, b] = [await open(), await open()]
    await a.cloud.start()
    await a.publish('SAME.JPG')
    await a.drained()
    const key = `${a.house.event.prefix}/SAME.jpg`
    const bytes = Buffer.from(server.objects.get(key)!)
    await b.publish('SAME.JPG')
    await b.cloud.start()
    await b.until('it says so', () => b.cloud.status().code === 'taken')
    expect(server.objects.get(key)!.equals(bytes)).toBe(true)
    await b.publisher.unpublish('SAME.jpg')
    skip(b)
    await b.drained()
    expect(server.objects.get(key)!.equals(bytes)).toBe(true)
  })

  test('events of the other stay in the index, and so does its manifest', async () => {
    const theirs = { v: 1, by: 'other', current: 'gala', events: { gala: { prefix: 'gala', title: 'Gala' } } }
    server.objects.set('events.json', Buffer.from(JSON.stringify(theirs)))
    const mac = await open()
    await mac.publish()
    await mac.cloud.start()
    await mac.drained()
    const index = JSON.parse(server.objects.get('events.json')!.toString()) as EventsIndex
    expect(index.current).toBe(mac.house.event.slug)
    expect(index.events.gala).toEqual({ prefix: 'gala', title: 'Gala' })
  })
})

test('the limit slows big files down and nothing else', async () => {
  const mac = await open({ web: 60_000, thumb: 40_000, s3: null })
  await mac.cloud.save({
    endpoint: server.settings.endpoint,
    bucket: 'photos',
    access_key_id: KEY_ID,
    secret_access_key: SECRET,
    upload_limit: 160, // 20 kB a second
  })
  await mac.cloud.start()
  const arrived: string[] = []
  server.fault = ({ method, key }) => {
    if (method === 'PUT' && /\.(jpg|webp)$/.test(key)) arrived.push(key.split('/').slice(1).join('/'))
    return undefined
  }
  await mac.publish('A.JPG')
  const { prefix } = mac.house.event
  await mac.until('the first thumb is there', () => server.objects.has(`${prefix}/thumb/A.webp`))
  await mac.publish('B.JPG')
  await mac.until('the second thumb is there', () => server.objects.has(`${prefix}/thumb/B.webp`))
  const named = async () => (await namedIn(store, prefix)).includes('B.jpg')
  await mac.until('it is named', named)
  await mac.publisher.unpublish('B.jpg')
  await mac.until('it is named no more', async () => !(await named()))
  // 60 kB take three seconds at least, and the thumbs are made up for.
  expect(server.objects.has(`${prefix}/A.jpg`)).toBe(false)
  await mac.drained()
  expect(server.objects.has(`${prefix}/A.jpg`)).toBe(true)
  expect(arrived.filter((key) => key === 'A.jpg')).toHaveLength(1)
})

test('pages that no head names any more go ten minutes later, and nothing else with them', async () => {
  const mac = await open()
  await mac.cloud.start()
  for (let n = 0; n < 60; n += 1) await mac.publish()
  await mac.drained()
  const pages = () => [...server.objects.keys()].filter((key) => key.includes('/pages/'))
  const before = pages()
  expect(before.length).toBeGreaterThan(0)
  await mac.publisher.unpublish(mac.live().at(-1)!)
  skip(mac)
  await mac.drained()
  const head = JSON.parse(
    server.objects.get(`${mac.house.event.prefix}/manifest.json`)!.toString(),
  ) as ManifestHead
  const now = head.pages.map(({ file }) => `${mac.house.event.prefix}/${file}`)
  expect(pages()).toEqual(expect.arrayContaining([...before, ...now]))
  skip(mac, 11 * 60_000)
  await mac.until('only what is named is left', () => pages().sort().join() === [...now].sort().join())
  expect(await differences(mac, store)).toEqual([])
})

test('what was unpublished by mistake is back at once, and nothing is sent again', async () => {
  const mac = await open()
  await mac.cloud.start()
  const name = await mac.publish()
  await mac.drained()
  const puts = () =>
    server.asked.filter(({ method, key }) => method === 'PUT' && /\.(jpg|webp)$/.test(key)).length
  const before = puts()
  await mac.publisher.unpublish(name)
  expect(mac.live()).toEqual([])
  expect((await mac.publisher.undoUnpublish(name)).name).toBe(name)
  await mac.drained()
  expect(await differences(mac, store)).toEqual([])
  expect(puts()).toBe(before)
  expect(server.asked.filter(({ method }) => method === 'DELETE')).toEqual([])
  await mac.publisher.unpublish(name)
  skip(mac)
  await mac.until('it is off the bucket', () => mac.cloud.status().gone[0]?.state === 'removed')
  await expect(mac.publisher.undoUnpublish(name)).rejects.toMatchObject({ code: 'too_late' })
})

test('an object larger than a chunk is sent whole when it is paced', async () => {
  const bytes = randomBytes(100_001)
  const pieces: number[] = []
  await store.put('e/a.jpg', { bytes }, headersOf('a.jpg'), LIVE, { pace: async (n) => void pieces.push(n) })
  expect(pieces.reduce((sum, n) => sum + n, 0)).toBe(bytes.length)
  expect(pieces.length).toBeGreaterThan(3)
  expect(server.objects.get('e/a.jpg')!.equals(bytes)).toBe(true)
})
