import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RemovalRequestView } from '../../../daemon/contract/removal-request.ts'
import { ASK_EVERY } from '../../../daemon/decisions/removal-requests.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { pairWith } from '../../fixtures/http/paired.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
let slug = ''
let ahead = 0
beforeAll(async () => {
  daemon = await startDaemon([], undefined, { now: () => Date.now() + ahead })
  slug = (await daemon.get('/api/status')).body.event.slug
  for (const n of [1, 2, 3]) {
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 300, height: 200 }))
    await daemon.post('/api/publish', { filename: `IMG_${n}.JPG` })
  }
})
afterAll(() => daemon.end())

const ask = (filename: string, more: object = {}) =>
  daemon.post(`/guests/${slug}/removals`, { filename, ...more })
const list = async () => (await daemon.get('/api/removals')).body.removals as RemovalRequestView[]

test('a guest asks for a photo to be taken out: hundreds of times is one line, and no photo is hidden by that', async () => {
  const live = await daemon.socket()
  expect((await ask('IMG_1.jpg', { reason: ' my eyes are shut ' })).status).toBe(200)
  const asked = await live.notice('removal.asked')
  expect(asked.request).toMatchObject({ event: slug, filename: 'IMG_1.jpg', reason: 'my eyes are shut' })

  const statuses = new Set<number>()
  for (let round = 0; round < (process.env['LONG_TESTS'] === '1' ? 10 : 2); round++) {
    const replies = await Promise.all(
      Array.from({ length: 100 }, (_, n) => ask(`IMG_${(n % 3) + 1}.jpg`, { reason: `${n}` })),
    )
    for (const { status } of replies) statuses.add(status)
  }
  // The same photo again is no other request, and another one has to wait.
  expect([...statuses].sort()).toEqual([200, 429])
  expect(await list()).toEqual([asked.request])
  expect((await daemon.get('/api/live')).body.total).toBe(3)
  live.close()
})

test('an unknown photo, an unpublished one and an unknown event are 404, and so is another spelling', async () => {
  for (const name of ['IMG_9.jpg', 'img_1.jpg', '../IMG_1.jpg'])
    expect((await ask(name)).status, name).toBe(404)
  expect((await daemon.post('/guests/other/removals', { filename: 'IMG_1.jpg' })).status).toBe(404)
  expect((await ask('IMG_1.jpg', { reason: 'x'.repeat(501) })).status).toBe(400)
})

test('an editor keeps it or takes it out; a viewer and a guest may not answer', async () => {
  const [{ id }] = (await list()) as [RemovalRequestView]
  const viewer = await pairWith(daemon, 'viewer')
  expect((await daemon.post('/api/removals', { id, action: 'keep' }, viewer.headers)).status).toBe(403)
  expect((await daemon.get('/api/removals', viewer.headers)).body.removals).toHaveLength(1)
  const editor = await pairWith(daemon, 'editor')
  const live = await daemon.socket()
  expect((await daemon.post('/api/removals', { id, action: 'keep' }, editor.headers)).status).toBe(200)
  await live.notice('removal.answered', (notice) => notice.id === id)
  expect(await list()).toEqual([])
  expect((await daemon.post('/api/removals', { id, action: 'keep' })).status).toBe(404)
  expect((await daemon.get('/api/audit')).body.entries[0]).toMatchObject({
    what: 'removal refused',
    subject: 'IMG_1.jpg',
  })
  live.close()
})

test('taking it out is the unpublish that there is; one that is unpublished otherwise is asked for no more', async () => {
  expect((await ask('IMG_1.jpg')).status, 'kept, and asked for again').toBe(429)
  ahead += ASK_EVERY
  expect((await ask('IMG_1.jpg', { reason: 'please' })).body).toEqual({ status: 'success' })
  ahead += ASK_EVERY
  expect((await ask('IMG_2.jpg')).body).toEqual({ status: 'success' })
  const [first, second] = (await list()) as [RemovalRequestView, RemovalRequestView]
  expect([first.filename, second.filename]).toEqual(['IMG_1.jpg', 'IMG_2.jpg'])
  const live = await daemon.socket()
  expect((await daemon.post('/api/removals', { id: first.id, action: 'unpublish' })).status).toBe(200)
  await live.notice('publication.gone', (notice) => notice.filename === 'IMG_1.jpg')
  await live.notice('removal.answered', (notice) => notice.id === first.id)
  await daemon.post('/api/unpublish', { filename: 'IMG_2.jpg' })
  await live.notice('removal.answered', (notice) => notice.id === second.id)
  expect(await list()).toEqual([])
  expect((await daemon.get('/api/live')).body.total).toBe(1)
  live.close()
})

test('a request outlives an update, is one with that of the new version, and is answered for what guests see', async () => {
  ahead += ASK_EVERY
  expect((await ask('IMG_3.jpg', { reason: 'not me' })).status).toBe(200)
  const [{ id }] = (await list()) as [RemovalRequestView]
  const live = await daemon.socket()
  const update = { filename: 'IMG_3.JPG', exposure: 1, replaces: 'IMG_3.jpg' }
  expect((await daemon.post('/api/publish', update)).status).toBe(200)
  await live.notice(
    'removal.asked',
    ({ request }) => request.id === id && request.filename === 'IMG_3_002.jpg',
  )
  ahead += ASK_EVERY
  expect((await ask('IMG_3_002.jpg', { reason: 'again' })).status).toBe(200)
  expect(await list()).toMatchObject([{ id, filename: 'IMG_3_002.jpg', reason: 'not me' }])
  expect((await daemon.post('/api/removals', { id, action: 'unpublish' })).status).toBe(200)
  expect(await list()).toEqual([])
  const { images } = (await daemon.get('/api/live')).body as { images: { filename: string }[] }
  expect(images.filter(({ filename }) => filename.startsWith('IMG_3'))).toEqual([])
  live.close()
})
