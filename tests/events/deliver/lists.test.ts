import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ListForm } from '../../../daemon/contract/deliver.ts'
import { listOf } from '../../../daemon/events/deliver/lists.ts'
import { openHouse, type House } from '../../fixtures/catalog.ts'

let house: House
beforeEach(async () => {
  house = await openHouse()
})
afterEach(() => house.close())

test('lists name the chosen photos as each program looks for them, in the order in which they were taken', () => {
  const at = (takenAt: number) => ({ takenAt })
  const later = house.addPhoto('婚禮 2.JPG', at(2000), { kind: 'jpeg' })
  const pair = house.addPhoto('IMG_1.CR3', at(1000), { kind: 'raw' })
  house.addPhoto('IMG_3.JPG', at(3000), { kind: 'jpeg' })
  house.catalog.photos.rate(pair.id, { rating: 4, pick: true })
  house.catalog.photos.rate(later.id, { rating: 3 })
  house.catalog.words.change(later.id, { own: { caption: '=SUM(1)', keywords: ['a', 'b, c'] } })
  const list = (form: ListForm, what: 'rated' | 'picks' | 'all' | 'published' = 'rated') =>
    listOf(form, { what, rating: 3 }, {
      catalog: house.catalog,
      event: house.event,
      photographerOf: () => 'Chen Wei-Ting',
      wording: { key: ({ words }) => JSON.stringify({ words: words.own }) },
    }) // prettier-ignore
  expect(list('lightroom')).toBe('IMG_1, 婚禮 2')
  expect(list('capture-one', 'picks')).toBe('IMG_1')
  expect(list('names')).toBe('IMG_1.CR3\n婚禮 2.JPG\n')
  expect(list('names', 'all').split('\n')).toHaveLength(4)
  expect(list('names', 'published')).toBe('')
  const [head, first, second, ...rest] = list('csv').split('\r\n')
  expect(head).toMatch(/^\ufefffilename,raw,taken_at,/)
  expect(first).toMatch(/^IMG_1\.CR3,,1970-01-01T00:00:01\.000Z,.*,Chen Wei-Ting,4,0,1,/)
  // What a program for tables would run is text, and a comma stays in its cell.
  expect(second).toContain(`'=SUM(1),"a; b, c"`)
  expect(rest).toEqual([''])
})
