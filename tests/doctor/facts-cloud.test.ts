import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFolderStore } from '../../daemon/cloud/store/store-folder.ts'
import type { CloudSettings } from '../../daemon/cloud/settings.ts'
import { StoreFault, type ObjectStore } from '../../daemon/cloud/store/store.ts'
import { createCloudFacts } from '../../daemon/doctor/facts-cloud.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

const PAGE = 'https://gallery.example'
const S3 = {
  endpoint: 'https://s3.example',
  bucket: 'photos',
  region: 'auto',
  accessKeyId: 'a',
  secretAccessKey: 'b',
}
let house: House
let store: ObjectStore
/** What a cache in front of the bucket keeps. */
let cache: Map<string, Uint8Array> | null
beforeEach(async () => {
  house = await openHouse()
  store = createFolderStore(`${house.data}/bucket`)
  cache = null
})
afterEach(() => house.close())

const settings: CloudSettings = {
  s3: S3,
  publicUrl: PAGE,
  photoBaseUrl: '',
  purge: { zone: '', token: '' },
  uploadLimit: 0,
  bulkRemoval: 20,
  fault: null,
}
const gallery: typeof fetch = async (url, init) => {
  const { pathname } = new URL(url as string)
  if (pathname === '/version.json') return Response.json({ version: '3.2.1' })
  if (init?.method === 'HEAD')
    return new Response(null, { headers: { date: new Date(1_000_000).toUTCString() } })
  const key = decodeURIComponent(pathname.replace('/photo/', ''))
  const bytes = cache?.get(key) ?? (await store.get(key))
  if (bytes) cache?.set(key, bytes)
  return bytes ? new Response(Buffer.from(bytes)) : new Response(null, { status: 404 })
}
const facts = (change: Partial<Parameters<typeof createCloudFacts>[0]> = {}) =>
  createCloudFacts({
    settings: () => settings,
    keys: '/k',
    store: () => store,
    event: () => house.event,
    leavesFolder: false,
    now: () => 1_003_000,
    fetch: gallery,
    ...change,
  })
async function left(): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of store.list('')) keys.push(key)
  return keys
}

test('the bucket is tried, and whether the public address lets go of what was removed', async () => {
  const { steps, kept } = await facts().probe()
  expect(steps.filter(({ result }) => result !== 'ok')).toEqual([])
  expect(kept).toBe(false)
  expect(await left()).toEqual([])
})

test('a cache that keeps what was removed is found', async () => {
  cache = new Map()
  expect((await facts().probe()).kept).toBe(true)
})

test('the uplink is measured by a few bytes that are removed, also when it is given up', async () => {
  expect(await facts().uplink(AbortSignal.timeout(20_000))).toBeGreaterThan(0)
  expect(await left()).toEqual([])
  const removed: string[] = []
  const stuck: ObjectStore = {
    ...store,
    async put() {
      throw new StoreFault('away', 'No network')
    },
    async remove(key) {
      removed.push(key)
    },
  }
  await expect(facts({ store: () => stuck }).uplink(AbortSignal.timeout(20_000))).rejects.toThrow(
    'No network',
  )
  expect(removed).toHaveLength(1)
})

test('where nothing may be written, a folder in place of a bucket is left alone', async () => {
  const folder = { ...settings, s3: null }
  const alone = facts({ settings: () => folder, leavesFolder: true })
  expect(alone.bucket().kind).toBe('folder')
  expect(await alone.probe()).toEqual({ ok: true, steps: [], kept: null })
  expect(facts({ settings: () => ({ ...settings, s3: null, fault: 'Open' }) }).bucket().kind).toBe('refused')
})

test('the bucket’s clock, and the version of the pages', async () => {
  expect(await facts().clockAhead(AbortSignal.timeout(20_000))).toBe(2500)
  const nowhere = { ...settings, s3: null, publicUrl: '' }
  expect(await facts({ settings: () => nowhere }).clockAhead(AbortSignal.timeout(20_000))).toBeNull()
  expect(await facts().pagesVersion(AbortSignal.timeout(20_000))).toBe('3.2.1')
  const old: typeof fetch = async () => new Response('<html>', { status: 404 })
  expect(await facts({ fetch: old }).pagesVersion(AbortSignal.timeout(20_000))).toBeNull()
})
