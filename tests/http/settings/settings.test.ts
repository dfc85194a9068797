import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ManifestHead } from '../../../daemon/contract/manifest.ts'
import type { FolderListing } from '../../../daemon/contract/settings.ts'
import type { Status } from '../../../daemon/contract/status.ts'
import { withKnownCamera } from '../../fixtures/camera/camera-registry.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

/** Settings over the API, of one daemon that knows a camera. */
const CAMERA = 'camera:1'
let daemon: RunningDaemon
let seed = 0

beforeAll(async () => {
  daemon = await startDaemon([], await withKnownCamera(CAMERA, 'Canon EOS R5', 'SN1'))
})
afterAll(() => daemon.end())

const shoot = async (more: Parameters<typeof makeJpeg>[0] = {}) => {
  seed += 1
  return daemon.drop(`S_${seed}.JPG`, await makeJpeg({ seed, takenAt: new Date(), ...more }))
}
const status = async () => (await daemon.get('/api/status')).body as Status

describe('the folder picker', () => {
  test('lists folders alone, links to folders among them, and where to begin', async () => {
    const top = join(daemon.data, 'tree')
    await mkdir(join(top, 'b 2'), { recursive: true })
    await mkdir(join(top, 'b 10'))
    await mkdir(join(top, '.hidden'))
    await writeFile(join(top, 'secret.txt'), 'x')
    await symlink(join(top, 'b 2'), join(top, 'c'))
    await symlink(join(top, 'secret.txt'), join(top, 'd'))
    const { status: code, body } = await daemon.get(`/api/folders?path=${encodeURIComponent(top)}`)
    const listing = body as FolderListing
    expect(code).toBe(200)
    expect(listing.folders.map(({ name }) => name)).toEqual(['b 2', 'b 10', 'c'])
    expect(listing).toMatchObject({ path: top, parent: daemon.data, writable: true })
    expect(JSON.stringify(listing)).not.toContain('secret')
    expect(listing.places.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['data', 'home']))
    const start = (await daemon.get('/api/folders')).body as FolderListing
    expect(start.path).toBe(homedir())
    expect(((await daemon.get('/api/folders?path=/')).body as FolderListing).parent).toBeNull()
  })

  test('makes a folder of one step, and nothing that leads elsewhere', async () => {
    const made = await daemon.post('/api/folders', { parent: daemon.data, name: 'SSD 2' })
    expect(made).toMatchObject({ status: 200, body: { path: join(daemon.data, 'SSD 2'), folders: [] } })
    const codes = []
    for (const name of ['SSD 2', '../x', 'a/b', '..', '.x'])
      codes.push((await daemon.post('/api/folders', { parent: daemon.data, name })).status)
    expect(codes).toEqual([409, 400, 400, 422, 422])
  })

  test('says what it cannot list, quoting it', async () => {
    const file = join(daemon.data, 'catalog.db')
    for (const [path, code] of [
      [file, 'no_such_folder'],
      ['/no/such/place', 'no_such_folder'],
      ['here', 'not_a_path'],
    ] as const) {
      const { body } = await daemon.get(`/api/folders?path=${encodeURIComponent(path)}`)
      expect(body).toMatchObject({ error: { code, params: { folder: path } } })
    }
  })

  test('is the owner’s alone', async () => {
    const guarded = daemon.routes.filter(({ url }) => url === '/api/folders')
    expect(guarded.length).toBeGreaterThan(1)
    expect(new Set(guarded.map(({ access }) => access))).toEqual(new Set(['owner']))
    const far = await daemon.get('/api/folders', { 'x-forwarded-for': '192.168.1.9' })
    expect(far.status).toBe(401)
  })
})

test('accent, credit and privacy reach the guests, and a colour is a colour', async () => {
  const change = { accent_color: '#e0857a', credit: 'Chen 陳', privacy_text: 'Ask us.' }
  expect((await daemon.post('/api/event-settings', change)).body).toMatchObject(change)
  const { current, events } = (await daemon.get('/photo/events.json')).body
  const head = (await daemon.get(`/photo/${events[current].prefix}/manifest.json`)).body as ManifestHead
  expect(head.event).toMatchObject({ accent: '#e0857a', credit: 'Chen 陳', privacy: 'Ask us.' })
  const wrong = await daemon.post('/api/event-settings', { accent_color: 'red; x: url(//evil)' })
  expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'invalid' } } })
})

test('a cover picture is not fetched from this network', async () => {
  const { status: code, body } = await daemon.post('/api/set-hero-image', { url: `https://127.0.0.1/x.jpg` })
  expect([code, body.error.code]).toEqual([422, 'address_closed'])
  expect((await daemon.get('/api/list-hero-images')).body).toEqual({ images: [], current: null })
})

test('a camera whose new frames are published by themselves says so, and they are', async () => {
  const before = await shoot({ serial: 'SN1' })
  expect((await status()).unattended).toBeUndefined()
  const set = (publish_after: number | null) =>
    daemon.post('/api/camera', { action: 'camera', id: CAMERA, publish_after })
  expect((await set(3600)).body.known).toMatchObject([{ id: CAMERA, publish_after: 3600 }])
  const live = await daemon.socket()
  const rejected = await shoot({ serial: 'SN1' })
  expect((await status()).unattended).toMatchObject([{ camera_id: CAMERA, seconds: 3600, waiting: 1 }])
  await daemon.post('/api/reject', { filename: rejected.filename })
  expect((await status()).unattended).toMatchObject([{ waiting: 0 }])
  await set(3)
  const left = await shoot({ serial: 'SN1' })
  const { publication } = await live.notice('publication.live')
  expect(publication.photo_id).toBe(left.id)
  expect((await set(null)).body.known).toMatchObject([{ id: CAMERA, publish_after: null }])
  const { images } = (await daemon.get('/api/live')).body
  expect(images.map((one: { photo_id: string }) => one.photo_id)).toEqual([left.id])
  expect(before.published_count).toBe(0)
  live.close()
})

test('the event is counted, and the status says what went live last', async () => {
  const photo = await shoot()
  const archived = await shoot()
  const name = (await daemon.post('/api/publish', { filename: photo.filename })).body.published_as
  await daemon.post('/api/archive', { filename: archived.filename })
  const counted = (await daemon.get('/api/event-statistics')).body
  expect(counted).toMatchObject({ published: 2, published_ever: 2, rejected: 1, archived: 1 })
  expect(counted.in).toBe(seed)
  const sum = (key: 'in' | 'published') =>
    counted.hours.reduce((all: number, hour: Record<'in' | 'published', number>) => all + hour[key], 0)
  expect([sum('in'), sum('published')]).toEqual([seed, 2])
  expect(Date.parse(counted.hours[0].at) % 3600_000).toBe(0)
  await daemon.post('/api/unpublish', { filename: name })
  expect((await daemon.get('/api/event-statistics')).body).toMatchObject({ published: 1, published_ever: 2 })
  const { delivery } = await status()
  expect(delivery).toMatchObject({ internet: 'unneeded', failed: 0 })
  expect(delivery?.last_live?.filename).not.toBe(name)
  expect((await daemon.post('/api/retry-uploads')).status).toBe(200)
})

test('what is set aside says why by a code, and so does a refused upload', async () => {
  const body = new FormData()
  body.append('file', new Blob(['x']), 'clip.mp4')
  const reply = await fetch(`${daemon.url}/api/upload`, {
    method: 'POST',
    body,
    headers: { origin: daemon.url },
  })
  expect(await reply.json()).toMatchObject({ errors: [{ filename: 'clip.mp4', code: 'video' }] })
  await writeFile(join(daemon.data, 'photos_buffer', 'x.gif'), 'GIF89a-and-more')
  await expect
    .poll(async () => (await status()).set_aside)
    .toMatchObject([{ path: 'x.gif', code: 'wrong_format', params: { format: 'GIF' } }])
})
