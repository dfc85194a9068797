import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Notice, SocketMessage } from '../../../daemon/contract/notice.ts'
import { createSocket, createSequence, retryDelay } from '../../../pwa-admin/connection/socket.ts'
import { status } from '../fakes.ts'

const snapshot = (seq: number): SocketMessage => ({ type: 'snapshot', seq, role: 'owner', status: status() })
const notice = (seq: number): Notice => ({ type: 'rendition.ready', id: 'a', name: 'tile', seq, at: '' })

test('Notices apply in turn; an old one is ignored; a missing one is a gap', () => {
  const sequence = createSequence()
  expect(sequence.take(snapshot(5))).toBe('apply')
  expect(sequence.take(notice(6))).toBe('apply')
  expect(sequence.take(notice(6))).toBe('ignore')
  expect(sequence.take(notice(4))).toBe('ignore')
  expect(sequence.take(notice(8))).toBe('gap')
  expect(sequence.last).toBe(6)
})

test('a resume keeps the place where we were, whatever number it carries', () => {
  const sequence = createSequence()
  sequence.take(snapshot(5))
  expect(sequence.take({ type: 'resumed', seq: 9, role: 'owner' })).toBe('apply')
  expect(sequence.take(notice(6))).toBe('apply')
})

test('tries come further apart, up to ten seconds, and not in step', () => {
  expect(retryDelay(1, 0.5)).toBe(800)
  expect(retryDelay(3, 0.5)).toBe(3200)
  expect(retryDelay(20, 0.5)).toBe(10_000)
  expect(retryDelay(3, 0)).toBeLessThan(retryDelay(3, 1))
})

interface FakeSocket {
  url: string
  readyState: number
  onmessage: ((event: { data: string }) => void) | null
  onclose: (() => void) | null
  close(): void
}

function fixture(probe: () => Promise<unknown> = () => Promise.resolve()) {
  const sockets: FakeSocket[] = []
  const heard: number[] = []
  const links: string[] = []
  const hellos: string[] = []
  const socket = createSocket({
    url: (since) => `since=${since ?? 'none'}`,
    open(url) {
      const socket: FakeSocket = {
        url,
        readyState: 0,
        onmessage: null,
        onclose: null,
        close: () => undefined,
      }
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
    onHello: (hello) => hellos.push(hello.type),
    onNotice: ({ seq }) => heard.push(seq),
    onLink: (link) => links.push(link),
    probe,
    random: () => 0.5,
  })
  const last = () => sockets[sockets.length - 1] as FakeSocket
  const say = (message: SocketMessage) => last().onmessage?.({ data: JSON.stringify(message) })
  return { socket, sockets, heard, links, hellos, last, say }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('after a gap the page resumes from the last Notice it has, and if that does not mend it, starts anew', () => {
  const { socket, sockets, heard, last, say } = fixture()
  socket.start()
  say(snapshot(5))
  say(notice(6))
  say(notice(9))
  vi.advanceTimersByTime(100)
  expect(last().url).toBe('since=6')
  say({ type: 'resumed', seq: 9, role: 'owner' })
  say(notice(9))
  vi.advanceTimersByTime(100)
  expect(last().url).toBe('since=none')
  expect(sockets).toHaveLength(3)
  expect(heard).toEqual([6])
  socket.stop()
})

test('a lost socket is tried again with ?since= and reported as away until it is back', () => {
  const { socket, sockets, links, last, say } = fixture()
  socket.start()
  say(snapshot(5))
  last().onclose?.()
  vi.advanceTimersByTime(60)
  last().onclose?.()
  expect(links[links.length - 1]).toBe('away')
  vi.advanceTimersByTime(2_000)
  expect(sockets).toHaveLength(3)
  expect(last().url).toBe('since=5')
  say({ type: 'resumed', seq: 5, role: 'owner' })
  expect(links[links.length - 1]).toBe('open')
  socket.stop()
})

test('a socket that says nothing is dropped when the daemon gives no sign of life either', async () => {
  const { socket, sockets, say } = fixture(() => Promise.reject(new Error('no answer')))
  socket.start()
  say(snapshot(5))
  await vi.advanceTimersByTimeAsync(21_000)
  expect(sockets.length).toBeGreaterThan(1)
  socket.stop()
})

test('a quiet socket of a living daemon is kept', async () => {
  const { socket, sockets, say } = fixture()
  socket.start()
  say(snapshot(5))
  await vi.advanceTimersByTimeAsync(65_000)
  expect(sockets).toHaveLength(1)
  socket.stop()
})

test('after stop nothing is tried any more', () => {
  const { socket, sockets, last } = fixture()
  socket.start()
  const close = last().onclose
  socket.stop()
  close?.()
  vi.advanceTimersByTime(60_000)
  expect(sockets).toHaveLength(1)
})

describe('coming back', () => {
  const opened = (socket: FakeSocket) => Object.assign(socket, { readyState: 1 })

  test('asks at once beside a socket that looks open, and takes its place with the first word', () => {
    const { socket, sockets, links, hellos, heard, last, say } = fixture()
    socket.start()
    const first = opened(last())
    say(snapshot(5))
    const closed = vi.fn()
    first.close = closed
    socket.kick()
    socket.kick()
    expect(sockets).toHaveLength(2)
    expect(last().url).toBe('since=5')
    // The first still says what it may until the second has spoken.
    first.onmessage?.({ data: JSON.stringify(notice(6)) })
    say({ type: 'resumed', seq: 7, role: 'owner' })
    expect(closed).toHaveBeenCalled()
    say(notice(6))
    say(notice(7))
    expect(heard).toEqual([6, 7])
    expect(hellos).toEqual(['snapshot', 'resumed'])
    expect(links.at(-1)).toBe('open')
    socket.stop()
  })

  test('says within three seconds that nobody is there', () => {
    const { socket, links, last, say } = fixture()
    socket.start()
    opened(last())
    say(snapshot(5))
    socket.kick()
    expect(links.at(-1)).toBe('open')
    vi.advanceTimersByTime(3_000)
    expect(links.at(-1)).toBe('away')
    socket.stop()
  })

  test('puts one socket on trial for all that comes back at once, and another one the next time', () => {
    const { socket, sockets, last, say } = fixture()
    socket.start()
    opened(last())
    say(snapshot(5))
    for (let n = 1; n <= 3; n += 1) {
      socket.kick()
      say({ type: 'resumed', seq: 5, role: 'owner' })
      opened(last())
      socket.kick()
      socket.kick()
      expect(sockets).toHaveLength(1 + n)
      vi.advanceTimersByTime(2_000)
    }
    socket.stop()
  })

  test('of a window that was only behind another asks nothing of what is open, or being made', () => {
    const { socket, sockets, last, say } = fixture()
    socket.start()
    socket.nudge()
    opened(last())
    say(snapshot(5))
    socket.nudge()
    expect(sockets).toHaveLength(1)
    // The control: what waits is tried at once.
    last().onclose?.()
    vi.advanceTimersByTime(60)
    last().onclose?.()
    socket.nudge()
    expect(sockets).toHaveLength(3)
    socket.stop()
  })

  test('opens at once what was to be tried later', () => {
    const { socket, sockets, last } = fixture()
    socket.start()
    for (let n = 0; n < 4; n += 1) {
      last().onclose?.()
      vi.advanceTimersByTime(n < 3 ? 11_000 : 0)
    }
    const before = sockets.length
    socket.kick()
    expect(sockets).toHaveLength(before + 1)
    socket.stop()
  })

  test('leaves a connection alone that is just being made, but not for long', () => {
    const { socket, sockets } = fixture()
    socket.start()
    socket.kick()
    expect(sockets).toHaveLength(1)
    vi.advanceTimersByTime(3_900)
    expect(sockets).toHaveLength(2)
    socket.stop()
  })

  test('after stop a socket on trial brings nothing back', () => {
    const { socket, sockets, last, say, heard } = fixture()
    socket.start()
    opened(last())
    say(snapshot(5))
    socket.kick()
    socket.stop()
    say({ type: 'resumed', seq: 5, role: 'owner' })
    last().onclose?.()
    vi.advanceTimersByTime(60_000)
    expect(sockets).toHaveLength(2)
    expect(heard).toEqual([])
  })
})
