// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest'
import { book, head, index, namesOf, photos, refOf, shelve } from '../made.ts'
import { A, useNight } from './night.ts'

const { documents, states, feedOf, shown } = useNight()

describe('what it finds', () => {
  it('follows the current event', async () => {
    await feedOf().poll()
    expect(states.at(-1)).toMatchObject({ phase: 'ready', slug: 'night', prefix: '2026-01-20' })
    expect(shown()).toEqual(['13', '12', '11'])
  })

  it('takes pictures from the address that the index names, and from nowhere that is none', async () => {
    documents.put('/photo/events.json', { ...index(), photoBaseUrl: 'https://photos.example' })
    const feed = feedOf()
    await feed.poll()
    expect(feed.state().pictures).toBe('https://photos.example')
    documents.put('/photo/events.json', { ...index(), photoBaseUrl: 'javascript:alert(1)' })
    const other = feedOf()
    await other.poll()
    expect(other.state().pictures).toBeNull()
  })

  it('says that there is none yet, and begins by itself when one opens', async () => {
    documents.put('/photo/events.json', { v: 1, current: null, events: {} })
    const feed = feedOf()
    await feed.poll()
    expect(feed.state().phase).toBe('none')
    documents.put('/photo/events.json', index())
    await feed.poll()
    expect(feed.state().phase).toBe('ready')
  })

  it('says that a named event does not exist', async () => {
    const feed = feedOf('never')
    await feed.poll()
    expect(feed.state().phase).toBe('unknown')
  })

  it('is not fooled by names that every object has', async () => {
    const feed = feedOf('constructor')
    await feed.poll()
    expect(feed.state().phase).toBe('unknown')
  })

  it('is ready without photos while the event has no manifest yet', async () => {
    documents.put('/photo/events.json', index('night', 'elsewhere'))
    const feed = feedOf()
    await feed.poll()
    expect(feed.state()).toMatchObject({ phase: 'ready', album: null, failingSince: null })
  })

  it('moves on when another event becomes current', async () => {
    const feed = feedOf()
    await feed.poll()
    documents.put('/photo/events.json', {
      v: 1,
      current: 'two',
      events: { ...index().events, two: { prefix: 'two', title: 'Two' } },
    })
    documents.put('/photo/two/manifest.json', head(1, photos(99, 98)))
    for (let i = 0; i < 8; i++) await feed.poll()
    expect(shown()).toEqual(['99', '98'])
  })
})

describe('polls', () => {
  it('reads nothing but the head while nothing changes', async () => {
    const feed = feedOf()
    await feed.poll()
    await feed.more()
    documents.asked.length = 0
    for (let i = 0; i < 5; i++) await feed.poll()
    expect(new Set(documents.asked)).toEqual(new Set(['/photo/2026-01-20/manifest.json']))
  })

  it('does not read a page again when a photo arrives', async () => {
    const feed = feedOf()
    await feed.poll()
    await feed.more()
    documents.asked.length = 0
    documents.putHead(head(2, photos(14, 11), [A]))
    await feed.poll()
    expect(shown()).toEqual(namesOf(photos(14, 6)))
    expect(documents.asked.filter((url) => url.includes('pages'))).toEqual([])
  })

  it('the control: a page with another name is read', async () => {
    const feed = feedOf()
    await feed.poll()
    await feed.more()
    const rewritten = book('a2.json', A.entries.slice(1))
    documents.putRegistry(rewritten)
    documents.putHead(head(2, photos(13, 11), [rewritten]))
    await feed.poll()
    expect(documents.asked).toContain('/photo/2026-01-20/pages/a2.json')
    expect(shown()).not.toContain('10')
  })

  it('tells nobody when nothing changed', async () => {
    const feed = feedOf()
    await feed.poll()
    const before = states.length
    await feed.poll()
    expect(states.length).toBe(before)
  })

  it('are never two at once', async () => {
    const feed = feedOf()
    await Promise.all([feed.poll(), feed.poll(), feed.poll()])
    expect(documents.asked.filter((url) => url.endsWith('manifest.json'))).toHaveLength(1)
  })
})

describe('index pages', () => {
  const B = book('b.json', photos(5, 1))
  const older = shelve('older.json', [refOf(B)])
  beforeEach(() => {
    documents.putHead(head(1, photos(13, 11), [A], [older.ref]))
    documents.putIndex(older)
    documents.putRegistry(B)
  })

  it('cost no step of scrolling of their own', async () => {
    const feed = feedOf()
    await feed.poll()
    expect(documents.asked.some((url) => url.includes('pages'))).toBe(false)
    expect(await feed.more()).toBe(true)
    expect(shown()).toEqual(namesOf(photos(13, 6)))
    expect(await feed.more()).toBe(true)
    expect(shown()).toEqual(namesOf(photos(13, 1)))
    expect(await feed.more()).toBe(false)
  })

  it('that changed are read with the pages below them that changed, and no others', async () => {
    const feed = feedOf()
    await feed.poll()
    while (await feed.more());
    const rewritten = book('b2.json', B.entries.slice(0, -1))
    const anew = shelve('older2.json', [refOf(rewritten)])
    documents.putRegistry(rewritten)
    documents.putIndex(anew)
    documents.putHead(head(2, photos(13, 11), [A], [anew.ref]))
    documents.asked.length = 0
    await feed.poll()
    expect(shown()).toEqual(namesOf(photos(13, 2)))
    expect(documents.asked.map((url) => url.split('/').at(-1))).toEqual([
      'manifest.json',
      'older2.json',
      'b2.json',
    ])
  })

  it('that cannot be read leave everything on the page, and are read later', async () => {
    const feed = feedOf()
    await feed.poll()
    documents.fail((url) => url.includes('older'))
    expect(await feed.more()).toBe(true)
    expect(await feed.more()).toBe(false)
    documents.fail(() => false)
    expect(await feed.more()).toBe(true)
    expect(shown()).toEqual(namesOf(photos(13, 1)))
  })
})
