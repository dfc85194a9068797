// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deltaOf, type GuestMessage } from '../../../daemon/contract/delta.ts'
import type { EventsIndex } from '../../../daemon/contract/manifest.ts'
import { createFeed } from '../../../gallery/feed/feed.ts'
import type { Line } from '../../../gallery/feed/line.ts'
import { createDocuments, head, index, namesOf, photos } from '../made.ts'

const documents = createDocuments()
const FIRST = head(1, photos(3, 1))
const HEAD = '/photo/2026-01-20/manifest.json'
let lines: { line: Line; said: string[]; closed: boolean }[] = []
let hidden = false
let refuses = false

/** A server's end of a line. */
const open = (): Line => {
  if (refuses) throw new Error('503')
  const one: { line: Line; said: string[]; closed: boolean } = {
    said: [],
    closed: false,
    line: {
      onmessage: null,
      onclose: null,
      onerror: null,
      send: (text: string) => one.said.push(text),
      close: () => (one.closed = true),
    },
  }
  lines.push(one)
  return one.line
}
const tell = (message: GuestMessage | string) =>
  lines.at(-1)!.line.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) })
const asked = (url: string) => documents.asked.filter((one) => one === url).length

function begin() {
  const feed = createFeed({
    read: documents.read,
    slug: null,
    changed: () => undefined,
    hidden: () => hidden,
    open,
    random: () => 0.5,
  })
  return feed
}
const shown = (feed: ReturnType<typeof begin>) => namesOf(feed.state().album?.entries ?? [])

beforeEach(() => {
  vi.useFakeTimers()
  documents.clear()
  lines = []
  hidden = refuses = false
  documents.put('/photo/events.json', { ...index(), push: true } satisfies EventsIndex)
  documents.putHead(FIRST)
})
afterEach(() => vi.useRealTimers())

describe('a page with a line', () => {
  it('asks no more, and shows what it hears', async () => {
    const feed = begin()
    await feed.start()
    tell({ type: 'hello', revision: 1 })
    const before = documents.asked.length
    await vi.advanceTimersByTimeAsync(3_000)
    tell({ type: 'delta', delta: deltaOf(FIRST, head(2, photos(4, 1)))! })
    await vi.advanceTimersByTimeAsync(0)
    expect(shown(feed)).toEqual(['4', '3', '2', '1'])
    // The same once more, or one that is older, changes nothing and asks nothing.
    tell({ type: 'delta', delta: deltaOf(FIRST, head(2, photos(4, 1)))! })
    for (let minute = 0; minute < 10; minute += 1) {
      await vi.advanceTimersByTimeAsync(60_000)
      tell('pong')
    }
    expect(documents.asked.length).toBe(before)
    feed.stop()
    expect(lines.at(-1)!.closed).toBe(true)
  })

  it('asks once where the line says hello before the list was read', async () => {
    const feed = begin()
    const begun = feed.start()
    while (lines.length === 0) await Promise.resolve()
    tell({ type: 'hello', revision: 1 })
    expect(feed.state().album).toBeNull()
    await begun
    await vi.advanceTimersByTimeAsync(5_000)
    expect(asked(HEAD)).toBe(1)
    feed.stop()
  })

  it('fetches the head where it missed something, and not at once', async () => {
    const feed = begin()
    await feed.start()
    tell({ type: 'hello', revision: 1 })
    documents.putHead(head(3, photos(5, 1)))
    tell({ type: 'delta', delta: deltaOf(head(2, photos(4, 1)), head(3, photos(5, 1)))! })
    await vi.advanceTimersByTimeAsync(100)
    expect(shown(feed)).toEqual(['3', '2', '1'])
    await vi.advanceTimersByTimeAsync(1_500)
    expect(shown(feed)).toEqual(['5', '4', '3', '2', '1'])
    documents.putHead(head(4, photos(6, 1)))
    tell({ type: 'head', revision: 4 })
    await vi.advanceTimersByTimeAsync(1_500)
    expect(shown(feed)[0]).toBe('6')
    feed.stop()
  })

  it('asks again as soon as the line broke, and comes back to it', async () => {
    const feed = begin()
    await feed.start()
    tell({ type: 'hello', revision: 1 })
    documents.putHead(head(2, photos(4, 1)))
    lines.at(-1)!.line.onclose?.()
    await vi.advanceTimersByTimeAsync(4_000)
    expect(shown(feed)[0]).toBe('4')
    expect(lines).toHaveLength(2)
    tell({ type: 'hello', revision: 2 })
    feed.stop()
  })

  it('polls where there is none, and tries ever more rarely', async () => {
    refuses = true
    const feed = begin()
    await feed.start()
    const before = asked(HEAD)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(asked(HEAD) - before).toBeGreaterThanOrEqual(4)
    feed.stop()
  })

  it('asks a silent line whether it lives, and lets go of one that does not', async () => {
    const feed = begin()
    await feed.start()
    tell({ type: 'hello', revision: 1 })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(lines[0]!.said).toEqual(['ping'])
    tell('pong')
    await vi.advanceTimersByTimeAsync(59_000)
    expect(lines).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(30_000)
    expect(lines[0]!.closed).toBe(true)
    expect(lines.length).toBeGreaterThan(1)
    feed.stop()
  })

  it('lets go of the line a minute after nobody looks, and has it back when somebody does', async () => {
    const feed = begin()
    await feed.start()
    tell({ type: 'hello', revision: 1 })
    hidden = true
    feed.look()
    await vi.advanceTimersByTimeAsync(61_000)
    expect(lines[0]!.closed).toBe(true)
    hidden = false
    feed.look()
    expect(lines).toHaveLength(2)
    feed.stop()
  })

  it('follows another event when it hears that there is one', async () => {
    const feed = begin()
    await feed.start()
    tell({ type: 'hello', revision: 1 })
    documents.put('/photo/events.json', {
      v: 1,
      current: 'two',
      push: true,
      events: { two: { prefix: 'two', title: 'Two' } },
    })
    documents.put('/photo/two/manifest.json', head(1, photos(9, 9)))
    tell({ type: 'index' })
    await vi.advanceTimersByTimeAsync(4_000)
    expect(shown(feed)).toEqual(['9'])
    expect(lines).toHaveLength(2)
    feed.stop()
  })

  const INDEX = '/photo/events.json'
  const openAnother = () => {
    documents.put(INDEX, {
      v: 1,
      current: 'two',
      push: true,
      events: { two: { prefix: 'two', title: 'Two' } },
    })
    documents.put('/photo/two/manifest.json', head(1, photos(9, 9)))
  }

  it('finds the event that was opened between two lines, though nobody tells it', async () => {
    const feed = begin()
    await feed.start()
    tell({ type: 'hello', revision: 1 })
    lines.at(-1)!.line.onclose?.()
    // It asks for what it missed, and has another line by then.
    await vi.advanceTimersByTimeAsync(2_500)
    expect(lines).toHaveLength(2)
    openAnother()
    tell({ type: 'hello', revision: 1 })
    await vi.advanceTimersByTimeAsync(1_500)
    expect(shown(feed)).toEqual(['9'])
    feed.stop()
  })

  it('the control: the first line, and a hello on one that stayed, ask for no index', async () => {
    const feed = begin()
    await feed.start()
    openAnother()
    for (let minute = 0; minute < 5; minute += 1) {
      tell({ type: 'hello', revision: 1 })
      await vi.advanceTimersByTimeAsync(30_000)
    }
    expect(asked(INDEX)).toBe(1)
    expect(shown(feed)).toEqual(['3', '2', '1'])
    feed.stop()
  })

  it('asks for the index once when somebody looks again, by the same poll', async () => {
    const feed = begin()
    await feed.start()
    tell({ type: 'hello', revision: 1 })
    hidden = true
    feed.look()
    await vi.advanceTimersByTimeAsync(61_000)
    openAnother()
    hidden = false
    feed.look()
    await vi.advanceTimersByTimeAsync(0)
    expect(shown(feed)).toEqual(['9'])
    tell({ type: 'hello', revision: 1 })
    await vi.advanceTimersByTimeAsync(5_000)
    expect(asked(INDEX)).toBe(2)
    feed.stop()
  })

  it('does not forget that the index is another: not by news of the old event, nor by a poll that is under way', async () => {
    const feed = begin()
    await feed.start()
    tell({ type: 'hello', revision: 1 })
    openAnother()
    tell({ type: 'index' })
    tell({ type: 'delta', delta: deltaOf(FIRST, head(2, photos(4, 1)))! })
    await vi.advanceTimersByTimeAsync(4_000)
    expect(shown(feed)).toEqual(['9'])
    feed.stop()

    documents.put(INDEX, { ...index(), push: true } satisfies EventsIndex)
    const other = begin()
    await other.start()
    tell({ type: 'hello', revision: 1 })
    const polled = other.poll()
    openAnother()
    tell({ type: 'index' })
    await polled
    await vi.advanceTimersByTimeAsync(4_000)
    expect(shown(other)).toEqual(['9'])
    other.stop()
  })
})

describe('lists at the bucket’s own address', () => {
  const OTHER = 'https://photos.example/2026-01-20/manifest.json'
  beforeEach(() =>
    documents.put('/photo/events.json', { ...index(), photoBaseUrl: 'https://photos.example' }),
  )

  it('are read there where it lets them, and a call in ten finds a cache out that keeps them too long', async () => {
    documents.put(OTHER, FIRST)
    const feed = begin()
    await feed.poll()
    for (let n = 0; n < 9; n += 1) await feed.poll()
    expect([asked(HEAD), asked(OTHER)]).toEqual([1, 9])
    documents.putHead(head(2, photos(4, 1)))
    await feed.poll()
    expect(shown(feed)[0]).toBe('4')
    // The other one stays behind for longer than any cache of five seconds.
    await feed.poll()
    vi.setSystemTime(Date.now() + 20_000)
    await feed.poll()
    const before = asked(OTHER)
    await feed.poll()
    expect(asked(OTHER)).toBe(before)
    expect(shown(feed)[0]).toBe('4')
  })

  it('are read below /photo where it does not', async () => {
    const feed = begin()
    await feed.poll()
    documents.putHead(head(2, photos(4, 1)))
    await feed.poll()
    expect(shown(feed)[0]).toBe('4')
    await feed.poll()
    expect(asked(OTHER)).toBe(1)
  })
})
