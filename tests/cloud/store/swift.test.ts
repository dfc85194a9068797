import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createS3Store } from '../../../daemon/cloud/store/store-s3.ts'
import type { ObjectStore } from '../../../daemon/cloud/store/store.ts'
import { SECOND_THOUGHT } from '../../../daemon/publish/publisher.ts'
import { differences, openMac } from '../../fixtures/cloud/cloud.ts'
import { openLink } from '../../fixtures/cloud/link.ts'
import {
  measureThumb,
  measureUnpublish,
  openSlowLine,
  type SlowLine,
} from '../../fixtures/cloud/slow-line.ts'
import { startSwift, swiftTrouble, type Swift } from '../../fixtures/cloud/swift.ts'
import { storeSuite } from '../../suites/store.ts'

const trouble = swiftTrouble()
const skip = trouble !== null && process.env.CI !== 'true'
if (skip) process.stderr.write(`tests/cloud/store/swift.test.ts does not run: ${trouble}.\n`)

const LONG = process.env.LONG_TESTS === '1'
const PHOTOS = LONG ? 500 : 50
/** Photos that wait while one is unpublished. */
const QUEUED = LONG ? 40 : 20

async function empty(store: ObjectStore): Promise<void> {
  const keys: string[] = []
  for await (const { key } of store.list('')) keys.push(key)
  for (let n = 0; n < keys.length; n += 8)
    await Promise.all(keys.slice(n, n + 8).map((key) => store.remove(key)))
}

describe.skipIf(skip)('a real S3 server', () => {
  let swift: Swift
  let store: ObjectStore

  beforeAll(async () => {
    swift = await startSwift(['photos', 'many', 'unpublish', 'thumb'])
    store = createS3Store(swift.settings)
  })
  afterAll(async () => {
    store.close?.()
    await swift.end()
  })
  storeSuite('a bucket', async () => ({ store, end: () => empty(store) }))

  test('tells a wrong secret, an unknown key, a missing bucket and a wrong region apart', async () => {
    const answerTo = async (change: object) => {
      const other = createS3Store({ ...swift.settings, ...change })
      const answers = await Promise.all(
        [() => other.head('e/a.jpg'), () => other.get('e/a.jpg'), () => other.remove('e/a.jpg')].map((call) =>
          call().then(
            () => 'fine',
            (error: { code: string; retry: boolean; message: string }) => {
              expect(error.message).not.toContain('secret')
              return `${error.code} ${error.retry ? 'later' : 'final'}`
            },
          ),
        ),
      )
      other.close?.()
      return [...new Set(answers)]
    }
    expect(await answerTo({ secretAccessKey: 'wrong' })).toEqual(['keys final'])
    expect(await answerTo({ accessKeyId: 'test:nobody' })).toEqual(['keys final'])
    expect(await answerTo({ bucket: 'nowhere' })).toEqual(['no_bucket final'])
    expect(await answerTo({ region: 'eu-west-1' })).toEqual(['endpoint final'])
    expect(await answerTo({ endpoint: 'http://127.0.0.1:9' })).toEqual(['away later'])
    expect(await answerTo({})).toEqual(['fine'])
  })

  test(`${PHOTOS} photos through a server that stops, is slow and comes back: the bucket is the catalog, byte for byte`, async () => {
    const link = await openLink(swift.port)
    const settings = { ...swift.settings, bucket: 'many' }
    const many = createS3Store(settings)
    let ahead = 0
    const mac = await openMac({
      s3: { ...settings, endpoint: `http://127.0.0.1:${link.port}` },
      now: () => Date.now() + ahead,
    })
    onTestFinished(async () => {
      await mac.close()
      many.close?.()
      await link.end()
    })
    await mac.cloud.start()
    const gone: string[] = []
    const publish = async (count: number) => {
      for (let n = 0; n < count; n += 1) await mac.publish()
    }
    const unpublish = async (every: number) => {
      for (const name of mac.live().filter((_, n) => n % every === 3)) {
        gone.push(name)
        await mac.publisher.unpublish(name)
      }
    }
    await publish(PHOTOS * 0.3)
    await mac.until('some of it is there', () => mac.cloud.status().waiting < PHOTOS * 0.55)
    await swift.kill()
    await publish(PHOTOS * 0.3)
    await unpublish(LONG ? 20 : 10)
    await mac.until('the status says so', () => mac.cloud.status().code === 'away')
    expect(mac.cloud.status().trouble).toMatch(/^The internet is away, or .*will go by themselves\.$/)
    await swift.start()
    link.limit = 8_000_000
    await publish(PHOTOS * 0.4)
    await unpublish(LONG ? 25 : 12)
    link.down()
    await mac.until('the status says so', () => mac.cloud.status().trouble !== null)
    link.up()
    link.limit = Infinity
    ahead += SECOND_THOUGHT
    mac.cloud.wake()
    await mac.drained(120_000)
    expect(mac.live()).toHaveLength(PHOTOS - gone.length)
    expect(gone.length).toBeGreaterThan(PHOTOS / 25)
    expect(await differences(mac, many, LONG ? 1 : 5)).toEqual([])
    expect(mac.cloud.status()).toMatchObject({ waiting: 0, trouble: null, code: null })

    const { prefix } = mac.house.event
    const removed = link.requests.filter((line) => line.startsWith('DELETE '))
    const named = new Set(
      gone
        .flatMap((name) => [
          name,
          ...['thumb', 'view'].map((size) => `${size}/${name.replace('.jpg', '.webp')}`),
        ])
        .map((key) => `/many/${prefix}/${key}`),
    )
    expect(removed.length).toBeGreaterThan(0)
    expect(
      removed
        .map((line) => new URL(line.split(' ')[1]!, 'http://x').pathname)
        .filter((path) => !named.has(path)),
    ).toEqual([])
  }, 300_000)

  describe('over a line of 1 Mbit/s', () => {
    // How quickly it goes is measured in `npm run bench -- cloud-slow`; here, that it goes before what is queued.
    let line: SlowLine | undefined
    let ahead = 0
    afterEach(async () => {
      await line?.end()
      line = undefined
    })
    const openLine = async (bucket: string) =>
      (line = await openSlowLine(swift, bucket, { now: () => Date.now() + ahead, every: 200 }))

    test('an unpublished photo is off the manifest and then off the bucket before the photos that wait', async () => {
      const { mac, isThere } = await openLine('unpublish')
      await measureUnpublish(line!, QUEUED)
      expect(await isThere('FIRST.jpg')).toBe(true)
      ahead += SECOND_THOUGHT
      mac.cloud.wake()
      await mac.until('it is gone', async () => !(await isThere('FIRST.jpg')))
      await mac.until('so is its thumb', async () => !(await isThere('thumb/FIRST.webp')))
      expect(mac.cloud.status().waiting).toBeGreaterThan(QUEUED)
      await mac.until('the status says so', () => mac.cloud.status().gone[0]?.state === 'removed')
      expect(mac.cloud.status().gone[0]).toMatchObject({ filename: 'FIRST.jpg', state: 'removed' })
    }, 120_000)

    test('the thumb of a new photo is there before the big files of those before it', async () => {
      const { mac, isNamed } = await openLine('thumb')
      expect(await measureThumb(line!)).toMatchObject({ overtook: true })
      await mac.until('guests see it', () => isNamed('NEW.jpg'))
    }, 120_000)
  })
})
