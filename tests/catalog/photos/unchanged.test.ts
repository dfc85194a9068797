import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openHouse, type House } from '../../fixtures/catalog.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
  for (let n = 1; n <= 5; n++) house.addPhoto(`IMG_${n}.JPG`)
})
afterEach(() => house.close())

const page = (limit = 2) => house.catalog.photos.list(house.event.id, 'buffer', { limit })
const names = () => page().items.map(({ filename }) => filename)

test('a page that nothing changed since is not read again, and each page is its own', () => {
  const first = page()
  expect(page()).toBe(first)
  const second = house.catalog.photos.list(house.event.id, 'buffer', { limit: 2, after: first.next! })
  expect(second.items.map(({ filename }) => filename)).toEqual(['IMG_3.JPG', 'IMG_2.JPG'])
  expect(page()).toBe(first)
  expect(house.catalog.photos.list(house.event.id, 'archived', { limit: 2 }).items).toEqual([])
})

test('whatever changes is in the next page: a photo, a rating, a folder, a publication, by a trigger or another program', () => {
  const { photos } = house.catalog
  expect(names()).toEqual(['IMG_5.JPG', 'IMG_4.JPG'])
  const added = house.addPhoto('IMG_6.JPG')
  expect(names()).toEqual(['IMG_6.JPG', 'IMG_5.JPG'])
  photos.rate(added.id, { rating: 4, seen: true })
  expect(page().items[0]).toMatchObject({ rating: 4, seen: true })
  photos.keepEdit(added.id, { exposure: 0.5 })
  expect(page().items[0]!.edit.exposure).toBe(0.5)
  photos.setState(added.id, 'archived')
  expect(page()).toMatchObject({ total: 5, items: [{ filename: 'IMG_5.JPG' }, {}] })
  photos.setState(added.id, 'buffer')
  // A trigger unsets it.
  expect(page().items[0]).toMatchObject({ filename: 'IMG_6.JPG', seen: false })
  const other = new DatabaseSync(join(house.data, 'catalog.db'))
  other.exec(`UPDATE photos SET rating = 1 WHERE id = '${added.id}'`)
  other.close()
  expect(page().items[0]).toMatchObject({ rating: 1 })
})

test('what a transaction read that was undone is not kept', () => {
  const { photos, transaction } = house.catalog
  const { id } = page().items[0]!
  expect(() =>
    transaction(() => {
      photos.rate(id, { rating: 5 })
      expect(page().items[0]!.rating).toBe(5)
      throw new Error('undone')
    }),
  ).toThrow('undone')
  expect(page().items[0]!.rating).toBe(0)
})
