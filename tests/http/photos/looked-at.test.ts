import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PhotoView } from '../../../daemon/contract/photo.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg, plain } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
beforeEach(async () => {
  daemon = await startDaemon()
})
afterEach(() => daemon.end())

const FRAME = { serial: '7', camera: 'EOS RP', takenAt: new Date(Date.UTC(2026, 4, 1, 10)) }
const BLUE = [20, 20, 220] as const
const RED = [220, 20, 20] as const
const find = async (filename: string): Promise<PhotoView | undefined> =>
  ((await daemon.get('/api/buffer')).body.images as PhotoView[]).find((one) => one.filename === filename)
const file = (name: string) => join(daemon.data, 'photos_buffer', name)
const publish = (filename: string, more = {}) => daemon.post('/api/publish', { filename, ...more })

async function isRed(jpeg: Buffer): Promise<boolean> {
  const { channels } = await sharp(jpeg).stats()
  return channels[0]!.mean > channels[2]!.mean
}
/** The blue picture is in the list and was looked at; then the red one is written over it. */
async function replaced(): Promise<PhotoView> {
  const photo = await daemon.drop('DSC00001.JPG', await plain(BLUE, FRAME))
  expect(await isRed(await daemon.bytes(photo.preview))).toBe(false)
  await writeFile(
    file('DSC00001.JPG'),
    await plain(RED, { ...FRAME, takenAt: new Date(Date.UTC(2026, 4, 2)) }),
  )
  return photo
}
const WORDS = expect.stringMatching(/^original_(missing|changed)$/)
const refused = { status: 409, body: { error: { code: WORDS } } }

test('what was written over a photo is never published in its name, from the first moment on', async () => {
  await replaced()
  expect(await publish('DSC00001.JPG')).toMatchObject(refused)
  await expect.poll(() => find('DSC00001-2.JPG')).toBeTruthy()
  expect(await find('DSC00001.JPG')).toMatchObject({ gone: ['DSC00001.JPG'], live: [] })
  expect(await publish('DSC00001.JPG')).toMatchObject(refused)
  expect((await daemon.get('/api/live')).body.total).toBe(0)
  // The other frame is a photo like any other.
  const { published_as } = (await publish('DSC00001-2.JPG')).body as { published_as: string }
  expect(await isRed(await daemon.bytes(`/live/${published_as}`))).toBe(true)
})

test('neither by a batch, nor after the publish delay, nor by a job', async () => {
  const photo = await replaced()
  const batch = await daemon.post('/api/batch_publish', { filenames: ['DSC00001.JPG'] })
  expect(batch.body).toMatchObject({ success: [], errors: [{ filename: 'DSC00001.JPG' }] })
  const job = await daemon.post('/api/jobs', { kind: 'publish', items: [{ filename: 'DSC00001.JPG' }] })
  expect(job.status).toBe(202)
  await expect
    .poll(async () => (await daemon.get('/api/jobs')).body.jobs[0])
    .toMatchObject({ state: 'done', failed: 1, failures: [{ code: WORDS }] })
  expect((await find(photo.filename))?.live).toEqual([])
})

test('a publish that was held meanwhile fails with the reason', async () => {
  const photo = await daemon.drop('A.JPG', await plain(BLUE, FRAME))
  expect((await publish('A.JPG', { hold: 1 })).status).toBe(202)
  await writeFile(file('A.JPG'), await plain(RED))
  await expect
    .poll(async () => (await find('A.JPG'))?.progress, { timeout: 15_000 })
    .toMatchObject({ state: 'failed', code: WORDS })
  expect((await find(photo.filename))?.live).toEqual([])
})

test('what was seen before is shown on, and no picture is made of what lies there now', async () => {
  const photo = await replaced()
  expect(await isRed(await daemon.bytes(photo.preview))).toBe(false)
  expect((await daemon.get(`/media/${photo.id}/full.jpg`)).status).toBe(409)
  expect((await daemon.get('/raw/DSC00001.JPG')).status).toBe(404)
  await rm(file('DSC00001.JPG'))
  expect(await isRed(await daemon.bytes(photo.tile))).toBe(false)
})

test('a live version stays when its photo’s file is gone, and says so when it is asked for again', async () => {
  await daemon.drop('A.JPG', await plain(BLUE, FRAME))
  expect((await publish('A.JPG')).status).toBe(200)
  expect((await publish('A.JPG')).body).toMatchObject({ already: true })
  await rm(file('A.JPG'))
  expect(await publish('A.JPG')).toMatchObject(refused)
  expect((await daemon.get('/api/live')).body.total).toBe(1)
  await writeFile(file('A.JPG'), await plain(BLUE, FRAME))
  await expect.poll(async () => (await publish('A.JPG')).body).toMatchObject({ already: true })
})

test('the same frame with other bytes is an update of what is live', async () => {
  const photo = await daemon.drop('A.JPG', await makeJpeg(FRAME))
  await publish('A.JPG')
  const [live] = (await daemon.get('/api/live')).body.images
  expect(live.source).toBe(photo.source)
  await writeFile(file('A.JPG'), await makeJpeg({ ...FRAME, orientation: 6, rating: 3 }))
  await expect.poll(() => find('A.JPG')).toMatchObject({ width: 400, height: 600, rating: 3 })
  const turned = await find('A.JPG')
  expect(turned?.id).toBe(photo.id)
  expect(turned?.source).not.toBe(live.source)
  expect(turned?.tile).not.toBe(photo.tile)
  const { width, height } = await sharp(await daemon.bytes(turned!.tile)).metadata()
  expect(height).toBeGreaterThan(width)
  const update = await publish('A.JPG', { replaces: 'A.jpg' })
  expect(update.body).toMatchObject({ status: 'success', published_as: 'A_002.jpg' })
  expect(update.body.already).toBeUndefined()
  expect((await publish('A.JPG')).body).toMatchObject({ already: true, published_as: 'A_002.jpg' })
})

test('emptying the trash deletes the photo’s bytes and nothing that another program put there', async () => {
  const one = await daemon.drop('A.JPG', await plain(BLUE, FRAME))
  await daemon.drop('B.JPG', await plain(BLUE, { ...FRAME, serial: '8' }))
  for (const filename of ['A.JPG', 'B.JPG']) await daemon.post('/api/reject', { filename })
  const inTrash = (name: string) => join(daemon.data, 'photos_trash', name)
  const { length } = await readFile(inTrash('A.JPG'))
  const other = Buffer.alloc(length, 7)
  await writeFile(inTrash('A.JPG'), other)
  expect((await daemon.post('/api/empty-trash', { count: 2 })).body).toMatchObject({ deleted: 2 })
  expect(await readFile(inTrash('A.JPG'))).toEqual(other)
  await expect(readFile(inTrash('B.JPG'))).rejects.toThrow('ENOENT')
  expect(one.id).toBeTruthy()
})

test('the same frame with its pixels turned is the photo’s new bytes; another one of that second is not', async () => {
  const jpeg = await makeJpeg(FRAME)
  const photo = await daemon.drop('A.JPG', jpeg)
  await daemon.bytes(photo.tile)
  await writeFile(file('A.JPG'), await sharp(jpeg).rotate(90).keepExif().jpeg({ quality: 92 }).toBuffer())
  await expect.poll(() => find('A.JPG')).toMatchObject({ id: photo.id, width: 400, height: 600 })
  await daemon.bytes((await find('A.JPG'))!.tile)
  await writeFile(file('A.JPG'), await makeJpeg({ ...FRAME, seed: 2 }))
  await expect.poll(() => find('A-2.JPG')).toBeTruthy()
  expect(await find('A.JPG')).toMatchObject({ id: photo.id, gone: ['A.JPG'] })
})

test('what another program wrote over a photo is not rejected with it', async () => {
  await replaced()
  expect((await daemon.post('/api/reject', { filename: 'DSC00001.JPG' })).status).toBe(200)
  expect(await isRed(await readFile(file('DSC00001.JPG')))).toBe(true)
  await expect.poll(() => find('DSC00001-2.JPG')).toBeTruthy()
})

const LEFT = [
  ['archive', 'photos_archive'],
  ['reject', 'photos_trash'],
] as const

test.each(LEFT)(
  'a program wrote stars into a file after %s: it comes back with its photo',
  async (leave, folder) => {
    const { id, source } = await daemon.drop('A.JPG', await makeJpeg(FRAME))
    expect((await daemon.post(`/api/${leave}`, { filename: 'A.JPG' })).status).toBe(200)
    await writeFile(join(daemon.data, folder, 'A.JPG'), await makeJpeg({ ...FRAME, rating: 4 }))
    expect((await daemon.post('/api/restore', { filename: 'A.JPG' })).status).toBe(200)
    await expect.poll(() => find('A.JPG')).toMatchObject({ id, rating: 4 })
    const back = await find('A.JPG')
    expect(back?.source).not.toBe(source)
    expect(back?.gone).toBeUndefined()
    expect((await publish('A.JPG')).status).toBe(200)
  },
)

test.each(LEFT)(
  'a program wrote another picture over a file after %s: it comes back as a photo of its own',
  async (leave, folder) => {
    const { id } = await daemon.drop('A.JPG', await plain(BLUE, FRAME))
    expect((await daemon.post(`/api/${leave}`, { filename: 'A.JPG' })).status).toBe(200)
    await writeFile(join(daemon.data, folder, 'A.JPG'), await plain(RED))
    expect((await daemon.post('/api/restore', { filename: 'A.JPG' })).status).toBe(200)
    await expect.poll(() => find('A-2.JPG')).toBeTruthy()
    await expect.poll(() => find('A.JPG')).toMatchObject({ id, gone: ['A.JPG'] })
    expect(await publish('A.JPG')).toMatchObject(refused)
  },
)

test('a file that was removed from the archive is missed by its photo in the trash', async () => {
  await daemon.drop('A.JPG', await makeJpeg(FRAME))
  expect((await daemon.post('/api/archive', { filename: 'A.JPG' })).status).toBe(200)
  await rm(join(daemon.data, 'photos_archive', 'A.JPG'))
  expect((await daemon.post('/api/reject', { filename: 'A.JPG' })).status).toBe(200)
  const { images } = (await daemon.get('/api/buffer?state=trashed')).body
  expect(images).toMatchObject([{ filename: 'A.JPG', gone: ['A.JPG'] }])
})

test('a file that was moved along is not missed', async () => {
  await daemon.drop('A.JPG', await makeJpeg(FRAME))
  for (const decision of ['archive', 'reject', 'restore'])
    expect((await daemon.post(`/api/${decision}`, { filename: 'A.JPG' })).status).toBe(200)
  expect((await find('A.JPG'))?.gone).toBeUndefined()
})
