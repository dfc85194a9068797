import { afterEach, beforeEach, expect, test } from 'vitest'
import { Value } from 'typebox/value'
import { ManifestHead, ManifestIndex, ManifestPage, type PageRef } from '../../daemon/contract/manifest.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import {
  createManifestBuilder,
  FAN,
  manifestEntry,
  manifestLayout,
  PAGE_SIZE,
} from '../../daemon/publish/manifest.ts'
import type { ManifestFiles } from '../../daemon/publish/manifest.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

let house: House
let builder: ReturnType<typeof createManifestBuilder>
beforeEach(async () => {
  house = await openHouse()
  builder = createManifestBuilder({
    publications: house.catalog.publications,
    now: () => 0,
    entry: manifestEntry,
  })
})
afterEach(() => house.close())

function publish(name: string, replaces?: string): void {
  const { publications } = house.catalog
  const photo = house.addPhoto(`${name}.original`)
  const made = publications.reserve(house.event.id, name, {
    photoId: photo.id,
    edit: NEUTRAL,
    width: 2048,
    height: 1365,
    bytes: 500_000,
    thumbhash: 'x'.repeat(28),
  })
  const old = replaces === undefined ? null : publications.byName(house.event.id, replaces)!
  builder.touch(house.event.id, publications.goLive(made.id, old).place)
}

/** In one transaction: durability is not what these tests are about. */
function publishMany(from: number, to: number): void {
  house.catalog.transaction(() => {
    for (let n = from; n <= to; n += 1) publish(`${n}.jpg`)
  })
}

function unpublish(name: string): void {
  const publication = house.catalog.publications.byName(house.event.id, name)!
  house.catalog.publications.goGone(publication.id)
  builder.touch(house.event.id, publication.place)
}

function names({ head, pages }: ManifestFiles): string[] {
  const namesOf = ({ file, count, from, to, index }: PageRef): string[] => {
    const page = JSON.parse(pages.get(file)!) as ManifestPage | ManifestIndex
    expect('pages' in page).toBe(index === true)
    const times =
      'pages' in page
        ? page.pages.flatMap((one) => [one.from, one.to])
        : page.entries.map((one) => one.publishedAt)
    expect([from, to]).toEqual([times.sort()[0], times.at(-1)])
    const found = 'pages' in page ? page.pages.flatMap(namesOf) : page.entries.map(({ filename }) => filename)
    expect(found).toHaveLength(count)
    return found
  }
  return [...head.recent.map(({ filename }) => filename), ...head.pages.flatMap(namesOf)]
}
const fresh = (after: ManifestFiles, before: ManifestFiles) =>
  [...after.pages.keys()].filter((file) => !before.pages.has(file))
const build = (revision = 1) => builder.build(house.event, revision)

test.each([0, 1, 24, 25, 49, 50, 51, 74, 75, 199, 225, 226, 1000, 2500])(
  'the layout after %i publications covers every place once, newest first, with at most 50 in the head',
  (last) => {
    const { recentFrom, pages } = manifestLayout(last)
    const places: number[] = []
    for (let place = last; place >= recentFrom; place -= 1) places.push(place)
    expect(places.length).toBeLessThanOrEqual(50)
    for (const { from, to } of pages) for (let place = to - 1; place >= from; place -= 1) places.push(place)
    expect(places).toEqual(Array.from({ length: last }, (_, i) => last - i))
  },
)

test('the documents follow their schemas and list everything, newest first', () => {
  publishMany(1, 960)
  const files = build()
  expect(Value.Check(ManifestHead, files.head)).toBe(true)
  for (const body of files.pages.values()) {
    const page: unknown = JSON.parse(body)
    expect(Value.Check(ManifestPage, page) || Value.Check(ManifestIndex, page)).toBe(true)
  }
  expect(names(files)).toEqual(Array.from({ length: 960 }, (_, i) => `${960 - i}.jpg`))
  expect(files.head.total).toBe(960)
})

test('a publish changes the head alone, but for the one in 25 that moves entries into a page', () => {
  publishMany(1, 300)
  let before = build()
  let changed = 0
  for (let n = 301; n <= 350; n += 1) {
    publish(`${n}.jpg`)
    const after = build()
    expect(fresh(after, before).length).toBeLessThanOrEqual(1)
    changed += fresh(after, before).length
    before = after
  }
  expect(changed).toBe(2)
})

test('unpublishing rewrites the page that named it and the index over it, and nothing else', () => {
  publishMany(1, 1100)
  const before = build()
  unpublish('250.jpg')
  const after = build()
  expect(names(after)).not.toContain('250.jpg')
  expect(after.head.total).toBe(1099)
  const [page, index, ...others] = fresh(after, before).map(
    (file) => JSON.parse(after.pages.get(file)!) as object,
  )
  expect(page).toHaveProperty('entries')
  expect(index).toHaveProperty('pages')
  expect(others).toEqual([])
})

test('at any number of photos the head names three pages, and an index page no more than it should', () => {
  publishMany(1, PAGE_SIZE * (FAN + 3) + 50)
  const files = build()
  expect(files.head.pages.map(({ index }) => index === true)).toEqual([false, false, true])
  expect(names(files)).toHaveLength(PAGE_SIZE * (FAN + 3) + 50)
  const indexes = [...files.pages.values()]
    .map((body) => JSON.parse(body) as ManifestIndex)
    .filter(({ pages }) => pages)
  // Twenty-two older pages: two index pages over them, and one over these.
  expect(indexes.map(({ pages }) => pages.length)).toEqual([FAN, 2, 2])
  // A full one stays as it is while newer pages come.
  const [full] = [...files.pages].find(
    ([, body]) => (JSON.parse(body) as ManifestIndex).pages?.length === FAN,
  )!
  publishMany(PAGE_SIZE * (FAN + 3) + 51, PAGE_SIZE * (FAN + 4) + 50)
  expect(build().pages.has(full)).toBe(true)
  // A whole index page's photos leave: the tree closes over the gap.
  house.catalog.transaction(() => {
    for (let n = 1; n <= PAGE_SIZE * FAN; n += 1) unpublish(`${n}.jpg`)
  })
  expect(names(build())).toEqual(
    Array.from({ length: 4 * PAGE_SIZE + 50 }, (_, i) => `${PAGE_SIZE * (FAN + 4) + 50 - i}.jpg`),
  )
})

test('a replacement keeps the place of the one it replaced', () => {
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) publish(name)
  publish('b_002.jpg', 'b.jpg')
  expect(names(build())).toEqual(['c.jpg', 'b_002.jpg', 'a.jpg'])
})

test('an empty gallery is a head without entries', () => {
  publish('a.jpg')
  unpublish('a.jpg')
  expect(build().head).toMatchObject({ total: 0, recent: [], pages: [] })
})

test('without being told what changed the builder would repeat an old page: touch is what keeps it right', () => {
  publishMany(1, 300)
  build()
  const publication = house.catalog.publications.byName(house.event.id, '7.jpg')!
  house.catalog.publications.goGone(publication.id)
  expect(names(build())).toContain('7.jpg')
  builder.touch(house.event.id, publication.place)
  expect(names(build())).not.toContain('7.jpg')
})
