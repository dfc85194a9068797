import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { hashes } from '../../fixtures/version-before/restore.ts'
import { catalogOf, copyOf, makeRich } from './rich.ts'

let rich: string
let daemon: RunningDaemon | null = null
const folders: string[] = []
beforeAll(async () => {
  rich = await makeRich()
  folders.push(rich)
}, 240_000)
afterEach(async () => {
  await daemon?.stop()
  daemon = null
})
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function withoutCatalog(): Promise<string> {
  const data = await copyOf(rich)
  folders.push(data)
  for (const end of ['', '-wal', '-shm']) await rm(catalogOf(data) + end, { force: true })
  return data
}

const pinOf = async ({ url }: RunningDaemon) => {
  const reply = await fetch(`${url}/guests/gala/pin`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ pin: '2468' }),
  })
  return (reply.headers.get('set-cookie') ?? '').split(';')[0]!
}

test('without a catalog guests see what was live, nothing is taken or written, and the app is told', async () => {
  const data = await withoutCatalog()
  await writeFile(join(data, 'events', 'gala', 'photos_buffer', 'NEW.JPG'), 'a shot on its way')
  const before = await hashes(data)
  daemon = await startDaemon([], data)
  const head = await daemon.get('/photo/gala-2026/manifest.json')
  expect(head.status).toBe(401)
  const cookie = await pinOf(daemon)
  const opened = await daemon.get('/photo/gala-2026/manifest.json', { cookie })
  const names = opened.body.recent.map(({ filename }: { filename: string }) => filename)
  expect([opened.status, names.length]).toEqual([200, 4])
  for (const name of names)
    expect((await daemon.get(`/photo/gala-2026/${name}`, { cookie })).status).toBe(200)
  expect((await daemon.get('/photo/gala-2026/IMG_7.jpg', { cookie })).status).toBe(404)
  expect((await daemon.get('/gallery/')).status).toBe(200)
  expect((await daemon.get('/wall/')).body).toContain('/wall/assets/')
  // Nobody tells news here: pages and walls ask.
  expect(Object.keys((await daemon.get('/photo/events/gala.json', { cookie })).body).sort()).toEqual([
    'prefix',
    'slug',
    'title',
    'v',
  ])
  for (const path of ['/api/status', '/api/buffer'])
    expect((await daemon.get(path)).body.error).toMatchObject({ code: 'catalog_unusable' })
  expect((await daemon.post('/api/publish', { filename: 'IMG_4.JPG' })).status).toBe(503)
  const page = await daemon.get('/admin/')
  expect(page.body).toContain('The catalog is missing')
  expect(page.body).toContain('/catalog/rebuild')
  expect(await hashes(data)).toEqual(before)
})

test('only the owner rebuilds, with one press, and the program goes on at the same address', async () => {
  const data = await withoutCatalog()
  daemon = await startDaemon([], data)
  const { url } = daemon
  const press = (name: string, origin: string) =>
    fetch(`${url}/catalog/${name}`, { method: 'POST', redirect: 'manual', headers: { origin } })
  expect((await press('rebuild', 'http://elsewhere.test')).status).toBe(403)
  expect((await press('look', url)).status).toBe(303)
  await vi.waitFor(
    async () => expect((await daemon!.get('/catalog')).body).toContain('A rebuild would find this'),
    {
      timeout: 20_000,
    },
  )
  expect((await readdir(data)).includes('catalog.db')).toBe(false)
  expect((await press('rebuild', url)).status).toBe(303)
  await vi.waitFor(
    async () => expect((await daemon!.get('/api/status')).body.counts).toMatchObject({ live: 4 }),
    {
      timeout: 20_000,
    },
  )
})

test('a stranger sees that page without a button, and may press none', async () => {
  const data = await withoutCatalog()
  daemon = await startDaemon(['--no-trust-loopback'], data)
  const { url } = daemon
  expect((await daemon.get('/admin/')).body).not.toContain('<form')
  const reply = await fetch(`${url}/catalog/rebuild`, { method: 'POST', headers: { origin: url } })
  expect(reply.status).toBe(401)
})

test('a photo that a journal knows to be out is not shown, whatever the list says', async () => {
  const data = await withoutCatalog()
  const path = join(data, 'events', 'gala', 'photos_buffer', '.lep-journal.jsonl')
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  const live = lines
    .map((line) => JSON.parse(line))
    .find(({ name, fact }) => fact === 'publication.live' && name === 'IMG_1.jpg')
  await appendFile(
    path,
    `${JSON.stringify({ v: 1, n: 90_000, at: new Date().toISOString(), e: 'gala', fact: 'publication.gone', publication: live.publication })}\n`,
  )
  daemon = await startDaemon([], data)
  const cookie = await pinOf(daemon)
  expect((await daemon.get('/photo/gala-2026/IMG_1.jpg', { cookie })).status).toBe(404)
})
