import { describe, expect, test } from 'vitest'
import type { House } from '../../fixtures/catalog.ts'
import { namedIn } from '../../fixtures/cloud/cloud.ts'
import { entry, lose, many, useHouses } from './houses.ts'

/** Whose a list in the bucket is, the catalog decides, not the mark on it. A Mac that was given another mark is here
 * one catalog that is opened under two. */
const { store, newHouse, open, headOf, put } = useHouses()
const { MAX_SAFE_INTEGER: EVER } = Number
const leaving = (house: House) =>
  house.catalog.uploads
    .due(EVER, EVER)
    .filter(({ lane }) => lane === 'removal')
    .map(({ key }) => key)

describe('under another mark', () => {
  test('every page is known as ours: each photo is listed once, and what no head names any more may go', async () => {
    const house = await newHouse()
    const before = open(house, 'a')
    before.publish(many('A', 900))
    await before.write()
    const led = (await headOf(before.prefix)).pages
    const old = await open(house, 'b').write()
    const { pages, total, by } = await headOf(before.prefix)
    expect({ by, total }).toEqual({ by: 'b', total: 900 })
    expect(new Set(pages.map((page) => page.by))).toEqual(new Set(['b']))
    const named = await namedIn(store, before.prefix)
    expect(new Set(named).size).toBe(900)
    expect(named).toHaveLength(900)
    // The pages themselves are the same files; only the index carried the mark.
    expect(old).toEqual(led.filter(({ index }) => index).map(({ file }) => file))
  })

  test('what was unpublished meanwhile is listed nowhere, and is taken off the bucket', async () => {
    const [house, other] = [await newHouse(), await newHouse()]
    const [before, theirs] = [open(house, 'a'), open(other, 'c')]
    before.publish(many('A', 900))
    theirs.publish(many('C', 300))
    await before.write()
    await theirs.write()
    const there = [...store.objects.keys()]
    for (const name of ['A10.jpg', 'A400.jpg', 'A899.jpg']) lose(house, name)
    const after = open(house, 'b')
    const old = await after.write()
    const named = await namedIn(store, after.prefix)
    expect(named).toHaveLength(897 + 300)
    expect(new Set(named).size).toBe(1197)
    expect(named.filter((name) => ['A10.jpg', 'A400.jpg', 'A899.jpg'].includes(name))).toEqual([])
    expect((await headOf(after.prefix)).total).toBe(1197)
    expect(leaving(house).sort()).toEqual(
      ['A10', 'A400', 'A899'].flatMap((name) => [`${name}.jpg`, `thumb/${name}.webp`]).sort(),
    )
    // Every page that lists one of them may go, and none that the other Mac's photos are in.
    const listing = (file: string) =>
      Buffer.from(store.objects.get(`${after.prefix}/${file}`)!.bytes).toString()
    const pages = there
      .filter((key) => key.includes('/pages/'))
      .map((key) => key.split('/').slice(1).join('/'))
    expect(old.sort()).toEqual(
      expect.arrayContaining(pages.filter((file) => /"A(10|400)\.jpg"/.test(listing(file)))),
    )
    expect(old.filter((file) => /"C\d/.test(listing(file)))).toEqual([])
    // The control: the other Mac hears of it and still lists the same.
    theirs.publish(['C300.jpg'])
    await theirs.write()
    expect(await namedIn(store, after.prefix)).toHaveLength(1198)
    expect(leaving(other)).toEqual([])
  })

  test('a bucket that was another one for a while: what was unpublished then is taken off it, under the same mark too', async () => {
    const house = await newHouse()
    const before = open(house, 'a')
    before.publish(many('A', 300))
    await before.write()
    expect(leaving(house)).toEqual([])
    for (const name of ['A5.jpg', 'A299.jpg']) lose(house, name)
    await open(house, 'a').write()
    expect(leaving(house).sort()).toEqual(['A299.jpg', 'A5.jpg', 'thumb/A299.webp', 'thumb/A5.webp'])
    expect(await namedIn(store, before.prefix)).toHaveLength(298)
  })

  test('nothing is written where a list cannot be read; the next try reads it', async () => {
    const house = await newHouse()
    const before = open(house, 'a')
    before.publish(many('A', 900))
    await before.write()
    lose(house, 'A10.jpg')
    const after = open(house, 'b')
    const there = store.objects.get(`${before.prefix}/manifest.json`)
    store.before = ({ what, key }) => {
      if (what === 'get' && key.includes('/pages/')) throw new Error('away')
    }
    await expect(after.write()).rejects.toThrow('away')
    await expect(after.write()).rejects.toThrow('away')
    expect(store.objects.get(`${before.prefix}/manifest.json`)).toBe(there)
    store.before = () => undefined
    await after.write()
    const named = await namedIn(store, before.prefix)
    expect(named).toHaveLength(899)
    expect(named).not.toContain('A10.jpg')
  })

  test('a page is read once in a run, and none that we would write ourselves', async () => {
    const [house, other] = [await newHouse(), await newHouse()]
    const [mac, theirs] = [open(house, 'a'), open(other, 'c')]
    mac.publish(many('A', 300))
    await mac.write()
    theirs.publish(many('C', 300))
    await theirs.write()
    const after = open(house, 'b')
    const reads = async () => {
      store.calls.length = 0
      await after.write()
      return store.keys('get').filter((key) => key.includes('/pages/'))
    }
    const first = await reads()
    expect(first.length).toBeGreaterThan(0)
    for (const key of first) expect(Buffer.from(store.objects.get(key)!.bytes).toString()).not.toMatch(/"A\d/)
    theirs.publish(many('D', 200))
    await theirs.write()
    after.publish(['A300.jpg'])
    const second = await reads()
    expect(second.length).toBeGreaterThan(0)
    expect(second.filter((key) => first.includes(key))).toEqual([])
    expect(await namedIn(store, after.prefix)).toHaveLength(801)
  })
})

test('an entry whose object we have stored ourselves is ours, also where the catalog lost its id', async () => {
  const house = await newHouse()
  const mac = open(house, 'a')
  mac.publish(['A.jpg'])
  await mac.write()
  const head = await headOf(mac.prefix)
  // As a catalog of before these were published finds it: another mark, ids that it never gave.
  const recent = [entry('B.jpg'), entry('C.jpg')]
  await put(`${mac.prefix}/pages/p.json`, { v: 1, entries: [entry('D.jpg'), entry('E.jpg')] })
  const page = { file: 'pages/p.json', count: 2, from: '2026', to: '2026', by: 'old' }
  await put(`${mac.prefix}/manifest.json`, { ...head, by: 'old', recent, pages: [page] })
  const after = open(house, 'b')
  await after.write()
  expect((await namedIn(store, mac.prefix)).sort()).toEqual(['A.jpg', 'B.jpg', 'C.jpg', 'D.jpg', 'E.jpg'])
  // Published once more, the objects with the same bytes are there; then they are taken out.
  after.publish(['B.jpg', 'D.jpg'])
  const { publications, uploads } = house.catalog
  for (const name of ['B.jpg', 'D.jpg'])
    uploads.add(house.event.id, 'web', name, 9, publications.byName(house.event.id, name)!.id)
  for (const upload of uploads.due(EVER, EVER))
    if (uploads.done(upload.id, 'etag')) after.files.stored(upload.eventId, upload.key)
  await after.write()
  expect((await namedIn(store, mac.prefix)).sort()).toEqual(['A.jpg', 'B.jpg', 'C.jpg', 'D.jpg', 'E.jpg'])
  after.unpublish('B.jpg')
  after.unpublish('D.jpg')
  const old = await after.write()
  // The controls: names that we never stored are the other's.
  expect((await namedIn(store, mac.prefix)).sort()).toEqual(['A.jpg', 'C.jpg', 'E.jpg'])
  // The Mac that wrote that page may still be there, and name it in the next list.
  expect(old).not.toContain('pages/p.json')
  // The same goes for what is published under that name later.
  const later = entry('D.jpg', { id: 'later', publishedAt: new Date(Date.now() + 60_000).toISOString() })
  const now = await headOf(mac.prefix)
  await put(`${mac.prefix}/manifest.json`, { ...now, by: 'old', recent: [...now.recent, later] })
  await open(house, 'b').write()
  expect((await namedIn(store, mac.prefix)).sort()).toEqual(['A.jpg', 'C.jpg', 'D.jpg', 'E.jpg'])
})

test('what this Mac listed itself and the catalog lost is not told as another Mac’s; another Mac’s is', async () => {
  const [house, other] = [await newHouse(), await newHouse()]
  const theirs = open(other, 'c')
  theirs.publish(['C.jpg'])
  await theirs.write()
  const mac = open(house, 'a')
  mac.publish(['A.jpg'])
  await mac.write()
  expect((await headOf(mac.prefix)).theirs).toEqual([
    other.catalog.publications.byName(other.event.id, 'C.jpg')!.id,
  ])
  // The same Mac with a catalog of before: it keeps its mark.
  await open(await newHouse(), 'a').write()
  expect(await namedIn(store, mac.prefix)).toEqual(['C.jpg'])
  // The control: a Mac with a mark of its own owns none of them.
  await open(await newHouse(), 'd').write()
  expect(await namedIn(store, mac.prefix)).toEqual(['C.jpg'])
})

test('revisions rise above what is in the bucket and with every write, whatever the catalog counts', async () => {
  const house = await newHouse()
  const mac = open(house, 'a')
  mac.publish(['A.jpg'])
  await mac.write()
  const head = await headOf(mac.prefix)
  await put(`${mac.prefix}/manifest.json`, { ...head, revision: 5000 })
  const after = open(house, 'b')
  await after.write()
  const first = (await headOf(mac.prefix)).revision
  expect(first).toBeGreaterThan(5000)
  after.unpublish('A.jpg')
  await after.write()
  expect((await headOf(mac.prefix)).revision).toBeGreaterThan(first)
})
