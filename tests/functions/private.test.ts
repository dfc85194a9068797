import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createFolderStore } from '../../daemon/cloud/store/store-folder.ts'
import { allOf, startPages, type Pages } from '../fixtures/cloud/pages.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { askFolder, askServer, crawl, told, type Ask } from '../fixtures/guests/crawler.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

/** What guests of one event learn of others: on the venue's network, on Pages in its real runtime, and from the bucket's
 * own domain. */

interface Shown {
  readonly slug: string
  readonly prefix: string
  readonly title: string
  readonly name: string
  readonly picture: Buffer
}
const PIN = '2468'
let daemon: RunningDaemon
let pages: Pages
let past: Shown
let locked: Shown
let ended: Shown
let now: Shown

async function publish(title: string, name: string, seed: number): Promise<Shown> {
  const { slug, prefix } = (await daemon.get('/api/events')).body.current
  const { folders } = (await daemon.get('/api/status')).body
  const buffer = folders.find(({ role }: { role: string }) => role === 'buffer').path as string
  const live = await daemon.socket()
  await writeFile(join(buffer, `${name}.JPG`), await makeJpeg({ seed }))
  await live.notice('photo.added', ({ photo }) => photo.filename === `${name}.JPG`)
  await daemon.post('/api/publish', { filename: `${name}.JPG` })
  return { slug, prefix, title, name, picture: await daemon.bytes(`/photo/${prefix}/${name}.jpg`) }
}
const open = (title: string, more: object = {}) =>
  daemon.post('/api/events', { action: 'open', title, ...more })
const secretsOf = (event: Shown) => [event.slug, event.prefix, event.title, event.name, event.picture]
const bucket = () => join(daemon.data, 'bucket')

beforeAll(async () => {
  daemon = await startDaemon()
  await open('Alphaville wedding')
  past = await publish('Alphaville wedding', 'ALPHA_1', 1)
  await open('Closed dinner', { visibility: 'pin', pin: PIN })
  locked = await publish('Closed dinner', 'LOCKED_1', 2)
  await open('Ended gala', { visibility: 'link' })
  ended = await publish('Ended gala', 'ENDED_1', 3)
  const ends_at = new Date(Date.now() - 1000).toISOString()
  await daemon.post('/api/events', { action: 'access', slug: ended.slug, ends_at })
  await open('Bravo party')
  now = await publish('Bravo party', 'BRAVO_1', 4)
  await vi.waitFor(
    async () =>
      expect((await daemon.get('/api/status')).body.sync).toMatchObject({ waiting: 0, trouble: null }),
    { timeout: 20_000 },
  )
  // Projects of before have the bucket under this name.
  pages = await startPages(await allOf(createFolderStore(bucket())), 'PHOTOS')
}, 120_000)
afterAll(async () => {
  await pages.end()
  await daemon.end()
})

const servers: [string, () => Ask][] = [
  ['the daemon', () => askServer(daemon.url)],
  ['Pages', () => askServer(pages.url)],
  ['the bucket', () => askFolder(bucket())],
]
/** From the address of the event that is shown now, and by what a curious guest tries. */
const starts = () => {
  const day = now.slug.slice(0, 10)
  const slugs = [now.slug, day, `${day}-2`, 'events', 'private', past.slug.toUpperCase(), `${past.slug} `]
  return [
    ...['/', '/gallery/', `/e/${now.slug}`, `/gallery/e/${now.slug}`, '/robots.txt', '/sitemap.xml'],
    ...['/photo/', '/photo/events.json', '/photo/events/', '/photo/private/', '/photo/manifest.json'],
    ...slugs.flatMap((slug) => [
      `/photo/events/${encodeURIComponent(slug)}.json`,
      `/photo/${encodeURIComponent(slug)}/manifest.json`,
      `/photo/private/${encodeURIComponent(slug)}/`,
    ]),
    `/guests/${now.slug}/pin`,
  ]
}

describe.each(servers)('%s', (name, server) => {
  test('leads from one event to its own photos, and tells nothing of any other', async () => {
    const seen = await crawl(server(), starts())
    expect(seen.get(`/photo/${now.prefix}/${now.name}.jpg`)?.bytes.equals(now.picture)).toBe(true)
    for (const other of [past, locked, ended]) expect(told(seen, secretsOf(other))).toEqual([])
  })

  test('control: from the index that the version before wrote, the crawler finds all of them', async () => {
    const all = [past, locked, ended, now].map(({ slug, prefix, title }) => [slug, { prefix, title }])
    const index = JSON.stringify({ v: 1, current: now.slug, events: Object.fromEntries(all) })
    const ask: Ask = async (path) =>
      path === '/photo/events.json' ? { status: 200, bytes: Buffer.from(index), headers: '' } : server()(path)
    const seen = await crawl(ask, starts())
    expect(told(seen, [past.picture])).toContain(`/photo/${past.prefix}/${past.name}.jpg`)
    expect(told(seen, [locked.title])).toContain('/photo/events.json')
    if (name !== 'the bucket') expect(told(seen, [ended.picture])).toEqual([])
  })

  test('a past event goes on at its own address', async () => {
    if (name === 'the bucket') return
    const seen = await crawl(server(), [`/photo/events/${past.slug}.json`])
    expect(told(seen, [past.picture])).toHaveLength(1)
    expect(told(seen, [now.slug, now.title, now.prefix])).toEqual([])
  })
})

test('a document of the bucket is served to nobody, not even to who knows its name', async () => {
  const objects = await allOf(createFolderStore(bucket()))
  const keys = Object.keys(objects).filter((key) => key.startsWith('private/'))
  expect(keys.map((key) => key.split('/')[1]).sort()).toEqual(
    [past, locked, ended, now].map(({ slug }) => slug).sort(),
  )
  for (const key of keys)
    for (const url of [daemon.url, pages.url]) expect((await fetch(`${url}/photo/${key}`)).status).toBe(404)
  // What lies there opens no door by itself: the PIN is in none of them.
  for (const key of keys) expect(await readFile(join(bucket(), key), 'utf8')).not.toContain(PIN)
})

describe.each([
  ['the daemon', () => daemon.url],
  ['Pages', () => pages.url],
])('%s, an event with a PIN', (_name, url) => {
  const event = (cookie = '', method = 'GET') =>
    fetch(`${url()}/photo/events/${locked.slug}.json`, { method, headers: { cookie } })
  const head = (cookie = '', more: object = {}) =>
    fetch(`${url()}/photo/${locked.prefix}/manifest.json`, { headers: { cookie, ...more } })
  const type = (pin: string, slug = locked.slug) =>
    fetch(`${url()}/guests/${slug}/pin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url() },
      body: JSON.stringify({ pin }),
    })
  const cookieOf = (reply: Response) => reply.headers.get('set-cookie')!.split(';')[0]!

  test('says its title and nothing else, whatever is asked for and how', async () => {
    const reply = await event()
    expect([reply.status, await reply.json()]).toEqual([401, { v: 1, state: 'pin', title: locked.title }])
    expect(reply.headers.get('cache-control')).toBe('no-store')
    for (const refused of [
      await event('', 'HEAD'),
      await head(),
      await head('', { range: 'bytes=0-10' }),
      await head('', { 'if-none-match': '*' }),
    ]) {
      expect([refused.status, refused.headers.get('cache-control')]).toEqual([401, 'no-store'])
      expect(await refused.text()).not.toContain(locked.name)
    }
  })

  test('opens to who types it, in any digits, and to that guest alone', async () => {
    expect((await type('1357')).status).toBe(403)
    const right = await type('２４ ６８')
    expect(right.status).toBe(200)
    expect(right.headers.get('set-cookie')).toMatch(
      /^lep-e-[^=]+=\d+\.[0-9a-f]{64}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const cookie = cookieOf(right)
    const opened = await event(`other=1; ${cookie}`)
    expect(await opened.json()).toMatchObject({ slug: locked.slug, prefix: locked.prefix })
    for (const reply of [opened, await head(cookie)]) {
      expect(reply.status).toBe(200)
      expect(reply.headers.get('cache-control')).toMatch(/^private\b/)
      expect(reply.headers.get('vary')).toMatch(/cookie/i)
      expect(reply.headers.get('x-robots-tag')).toBe('noindex')
    }
    // The pictures are found by the lists alone, and no shared cache keeps them.
    const picture = await fetch(`${url()}/photo/${locked.prefix}/${locked.name}.jpg`)
    expect([picture.status, picture.headers.get('cache-control')?.split(',')[0]]).toEqual([200, 'private'])
    const forged = [
      cookie.replace(/\d+\./, (at) => `${Number(at.slice(0, -1)) + 1}.`),
      cookie.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      cookie.replace(locked.slug, past.slug),
      cookie.slice(0, -1),
      cookie.replace(/=.*/, '='),
    ]
    for (const one of forged) expect([one, (await event(one)).status]).toEqual([one, 401])
    expect((await type(PIN, past.slug)).headers.get('set-cookie')).toBeNull()
  })

  test('after its end says so, and nothing below its prefix is there any more', async () => {
    const at = (path: string) => fetch(`${url()}/photo/${path}`)
    const reply = await at(`events/${ended.slug}.json`)
    expect([reply.status, await reply.json()]).toEqual([410, { v: 1, state: 'ended', title: ended.title }])
    for (const file of ['manifest.json', `${ended.name}.jpg`, `thumb/${ended.name}.webp`])
      expect([file, (await at(`${ended.prefix}/${file}`)).status]).toEqual([file, 410])
    expect((await type(PIN, ended.slug)).status).toBe(410)
  })
})
