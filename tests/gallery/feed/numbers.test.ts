// @vitest-environment node
import { expect, it } from 'vitest'
import { createNumbers } from '../../../gallery/feed/numbers.ts'
import { wordsOf } from '../../../gallery/locales/words.ts'
import { photo } from '../made.ts'

it('calls no two photos of a burst alike, and each always the same', () => {
  const numbers = createNumbers()
  const burst = [1, 2, 3].map((n) => photo(n, { takenAt: `2026-01-20T18:00:00.${n}00Z` }))
  const alts = () => burst.map((entry) => wordsOf('en').photoAt('18:00:00', numbers.of(entry)))
  const first = alts()
  expect(new Set(first).size).toBe(3)
  expect(alts()).toEqual(first)
  expect(numbers.of(photo(9))).toBe(1)
})
