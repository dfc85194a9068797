import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'

/** Who may open an event on the venue's network, and who says so. */

let daemon: RunningDaemon
const STRANGER = { 'sec-fetch-site': 'same-origin' }
const change = async (body: object) => {
  const reply = await daemon.post('/api/events', body)
  expect([reply.status, JSON.stringify(reply.body).slice(0, 200)]).toEqual([200, expect.any(String)])
  return reply.body
}
const type = (slug: string, pin: unknown) =>
  daemon.post(`/guests/${encodeURIComponent(slug)}/pin`, { pin }, STRANGER)
const cookieOf = ({ headers }: { headers: Headers }) => headers.get('set-cookie')!.split(';')[0]!
const event = (slug: string, cookie = '') =>
  daemon.get(`/photo/events/${encodeURIComponent(slug)}.json`, { cookie })
const index = async () => (await daemon.get('/photo/events.json')).body

beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

test('the first event and every one after it have names that nobody guesses, at the front door', async () => {
  const { current } = await change({ action: 'open', title: 'First' })
  expect(current.slug).toMatch(new RegExp(`^${current.date}-[2-9a-z]{4}$`))
  expect(current.prefix).toMatch(new RegExp(`^${current.date}-[2-9a-z]{16}$`))
  expect(current).toMatchObject({ visibility: 'front', pin: null, ends_at: null })
  expect(Object.keys((await index()).events)).toEqual([current.slug])
  const named = await change({ action: 'open', title: 'Named', slug: 'gala', prefix: 'gala-2026' })
  expect(named.current).toMatchObject({ slug: 'gala', prefix: 'gala-2026' })
})

test.each(['events', 'Events', 'private', 'PRIVATE'])(
  'no event’s files lie in %s, though it may be called so',
  async (name) => {
    const refused = await daemon.post('/api/events', { action: 'open', prefix: name })
    expect([refused.status, refused.body.error.code]).toEqual([422, 'prefix_reserved'])
    const { current } = await change({
      action: 'open',
      slug: name.replace('PRIVATE', 'private-2').replace('Events', 'events-2'),
    })
    expect((await event(current.slug)).body).toMatchObject({ slug: current.slug, prefix: current.prefix })
    expect((await daemon.get(`/photo/${name}/manifest.json`)).status).toBe(404)
  },
)

describe('an event with a PIN', () => {
  let slug: string
  beforeAll(async () => {
    const { current } = await change({ action: 'open', title: 'Vows', visibility: 'pin', pin: '4711' })
    slug = current.slug
    expect(current).toMatchObject({ visibility: 'pin', pin: '4711' })
  })

  test('is at no front door, and its spelling is exact', async () => {
    expect(await index()).toEqual({ v: 1, current: null, events: {} })
    expect((await event(slug)).body).toEqual({ v: 1, state: 'pin', title: 'Vows' })
    expect((await event(slug.toUpperCase())).status).toBe(404)
    expect((await daemon.get('/api/status')).body.event).not.toHaveProperty('pin')
  })

  test('opens by it until it is changed, and by no other event’s cookie', async () => {
    const cookie = cookieOf(await type(slug, '4711'))
    expect((await event(slug, cookie)).status).toBe(200)
    const other = await change({ action: 'open', title: 'Other', visibility: 'pin', pin: '4711' })
    const theirs = cookieOf(await type(other.current.slug, '4711'))
    for (const one of [theirs, theirs.replace(other.current.slug, slug)])
      expect((await event(slug, one)).status).toBe(401)
    // The same digits again are no change; what else is decided leaves the cookie good.
    await change({ action: 'access', slug, pin: '4711', ends_at: '2099-01-01T00:00:00+08:00' })
    expect((await event(slug, cookie)).status).toBe(200)
    await change({ action: 'access', slug, pin: '0815' })
    expect((await event(slug, cookie)).status).toBe(401)
    expect((await type(slug, '4711')).status).toBe(403)
    const fresh = cookieOf(await type(slug, ' ０８１５ '))
    expect((await event(slug, fresh)).status).toBe(200)
    // After a new start as well.
    daemon = await daemon.restart()
    expect((await event(slug, fresh)).status).toBe(200)
    await change({ action: 'access', slug, ends_at: '2020-01-01T00:00:00Z' })
    expect((await event(slug, fresh)).status).toBe(410)
    await change({ action: 'access', slug, ends_at: null })
    expect((await event(slug, fresh)).status).toBe(200)
  })

  test('is guessed at twenty times from one address, and not the thousand times that were tried', async () => {
    await change({ action: 'access', slug, pin: '4999' })
    const replies = await Promise.all(
      Array.from({ length: 1000 }, (_, n) => type(slug, String(4000 + n)).then(({ status }) => status)),
    )
    const count = (status: number) => replies.filter((one) => one === status).length
    expect(count(403)).toBeLessThanOrEqual(20)
    expect(count(429)).toBeGreaterThanOrEqual(979)
    const late = await type(slug, '4999')
    if (count(200) === 0) expect([late.status, late.body.error.code]).toEqual([429, 'too_many_pins'])
    // Control: it is the guesser who waits, and for this event alone.
    const { current } = await change({ action: 'open', title: 'Next', visibility: 'pin' })
    expect(current.pin).toMatch(/^[0-9]{6}$/)
    expect((await type(current.slug, current.pin)).status).toBe(200)
  })

  test.each([
    ['too short', { pin: '123' }, 400, 'invalid'],
    ['too long', { pin: '123456789' }, 400, 'invalid'],
    ['in other digits', { pin: '１２３４' }, 400, 'invalid'],
    ['no such kind', { visibility: 'secret' }, 400, 'invalid'],
    ['no time', { ends_at: 'tomorrow' }, 400, 'invalid'],
    ['a day that there is not', { ends_at: '2026-13-01T00:00:00Z' }, 422, 'bad_time'],
  ])('an owner’s wish that is %s changes nothing', async (_what, wish, status, code) => {
    const before = (await daemon.get('/api/events')).body.events
    const reply = await daemon.post('/api/events', { action: 'access', slug, ...wish })
    expect([reply.status, reply.body.error.code]).toEqual([status, code])
    expect((await daemon.get('/api/events')).body.events).toEqual(before)
  })

  test('the audit trail says who changed it, and the journal keeps it; neither trail nor status has the PIN', async () => {
    await change({ action: 'access', slug, pin: '31415926' })
    const lines = (await daemon.get('/api/audit?limit=100')).body
    expect(JSON.stringify(lines)).toContain('event access changed')
    expect(JSON.stringify(lines)).not.toContain('31415926')
    const journal = join(daemon.data, 'events', slug, 'photos_buffer', '.lep-journal.jsonl')
    await expect.poll(() => readFile(journal, 'utf8')).toContain('"visibility":"pin"')
  })
})

test('an event that ends is at the front door no longer, and says so at its own', async () => {
  const { current } = await change({
    action: 'open',
    title: 'Short',
    ends_at: new Date(Date.now() + 3600_000).toISOString(),
  })
  expect((await index()).current).toBe(current.slug)
  await change({ action: 'access', slug: current.slug, ends_at: new Date().toISOString() })
  expect(await index()).toEqual({ v: 1, current: null, events: {} })
  const reply = await event(current.slug)
  expect([reply.status, reply.body]).toEqual([410, { v: 1, state: 'ended', title: 'Short' }])
})

test('addresses that guests are given carry the name of an event that is not at the front door', async () => {
  const urls = async () => (await daemon.get('/api/status')).body.gallery_urls as string[]
  const { current } = await change({ action: 'open', title: 'Linked', visibility: 'link' })
  expect((await urls()).every((url) => url.endsWith(`/gallery/e/${current.slug}`))).toBe(true)
  await change({ action: 'access', slug: current.slug, visibility: 'front' })
  expect((await urls()).every((url) => url.endsWith('/gallery/'))).toBe(true)
})
