// @vitest-environment node
import { expect, test } from 'vitest'
import { filtersOf, finder, NO_SEARCH, sorted } from '../../../pwa-admin/inbox/filters.ts'
import { photo } from '../fakes.ts'

test('the inbox holds what nobody decided about and nobody went past; the buffer keeps what is published', () => {
  expect(filtersOf(photo('a', 1), undefined)).toEqual(['inbox', 'all'])
  expect(filtersOf(photo('a', 1, { seen: true }), undefined)).toEqual(['all'])
  expect(filtersOf(photo('a', 1, { live: ['a.jpg'], rating: 3 }), undefined)).toEqual([
    'all',
    'rated',
    'published',
  ])
  expect(filtersOf(photo('a', 1, { pick: true }), undefined)).toContain('rated')
  expect(filtersOf(photo('a', 1, { state: 'trashed' }), undefined)).toEqual(['trash'])
  // What is under way counts as done already.
  expect(filtersOf(photo('a', 1), { publishing: true })).not.toContain('inbox')
  expect(filtersOf(photo('a', 1), { state: 'archived' })).toEqual(['archived'])
})

test('a search narrows by name, camera and time, past midnight too', () => {
  const one = photo('IMG_7109', 1, { camera: 'R5', time_str: '23:40:10' })
  const fits = (change: object) => finder({ ...NO_SEARCH, ...change })(one)
  expect([fits({ name: '7109' }), fits({ name: 'img_71' }), fits({ name: '7110' })]).toEqual([
    true,
    true,
    false,
  ])
  expect([fits({ camera: 'R5' }), fits({ camera: 'R6' })]).toEqual([true, false])
  expect([fits({ from: '23:00' }), fits({ from: '23:41' }), fits({ until: '23:40' })]).toEqual([
    true,
    false,
    true,
  ])
  expect([fits({ from: '22:00', until: '02:00' }), fits({ from: '00:10', until: '02:00' })]).toEqual([
    true,
    false,
  ])
})

test('names sort as people count, and the best come first', () => {
  const list = [
    photo('IMG_10', 3, { rating: 2 }),
    photo('IMG_9', 2, { rating: 2, pick: true }),
    photo('IMG_2', 1),
  ]
  const order = (sort: 'name' | 'oldest' | 'rating') => sorted(list, sort).map(({ id }) => id)
  expect(order('name')).toEqual(['IMG_2', 'IMG_9', 'IMG_10'])
  expect(order('oldest')).toEqual(['IMG_2', 'IMG_9', 'IMG_10'])
  expect(order('rating')).toEqual(['IMG_9', 'IMG_10', 'IMG_2'])
})
