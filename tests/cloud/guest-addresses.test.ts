import { expect, test } from 'vitest'
import { checkAddresses, type GuestAddress } from '../../daemon/cloud/guest-addresses.ts'

const PAGE = 'https://gallery.example'
const BUCKET = 'https://photos.example'
const event = { slug: 'night', prefix: '2026-01-20', asksPin: false }

/** What the two addresses answer. */
function asking(push: boolean, headers: Record<string, string>, status = 200): typeof fetch {
  return async (url) =>
    (url as string).startsWith(PAGE)
      ? Response.json({ v: 1, slug: 'night', ...(push && { push: true }) })
      : new Response('{}', { status, headers })
}
const GOOD = { 'access-control-allow-origin': PAGE, 'cache-control': 'public, max-age=5' }
const check = (fetch: typeof globalThis.fetch, more: object = {}) =>
  checkAddresses({ publicUrl: PAGE, photoBaseUrl: BUCKET, event, fetch, ...more })
const missing = (findings: readonly GuestAddress[]) =>
  findings.filter(({ ok }) => !ok).map(({ what }) => what)
const budget = (findings: readonly GuestAddress[]) => findings.find(({ what }) => what === 'budget')?.text

test('all is there: no call for lists and pictures, and news by themselves', async () => {
  const findings = await check(asking(true, GOOD))
  expect(missing(findings)).toEqual([])
  expect(budget(findings)).toContain('about 1300 guests for 6 hours')
})

test.each<[string, typeof fetch, object, string[], number]>([
  ['no object', asking(false, GOOD), {}, ['push'], 69],
  ['no CORS', asking(true, { 'cache-control': 'max-age=5' }), {}, ['cors'], 64],
  [
    'CORS for others',
    asking(true, { ...GOOD, 'access-control-allow-origin': 'https://x.example' }),
    {},
    ['cors'],
    64,
  ],
  ['a cache that keeps lists', asking(true, { ...GOOD, age: '600' }), {}, ['cache'], 64],
  ['another bucket', asking(true, GOOD, 404), {}, ['lists'], 64],
  ['no address of its own', asking(false, GOOD), { photoBaseUrl: '' }, ['push', 'address'], 13],
])('%s is found, with what to do', async (_, fetch, more, what, guests) => {
  const findings = await check(fetch, more)
  expect(missing(findings)).toEqual(what)
  expect(findings.filter(({ ok }) => !ok).every(({ mend = '' }) => mend.length > 20)).toBe(true)
  expect(budget(findings)).toContain(`about ${guests} guests`)
})

test('the rule for CORS can be pasted, and names the page', async () => {
  const cors = (await check(asking(true, {}))).find(({ what }) => what === 'cors')
  const [rule] = JSON.parse(cors!.mend!.slice(cors!.mend!.indexOf('['))) as [{ AllowedOrigins: string[] }]
  expect(rule.AllowedOrigins).toEqual([PAGE])
})

test('an event with a PIN, no public address, and one that is away', async () => {
  const pin = await check(asking(true, {}), { event: { ...event, asksPin: true } })
  expect(missing(pin)).toEqual([])
  expect(missing(await check(asking(true, GOOD), { publicUrl: '' }))).toEqual(['page'])
  const away = await check(() => Promise.reject(new Error('no such host')))
  expect(missing(away)).toEqual(['page', 'lists'])
})
