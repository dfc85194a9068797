import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { documentKey, newKey, pinHash, type EventDocument } from '../../daemon/contract/event-document.ts'
import type { Bucket } from '../../functions/bucket.ts'
import { onRequest as postPin } from '../../functions/guests/[slug]/pin.ts'
import { onRequest } from '../../functions/photo/[[path]].ts'
import { createTries, networkOf } from '../../functions/tries.ts'

/** The Function over a bucket in memory, and a clock that tests move. */

const objects = new Map<string, string>()
let calls: string[] = []
let bucket: Bucket
const DAY = 24 * 3600_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 29) })
  objects.clear()
  calls = []
  // Of its own for each test: what is remembered is of one bucket.
  bucket = {
    head: async (key) => (objects.has(key) ? stored(objects.get(key)!) : null),
    async get(key) {
      calls.push(`get ${key}`)
      return objects.has(key) ? stored(objects.get(key)!) : null
    },
    async list({ prefix }) {
      calls.push(`list ${prefix}`)
      return { objects: [...objects.keys()].filter((key) => key.startsWith(prefix)).map((key) => ({ key })) }
    },
  }
})
afterEach(() => {
  vi.useRealTimers()
})

const stored = (text: string) => ({
  size: text.length,
  httpEtag: `"${text.length}"`,
  body: new Blob([text]).stream(),
  text: async () => text,
})

async function put(slug: string, more: Partial<EventDocument> & { digits?: string } = {}, token = '0') {
  const { digits, ...fields } = more
  const key = newKey()
  const document: EventDocument = {
    v: 1,
    slug,
    prefix: `2026-11-29-${slug.padEnd(16, 'x')}`,
    title: `Title of ${slug}`,
    date: '2026-11-29',
    visibility: digits === undefined ? 'front' : 'pin',
    endsAt: null,
    key,
    pin: digits === undefined ? null : await pinHash(key, digits),
    updatedAt: new Date().toISOString(),
    by: 'a',
    ...fields,
  }
  objects.set(documentKey(slug, token.padEnd(32, '0')), JSON.stringify(document))
  objects.set(`${document.prefix}/manifest.json`, JSON.stringify({ v: 2, event: { slug } }))
  objects.set(`${document.prefix}/IMG_1.jpg`, 'picture')
  return document
}

const get = (path: string, cookie = '') =>
  onRequest({ request: new Request(`https://x${path}`, { headers: { cookie } }), env: { GALLERY: bucket } })
const eventAt = (slug: string, cookie?: string) => get(`/photo/events/${slug}.json`, cookie)
const type = (slug: string, pin: unknown, address = '203.0.113.7', tries = createTries()) =>
  postPin(
    {
      request: new Request(`https://x/guests/${slug}/pin`, {
        method: 'POST',
        body: JSON.stringify({ pin }),
        headers: { 'cf-connecting-ip': address },
      }),
      env: { GALLERY: bucket },
    },
    tries,
  )
const cookieOf = (reply: Response) => reply.headers.get('set-cookie')!.split(';')[0]!

describe('the PIN', () => {
  test('1,000 guesses from one address are twenty, and the right one among them is not seen', async () => {
    await put('vows', { digits: '4711' })
    const tries = createTries()
    const guess = (pin: number) => type('vows', String(pin).padStart(4, '0'), '203.0.113.7', tries)
    const replies = await Promise.all(Array.from({ length: 1000 }, (_, n) => guess(n + 4000)))
    const count = (status: number) => replies.filter((reply) => reply.status === status).length
    expect([count(200), count(403), count(429)]).toEqual([0, 20, 980])
    const late = await guess(4711)
    expect([late.status, Number(late.headers.get('retry-after'))]).toEqual([429, 600])
    // Control: from another address, and later from this one, the right one opens.
    expect((await type('vows', '4711', '203.0.113.8', tries)).status).toBe(200)
    vi.setSystemTime(Date.now() + 600_001)
    expect((await guess(4711)).status).toBe(200)
  })

  test('of one event buys no guesses at another’s, and its cookie opens no other', async () => {
    await put('mine', { digits: '1111' })
    await put('theirs', { digits: '2222' })
    const tries = createTries()
    let wrong = 0
    let mine = ''
    for (let n = 0; n < 40; n += 1) {
      if (n % 4 === 0) mine = cookieOf(await type('mine', '1111', '203.0.113.7', tries))
      wrong += Number((await type('theirs', String(3000 + n), '203.0.113.7', tries)).status === 403)
    }
    expect(wrong).toBe(20)
    expect((await eventAt('mine', mine)).status).toBe(200)
    for (const cookie of [mine, mine.replace('mine', 'theirs')])
      expect((await eventAt('theirs', cookie)).status).toBe(401)
  })

  test.each([
    ['full width', '４７１１', 200],
    ['with a space', ' 47 11 ', 200],
    ['of another script', '٤٧١١', 403],
    ['too long', '47110', 403],
    ['nothing', '', 403],
    ['a number', 4711, 400],
    ['a list', ['4711'], 400],
    ['none', undefined, 400],
    ['very much', '4'.repeat(5000), 400],
  ])('that is %s', async (_what, pin, status) => {
    await put('vows', { digits: '4711' })
    expect((await type('vows', pin)).status).toBe(status)
  })

  test('that was changed is asked for anew, and the cookie goes only to HTTPS', async () => {
    await put('vows', { digits: '4711' })
    const reply = await type('vows', '4711')
    expect(reply.headers.get('set-cookie')).toMatch(/; Secure$/)
    const cookie = cookieOf(reply)
    expect((await eventAt('vows', cookie)).status).toBe(200)
    await put('vows', { digits: '8888' })
    // What an isolate has read is good for five seconds.
    vi.setSystemTime(Date.now() + 5001)
    expect((await eventAt('vows', cookie)).status).toBe(401)
    expect((await type('vows', '4711')).status).toBe(403)
    expect((await type('vows', '8888')).status).toBe(200)
  })

  test('is good for half a year, and never beyond the event’s end', async () => {
    await put('vows', { digits: '4711' })
    const cookie = cookieOf(await type('vows', '4711'))
    vi.setSystemTime(Date.now() + 179 * DAY)
    expect((await eventAt('vows', cookie)).status).toBe(200)
    vi.setSystemTime(Date.now() + 2 * DAY)
    expect((await eventAt('vows', cookie)).status).toBe(401)

    const endsAt = new Date(Date.now() + DAY).toISOString()
    const { prefix } = await put('short', { digits: '4711', endsAt })
    const short = await type('short', '4711')
    expect(short.headers.get('set-cookie')).toContain(`Max-Age=${DAY / 1000}`)
    expect((await get(`/photo/${prefix}/manifest.json`, cookieOf(short))).status).toBe(200)
    vi.setSystemTime(Date.now() + DAY)
    expect((await eventAt('short', cookieOf(short))).status).toBe(410)
    for (const file of ['manifest.json', 'IMG_1.jpg'])
      expect((await get(`/photo/${prefix}/${file}`, cookieOf(short))).status).toBe(410)
    expect((await type('short', '4711')).status).toBe(410)
  })

  test('guards the pictures as well where their folder can be guessed', async () => {
    await put('vows', { digits: '4711', prefix: 'wedding' })
    expect((await get('/photo/wedding/IMG_1.jpg')).status).toBe(401)
    const cookie = cookieOf(await type('vows', '4711'))
    const reply = await get('/photo/wedding/IMG_1.jpg', cookie)
    expect([reply.status, reply.headers.get('vary')]).toEqual([200, 'cookie'])
    const { prefix } = await put('other', { digits: '4711' })
    expect((await get(`/photo/${prefix}/IMG_1.jpg`)).status).toBe(200)
  })
})

describe('the front door', () => {
  const index = (current: string | null, events: object) =>
    objects.set('events.json', JSON.stringify({ v: 1, current, by: 'a', photoBaseUrl: 'https://p', events }))
  const front = async () => (await (await get('/photo/events.json')).json()) as Record<string, unknown>

  test('names the current event, and none that is not at it, whatever the bucket’s index says', async () => {
    const { prefix, title } = await put('now')
    await put('past', { endsAt: null })
    const events = { now: { prefix, title }, past: { prefix: 'past', title: 'Past' } }
    index('now', events)
    expect(await front()).toEqual({
      v: 1,
      current: 'now',
      by: 'a',
      photoBaseUrl: 'https://p',
      events: { now: { prefix, title } },
    })
    for (const more of [
      { visibility: 'link' as const },
      { digits: '1234' },
      { endsAt: '2026-01-01T00:00:00Z' },
    ]) {
      await put('now', more)
      vi.setSystemTime(Date.now() + 5001)
      expect(await front()).toEqual({ v: 1, current: null, by: 'a', photoBaseUrl: 'https://p', events: {} })
    }
  })

  test('of a bucket that the version before wrote: every event by its address, and no other is named', async () => {
    objects.set('old/IMG_1.jpg', 'picture')
    objects.set('two/IMG_1.jpg', 'picture')
    index('old', { old: { prefix: 'old/', title: 'Old' }, two: { prefix: 'two', title: 'Two' } })
    expect(await front()).toMatchObject({ current: 'old', events: { old: { prefix: 'old', title: 'Old' } } })
    expect(JSON.stringify(await front())).not.toContain('wo')
    expect(await (await eventAt('two')).json()).toMatchObject({ slug: 'two', prefix: 'two', title: 'Two' })
    for (const prefix of ['old', 'two']) expect((await get(`/photo/${prefix}/IMG_1.jpg`)).status).toBe(200)
    expect((await eventAt('TWO')).status).toBe(404)
  })
})

describe('whose word counts', () => {
  test('of two Macs’ documents the newest, in whichever order they are listed', async () => {
    await put('vows', { digits: '1111', updatedAt: '2026-11-02T00:00:00Z' }, 'a')
    await put('vows', { updatedAt: '2026-11-01T00:00:00Z' }, 'b')
    await put('vows', { updatedAt: '2026-10-01T00:00:00Z' }, '1')
    expect((await eventAt('vows')).status).toBe(401)
  })

  test.each([
    ['another’s slug', 'vows', JSON.stringify({ v: 1, slug: 'other' })],
    ['no JSON', 'vows', '{'],
    ['nothing', 'vows', ''],
    ['a time that is none', 'vows', JSON.stringify({ v: 1, slug: 'vows', updatedAt: 'x' })],
  ])('a document with %s opens nothing', async (_what, slug, text) => {
    objects.set(documentKey(slug, 'f'.repeat(32)), text)
    expect((await eventAt(slug)).status).toBe(404)
  })

  test('a head that claims another event’s name opens nothing, nor does any other file beside a document', async () => {
    await put('vows')
    objects.set('stolen/manifest.json', JSON.stringify({ v: 2, event: { slug: 'vows' } }))
    objects.set('stolen/IMG_1.jpg', 'picture')
    expect((await get('/photo/stolen/IMG_1.jpg')).status).toBe(404)
    objects.set('private/later/counts-1.json', '{}')
    expect((await eventAt('later')).status).toBe(404)
  })

  test.each(['private', 'events'])(
    'nothing below %s/ is ever served, also where an index names it',
    async (name) => {
      objects.set(
        'events.json',
        JSON.stringify({ v: 1, current: 'x', events: { x: { prefix: name, title: '' } } }),
      )
      objects.set(`${name}/manifest.json`, JSON.stringify({ v: 2, event: { slug: 'x' } }))
      objects.set(`${name}/vows/a.jpg`, 'x')
      for (const path of [
        `${name}/vows/a.jpg`,
        `${name}/a.jpg`,
        `${name}%2Fvows/a.jpg`,
        `${name}/manifest.json`,
      ])
        expect((await get(`/photo/${path}`)).status).toBe(404)
    },
  )

  test('an event that is called events, private, pages or assets is one like any other', async () => {
    for (const slug of ['events', 'private', 'pages', 'assets', '婚禮.2026']) {
      const { prefix } = await put(slug)
      expect(await (await eventAt(encodeURIComponent(slug))).json()).toMatchObject({ slug, prefix })
      expect((await get(`/photo/${encodeURIComponent(prefix)}/IMG_1.jpg`)).status).toBe(200)
    }
  })
})

test('a gallery full of guests lists the bucket once a minute, and does not read a document for each picture', async () => {
  const { prefix } = await put('vows', { visibility: 'link' })
  for (let n = 0; n < 50; n += 1) {
    await Promise.all([eventAt('vows'), get(`/photo/${prefix}/IMG_1.jpg`)])
    vi.setSystemTime(Date.now() + 1000)
  }
  expect(calls.filter((call) => call.startsWith('list'))).toHaveLength(1)
  expect(calls.filter((call) => call.startsWith('get private/')).length).toBeLessThanOrEqual(11)
})

test('an IPv6 guest is known by the network, an IPv4 one by the address', () => {
  const from = (address: string) =>
    networkOf(new Request('https://x', { headers: { 'cf-connecting-ip': address } }))
  expect(from('2001:db8:0:1:aaaa::1')).toBe(from('2001:0db8::1:bbbb:0:0:2'))
  expect(from('2001:db8::1')).not.toBe(from('2001:db8:0:1::1'))
  expect(from('203.0.113.7')).not.toBe(from('203.0.113.8'))
})
