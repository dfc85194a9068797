import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { withDelta } from '../../daemon/contract/delta.ts'
import { documentKey, type EventDocument } from '../../daemon/contract/event-document.ts'
import { startPages, type Pages } from '../fixtures/cloud/pages.ts'
import { headOf } from '../fixtures/heads.ts'
import { listenAt, type GuestLine } from '../fixtures/http/guest-line.ts'

const LONG = process.env['LONG_TESTS'] === '1'
const PREFIX = '2026-01-20'
const TOKEN = 'a'.repeat(32)
const DOCUMENT: EventDocument = {
  v: 1,
  slug: 'night',
  prefix: PREFIX,
  title: 'Night',
  date: '2026-01-20',
  visibility: 'front',
  endsAt: null,
  key: 'k'.repeat(43),
  pin: null,
  updatedAt: '2026-01-20T00:00:00.000Z',
  by: 'mac',
}
const indexOf = (current: string) =>
  JSON.stringify({ v: 1, current, events: { [current]: { prefix: PREFIX, title: 'Night' } } })

describe('guests of Pages in the real runtime', () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await startPages(
      {
        'events.json': indexOf('night'),
        [documentKey('night', TOKEN)]: JSON.stringify(DOCUMENT),
        [`${PREFIX}/manifest.json`]: JSON.stringify(headOf(1, 2)),
        [`${PREFIX}/1.jpg`]: 'picture',
        [`${PREFIX}/2.jpg`]: 'picture',
      },
      'GALLERY',
      { push: true },
    )
  }, 120_000)
  afterAll(() => pages.end())

  const lines: GuestLine[] = []
  async function listen(slug: string, headers: Record<string, string> = {}, query = ''): Promise<GuestLine> {
    const line = await listenAt(pages.url, slug, headers, query)
    lines.push(line)
    return line
  }
  afterAll(() => lines.forEach(({ socket }) => socket.terminate()))
  const post = (path: string, body?: unknown) =>
    fetch(`${pages.url}/guests/night/${path}`, {
      method: 'POST',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

  test('every page hears what a head has more than the one before; many pokes are one look', async () => {
    const events = (await (await fetch(`${pages.url}/photo/events.json`)).json()) as object
    expect(events).toMatchObject({ current: 'night', push: true })
    const [one, two] = [await listen('night'), await listen('night')]
    expect(await one.next('hello')).toEqual({ type: 'hello', revision: 1 })
    expect(await two.next('hello')).toEqual({ type: 'hello', revision: 1 })
    await pages.put({ [`${PREFIX}/manifest.json`]: JSON.stringify(headOf(2, 3)) })
    const pokes = await Promise.all(Array.from({ length: 20 }, () => post('poke')))
    expect(new Set(pokes.map(({ status }) => status))).toEqual(new Set([204]))
    for (const line of [one, two]) {
      const { delta } = await line.next('delta')
      expect(withDelta(headOf(1, 2), delta)).toEqual(headOf(2, 3))
    }
    // A poke that finds nothing new says nothing.
    await post('poke')
    await pages.put({ [`${PREFIX}/manifest.json`]: JSON.stringify(headOf(3, 2)) })
    await post('poke')
    expect((await one.next('delta')).delta).toMatchObject({ from: 2, revision: 3, drop: ['3.jpg'], add: [] })
    expect(one.heard).toEqual([])
    one.socket.send('ping')
    await new Promise((resolve) => one.socket.once('message', resolve))
    one.socket.send('hello')
    expect(await one.closed).toBe(1008)
  })

  test('a daemon that knows the document hears how many watch, of whom a wall is none; nobody else is one', async () => {
    const host = await listen('night', { 'x-lep-host': TOKEN })
    const before = (await host.next('watching')).guests
    const guest = await listen('night', { 'x-lep-host': 'b'.repeat(32) })
    await expect.poll(async () => (await host.next('watching')).guests).toBe(before + 1)
    const wall = await listen('night', {}, '?wall=1')
    expect((await host.next('watching')).guests).toBe(before + 1)
    wall.socket.close()
    expect((await host.next('watching')).guests).toBe(before + 1)
    guest.socket.close()
    await expect.poll(async () => (await host.next('watching')).guests).toBe(before)
    expect(guest.heard.map(({ type }) => type)).toEqual(['hello'])
  })

  test('what a guest wants taken out waits in the bucket, once, and the daemon hears of it', async () => {
    const host = await listen('night', { 'x-lep-host': TOKEN })
    const first = await post('removals', { filename: '1.jpg', reason: ' please ' })
    expect(first.status).toBe(200)
    await host.next('removals')
    const statuses = new Set<number>()
    for (let round = 0; round < (LONG ? 20 : 2); round += 1) {
      const replies = await Promise.all(
        Array.from({ length: 50 }, (_, n) => post('removals', { filename: `${(n % 2) + 1}.jpg` })),
      )
      replies.forEach(({ status }) => statuses.add(status))
    }
    expect([...statuses].sort()).toEqual([200, 429])
    expect(await pages.list('private/night/removals/')).toHaveLength(1)
    for (const body of [
      { filename: '../1.jpg' },
      { filename: 1 },
      null,
      { filename: '1.jpg', reason: 'x'.repeat(501) },
    ])
      expect((await post('removals', body)).status).toBe(400)
    expect((await fetch(`${pages.url}/guests/other/removals`, { method: 'POST', body: '{}' })).status).toBe(
      404,
    )
    // What lies there is nobody's to read.
    const [key = ''] = await pages.list('private/night/removals/')
    expect((await fetch(`${pages.url}/photo/${key}`)).status).toBe(404)
  })

  test('another event at the front door is said', async () => {
    const line = await listen('night')
    await line.next('hello')
    await post('poke')
    await pages.put({ 'events.json': JSON.stringify({ v: 1, current: null, events: {} }) })
    await post('poke')
    await line.next('index')
  })

  // What a Function read of an event it believes for some seconds.
  const long = LONG ? test : () => undefined
  long(
    'another door is gone through again',
    async () => {
      const line = await listen('night')
      await pages.put({
        [documentKey('night', TOKEN)]: JSON.stringify({
          ...DOCUMENT,
          visibility: 'pin',
          pin: 'x',
          updatedAt: '2026-01-21T00:00:00.000Z',
        }),
      })
      await expect
        .poll(async () => (await post('poke')) && line.socket.readyState, { timeout: 20_000, interval: 500 })
        .not.toBe(WebSocket.OPEN)
      expect(await line.closed).toBe(4001)
      await expect(listen('night')).rejects.toThrow('401')
      expect((await post('removals', { filename: '1.jpg' })).status).toBe(401)
    },
    30_000,
  )

  test('what is no socket, no event and no method is refused', async () => {
    expect((await fetch(`${pages.url}/guests/night/socket`)).status).toBe(426)
    await expect(listen('other')).rejects.toThrow('404')
    expect((await fetch(`${pages.url}/guests/night/poke`)).status).toBe(405)
    if (!LONG) expect((await post('counts', { type: 'counts', opened: 'many', saved: {} })).status).toBe(400)
  })
})
