import { expect, test } from 'vitest'
import type { WebSocket } from 'ws'
import { createWatchers, type Watcher } from '../../../daemon/http/routes/guests/watchers.ts'

function page(waiting = 0) {
  const got: unknown[] = []
  const state = { bufferedAmount: waiting, pings: 0, isGone: false }
  const socket = {
    get bufferedAmount() {
      return state.bufferedAmount
    },
    send: (data: unknown) => got.push(data),
    ping: () => (state.pings += 1),
    terminate: () => (state.isGone = true),
  } as unknown as WebSocket
  return { got, state, watcher: { socket, alive: true, said: 3, isBehind: false } satisfies Watcher }
}

test('a message is made once for everybody, and in order', async () => {
  const watchers = createWatchers()
  const pages = Array.from({ length: 120 }, () => page())
  pages.forEach(({ watcher }) => watchers.add(watcher))
  watchers.tell({ type: 'index' })
  watchers.tell({ type: 'head', revision: 2 })
  await expect.poll(() => pages.every(({ got }) => got.length === 2)).toBe(true)
  for (const n of [0, 1]) expect(new Set(pages.map(({ got }) => got[n])).size).toBe(1)
  expect(pages[119]!.got.map(String)).toEqual(['{"type":"index"}', '{"type":"head","revision":2}'])
})

test('a page that does not read is passed over, and fetches the head once it reads again', async () => {
  const watchers = createWatchers()
  const [slow, quick] = [page(1_000_000), page()]
  watchers.add(slow.watcher)
  watchers.add(quick.watcher)
  watchers.tell({ type: 'index' })
  await expect.poll(() => quick.got.length).toBe(1)
  expect(slow.got).toEqual([])
  watchers.beat(7)
  expect(slow.got).toEqual([])
  slow.state.bufferedAmount = 0
  slow.watcher.alive = quick.watcher.alive = true
  watchers.beat(8)
  expect(slow.got.map(String)).toEqual(['{"type":"head","revision":8}'])
  expect(quick.got).toHaveLength(1)
})

test('a page that does not answer is let go of', () => {
  const watchers = createWatchers()
  const [one, two] = [page(), page()]
  watchers.add(one.watcher)
  watchers.add(two.watcher)
  watchers.beat(1)
  two.watcher.alive = true
  watchers.beat(1)
  expect([one.state.isGone, two.state.isGone]).toEqual([true, false])
  expect([one.state.pings, two.state.pings]).toEqual([1, 2])
  expect(two.watcher.said).toBe(0)
})
