import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PublicationPage } from '../../../daemon/contract/publication.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

/** A photo that is live and was updated since somebody looked. */
async function updated(name: string, seed: number): Promise<void> {
  await daemon.drop(`${name}.JPG`, await makeJpeg({ seed, width: 90, height: 60 }))
  await publish(name)
  await publish(name, { exposure: 1, replaces: `${name}.jpg` })
}
const publish = async (name: string, more: object = {}) =>
  expect((await daemon.post('/api/publish', { filename: `${name}.JPG`, ...more })).status).toBe(200)
const live = async () =>
  ((await daemon.get('/api/live')).body as PublicationPage).images.map(({ filename }) => filename)

test('an unpublish by the name of before takes out the version that took its place, and undo brings that back', async () => {
  await updated('A', 1)
  const { status, body } = await daemon.post('/api/unpublish', { filename: 'A.jpg' })
  expect([status, body.filename, await live()]).toEqual([200, 'A_002.jpg', []])
  expect((await daemon.post('/api/undo', { ids: [body.action.id] })).status).toBe(200)
  expect(await live()).toEqual(['A_002.jpg'])
  await daemon.post('/api/unpublish', { filename: 'A_002.jpg' })
})

test('also where it comes while the update is on its way, and as a job', async () => {
  await daemon.drop('B.JPG', await makeJpeg({ seed: 2, width: 2400, height: 1600 }))
  await publish('B')
  await Promise.all([
    publish('B', { exposure: 1, replaces: 'B.jpg' }),
    daemon.post('/api/unpublish', { filename: 'B.jpg' }),
  ])
  expect(await live()).toEqual([])
  await updated('C', 3)
  expect(
    (await daemon.post('/api/jobs', { kind: 'unpublish', items: [{ filename: 'C.jpg' }] })).status,
  ).toBeLessThan(300)
  await expect.poll(live).toEqual([])
})

test('a photo that was taken out and published anew is not meant by its old name', async () => {
  await updated('D', 4)
  await daemon.post('/api/unpublish', { filename: 'D_002.jpg' })
  await publish('D', { exposure: 0.5 })
  await daemon.post('/api/unpublish', { filename: 'D.jpg' })
  expect(await live()).toEqual(['D_003.jpg'])
})
