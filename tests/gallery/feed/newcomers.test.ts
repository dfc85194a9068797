// @vitest-environment node
import { expect, it } from 'vitest'
import { newcomers } from '../../../gallery/feed/newcomers.ts'
import { namesOf, photos } from '../made.ts'

it('are the photos above the first one that is on the page', () => {
  expect(namesOf(newcomers(photos(10, 1), new Set(['IMG_7.jpg', 'IMG_6.jpg'])))).toEqual(['10', '9', '8'])
})

it('are none when the page is empty or up to date', () => {
  expect(newcomers(photos(3, 1), new Set())).toEqual([])
  expect(newcomers(photos(3, 1), new Set(['IMG_3.jpg']))).toEqual([])
})
