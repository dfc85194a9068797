import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createS3Store } from '../../daemon/sync/store-s3.ts'
import { StoreFault, type ObjectStore } from '../../daemon/sync/store.ts'
import { differences, namedIn, openMac, type Mac } from '../fixtures/cloud.ts'
import { openLink, type Link } from '../fixtures/link.ts'
import { startSwift, swiftTrouble, type Swift } from '../fixtures/swift.ts'
import { storeSuite } from '../suites/store.ts'

const trouble = swiftTrouble()
const skip = trouble !== null && process.env.CI !== 'true'
if (skip) process.stderr.write(`tests/sync/swift.test.ts does not run: ${trouble}.\n`)

const PHOTOS = 500

async function empty(store: ObjectStore): Promise<void> {
  const keys: string[] = []
  for await (const { key } of store.list('')) keys.push(key)
  for (let n = 0; n < keys.length; n += 8)
    await Promise.all(keys.slice(n, n + 8).map((key) => store.remove(key)))
}

describe.skipIf(skip)('a real S3 server', () => {
  let swift: Swift
  let store: ObjectStore
  let link: Link
  let mac: Mac | undefined

  beforeAll(async () => {
    swift = await startSwift()
    store = createS3Store(swift.settings)
  })
  afterAll(async () => {
    store.close?.()
    await swift.end()
  })
  afterEach(async () => {
    await mac?.close()
    mac = undefined
    await link?.end()
    await empty(store)
  })

  storeSuite('a bucket', async () => ({ store, end: () => empty(store) }))

  /** Swift answers 503 to those who look for an object in the very moment in which it arrives: neither there nor not,
   * look again. Anything else is a fault. */
  async function isThere(key: string): Promise<boolean> {
    try {
      return (await store.head(key)) !== null
    } catch (error) {
      if (error instanceof StoreFault && error.code === 'busy') return isThere(key)
      throw error
    }
  }

  const over = async () => {
    link = await openLink(swift.port)
    return { ...swift.settings, endpoint: `http://127.0.0.1:${link.port}` }
  }

  test('tells a wrong secret, an unknown key, a missing bucket and a wrong region apart', async () => {
    const asked = async (change: object) => {
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
    expect(await asked({ secretAccessKey: 'wrong' })).toEqual(['keys final'])
    expect(await asked({ accessKeyId: 'test:nobody' })).toEqual(['keys final'])
    expect(await asked({ bucket: 'nowhere' })).toEqual(['no_bucket final'])
    expect(await asked({ region: 'eu-west-1' })).toEqual(['endpoint final'])
    expect(await asked({ endpoint: 'http://127.0.0.1:9' })).toEqual(['away later'])
    expect(await asked({})).toEqual(['fine'])
  })

  test(`${PHOTOS} photos through a server that stops, is slow and comes back: the bucket is the catalog, byte for byte`, async () => {
    const settings = await over()
    mac = await openMac({ s3: settings })
    await mac.cloud.start()
    const gone: string[] = []
    const publish = async (count: number) => {
      for (let n = 0; n < count; n += 1) await mac!.publish()
    }
    const unpublish = async (every: number) => {
      for (const name of mac!.live().filter((_, n) => n % every === 3)) {
        gone.push(name)
        await mac!.publisher.unpublish(name)
      }
    }
    await publish(PHOTOS * 0.3)
    await mac.until('some of it is there', () => mac!.cloud.status().waiting < PHOTOS * 0.55)
    await swift.kill()
    await publish(PHOTOS * 0.3)
    await unpublish(20)
    await mac.until('the status says so', () => mac!.cloud.status().code === 'away')
    expect(mac.cloud.status().trouble).toMatch(/^The internet is away, or .*will go by themselves\.$/)
    await swift.start()
    link.limit = 8_000_000
    await publish(PHOTOS * 0.4)
    await unpublish(25)
    link.down()
    await mac.until('the status says so', () => mac!.cloud.status().trouble !== null)
    link.up()
    link.limit = Infinity
    await mac.drained(120_000)
    expect(mac.live()).toHaveLength(PHOTOS - gone.length)
    expect(gone.length).toBeGreaterThan(20)
    expect(await differences(mac, store)).toEqual([])
    expect(mac.cloud.status()).toMatchObject({ waiting: 0, trouble: null, code: null })

    const { prefix } = mac.house.event
    const removed = link.requests.filter((line) => line.startsWith('DELETE '))
    const named = new Set(
      gone
        .flatMap((name) => [name, `thumb/${name.replace('.jpg', '.webp')}`])
        .map((key) => `/photos/${prefix}/${key}`),
    )
    expect(removed.length).toBeGreaterThan(0)
    expect(
      removed
        .map((line) => new URL(line.split(' ')[1]!, 'http://x').pathname)
        .filter((path) => !named.has(path)),
    ).toEqual([])
  }, 300_000)

  describe('over a line of 1 Mbit/s', () => {
    /** Limits of the issue, milliseconds, and what a busy machine may take besides. */
    const SOON = 5000
    const ALLOWANCE = process.env.CI ? 3 : 2

    async function busyLine(): Promise<void> {
      const settings = await over()
      mac = await openMac({ s3: settings, thumb: 40_000, web: 400_000 })
      await mac.publish('FIRST.JPG')
      await mac.cloud.start()
      await mac.drained()
      link.limit = 1_000_000
    }

    test('with 200 photos queued, an unpublished one is off the manifest within seconds, and then off the bucket', async () => {
      await busyLine()
      const { prefix } = mac!.house.event
      for (let n = 0; n < 200; n += 1) await mac!.publish()
      await mac!.until('the line is full', () => link.sent() > 200_000)
      expect(await namedIn(store, prefix)).toContain('FIRST.jpg')
      const start = performance.now()
      await mac!.publisher.unpublish('FIRST.jpg')
      await mac!.until(
        'it is named no more',
        async () => !(await namedIn(store, prefix)).includes('FIRST.jpg'),
      )
      expect(performance.now() - start).toBeLessThan(SOON * ALLOWANCE)
      expect(await store.head(`${prefix}/FIRST.jpg`)).not.toBeNull()
      await mac!.until('it is gone', async () => (await store.head(`${prefix}/FIRST.jpg`)) === null)
      await mac!.until(
        'so is its thumb',
        async () => (await store.head(`${prefix}/thumb/FIRST.webp`)) === null,
      )
      expect(mac!.cloud.status().waiting).toBeGreaterThan(200)
      await mac!.until('the status says so', () => mac!.cloud.status().gone[0]?.state === 'removed')
      expect(mac!.cloud.status().gone[0]).toMatchObject({ filename: 'FIRST.jpg', state: 'removed' })
    }, 120_000)

    test('the thumb of a new photo is there before the big files of those before it', async () => {
      await busyLine()
      const { prefix } = mac!.house.event
      const before: string[] = []
      for (let n = 0; n < 6; n += 1) before.push(await mac!.publish())
      await mac!.until('their thumbs are there', async () => (await namedIn(store, prefix)).length === 7)
      const sent = link.sent()
      await mac!.until('big files are under way', () => link.sent() > sent + 100_000)
      const start = performance.now()
      await mac!.publish('NEW.JPG')
      await mac!.until('the thumb is there', () => isThere(`${prefix}/thumb/NEW.webp`))
      expect(performance.now() - start).toBeLessThan(SOON * ALLOWANCE)
      const there = await Promise.all(before.map((name) => store.head(`${prefix}/${name}`)))
      expect(there).toContain(null)
      await mac!.until('guests see it', async () => (await namedIn(store, prefix)).includes('NEW.jpg'))
    }, 120_000)
  })
})
