import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { adoptedAccess, changedAccess, newAccess } from '../../daemon/catalog/event-access.ts'
import { createEventDocuments, findDocument } from '../../daemon/cloud/event-documents.ts'
import {
  isPin,
  pinHash,
  readEventDocument,
  type EventDocument,
} from '../../daemon/contract/event-document.ts'
import { documentOf } from '../../daemon/publish/event-document.ts'
import { createFakeStore, type FakeStore } from '../fakes/store.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'
import { StoreFault } from '../../daemon/cloud/store/store.ts'

/** Two Macs that publish one event, each with a catalog of its own. */

const LIVE = new AbortController().signal
const HEADERS = { contentType: 'application/json', cacheControl: 'no-store' }
let store: FakeStore
let houses: House[]
let now = Date.now()
beforeEach(async () => {
  store = createFakeStore()
  houses = [await openHouse(), await openHouse()]
  now = Date.now()
})
afterEach(async () => {
  for (const house of houses) await house.close()
})

function mac(n: number, mark: string) {
  const { catalog } = houses[n]!
  const documents = createEventDocuments({ catalog, now: () => now, mac: mark })
  const event = () => catalog.events.current()
  return {
    event,
    change: (change: Parameters<typeof catalog.events.changeAccess>[1]) =>
      catalog.events.changeAccess(event().id, change),
    /** What a write of the manifest does with documents. */
    async write() {
      now += 61_000
      await documents.look(store, [event()], [])
      for (const { key, body } of documents.files([event()], []))
        await store.put(key, { bytes: Buffer.from(body) }, HEADERS, LIVE)
    },
  }
}
const there = async (slug: string) => (await findDocument(store, slug))!

test('the second takes over key, PIN and place of the first, and nobody types the PIN twice', async () => {
  const [a, b] = [mac(0, 'a'), mac(1, 'b')]
  a.change({ visibility: 'pin', pin: '4711' })
  await a.write()
  await b.write()
  expect(b.event().access).toMatchObject({ visibility: 'pin', pin: null, key: a.event().access.key })
  expect(b.event().access.token).toBe(a.event().access.token)
  expect([...store.objects.keys()]).toHaveLength(1)
  expect(await isPin(documentOf(b.event(), 'b'), '4711')).toBe(true)
  // Typed in there, its digits are known there too, and guests' cookies stay good.
  b.change({ pin: '4711' })
  expect(b.event().access).toMatchObject({ pin: '4711', key: a.event().access.key })
})

test('whoever changed it last is right, on both and in the bucket', async () => {
  const [a, b] = [mac(0, 'a'), mac(1, 'b')]
  for (const one of [a, b, a]) await one.write()
  b.change({ visibility: 'link', endsAt: now + 1e9 })
  for (const one of [b, a, b, a]) await one.write()
  expect(a.event().access).toEqual(b.event().access)
  expect(await there(a.event().slug)).toMatchObject({ visibility: 'link', by: 'b' })
  a.change({ visibility: 'front' })
  for (const one of [b, a, b]) await one.write()
  expect(b.event().access.visibility).toBe('front')
  expect(await there(a.event().slug)).toMatchObject({ visibility: 'front', by: 'a' })
  expect([...store.objects.keys()]).toHaveLength(1)
})

test('another event that happens to have the name is left alone', async () => {
  const a = mac(0, 'a')
  const other = { ...documentOf(a.event(), 'c'), prefix: 'elsewhere', updatedAt: '2099-01-01T00:00:00Z' }
  const key = `private/${other.slug}/${'f'.repeat(32)}.json`
  await store.put(key, { bytes: Buffer.from(JSON.stringify(other)) }, HEADERS, LIVE)
  const before = a.event().access
  await a.write()
  expect(a.event().access).toEqual(before)
  expect([...store.objects.keys()]).toHaveLength(2)
})

test('keys that may not list publish all the same; a bucket that is away is not written over', async () => {
  const a = mac(0, 'a')
  let code: 'rights' | 'away' = 'away'
  store.list = () => {
    throw new StoreFault(code, 'No.')
  }
  await expect(a.write()).rejects.toThrow('No.')
  expect(store.objects.size).toBe(0)
  code = 'rights'
  await a.write()
  expect(store.objects.size).toBe(1)
})

describe('the arithmetic', () => {
  test('is the same in the catalog and on WebCrypto', async () => {
    const access = changedAccess(newAccess(1), { visibility: 'pin', pin: '4711' }, 2)
    expect(access.pinHash).toBe(await pinHash(access.key, '4711'))
    expect(access.key).toMatch(/^[\w-]{43}$/)
    expect(access.token).toMatch(/^[0-9a-f]{32}$/)
  })

  test('what another clock called later than now is still before the next change', () => {
    const own = newAccess(1)
    const theirs = documentOf({ ...houses[0]!.event, access: { ...own, changedAt: 9e12 } }, 'b')
    const adopted = adoptedAccess(own, theirs, own.token)
    expect(changedAccess(adopted, { visibility: 'link' }, 5).changedAt).toBe(9e12 + 1)
  })

  test.each<[string, Partial<Record<keyof EventDocument, unknown>>]>([
    ['version', { v: 2 }],
    ['visibility', { visibility: 'open' }],
    ['end', { endsAt: 'soon' }],
    ['key', { key: '' }],
    ['PIN', { pin: 4711 }],
    ['time', { updatedAt: '' }],
  ])('a document with another %s is none', (_what, change) => {
    const document = documentOf(houses[0]!.event, 'a')
    expect(readEventDocument(document)).toEqual(document)
    expect(readEventDocument({ ...document, ...change })).toBeNull()
  })
})
