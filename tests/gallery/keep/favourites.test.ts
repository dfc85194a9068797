import { beforeEach, expect, test } from 'vitest'
import { createFavourites, listHash, listOf } from '../../../gallery/keep/favourites.ts'

beforeEach(() => localStorage.clear())

test('favourites are kept on the phone, the latest first, and each event has its own', () => {
  const mine = createFavourites('night')
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg', 'b.jpg']) mine.toggle(name)
  expect(mine.all()).toEqual(['c.jpg', 'a.jpg'])
  expect(createFavourites('night').all()).toEqual(['c.jpg', 'a.jpg'])
  expect(createFavourites('day').all()).toEqual([])
})

test('what another tab added stays, and what is no list is none', () => {
  const mine = createFavourites('night')
  createFavourites('night').toggle('other.jpg')
  mine.toggle('a.jpg')
  expect(mine.all()).toEqual(['a.jpg', 'other.jpg'])
  localStorage.setItem('lep-favourites-night', '{"broken"')
  expect(createFavourites('night').all()).toEqual([])
})

test('a window that may keep nothing has them as long as it is open', () => {
  const refused = createFavourites('night', () => {
    throw new DOMException('denied', 'SecurityError')
  })
  refused.toggle('a.jpg')
  expect(refused.has('a.jpg')).toBe(true)
  refused.toggle('a.jpg')
  expect(refused.has('a.jpg')).toBe(false)
})

test('a link carries names of any kind there and back', () => {
  const names = ['婚禮 1.jpg', 'a,b.jpg', '100%.jpg', "it's#1.jpg"]
  expect(listOf(listHash(names))).toEqual(names)
  expect(listOf(listHash([]))).toEqual([])
  expect(listOf('#photo=a.jpg')).toBeNull()
  expect(listOf('')).toBeNull()
  expect(listOf('#favourites=%E5,a.jpg')).toEqual(['a.jpg'])
})
