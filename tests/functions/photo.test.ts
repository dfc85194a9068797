import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyOf, rangeOf } from '../../functions/bucket.ts'
import { cardObjects, describeCards } from './cards.ts'
import { startPages, type Pages } from '../fixtures/cloud/pages.ts'

const PREFIX = '2026-01-20'
const PICTURE = Buffer.from(Array.from({ length: 1000 }, (_, n) => n % 251))
const NAMES = ['IMG_1.jpg', '婚禮 照片 (1).jpg', '100% #1?.jpg', "it's+a&b=c.jpg", 'a%20b.jpg']
const INDEX = JSON.stringify({
  v: 1,
  current: 'a',
  events: { a: { prefix: PREFIX, title: 'A' }, b: { prefix: '宴 會/', title: '' } },
})

const FOREVER = 'public, max-age=31536000, immutable'

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** Asks for a path as it is spelled: fetch() would tidy it up. */
function ask(
  url: string,
  path: string,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (reply) => {
      const chunks: Buffer[] = []
      reply.on('data', (chunk: Buffer) => chunks.push(chunk))
      reply.on('end', () =>
        resolve({ status: reply.statusCode!, headers: reply.headers, body: Buffer.concat(chunks) }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('in the real runtime', () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await startPages({
      ...cardObjects,
      'events.json': INDEX,
      [`${PREFIX}/manifest.json`]: '{"v":1}',
      [`${PREFIX}/pages/0123.json`]: '{"v":1,"entries":[]}',
      [`${PREFIX}/thumb/IMG_1.webp`]: PICTURE,
      [`${PREFIX}/assets/hero.PNG`]: PICTURE,
      [`${PREFIX}/empty.jpg`]: '',
      ...Object.fromEntries(NAMES.map((name) => [`${PREFIX}/${name}`, PICTURE])),
      '宴 會/a.jpg': PICTURE,
      'secret/plan.jpg': PICTURE,
      'other.json': '{}',
      [`${PREFIX}-2/a.jpg`]: PICTURE,
    })
  }, 120_000)
  afterAll(() => pages.end())
  describeCards(() => pages)
  const get = (path: string, headers?: Record<string, string>, method?: string) =>
    ask(pages.url, path, method, headers)

  test.each([
    ['/photo/events.json', 'application/json; charset=utf-8', 'public, max-age=5'],
    [`/photo/${PREFIX}/manifest.json`, 'application/json; charset=utf-8', 'public, max-age=5'],
    [`/photo/${PREFIX}/pages/0123.json`, 'application/json; charset=utf-8', FOREVER],
    [`/photo/${PREFIX}/IMG_1.jpg`, 'image/jpeg', FOREVER],
    [`/photo/${PREFIX}/thumb/IMG_1.webp`, 'image/webp', FOREVER],
    [`/photo/${PREFIX}/assets/hero.PNG`, 'image/png', 'public, max-age=300'],
    [`/photo/${PREFIX}/empty.jpg`, 'image/jpeg', FOREVER],
  ])('%s is %s, %s', async (path, type, cache) => {
    const answer = await get(path)
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': type,
      'cache-control': cache,
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
    })
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    const head = await get(path, {}, 'HEAD')
    expect(head.status).toBe(200)
    expect(head.body).toHaveLength(0)
    for (const name of ['content-type', 'cache-control', 'etag'])
      expect(head.headers[name]).toBe(answer.headers[name])
    expect(head.headers['content-length'] ?? `${answer.body.length}`).toBe(`${answer.body.length}`)
  })

  test.each(NAMES)('the name %j is found, byte for byte', async (name) => {
    const answer = await get(`/photo/${PREFIX}/${encodeURIComponent(name)}`)
    expect(answer.status).toBe(200)
    expect(answer.body.equals(PICTURE)).toBe(true)
  })

  test('so is one below a prefix with a space and a closing slash', async () => {
    expect((await get(`/photo/${encodeURIComponent('宴 會')}/a.jpg`)).status).toBe(200)
  })

  test.each([
    ['what is not there', `/photo/${PREFIX}/IMG_2.jpg`],
    ['another spelling', `/photo/${PREFIX}/img_1.jpg`],
    ['a prefix that is not listed', '/photo/secret/plan.jpg'],
    ['a prefix that only begins like one', `/photo/${PREFIX}-2/a.jpg`],
    ['a file in the root', '/photo/other.json'],
    ['the root', '/photo/'],
    ['a folder', `/photo/${PREFIX}/`],
    ['a folder without its slash', `/photo/${PREFIX}`],
    ['a way out', `/photo/${PREFIX}/..%2fsecret/plan.jpg`],
    ['a way out, in segments', `/photo/${PREFIX}/%2e%2e/secret/plan.jpg`],
    ['an encoded slash', `/photo/${PREFIX}%2FIMG_1.jpg`],
    ['a broken escape', `/photo/${PREFIX}/%E0%A4%A.jpg`],
    ['a twice encoded name', `/photo/${PREFIX}/100%2525%20%231%3F.jpg`],
    ['a hidden file', `/photo/${PREFIX}/.DS_Store`],
    ['a null byte', `/photo/${PREFIX}/IMG_1.jpg%00`],
  ])('404 for %s, and nobody keeps that for long', async (_what, path) => {
    const answer = await get(path)
    expect(answer.status).toBe(404)
    expect(answer.headers['cache-control']).toBe('public, max-age=2')
    expect(answer.body.includes('plan')).toBe(false)
  })

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('405 for %s', async (method) => {
    const answer = await get(`/photo/${PREFIX}/IMG_1.jpg`, {}, method)
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe('GET, HEAD')
    expect((await get(`/photo/${PREFIX}/IMG_1.jpg`)).status).toBe(200)
  })

  test('304 for what a guest has, 200 for another version', async () => {
    const path = `/photo/${PREFIX}/IMG_1.jpg`
    const { headers } = await get(path)
    const same = await get(path, { 'if-none-match': headers.etag as string })
    expect(same.status).toBe(304)
    expect(same.body).toHaveLength(0)
    expect(same.headers.etag).toBe(headers.etag)
    expect((await get(path, { 'if-none-match': `W/${headers.etag as string}, "x"` })).status).toBe(304)
    expect((await get(path, { 'if-none-match': '"another"' })).status).toBe(200)
  })

  test.each([
    ['bytes=0-9', 206, [0, 10]],
    ['bytes=990-', 206, [990, 1000]],
    ['bytes=-10', 206, [990, 1000]],
    ['bytes=990-5000', 206, [990, 1000]],
    ['bytes=1000-', 416, null],
    ['bytes=-0', 416, null],
    ['bytes=5-1', 200, [0, 1000]],
    ['lines=1-2', 200, [0, 1000]],
    ['bytes=0-1,3-4', 200, [0, 1000]],
  ] as const)('Range: %s is answered with %i', async (range, status, part) => {
    const answer = await get(`/photo/${PREFIX}/IMG_1.jpg`, { range })
    expect(answer.status).toBe(status)
    if (part) expect(answer.body.equals(PICTURE.subarray(part[0], part[1]))).toBe(true)
    if (status === 206) expect(answer.headers['content-range']).toBe(`bytes ${part[0]}-${part[1] - 1}/1000`)
    if (status === 416) {
      expect(answer.headers['content-range']).toBe('bytes */1000')
      expect(answer.headers['cache-control']).toBe('no-store')
    }
  })

  test('a range of another version than the guest has is the whole', async () => {
    const answer = await get(`/photo/${PREFIX}/IMG_1.jpg`, { range: 'bytes=0-9', 'if-range': '"old"' })
    expect(answer.status).toBe(200)
  })

  test('the page answers at the root and for every event', async () => {
    for (const path of ['/', '/e/2026-01-20']) {
      const answer = await get(path, { accept: 'text/html' })
      expect(answer.status).toBe(200)
      expect(answer.body.toString()).toContain('<title>Photos</title>')
    }
  })
})

test('without a bucket nothing is public', async () => {
  const { onRequest } = await import('../../functions/photo/[[path]].ts')
  const request = new Request(`https://x/photo/${PREFIX}/IMG_1.jpg`)
  const unbound = await onRequest({ request, env: {} })
  expect(unbound.status).toBe(500)
  expect(await unbound.text()).toContain('GALLERY')
})

test.each([
  ['not JSON', 'not json', 404],
  ['null', 'null', 404],
  ['a list', '["2026-01-20"]', 404],
  ['no events', '{"v":1}', 404],
  ['events as a text', '{"events":"2026-01-20"}', 404],
  ['an event without its prefix', '{"events":{"a":{}}}', 404],
  ['a prefix that is no text', '{"events":{"a":{"prefix":["2026-01-20"]}}}', 404],
  ['a prefix of nothing', '{"events":{"a":{"prefix":"/"}}}', 404],
  ['a broken event beside a whole one', '{"events":{"a":null,"b":{"prefix":"2026-01-20"}}}', 200],
])('an index that is %s shows no more than it names', async (_what, index, status) => {
  const { onRequest } = await import('../../functions/photo/[[path]].ts')
  const request = new Request(`https://x/photo/${PREFIX}/IMG_1.jpg`)
  const stored = { size: 1, httpEtag: '"x"', body: new Blob(['x']).stream(), text: async () => index }
  const bucket = { head: async () => stored, get: async () => stored, list: async () => ({ objects: [] }) }
  expect((await onRequest({ request, env: { GALLERY: bucket } })).status).toBe(status)
})

test('addresses and ranges are read as they should be', () => {
  expect(keyOf('/photo/e/a%20b.jpg')).toBe('e/a b.jpg')
  expect(keyOf('/photo/e/%252e.jpg')).toBe('e/%2e.jpg')
  expect(keyOf('/photo/e//a.jpg')).toBeNull()
  expect(rangeOf('bytes=0-0', 10)).toEqual({ offset: 0, length: 1 })
  expect(rangeOf('bytes=0-', 0)).toBe('bad')
})
