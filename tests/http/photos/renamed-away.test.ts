import { readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PhotoView } from '../../../daemon/contract/photo.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'

/** A person renames files in the archive and the trash, which nobody watches. */
let daemon: RunningDaemon
beforeEach(async () => {
  daemon = await startDaemon()
})
afterEach(() => daemon.end())

const FRAME = { takenAt: new Date(Date.UTC(2026, 4, 1, 10)), serial: '7', width: 300, height: 200 }
const WHERE = [
  ['archive', 'photos_archive', 'archived'],
  ['reject', 'photos_trash', 'trashed'],
] as const
const files = async (folder: string) =>
  (await readdir(join(daemon.data, folder))).filter((name) => !name.startsWith('.') && name !== 'published')
const photos = async (state = 'buffer') =>
  (await daemon.get(`/api/buffer?state=${state}`)).body.images as PhotoView[]

/** @param folder below the data folder */
async function call(folder: string, from: string, to: string, isOff: boolean) {
  if (isOff) await daemon.stop()
  await rename(join(daemon.data, folder, from), join(daemon.data, folder, to))
  if (isOff) daemon = await startDaemon([], daemon.data)
}

test.each(
  WHERE.flatMap(([decision, folder]) => [false, true].map((isOff) => [decision, folder, isOff] as const)),
)(
  'what was renamed after %s is in the buffer again under its new name, from %s, daemon off: %s',
  async (decision, folder, isOff) => {
    const { id } = await daemon.drop('A.JPG', await makeJpeg(FRAME))
    await daemon.post(`/api/${decision}`, { filename: 'A.JPG' })
    await call(folder, 'A.JPG', 'Smith_001.JPG', isOff)
    const back = await daemon.post('/api/restore', { filename: 'A.JPG' })
    expect(back).toMatchObject({ status: 200, body: { filename: 'Smith_001.JPG' } })
    expect([await files(folder), await files('photos_buffer')]).toEqual([[], ['Smith_001.JPG']])
    const [photo] = await photos()
    expect(photo).toMatchObject({ id, filename: 'Smith_001.JPG' })
    expect(photo?.gone).toBeUndefined()
    expect((await daemon.post('/api/publish', { filename: 'A.JPG' })).status).toBe(200)
  },
)

test('the RAW of a pair is followed alone', async () => {
  await daemon.drop('A.JPG', await makeJpeg(FRAME))
  const live = await daemon.socket()
  const raw = makeRaw(await makeJpeg({ seed: 2, width: 300, height: 200 }), FRAME)
  await writeFile(join(daemon.data, 'photos_buffer', 'A.DNG'), raw)
  await live.notice('photo.changed', ({ photo }) => photo.raw !== null)
  await daemon.post('/api/archive', { filename: 'A.JPG' })
  await call('photos_archive', 'A.DNG', 'B.DNG', false)
  expect((await daemon.post('/api/reject', { filename: 'A.JPG' })).status).toBe(200)
  expect((await files('photos_trash')).sort()).toEqual(['A.JPG', 'B.DNG'])
  const [photo] = await photos('trashed')
  expect(photo?.gone).toBeUndefined()
})

test('where its new name is another photo’s it has its own again', async () => {
  await daemon.drop('A.JPG', await makeJpeg(FRAME))
  await daemon.post('/api/archive', { filename: 'A.JPG' })
  const other = await daemon.drop('B.JPG', await makeJpeg({ ...FRAME, seed: 2 }))
  await call('photos_archive', 'A.JPG', 'B.JPG', false)
  expect((await daemon.post('/api/restore', { filename: 'A.JPG' })).body.filename).toBe('A.JPG')
  expect((await files('photos_buffer')).sort()).toEqual(['A.JPG', 'B.JPG'])
  const all = await photos()
  expect(all.flatMap(({ gone = [] }) => gone)).toEqual([])
  expect(all.find(({ filename }) => filename === 'B.JPG')?.id).toBe(other.id)
})

test('a renamed file in the trash is deleted with its photo', async () => {
  await daemon.drop('A.JPG', await makeJpeg(FRAME))
  await daemon.post('/api/reject', { filename: 'A.JPG' })
  await call('photos_trash', 'A.JPG', 'B.JPG', false)
  await writeFile(join(daemon.data, 'photos_trash', 'C.JPG'), await makeJpeg({ ...FRAME, seed: 2 }))
  expect((await daemon.post('/api/empty-trash', { count: 1 })).body).toMatchObject({ deleted: 1, kept: [] })
  // What nobody knows is not ours to delete.
  expect(await files('photos_trash')).toEqual(['C.JPG'])
})

test.each(WHERE)(
  'the control: after %s, other bytes in %s are not taken for it',
  async (decision, folder, state) => {
    const bytes = await makeJpeg(FRAME)
    await daemon.drop('A.JPG', bytes)
    await daemon.post(`/api/${decision}`, { filename: 'A.JPG' })
    await call(folder, 'A.JPG', 'B.JPG', false)
    await writeFile(join(daemon.data, folder, 'B.JPG'), Buffer.from(bytes).fill(1, bytes.length - 9))
    expect((await photos(state)).length).toBe(1)
    expect((await daemon.post('/api/restore', { filename: 'A.JPG' })).status).toBe(200)
    expect(await photos()).toMatchObject([{ filename: 'A.JPG', gone: ['A.JPG'] }])
    expect(await files(folder)).toEqual(['B.JPG'])
  },
)
