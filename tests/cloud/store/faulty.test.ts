import { randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { createS3Store, type Patience } from '../../../daemon/cloud/store/store-s3.ts'
import { md5, type ObjectStore } from '../../../daemon/cloud/store/store.ts'
import { createUploader } from '../../../daemon/cloud/queue/uploader.ts'
import { silentLog } from '../../../daemon/log.ts'
import { headersOf } from '../../../daemon/cloud/store/headers.ts'
import { useBucket } from '../../fixtures/cloud/bucket.ts'
import { differences, namedIn, openMac } from '../../fixtures/cloud/cloud.ts'
import { KEY_ID, SECRET, startFaulty, type Asked, type Fault } from '../../fixtures/cloud/faulty.ts'
import { storeSuite } from '../../suites/store.ts'

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

const { server, store, open } = useBucket()

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

test('an object larger than a chunk is sent whole when it is paced', async () => {
  const bytes = randomBytes(100_001)
  const pieces: number[] = []
  await store.put('e/a.jpg', { bytes }, headersOf('a.jpg'), LIVE, { pace: async (n) => void pieces.push(n) })
  expect(pieces.reduce((sum, n) => sum + n, 0)).toBe(bytes.length)
  expect(pieces.length).toBeGreaterThan(3)
  expect(server.objects.get('e/a.jpg')!.equals(bytes)).toBe(true)
})
