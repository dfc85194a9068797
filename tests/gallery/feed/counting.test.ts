import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { readCounts, type CountsMessage } from '../../../daemon/contract/delta.ts'
import { createCounting } from '../../../gallery/feed/counting.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function open() {
  const heard: CountsMessage[] = []
  const line = { open: true }
  const counting = createCounting((counts) => {
    if (line.open) heard.push(counts)
    return line.open
  })
  return { ...counting, heard, line }
}

it('says in one message what was done in a quarter of a minute, and nothing of nothing', () => {
  const { opened, saved, flush, heard } = open()
  flush()
  opened()
  opened()
  saved(['a.jpg', 'b.jpg'])
  saved(['a.jpg'])
  expect(heard).toEqual([])
  vi.advanceTimersByTime(15_000)
  expect(heard).toEqual([{ type: 'counts', opened: 2, saved: { 'a.jpg': 2, 'b.jpg': 1 } }])
  vi.advanceTimersByTime(60_000)
  expect(heard).toHaveLength(1)
})

it('keeps what nobody heard, and says no more at once than is understood', () => {
  const { opened, saved, heard, line } = open()
  line.open = false
  opened()
  saved(Array.from({ length: 120 }, (_, n) => `${n}.jpg`))
  vi.advanceTimersByTime(20_000)
  expect(heard).toEqual([])
  line.open = true
  vi.advanceTimersByTime(60_000)
  expect(heard.map(readCounts)).toEqual(heard)
  expect(heard.map(({ opened: count }) => count)).toEqual([1, 0, 0])
  expect(heard.flatMap((counts) => Object.keys(counts.saved))).toHaveLength(120)
})
