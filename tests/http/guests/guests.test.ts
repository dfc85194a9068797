import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildParts } from '../../../scripts/parts.mjs'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
let slug: string
let prefix: string
beforeAll(async () => {
  daemon = await startDaemon()
  await daemon.drop('IMG_1.JPG', await makeJpeg())
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  ;({ slug, prefix } = (await daemon.get('/api/events')).body.current)
})
afterAll(() => daemon.end())

const PERSON = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
/** Neither the owner nor a device: the page of another site makes the owner's browser ask. */
const STRANGER = { 'sec-fetch-site': 'cross-site' }

describe('a guest with a wrong address', () => {
  test.each([
    ['/gallery/e/SLUG/', 200],
    ['/gallery/e/SLUG/?utm_source=x', 200],
    ['/gallery//', 200],
    ['/gallery/anything', 404],
    ['/gallery/e/SLUG/deeper/still', 404],
    ['/gallery/e/', 200],
    ['/gallery/assets/', 404],
    ['/gallery/%00', 404],
    ['/photo/PREFIX/GONE.jpg', 404],
    ['/photo/nowhere/manifest.json', 404],
    ['/photo/PREFIX', 404],
    ['/gallery/%zz', 400],
  ])('reads a page at %s', async (path, status) => {
    const address = path.replace('SLUG', slug).replace('PREFIX', prefix)
    const reply = await daemon.get(address, { ...PERSON, ...STRANGER })
    if (path === '/photo/PREFIX') return expect(reply.headers.get('content-type')).toContain('text/html')
    expect([reply.status, reply.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8'])
    expect(reply.headers.get('cache-control')).not.toMatch(/max-age|immutable|public/)
  })

  test('is no script of ours: what asks for one that is not there gets no page', async () => {
    const reply = await daemon.get('/gallery/assets/index-OLDBUILD.js', { accept: '*/*' })
    expect([reply.status, reply.headers.get('cache-control')]).toEqual([404, 'no-store'])
    expect(reply.headers.get('content-type')).not.toContain('html')
  })
})

test('the page’s own files come in fewer bytes to whoever takes them so, and are the same', async () => {
  await buildParts(fileURLToPath(new URL('../../..', import.meta.url)))
  const html = String((await daemon.get('/gallery/', PERSON)).body)
  const [script] = /\/gallery\/assets\/index-[\w-]+\.js/.exec(html)!
  const whole = await fetch(daemon.url + script, { headers: { 'accept-encoding': 'identity' } })
  const packed = await fetch(daemon.url + script, { headers: { 'accept-encoding': 'gzip, deflate' } })
  expect([whole, packed].map(({ headers }) => headers.get('content-encoding'))).toEqual([null, 'gzip'])
  for (const { headers } of [whole, packed]) {
    expect(headers.get('content-type')).toContain('javascript')
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('vary')).toContain('accept-encoding')
  }
  const length = ({ headers }: Response) => Number(headers.get('content-length'))
  expect(length(packed)).toBeLessThan(length(whole) / 2)
  expect(await packed.text()).toBe(await whole.text())
})

test.each([
  '/favicon.ico',
  '/apple-touch-icon.png',
  '/apple-touch-icon-precomposed.png',
  '/apple-touch-icon-120x120.png',
  '/apple-touch-icon-152x152-precomposed.png',
  '/robots.txt',
  '/manifest.webmanifest',
  '/manifest.json',
  '/browserconfig.xml',
  '/.well-known/apple-app-site-association',
  '/.well-known/appspecific/com.chrome.devtools.json',
])('what a browser asks for by itself is never answered 401: %s', async (path) => {
  expect([200, 404]).toContain((await daemon.get(path, STRANGER)).status)
  // The control: nobody else's addresses became public with them.
  expect((await daemon.get('/admin/', STRANGER)).status).toBe(401)
})

test('no error may be kept', async () => {
  const { current } = (await daemon.get('/api/events')).body
  const picture = `/photo/${current.prefix}/IMG_1.jpg`
  expect((await daemon.get(picture)).headers.get('cache-control')).toContain('immutable')
  const outside = await daemon.get(picture, { range: 'bytes=99999999-' })
  expect([outside.status, outside.headers.get('cache-control')]).toEqual([416, 'no-store'])
  for (const path of [`/photo/${current.prefix}/NOPE.jpg`, '/photo/x/manifest.json', '/api/nothing'])
    expect((await daemon.get(path)).headers.get('cache-control')).toBe('no-store')
})

test('a list that has not changed is answered 304, for any event, and is the one of the catalog', async () => {
  await daemon.post('/api/events', { action: 'open', title: 'Another' })
  const now = (await daemon.get('/api/events')).body.current.prefix as string
  expect(now).not.toBe(prefix)
  await writeFile(join(daemon.data, 'photos_web', 'manifest.json'), '{"v":2,"recent":"not ours"}')
  await writeFile(join(daemon.data, 'photos_web', 'pages', `${'a'.repeat(20)}.json`), '{"v":1,"entries":[]}')
  for (const one of [now, prefix]) {
    const path = `/photo/${one}/manifest.json`
    const first = await daemon.get(path)
    expect([first.status, Array.isArray(first.body.recent)]).toEqual([200, true])
    const etag = first.headers.get('etag')!
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`])
      expect((await daemon.get(path, { 'if-none-match': known })).status).toBe(304)
    expect((await daemon.get(path, { 'if-none-match': '"other"' })).status).toBe(200)
  }
  expect((await daemon.get(`/photo/${prefix}/manifest.json`)).body.recent[0].filename).toBe('IMG_1.jpg')
  expect((await daemon.get(`/photo/${prefix}/pages/${'a'.repeat(20)}.json`)).status).toBe(404)
})

test.each(['photos_web', 'photos_web/view'])(
  'what another program wrote over a published picture in %s is given to nobody',
  async (folder) => {
    const shown = folder.endsWith('view') ? 'view/IMG_1.webp' : 'IMG_1.jpg'
    const path = join(daemon.data, folder, shown.split('/').at(-1)!)
    const published = await readFile(path)
    const url = `/photo/${prefix}/${shown}`
    await writeFile(path, Buffer.concat([published, Buffer.from('more')]))
    expect((await daemon.get(url, STRANGER)).status).toBe(404)
    await writeFile(path, published)
    expect((await daemon.get(url, STRANGER)).status).toBe(200)
  },
)
