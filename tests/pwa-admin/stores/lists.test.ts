// @vitest-environment node
import { expect, test } from 'vitest'
import {
  absorbPage,
  beginLoad,
  behindGate,
  byPublished,
  byTaken,
  endLoad,
  merge,
  successor,
} from '../../../pwa-admin/stores/lists.ts'
import { photo, publication } from '../fakes.ts'

const none = new Set<string>()
const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id).join(' ')

test('photos are kept newest first, in whatever order they arrive', () => {
  const one = merge([], [photo('b', 2), photo('d', 4)], none, byTaken)
  const two = merge(one, [photo('a', 1), photo('e', 5), photo('c', 3)], none, byTaken)
  expect(ids(two)).toBe('e d c b a')
})

test('a photo heard of twice is one photo, and the last word counts', () => {
  const list = merge(
    [photo('a', 1)],
    [photo('a', 1, { rating: 1 }), photo('a', 1, { rating: 2 })],
    none,
    byTaken,
  )
  expect(list.map(({ rating }) => rating)).toEqual([2])
})

test('a photo whose time was corrected moves to its place', () => {
  const list = merge([photo('b', 2), photo('a', 1)], [photo('a', 3)], none, byTaken)
  expect(ids(list)).toBe('a b')
})

test('publications with the same time have one order, and a removed one stays out', () => {
  const of = photo('p', 1)
  const rows = ['x.jpg', 'y.jpg', 'z.jpg'].map((name) => publication(of, name, 9))
  const sorted = merge([], rows, none, byPublished)
  const list = merge(sorted, [publication(of, 'w.jpg', 9)], new Set(['y.jpg']), byPublished)
  expect(list.map(({ filename }) => filename)).toEqual(['z.jpg', 'x.jpg', 'w.jpg'])
})

test('merging ten thousand photos gives what sorting them gives', () => {
  const all = Array.from({ length: 10_000 }, (_, n) => photo(`p${n}`, (n * 7919) % 10_007))
  const half = merge([], all.slice(0, 5000), none, byTaken)
  expect(merge(half, all.slice(5000), none, byTaken)).toEqual([...all].sort(byTaken.compare))
})

test('a page that was read before a Notice does not overwrite what the Notice said', () => {
  const load = beginLoad()
  load.touched.add('a')
  const heard = [photo('a', 1, { state: 'archived' })]
  const list = absorbPage(heard, [photo('a', 1), photo('b', 0)], load, byTaken)
  expect(list.map(({ id, state }) => `${id} ${state}`)).toEqual(['a archived', 'b buffer'])
  // The control: without the mark the old page wins.
  expect(absorbPage(heard, [photo('a', 1)], beginLoad(), byTaken)[0]?.state).toBe('buffer')
})

test('a page that says nothing new changes nothing; a row that does is another object', () => {
  const before = [photo('b', 2), photo('a', 1)]
  const known = new Map(before.map((one) => [one.id, one]))
  const load = beginLoad()
  expect(absorbPage(before, [photo('b', 2), photo('a', 1)], load, byTaken, known)).toBe(before)
  // Both rows were named all the same, so the end of the load keeps them.
  expect([...load.seen]).toEqual(['b', 'a'])
  const list = absorbPage(before, [photo('b', 2), photo('a', 1, { rating: 3 })], load, byTaken, known)
  expect([list[0] === before[0], list[1] === before[1], list[1]?.rating]).toEqual([true, false, 3])
})

test('after a whole load, photos that no page named are gone, but not those that arrived meanwhile', () => {
  const load = beginLoad()
  const before = [
    photo('new', 3),
    photo('kept', 2),
    photo('gone', 1),
    photo('other', 0, { state: 'trashed' }),
  ]
  load.touched.add('new')
  const list = absorbPage(before, [photo('kept', 2)], load, byTaken)
  expect(ids(endLoad(list, load, ({ state }) => state === 'buffer', byTaken))).toBe('new kept other')
})

test('newcomers wait behind a closed gate and are counted', () => {
  const list = [photo('c', 3), photo('b', 2), photo('a', 1)]
  const { shown, waiting } = behindGate(list, new Set(['a', 'b', 'left']), byTaken.key)
  expect(ids(shown)).toBe('b a')
  expect(waiting).toBe(1)
  expect(behindGate(list, null, byTaken.key)).toEqual({ shown: list, waiting: 0 })
})

test('the next photo is the next older one that stays, else the next newer one', () => {
  const keys = ['a', 'b', 'c', 'd']
  expect(successor(keys, 'b', new Set(['b', 'c']))).toBe('d')
  expect(successor(keys, 'd', new Set(['d', 'c']))).toBe('b')
  expect(successor(['a'], 'a', new Set(['a']))).toBeNull()
})
