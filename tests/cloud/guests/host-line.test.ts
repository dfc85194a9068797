import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHostLine, type HostSocket } from '../../../daemon/cloud/guests/host-line.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a line that was cut without a word, or waits long for its next try, is opened anew when it is told to', () => {
  const opened: (HostSocket & { closed: boolean })[] = []
  const line = createHostLine({
    open() {
      const socket = {
        closed: false,
        onmessage: null,
        onclose: null,
        onerror: null,
        send: () => undefined,
        close: () => void (socket.closed = true),
      }
      opened.push(socket)
      return socket
    },
    hear: () => undefined,
    changed: () => undefined,
    random: () => 0.5,
  })
  line.again()
  expect(opened).toHaveLength(0)
  line.follow({ url: 'ws://x.example', headers: {} })
  opened[0]!.onmessage?.({ data: '{"type":"hello"}' })
  expect(line.isOpen()).toBe(true)
  line.again()
  expect([opened.length, opened[0]!.closed, line.isOpen()]).toEqual([2, true, false])
  for (let n = 1; n < 5; n += 1) {
    opened.at(-1)!.onclose?.()
    vi.advanceTimersByTime(300_000)
  }
  opened.at(-1)!.onclose?.()
  const before = opened.length
  vi.advanceTimersByTime(10_000)
  expect(opened).toHaveLength(before)
  line.again()
  expect(opened).toHaveLength(before + 1)
  line.stop()
})
