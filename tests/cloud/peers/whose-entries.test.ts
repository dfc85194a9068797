import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type {
  EventsIndex,
  ManifestEntry,
  ManifestHead,
  ManifestIndex,
  ManifestPage,
} from '../../../daemon/contract/manifest.ts'
import { headersOf } from '../../../daemon/cloud/store/headers.ts'
import { namedIn, readJson } from '../../fixtures/cloud/cloud.ts'
import { entry, LIVE, lose, many, useHouses } from './houses.ts'

/** Whose a list in the bucket is, the catalog decides, not the mark on it. A Mac that was given another mark is here
 * one catalog that is opened under two. */
const { store, anotherStore, newHouse, open, headOf, put } = useHouses()

describe('a page with entries of two', () => {
  /** A bucket whose pages, below an index or not, list photos of this catalog and of nobody that it knows. */
  async function mix() {
    const by = 'old'
    const house = await newHouse()
    const before = open(house, 'a')
    before.publish(many('A', 300))
    await before.write()
    const { prefix } = before
    const head = await headOf(prefix)
    const leaf = (await readJson<ManifestPage>(store, `${prefix}/${head.pages[0]!.file}`))!
    const ours = leaf.entries.slice(0, 3)
    const [from, to] = ['2026-01-20T10:00:00.000Z', '2026-01-20T11:00:00.000Z']
    const page = async (name: string, entries: ManifestEntry[]) => {
      const file = `pages/${name}.json`
      await put(`${prefix}/${file}`, { v: 1, entries } satisfies ManifestPage)
      return { file, count: entries.length, from, to, by }
    }
    const mixed = await page('mixed', [ours[0]!, entry('X1.jpg'), ours[1]!])
    const foreign = await page('foreign', [entry('X2.jpg'), entry('X3.jpg')])
    const known = await page('known', [ours[2]!])
    const below = [await page('below', [entry('X4.jpg'), ours[0]!]), await page('beside', [entry('X5.jpg')])]
    await put(`${prefix}/pages/index.json`, { v: 2, pages: below } satisfies ManifestIndex)
    const index = { file: 'pages/index.json', count: 3, from, to, by, index: true as const }
    await put(`${prefix}/manifest.json`, {
      ...head,
      by,
      pages: [...head.pages, mixed, foreign, known, index],
    })
    return { house, prefix, ours: ours.map(({ filename }) => filename) }
  }

  test('ours are as the catalog knows them, the others as they were told', async () => {
    const { house, prefix, ours } = await mix()
    lose(house, ours[0]!)
    const after = open(house, 'a')
    const old = await after.write()
    const named = await namedIn(store, prefix)
    expect(new Set(named).size).toBe(named.length)
    expect(named.filter((name) => name.startsWith('X')).sort()).toEqual(many('X', 6).slice(1))
    expect(named.filter((name) => name.startsWith('A'))).toHaveLength(299)
    expect(named).not.toContain(ours[0])
    const head = await headOf(prefix)
    expect(head.total).toBe(299 + 5)
    const theirs = head.pages.filter((page) => page.by === 'old')
    expect(theirs.map(({ count }) => count).reduce((a, b) => a + b)).toBe(5)
    // What was another Mac's alone is the very same file.
    expect(theirs.map(({ file }) => file)).toContain('pages/foreign.json')
    expect(old).toEqual(
      expect.arrayContaining(['mixed', 'known', 'below', 'index'].map((name) => `pages/${name}.json`)),
    )
    expect(old).not.toContain('pages/foreign.json')
    expect(old).not.toContain('pages/beside.json')
    // Another run finds nothing to do.
    store.calls.length = 0
    expect(await open(house, 'a').write()).toEqual([])
    expect(store.keys('put').filter((key) => key.includes('/pages/'))).toEqual([])
    expect(await namedIn(store, prefix)).toEqual(named)
  })

  test('lists of no shape that is known, or that are not there, stay as they are', async () => {
    const house = await newHouse()
    const mac = open(house, 'a')
    mac.publish(['A.jpg'])
    await mac.write()
    const head = await headOf(mac.prefix)
    const ref = { count: 1, from: '2026-01-20', to: '2026-01-20', by: 'c' }
    const pages = ['pages/newer.json', 'pages/away.json', '../../secret'].map((file) => ({ ...ref, file }))
    await put(`${mac.prefix}/pages/newer.json`, { v: 3, photos: [] })
    await put(`${mac.prefix}/manifest.json`, { ...head, by: 'c', pages })
    expect(await open(house, 'a').write()).toEqual([])
    expect((await headOf(mac.prefix)).pages).toEqual(pages)
  })
})

describe('an object of which the queue knows nothing', () => {
  const ours = Buffer.from('our bytes')
  const theirs = Buffer.from('their bytes')
  /** @returns whether the object stays when our photo of that name is taken out */
  async function stays(there: Buffer, how: { file: boolean; other: boolean; listed?: boolean }) {
    anotherStore()
    const house = await newHouse()
    const mac = open(house, 'a')
    mac.publish(['SAME.jpg'])
    house.catalog.uploads.forgetAll()
    lose(house, 'SAME.jpg')
    const folder = join(house.folders.path('trash'), 'published')
    await mkdir(folder, { recursive: true })
    if (how.file) await writeFile(join(folder, 'SAME.jpg'), ours)
    const recent = [entry(how.listed ? 'SAME.jpg' : 'X.jpg')]
    if (how.other) await put(`${mac.prefix}/manifest.json`, { v: 2, by: 'c', recent, pages: [] })
    const key = `${mac.prefix}/SAME.jpg`
    await store.put(key, { bytes: there }, headersOf(key), LIVE)
    await mac.write()
    const removal = {
      id: 1,
      eventId: house.event.id,
      publicationId: null,
      lane: 'removal',
      key: 'SAME.jpg',
    } as const
    await mac.jobs.remove({ ...removal, bytes: 0, tries: 0 }, LIVE)
    return store.objects.has(key)
  }

  test('is ours with the bytes of our file, whoever else is there', async () => {
    expect(await stays(ours, { file: true, other: true })).toBe(false)
    expect(await stays(ours, { file: true, other: false })).toBe(false)
  })
  test('is another Mac’s with other bytes where one is there, listed yet or not', async () => {
    expect(await stays(theirs, { file: true, other: true, listed: true })).toBe(true)
    expect(await stays(theirs, { file: true, other: true })).toBe(true)
    // The control: there is no other Mac whose it could be.
    expect(await stays(theirs, { file: true, other: false })).toBe(false)
  })
  test('is whose list names it where our file is gone', async () => {
    expect(await stays(theirs, { file: false, other: true, listed: true })).toBe(true)
    expect(await stays(theirs, { file: false, other: true })).toBe(false)
  })
})

describe('events that the catalog does not know', () => {
  /** Writes an event's list, and names it in the bucket's root. */
  async function list(slug: string, head: Partial<ManifestHead>): Promise<void> {
    await put(`${slug}/manifest.json`, head)
    const index = (await readJson<EventsIndex>(store, 'events.json')) ?? { v: 1, current: null, events: {} }
    const events = { ...index.events, [slug]: { prefix: slug, title: slug } }
    await put('events.json', { ...index, by: 'old', events })
  }

  test('get a document as long as they hold something of another Mac’s, and not when they are ours', async () => {
    const house = await newHouse()
    const mac = open(house, 'a')
    mac.publish(many('A', 300))
    await mac.write()
    const { recent, pages } = await headOf(mac.prefix)
    const page = { count: 1, from: '2026', to: '2026', by: 'old' }
    await put('ours-moved/pages/p.json', { v: 1, entries: recent })
    await put('theirs-in-page/pages/p.json', { v: 1, entries: [recent[0], entry('X.jpg')] })
    // Ours: this Mac's mark is on it, or the catalog knows every photo.
    await list('ours-removed', { by: 'a', recent: [entry('X.jpg')], pages: [] })
    await list('ours-renamed', { by: 'old', recent, pages: [] })
    await list('ours-moved', { by: 'old', recent: [], pages: [{ ...page, file: 'pages/p.json' }] })
    await list('ours-empty', { by: 'a', recent: [], pages })
    // Another Mac's.
    await list('theirs', { by: 'c', recent: [entry('X.jpg')], pages: [] })
    await list('theirs-empty', { by: 'c', recent: [], pages: [] })
    await list('theirs-too', { by: 'a', recent: [entry('X.jpg')], theirs: ['id-of-X.jpg'], pages: [] })
    await list('theirs-in-page', { by: 'old', recent: [], pages: [{ ...page, file: 'pages/p.json' }] })
    await open(house, 'a').write()
    const { events } = (await readJson<EventsIndex>(store, 'events.json'))!
    expect(Object.keys(events)).toEqual([house.event.slug])
    const told = [...store.objects.keys()].filter((key) => key.startsWith('private/'))
    expect(told.map((key) => key.split('/')[1]).sort()).toEqual(
      [house.event.slug, 'theirs', 'theirs-empty', 'theirs-in-page', 'theirs-too'].sort(),
    )
  })

  test('stay in the bucket in which they were found', async () => {
    const house = await newHouse()
    await list('theirs', { by: 'c', recent: [entry('X.jpg')], pages: [] })
    const mac = open(house, 'a')
    await put(`${mac.prefix}/manifest.json`, { v: 2, by: 'c', recent: [entry('Y.jpg')], pages: [] })
    await mac.write()
    expect(await namedIn(store, mac.prefix)).toEqual(['Y.jpg'])
    // Another bucket, of which nothing is known.
    mac.files.sendAll()
    const [document, head, index] = mac.files
      .documents(house.event.id)
      .map(({ body }) => JSON.parse(body) as unknown)
    expect(document).toMatchObject({ slug: house.event.slug })
    expect((head as ManifestHead).recent).toEqual([])
    expect(Object.keys((index as EventsIndex).events)).toEqual([house.event.slug])
  })
})
