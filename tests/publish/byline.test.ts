import { afterEach, beforeEach, expect, test } from 'vitest'
import { deltaOf, withDelta } from '../../daemon/contract/delta.ts'
import type { ManifestPage } from '../../daemon/contract/manifest.ts'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { createManifestBuilder, manifestEntry, PAGE_SIZE } from '../../daemon/publish/manifest.ts'
import { createPastPages } from '../../daemon/publish/past-pages.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
  const { publications, transaction } = house.catalog
  transaction(() => {
    for (let n = 1; n <= PAGE_SIZE + 60; n += 1) {
      const made = publications.reserve(house.event.id, `${n}.jpg`, {
        photoId: house.addPhoto(`${n}.original`).id,
        edit: NEUTRAL,
        ...{ width: 2048, height: 1365, bytes: 500_000, thumbhash: 'x'.repeat(28) },
        photographer: n % 3 === 0 ? '' : n % 3 === 1 ? 'Mei' : 'Tom',
      })
      publications.goLive(made.id, null)
    }
  })
})
afterEach(() => house.close())

const event = (show_photographer: boolean) => ({
  ...house.event,
  settings: { ...house.event.settings, show_photographer },
})

test('pages are built anew where photographers are shown from now on or no more, and read the same again after that', () => {
  const { publications } = house.catalog
  const builder = createManifestBuilder({ publications, now: () => 0, entry: manifestEntry })
  const off = builder.build(event(false), 1)
  const on = builder.build(event(true), 2)
  const again = builder.build(event(false), 3)
  const says = (files: typeof off) => JSON.stringify([files.head, ...files.pages.values()])
  expect(says(off)).not.toMatch(/Mei|Tom|photographer|byline/)
  expect(says(on)).toMatch(/Mei.*Tom/)
  const page = JSON.parse([...on.pages.values()][0]!) as ManifestPage
  expect(page.entries.filter((entry) => 'photographer' in entry).length).toBeLessThan(page.entries.length)
  expect(page.entries.some(({ photographer }) => photographer === 'Mei')).toBe(true)
  expect([...again.pages]).toEqual([...off.pages])

  // A page that has the head of before hears of it, either way.
  for (const [before, after] of [
    [off, on],
    [on, again],
  ] as const) {
    const delta = deltaOf(before.head, after.head)!
    expect(withDelta(before.head, delta)).toEqual(after.head)
  }
})

test('a page of a moment ago is not handed out with names that are shown no more', () => {
  const { publications } = house.catalog
  const builder = createManifestBuilder({ publications, now: () => 0, entry: manifestEntry })
  const on = builder.build(event(true), 1)
  let shows = true
  const past = createPastPages({
    publications,
    isHidden: () => false,
    showsPhotographers: () => shows,
    now: () => 0,
  })
  const [file, body] = [...on.pages][0]!
  past.keep(1, file, body)
  // Control: as long as they are shown it is.
  expect(past.get(1, file)).toBe(body)
  shows = false
  expect(past.get(1, file)).toBeNull()
})
