// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFeed } from '../../../gallery/feed/feed.ts'
import { ReadError } from '../../../gallery/feed/read.ts'
import { book, head, namesOf, photos } from '../made.ts'
import { A, useNight } from './night.ts'

const { documents, feedOf, shown, hide } = useNight()

describe('failure', () => {
  it('keeps everything that is shown and remembers since when', async () => {
    const feed = feedOf()
    await feed.poll()
    await feed.more()
    const album = feed.state().album
    documents.fail(() => true)
    await feed.poll()
    const { failingSince } = feed.state()
    await feed.poll()
    expect(feed.state().album).toBe(album)
    expect(failingSince).not.toBeNull()
    expect(feed.state().failingSince).toBe(failingSince)
    documents.fail(() => false)
    await feed.poll()
    expect(feed.state().failingSince).toBeNull()
  })

  it('keeps the page when the manifest is suddenly not there, or the index forgets the event', async () => {
    const feed = feedOf()
    await feed.poll()
    documents.put('/photo/events.json', { v: 1, current: null, events: {} })
    for (let i = 0; i < 9; i++) await feed.poll()
    expect(feed.state()).toMatchObject({ phase: 'ready' })
    expect(shown()).toEqual(['13', '12', '11'])
  })

  it('shows new photos though a rewritten page cannot be read, and reads it later', async () => {
    const feed = feedOf()
    await feed.poll()
    await feed.more()
    const without8 = (entries: typeof A.entries) => entries.filter(({ filename }) => filename !== 'IMG_8.jpg')
    const rewritten = book('a2.json', without8(A.entries))
    documents.putHead(head(2, photos(14, 11), [rewritten]))
    await feed.poll()
    expect(shown()).toEqual(namesOf(photos(14, 6)))
    expect(feed.state().failingSince).not.toBeNull()
    documents.putRegistry(rewritten)
    await feed.poll()
    expect(shown()).toEqual(namesOf(without8(photos(14, 6))))
  })

  it('an older page that cannot be read is asked for again', async () => {
    const feed = feedOf()
    await feed.poll()
    documents.fail((url) => url.includes('pages'))
    expect(await feed.more()).toBe(false)
    documents.fail(() => false)
    expect(await feed.more()).toBe(true)
    expect(await feed.more()).toBe(false)
  })
})

describe('rhythm', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())
  const heads = () => documents.asked.filter((url) => url.endsWith('manifest.json')).length

  it('asks every four seconds, backs off while it fails, and stops', async () => {
    const feed = feedOf()
    await feed.start()
    await vi.advanceTimersByTimeAsync(12_100)
    expect(heads()).toBe(4)
    documents.fail(() => true)
    await vi.advanceTimersByTimeAsync(4_000)
    const failing = heads()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(heads() - failing).toBeLessThan(6)
    expect(heads() - failing).toBeGreaterThan(1)
    feed.stop()
    const stopped = heads()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(heads()).toBe(stopped)
  })

  it('asks less often the longer nothing comes, and at once often again when something does', async () => {
    const feed = feedOf()
    await feed.start()
    await vi.advanceTimersByTimeAsync(180_000)
    expect(heads()).toBeLessThan(22)
    const quiet = heads()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(heads() - quiet).toBe(3)
    documents.putHead(head(2, photos(14, 11), [A]))
    await vi.advanceTimersByTimeAsync(20_000)
    const busy = heads()
    await vi.advanceTimersByTimeAsync(12_100)
    expect(heads() - busy).toBeGreaterThanOrEqual(2)
    feed.stop()
  })

  it('tells a server that refuses from one that cannot be reached', async () => {
    const feed = feedOf()
    documents.fail(() => true)
    await feed.poll()
    expect(feed.state().refused).toBe(false)
    const refusing = createFeed({
      read: () => Promise.reject(new ReadError('/photo/events.json', 429)),
      slug: null,
      changed: () => undefined,
      hidden: () => false,
    })
    await refusing.poll()
    expect(refusing.state()).toMatchObject({ phase: 'loading', refused: true })
  })

  it('hardly asks while the page is hidden', async () => {
    const feed = feedOf()
    hide()
    await feed.start()
    await vi.advanceTimersByTimeAsync(55_000)
    expect(heads()).toBe(1)
    feed.stop()
  })
})
