import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import { headersOf } from '../../daemon/cloud/store/headers.ts'
import { createFakeStore, type FakeStore } from '../fakes/store.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'
import { namedIn } from '../fixtures/cloud/cloud.ts'
import { openLists } from '../fixtures/cloud/lists.ts'

const LIVE = new AbortController().signal
let store: FakeStore
const houses: House[] = []
beforeEach(() => {
  store = createFakeStore()
})
afterEach(async () => {
  for (const house of houses.splice(0)) await house.close()
})

const newHouse = async () => {
  const house = await openHouse()
  houses.push(house)
  return house
}

const openMac = (house: House, mac: string) => openLists(store, house, mac)

const many = (lead: string, count: number) => Array.from({ length: count }, (_, n) => `${lead}${n}.jpg`)
const pagesThere = (prefix: string) =>
  [...store.objects.keys()]
    .filter((key) => key.startsWith(`${prefix}/pages/`))
    .map((key) => key.slice(prefix.length + 1))

test('a page below the index that a photo left may go with the index that named it, also after a new start', async () => {
  const house = await newHouse()
  let mac = openMac(house, 'a')
  mac.publish(many('A', 900))
  expect(await mac.write()).toEqual([])
  const before = pagesThere(mac.prefix)
  expect(before.length).toBe(6)
  mac.unpublish('A10.jpg')
  const old = await mac.write()
  expect(old).toHaveLength(2)
  expect(await namedIn(store, mac.prefix)).toHaveLength(899)
  // Two files came, and nothing else was sent.
  expect(pagesThere(mac.prefix)).toHaveLength(8)

  // What a run finds at its start it follows down the index: a change that had not reached the bucket before it ended.
  house.catalog.publications.goGone(house.catalog.publications.byName(house.event.id, 'A20.jpg')!.id)
  mac = openMac(house, 'a')
  const later = await mac.write()
  expect(later).toHaveLength(2)
  expect(later.every((file) => pagesThere(mac.prefix).includes(file) && !old.includes(file))).toBe(true)
})

test('an index page that cannot be read at the start stops the manifest; one that is not there names nothing', async () => {
  const house = await newHouse()
  openMac(house, 'a').publish(many('A', 900))
  await openMac(house, 'a').write()
  let mac = openMac(house, 'a')
  store.before = ({ what, key }) => {
    if (what === 'get' && key.includes('/pages/')) throw new Error('away')
  }
  await expect(mac.write()).rejects.toThrow('away')
  store.before = () => undefined
  expect(await mac.write()).toEqual([])
  const head = JSON.parse(
    Buffer.from((await store.get(`${mac.prefix}/manifest.json`))!).toString(),
  ) as ManifestHead
  store.objects.delete(`${mac.prefix}/${head.pages.find(({ index }) => index)!.file}`)
  mac = openMac(house, 'a')
  await mac.write()
  expect(await namedIn(store, mac.prefix)).toHaveLength(900)
})

test('two Macs with many photos each: every head names both, and neither lets a page of the other go', async () => {
  const [a, b] = [openMac(await newHouse(), 'a'), openMac(await newHouse(), 'b')]
  expect(a.prefix).toBe(b.prefix)
  a.publish(many('A', 900))
  b.publish(many('B', 700))
  await a.write()
  expect(await b.write()).toEqual([])
  expect(await namedIn(store, a.prefix)).toHaveLength(1600)
  a.unpublish('A0.jpg')
  const old = await a.write()
  expect(old).toHaveLength(2)
  b.unpublish('B0.jpg')
  const peers = await b.write()
  expect(peers.filter((file) => old.includes(file))).toEqual([])
  const named = await namedIn(store, a.prefix)
  expect(named).toHaveLength(1598)
  expect(named).not.toContain('A0.jpg')
  expect(named).not.toContain('B0.jpg')
  const head = JSON.parse(
    Buffer.from((await store.get(`${a.prefix}/manifest.json`))!).toString(),
  ) as ManifestHead
  expect(head.total).toBe(1598)
  expect(head.pages.map(({ by }) => by).sort()).toEqual(['a', 'a', 'a', 'b', 'b', 'b'])
})

test('a bucket of before there were index pages: its pages stay as they are, and one index is added', async () => {
  const house = await newHouse()
  const mac = openMac(house, 'a')
  mac.publish(many('A', 900))
  await mac.write()
  const key = `${mac.prefix}/manifest.json`
  const head = JSON.parse(Buffer.from((await store.get(key))!).toString()) as ManifestHead
  const index = head.pages.find((page) => page.index)!
  const { pages } = JSON.parse(
    Buffer.from((await store.get(`${mac.prefix}/${index.file}`))!).toString(),
  ) as ManifestHead
  const before = { ...head, v: 1, pages: [...head.pages.filter((page) => !page.index), ...pages] }
  store.objects.delete(`${mac.prefix}/${index.file}`)
  await store.put(key, { bytes: Buffer.from(JSON.stringify(before)) }, headersOf(key), LIVE)
  const there = pagesThere(mac.prefix)
  store.calls.length = 0
  expect(await openMac(house, 'a').write()).toEqual([])
  expect(store.keys('put').slice(0, -1)).toEqual([`${mac.prefix}/${index.file}`])
  expect(pagesThere(mac.prefix).sort()).toEqual([...there, index.file].sort())
})
