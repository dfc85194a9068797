// @vitest-environment node
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PING, PONG } from '../../../daemon/contract/delta.ts'
import { WALL_DEFAULTS, type WallMessage } from '../../../daemon/contract/wall.ts'
import type { Line } from '../../../gallery/feed/line.ts'
import { createWallLine } from '../../../gallery/wall/remote/line.ts'

/** The daemon's end of each line that was opened. */
interface End extends Line {
  readonly said: string[]
  closed: boolean
}
let ends: End[] = []
let heard: WallMessage[] = []
let shows: string | null = null

const open = (): Line => {
  const end: End = {
    said: [],
    closed: false,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (text) => void end.said.push(text),
    close: () => (end.closed = true),
  }
  ends.push(end)
  return end
}
const last = () => ends.at(-1)!
const tell = (message: unknown) => last().onmessage?.({ data: JSON.stringify(message) })
const reported = () => last().said.map((text) => (JSON.parse(text) as { shows: string | null }).shows)

beforeEach(() => {
  vi.useFakeTimers()
  ends = []
  heard = []
  shows = 'a.jpg'
})
afterEach(() => vi.useRealTimers())

const begin = () =>
  createWallLine({
    open,
    hear: (message) => heard.push(message),
    report: () => ({ type: 'wall', key: 'k', name: 'Bar', width: 1920, height: 1080, shows }),
    random: () => 0.5,
  })

test('a wall says what it is once it is heard, then what is new, and all again to who comes after', () => {
  const line = begin()
  line.follow('gala')
  line.changed()
  vi.advanceTimersByTime(5_000)
  expect(last().said).toEqual([])
  tell({ type: 'settings', settings: { pace: 5 }, picks: [], logo: false })
  expect(heard).toEqual([
    { type: 'settings', settings: { ...WALL_DEFAULTS, pace: 5 }, picks: [], logo: false },
  ])
  expect(reported()).toEqual(['a.jpg'])

  // Nothing new is not said again; what is new is, not more often than it is worth.
  line.changed()
  vi.advanceTimersByTime(2_500)
  for (shows of ['b.jpg', 'c.jpg', 'd.jpg']) line.changed()
  vi.advanceTimersByTime(2_500)
  expect(reported()).toEqual(['a.jpg', 'd.jpg'])

  last().onclose?.()
  vi.advanceTimersByTime(2_000)
  tell({ type: 'ask', filename: 'a.jpg' })
  expect(reported()).toEqual(['d.jpg'])
  line.stop()
})

test('a line that is silent is asked, and opened anew where nobody answers', () => {
  const line = begin()
  line.follow('gala')
  tell({ type: 'ask', filename: 'a.jpg' })
  vi.advanceTimersByTime(30_000)
  expect(last().said.at(-1)).toBe(PING)
  last().onmessage?.({ data: PONG })
  vi.advanceTimersByTime(10_000)
  expect(ends).toHaveLength(1)
  vi.advanceTimersByTime(30_000)
  expect([ends.length, ends[0]!.closed]).toEqual([1, true])
  vi.advanceTimersByTime(2_000)
  expect(ends).toHaveLength(2)
  line.stop()
})

test('while the daemon is away a wall asks ever more seldom, and a page that is none of ours is no daemon', () => {
  const line = begin()
  line.follow('gala')
  const gaps = [0, 0, 0, 0, 0].map(() => {
    const from = Date.now()
    const before = ends.length
    last().onmessage?.({ data: '<html>' })
    while (ends.length === before) vi.advanceTimersByTime(500)
    return Date.now() - from
  })
  expect(gaps).toEqual([4_000, 8_000, 16_000, 30_000, 30_000])
  line.follow(null)
  vi.advanceTimersByTime(60_000)
  expect(ends).toHaveLength(6)
})
