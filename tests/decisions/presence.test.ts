import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Actor } from '../../daemon/decisions/actors.ts'
import { createReservations, KEPT_FOR, type Reservations } from '../../daemon/decisions/presence.ts'

const ANN: Actor = { id: 'ann' }
const BEN: Actor = { id: 'ben' }

let presence: Reservations
const emitted: unknown[] = []
beforeEach(() => {
  vi.useFakeTimers()
  emitted.length = 0
  presence = createReservations({
    bus: { emit: (fact) => void emitted.push('open' in fact && [fact.photo_id, fact.by, fact.open]) },
    nameOf: (id) => (id === 'ann' ? 'Ann' : 'Ben'),
  })
})
afterEach(() => {
  presence.stop()
  vi.useRealTimers()
})

test('who opens a photo second is told who has it, and does not take it', () => {
  expect(presence.open(ANN, 'one')).toBeNull()
  expect(presence.open(BEN, 'one')).toEqual({ photo_id: 'one', by: 'ann', name: 'Ann' })
  expect(presence.list()).toEqual([{ photo_id: 'one', by: 'ann', name: 'Ann' }])
})

test('who opens the next photo lets go of the one before', () => {
  presence.open(ANN, 'one')
  presence.open(ANN, 'two')
  expect(emitted).toEqual([
    ['one', 'ann', true],
    ['one', 'ann', false],
    ['two', 'ann', true],
  ])
  expect(presence.open(BEN, 'one')).toBeNull()
})

test('a photo is free again when nobody asks for it any more, and stays taken as long as somebody does', () => {
  presence.open(ANN, 'one')
  vi.advanceTimersByTime(KEPT_FOR - 1)
  presence.open(ANN, 'one')
  vi.advanceTimersByTime(KEPT_FOR - 1)
  expect(presence.list()).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(presence.list()).toEqual([])
})

test('a device that is gone has nothing open', () => {
  presence.open(ANN, 'one')
  presence.leave('ann')
  expect(presence.list()).toEqual([])
})
