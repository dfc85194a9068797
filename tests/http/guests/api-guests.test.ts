import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ManifestHead } from '../../../daemon/contract/manifest.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

/** What guests get to see: titles and pictures of the event, the public tree, and which event is the current one. */

let daemon: RunningDaemon
let seed = 0
beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

/** A photo of its own for each test, so that none depends on another. */
async function shoot(rest: Parameters<typeof makeJpeg>[0] = {}): Promise<string> {
  seed += 1
  const name = `IMG_${1000 + seed}.JPG`
  await daemon.drop(name, await makeJpeg({ seed, ...rest }))
  return name
}
async function manifest(): Promise<ManifestHead> {
  const { current, events } = (await daemon.get('/photo/events.json')).body
  return (await daemon.get(`/photo/${events[current].prefix}/manifest.json`)).body as ManifestHead
}

test('event settings reach the manifest', async () => {
  const reply = await daemon.post('/api/event-settings', {
    event_title: '婚禮 & Dinner',
    title_font_size: 90,
  })
  expect(reply.body).toMatchObject({ event_title: '婚禮 & Dinner', title_font_size: 90, event_subtitle: '' })
  expect((await manifest()).event).toMatchObject({ title: '婚禮 & Dinner', titleFont: { size: 90 } })
})

test('a hero picture is decoded, kept and named in the manifest; a broken one changes nothing', async () => {
  const send = async (bytes: Uint8Array) => {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(bytes)]), 'hero.jpg')
    return fetch(`${daemon.url}/api/upload-hero-image`, {
      method: 'POST',
      headers: { origin: daemon.url },
      body: form,
    })
  }
  expect((await send(await makeJpeg({ seed: 77, width: 2600, height: 1300 }))).status).toBe(200)
  const { event } = await manifest()
  expect(event.hero).toMatch(/^assets\/hero-[0-9a-f]{16}\.jpg$/)
  expect((await send(Buffer.from('not a picture'))).status).toBe(422)
  expect((await manifest()).event.hero).toBe(event.hero)
  const { current, events } = (await daemon.get('/photo/events.json')).body
  const made = await sharp(await daemon.bytes(`/photo/${events[current].prefix}/${event.hero}`)).metadata()
  expect([made.width, made.height]).toEqual([2048, 1024])
  const filename = event.hero!.slice('assets/'.length)
  expect((await daemon.post('/api/delete-hero-image', { filename })).status).toBe(200)
  expect((await manifest()).event.hero).toBeNull()
})

test("a guest's page gets a 304 until something changes", async () => {
  const { current, events } = (await daemon.get('/photo/events.json')).body
  const path = `/photo/${events[current].prefix}/manifest.json`
  const etag = (await daemon.get(path)).headers.get('etag')!
  expect((await daemon.get(path, { 'if-none-match': etag })).status).toBe(304)
  await daemon.post('/api/publish', { filename: await shoot() })
  expect((await daemon.get(path, { 'if-none-match': etag })).status).toBe(200)
})

test('lists are sent compressed to whom that is no news, and mean the same', async () => {
  for (let n = 0; n < 4; n += 1) await daemon.post('/api/publish', { filename: await shoot() })
  const { current, events } = (await daemon.get('/photo/events.json')).body
  const path = `/photo/${events[current].prefix}/manifest.json`
  const plain = await daemon.get(path, { 'accept-encoding': 'identity' })
  const small = await daemon.get(path, { 'accept-encoding': 'gzip' })
  expect([plain, small].map(({ headers }) => headers.get('content-encoding'))).toEqual([null, 'gzip'])
  expect(small.body).toEqual(plain.body)
  expect(small.headers.get('etag')).toBe(plain.headers.get('etag'))
  expect(small.headers.get('vary')).toContain('accept-encoding')
  const refused = await daemon.get(path, { 'accept-encoding': 'gzip;q=0' })
  expect(refused.headers.get('content-encoding')).toBeNull()
})

test('what is not live is not in the public tree, whatever lies in the folder', async () => {
  const filename = await shoot()
  const name = (await daemon.post('/api/publish', { filename })).body.published_as as string
  const { current, events } = (await daemon.get('/photo/events.json')).body
  const base = `/photo/${events[current].prefix}`
  expect((await daemon.get(`${base}/${name}`)).status).toBe(200)
  expect((await daemon.get(`${base}/${name.toUpperCase()}`)).status).toBe(404)
  const view = `view/${name.replace('.jpg', '.webp')}`
  const shown = await daemon.get(`${base}/${view}`)
  expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp'])
  expect(shown.headers.get('cache-control')).toContain('immutable')
  await daemon.post('/api/unpublish', { filename: name })
  await writeFile(join(daemon.data, 'photos_web', name), 'left behind')
  await writeFile(join(daemon.data, 'photos_web', 'stray.jpg'), 'never published')
  for (const path of [
    name,
    'stray.jpg',
    `thumb/${name.replace('.jpg', '.webp')}`,
    view,
    '.lep-folder',
    '..%2fcatalog.db',
  ])
    expect([path, (await daemon.get(`${base}/${path}`)).status]).toEqual([path, 404])
})

test('two people who open a new event at once open one', async () => {
  const own = await startDaemon()
  try {
    const { slug: before, prefix } = (await own.get('/api/events')).body.current
    await own.drop('IMG_1.JPG', await makeJpeg())
    await Promise.all([1, 2].map((n) => own.post('/api/events', { action: 'open', title: `Evening ${n}` })))
    const { current, events } = (await own.get('/api/events')).body
    expect(events).toHaveLength(2)
    expect(current).toMatchObject({
      slug: expect.not.stringMatching(String(before)),
      state: 'open',
      title: expect.stringMatching(/^Evening [12]$/),
    })
    expect((await own.get('/api/buffer')).body.total).toBe(0)
    const filename = (await own.socket()).notice('photo.added', ({ photo }) => photo.filename === 'IMG_1.JPG')
    await writeFile(
      join(own.data, 'events', current.slug as string, 'photos_buffer', 'IMG_1.JPG'),
      await makeJpeg({ seed: 2 }),
    )
    expect((await filename).photo.filename).toBe('IMG_1.JPG')
    expect((await own.get(`/photo/${prefix}/manifest.json`)).body.event.slug).toBe(before)
  } finally {
    await own.end()
  }
})
