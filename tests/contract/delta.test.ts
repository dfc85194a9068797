import { describe, expect, it } from 'vitest'
import { deltaOf, readCounts, withDelta } from '../../daemon/contract/delta.ts'
import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import { entryOf, headOf } from '../fixtures/heads.ts'

const seeded = (seed: number) => () => {
  seed = (seed * 1103515245 + 12345) & 0x7fffffff
  return seed / 0x7fffffff
}

/** A head that somebody might have written after `head`. */
function after(head: ManifestHead, random: () => number): ManifestHead {
  let { recent, pages, event } = head
  const highest = Math.max(0, ...recent.map(({ place = 0 }) => place))
  const kind = Math.floor(random() * 5)
  if (kind === 0) recent = [entryOf(highest + 2), entryOf(highest + 1), ...recent]
  if (kind === 1) recent = recent.filter(() => random() > 0.3)
  if (kind === 2)
    recent = recent.map((one) => (random() > 0.7 ? { ...one, has: { web: true, full: true } } : one))
  if (kind === 3) {
    pages = [{ file: `pages/${highest}.json`, count: 3, from: '', to: '' }, ...pages].slice(0, 3)
    recent = recent.slice(0, -3)
  }
  if (kind === 4) event = { ...event, title: `${event.title}!` }
  const revision = head.revision + 1
  return { ...head, revision, updatedAt: `${revision}`, total: recent.length, recent, pages, event }
}

describe('what makes one head of the one before', () => {
  it('makes exactly that head, whatever changed', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const random = seeded(seed)
      let head = headOf(1, 12)
      for (let step = 0; step < 20; step += 1) {
        const next = after(head, random)
        const delta = deltaOf(head, next)
        expect(delta).not.toBeNull()
        // As it comes off the wire.
        expect(withDelta(head, JSON.parse(JSON.stringify(delta)))).toEqual(next)
        head = next
      }
    }
  })

  it('is small: one new photo of fifty is one entry', () => {
    const delta = deltaOf(headOf(1, 50), headOf(2, 51))!
    expect(delta.add).toHaveLength(1)
    expect(JSON.stringify(delta).length).toBeLessThan(600)
  })

  it('fits no other head: who missed one has to fetch', () => {
    const delta = deltaOf(headOf(2, 3), headOf(3, 4))!
    expect(withDelta(headOf(1, 3), delta)).toBeNull()
    expect(withDelta(headOf(3, 4), delta)).toBeNull()
  })

  it('is none between two events, for another order, and where something is there no more', () => {
    const one = headOf(1, 3)
    expect(deltaOf(one, { ...headOf(2, 3), event: { ...one.event, slug: 'day' } })).toBeNull()
    expect(deltaOf(one, { ...one, revision: 2, recent: one.recent.toReversed() })).toBeNull()
    expect(deltaOf({ ...one, by: 'a' }, headOf(2, 3))).toBeNull()
    expect(deltaOf(one, { ...one, revision: 2, by: 'a', theirs: ['id-1'] })?.also).toEqual({
      by: 'a',
      theirs: ['id-1'],
    })
  })
})

it('counts are numbers of bounded size, and nothing else', () => {
  expect(readCounts({ type: 'counts', opened: 3, saved: { 'a.jpg': 1 }, who: 'me' })).toEqual({
    type: 'counts',
    opened: 3,
    saved: { 'a.jpg': 1 },
  })
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`${n}`, 1]))
  for (const wrong of [
    null,
    'counts',
    { type: 'counts', opened: -1, saved: {} },
    { type: 'counts', opened: 1e9, saved: {} },
    { type: 'counts', opened: 1.5, saved: {} },
    { type: 'counts', opened: 1, saved: null },
    { type: 'counts', opened: 1, saved: many },
    { type: 'counts', opened: 1, saved: { a: '1' } },
    { type: 'counts', opened: 1, saved: { ['a'.repeat(300)]: 1 } },
  ])
    expect(readCounts(wrong)).toBeNull()
})
