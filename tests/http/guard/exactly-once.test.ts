import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
beforeAll(async () => {
  daemon = await startDaemon()
  for (const n of [1, 2, 3])
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 600, height: 400 }))
})
afterAll(() => daemon.end())

/** Sends a request whole and hangs up without waiting for the answer, as a link that is cut does. */
function hangUp(path: string, body: object): Promise<void> {
  return new Promise((resolve) => {
    const sent = request(daemon.url + path, {
      method: 'POST',
      headers: { origin: daemon.url, 'content-type': 'application/json' },
    })
    sent.on('error', () => undefined)
    sent.on('close', () => resolve())
    // Not before the daemon has it: its reply may come, or not.
    sent.end(JSON.stringify(body), () => setImmediate(() => sent.destroy()))
  })
}
const live = async () =>
  (await daemon.get('/api/live')).body.images.map((one: { original: string }) => one.original)

test('a publish whose client hung up is done once, however often it is sent again', async () => {
  const body = { filename: 'IMG_1.JPG', again: true, request_id: 'offline-one' }
  await hangUp('/api/publish', body)
  const replies = await Promise.all([daemon.post('/api/publish', body), daemon.post('/api/publish', body)])
  expect(replies.map(({ status, body }) => [status, body.published_as])).toEqual([
    [200, 'IMG_1.jpg'],
    [200, 'IMG_1.jpg'],
  ])
  expect(await live()).toEqual(['IMG_1.JPG'])
})

test('without an id, a reply that got lost makes two of it', async () => {
  const body = { filename: 'IMG_2.JPG', again: true }
  await daemon.post('/api/publish', body)
  await daemon.post('/api/publish', body)
  expect((await live()).filter((name: string) => name === 'IMG_2.JPG')).toHaveLength(2)
})

test('what was decided for another event falls on no photo of this one', async () => {
  const current = (await daemon.get('/api/status')).body.event.slug
  const body = { filename: 'IMG_3.JPG', request_id: 'offline-two' }
  const other = { 'x-lep-event': encodeURIComponent('昨天的婚禮') }
  const refused = await daemon.post('/api/archive', body, other)
  expect([refused.status, refused.body.error.code]).toEqual([409, 'other_event'])
  const again = { ...body, request_id: 'offline-three' }
  const done = await daemon.post('/api/archive', again, { 'x-lep-event': encodeURIComponent(current) })
  expect(done.status).toBe(200)
  // What was done in time stays done: its reply is repeated whatever is open by now.
  expect(await daemon.post('/api/archive', again, other)).toMatchObject({ status: 200, body: done.body })
})
