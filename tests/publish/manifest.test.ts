import { afterEach, beforeEach, expect, test } from 'vitest'
import { Value } from 'typebox/value'
import { ManifestHead, ManifestPage } from '../../daemon/contract/manifest.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { createManifestBuilder, manifestEntry, manifestLayout } from '../../daemon/publish/manifest.ts'
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
  const paged = head.pages.flatMap(({ file }) => (JSON.parse(pages.get(file)!) as ManifestPage).entries)
  return [...head.recent, ...paged].map((entry) => entry.filename)
}
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
  publishMany(1, 260)
  const files = build()
  expect(Value.Check(ManifestHead, files.head)).toBe(true)
  for (const body of files.pages.values()) expect(Value.Check(ManifestPage, JSON.parse(body))).toBe(true)
  expect(names(files)).toEqual(Array.from({ length: 260 }, (_, i) => `${260 - i}.jpg`))
  expect(files.head.total).toBe(260)
})

test('a publish changes the head alone, but for the one in 25 that moves entries into a page', () => {
  publishMany(1, 300)
  let before = build()
  let changed = 0
  for (let n = 301; n <= 350; n += 1) {
    publish(`${n}.jpg`)
    const after = build()
    const fresh = [...after.pages.keys()].filter((file) => !before.pages.has(file))
    expect(fresh.length).toBeLessThanOrEqual(1)
    changed += fresh.length
    before = after
  }
  expect(changed).toBe(2)
})

test('unpublishing rewrites the one page that named it', () => {
  publishMany(1, 700)
  const before = build()
  unpublish('250.jpg')
  const after = build()
  expect(names(after)).not.toContain('250.jpg')
  expect(after.head.total).toBe(699)
  expect([...after.pages.keys()].filter((file) => !before.pages.has(file))).toHaveLength(1)
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
