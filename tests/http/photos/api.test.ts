import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ManifestHead } from '../../../daemon/contract/manifest.ts'
import { filenames, startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

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
const find = async (filename: string) =>
  (await daemon.get('/api/buffer')).body.images.find(
    (image: { filename: string }) => image.filename === filename,
  )
async function manifest(): Promise<ManifestHead> {
  const { current, events } = (await daemon.get('/photo/events.json')).body
  return (await daemon.get(`/photo/${events[current].prefix}/manifest.json`)).body as ManifestHead
}
const listed = async () => (await manifest()).recent.map((entry) => entry.filename)

test('a photo in the buffer folder is in the buffer with what its page needs', async () => {
  const filename = await shoot({ width: 600, height: 400, orientation: 6, camera: 'Canon EOS RP' })
  const photo = await find(filename)
  expect(photo).toMatchObject({
    width: 400,
    height: 600,
    published_count: 0,
    unpublished_count: 0,
    state: 'buffer',
  })
  const tile = await sharp(await daemon.bytes(photo.tile)).metadata()
  expect([tile.width, tile.height]).toEqual([213, 320])
  const { headers } = await daemon.get(photo.preview)
  expect(headers.get('cache-control')).toBe('private, max-age=31536000, immutable')
  expect((await daemon.get(photo.tile.replace(/tile-\w+/, 'tile-0000'))).status).toBe(404)
})

test('publishing answers with the public name, the file is there and the manifest names it', async () => {
  const filename = await shoot({ width: 3000, height: 2000 })
  const reply = await daemon.post('/api/publish', { filename, rotation: 90, exposure: 0.5 })
  const name = filename.replace('.JPG', '.jpg')
  expect(reply).toMatchObject({ status: 200, body: { status: 'success', filename, published_as: name } })
  const made = await sharp(join(daemon.data, 'photos_web', name)).metadata()
  expect([made.width, made.height]).toEqual([1365, 2048])
  expect(await listed()).toContain(name)
  expect(await find(filename)).toMatchObject({
    live: [name],
    edit: { rotation: 90, exposure: 0.5 },
    published_count: 1,
  })
  const { prefix } = (await daemon.get('/api/events')).body.current
  const thumb = await sharp(
    await daemon.bytes(`/photo/${prefix}/thumb/${name.replace('.jpg', '.webp')}`),
  ).metadata()
  expect([thumb.format, thumb.width, thumb.height]).toEqual(['webp', 427, 640])
})

test('the same request id repeats the first reply, whether it comes later or at once', async () => {
  const filename = await shoot()
  const body = { filename, again: true, request_id: 'one-press-1234' }
  const [one, two] = await Promise.all([daemon.post('/api/publish', body), daemon.post('/api/publish', body)])
  const three = await daemon.post('/api/publish', body)
  expect(two.body).toEqual(one.body)
  expect(three.body).toEqual(one.body)
  const other = await daemon.post('/api/publish', { ...body, request_id: 'another-press-1' })
  expect(other.body.published_as).not.toBe(one.body.published_as)
})

test('a request that was refused had no effect, and is tried when it comes again', async () => {
  const body = { filename: 'later.jpg', request_id: 'too-early-1234' }
  expect((await daemon.post('/api/publish', body)).status).toBe(404)
  await daemon.drop('later.jpg', await makeJpeg({ seed: 4711 }))
  expect((await daemon.post('/api/publish', body)).status).toBe(200)
})

test('ten identical publishes at once make one version', async () => {
  const filename = await shoot()
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => daemon.post('/api/publish', { filename })),
  )
  expect(new Set(replies.map(({ body }) => body.published_as)).size).toBe(1)
  expect(replies.filter(({ body }) => body.already)).toHaveLength(9)
})

test('archive, reject and restore move the file and the photo', async () => {
  const filename = await shoot()
  for (const [path, state, folder] of [
    ['/api/archive', 'archived', 'photos_archive'],
    ['/api/restore', 'buffer', 'photos_buffer'],
    ['/api/reject', 'trashed', 'photos_trash'],
  ] as const) {
    expect((await daemon.post(path, { filename })).status).toBe(200)
    expect(filenames(await daemon.get(`/api/buffer?state=${state}`))).toContain(filename)
    expect(await readdir(join(daemon.data, folder))).toContain(filename)
  }
  expect(filenames(await daemon.get('/api/buffer'))).not.toContain(filename)
  expect((await daemon.post('/api/publish', { filename })).body.error.code).toBe('not_in_buffer')
})

test('a live photo is not rejected by accident', async () => {
  const filename = await shoot()
  await daemon.post('/api/publish', { filename })
  const reply = await daemon.post('/api/reject', { filename })
  expect([reply.status, reply.body.error.code]).toEqual([409, 'photo_is_live'])
  expect(await readdir(join(daemon.data, 'photos_buffer'))).toContain(filename)
})

test('two people who archive and reject at once leave the photo in one place', async () => {
  const filename = await shoot()
  await Promise.all([daemon.post('/api/archive', { filename }), daemon.post('/api/reject', { filename })])
  const places = []
  for (const role of ['buffer', 'archive', 'trash'])
    if ((await readdir(join(daemon.data, `photos_${role}`))).includes(filename)) places.push(role)
  expect(places).toHaveLength(1)
})

test('edits are kept field by field', async () => {
  const filename = await shoot()
  await daemon.post('/api/edit', { filename, edit: { exposure: 1 } })
  const reply = await daemon.post('/api/edit', { filename, edit: { straighten: -3.5 } })
  expect(reply.body.edit).toEqual({ ...NEUTRAL, exposure: 1, straighten: -3.5 })
  expect((await find(filename)).edit).toEqual(reply.body.edit)
})

test('a batch says what became of each', async () => {
  const [one, two] = [await shoot(), await shoot()]
  const reply = await daemon.post('/api/batch_publish', { filenames: [one, 'nope.jpg', two], exposure: -1 })
  expect(reply.body).toEqual({
    status: 'completed',
    success: [one, two].map((filename) => ({ filename, published_as: filename.replace('.JPG', '.jpg') })),
    errors: [
      {
        filename: 'nope.jpg',
        error: 'There is no photo named "nope.jpg".',
        code: 'unknown_photo',
        params: {},
      },
    ],
  })
  expect((await find(one)).edit.exposure).toBe(-1)
})

test('an upload goes the way of every photo, and tells what it refused', async () => {
  const form = new FormData()
  const jpeg = await makeJpeg({ seed: 9000 })
  form.append('files', new Blob([new Uint8Array(jpeg)]), '../../婚禮 1.jpg')
  form.append('files', new Blob(['no picture']), 'notes.txt')
  form.append('files', new Blob([new Uint8Array(jpeg)]), 'twice.jpg')
  const response = await fetch(`${daemon.url}/api/upload`, {
    method: 'POST',
    headers: { origin: daemon.url },
    body: form,
  })
  const body = (await response.json()) as any // eslint-disable-line @typescript-eslint/no-explicit-any -- raw JSON
  expect(body.success).toEqual([
    { filename: expect.stringContaining('婚禮 1.jpg'), saved_as: '婚禮 1.jpg' },
    { filename: 'twice.jpg', saved_as: '婚禮 1.jpg', already: true },
  ])
  expect(body.errors).toMatchObject([{ filename: 'notes.txt' }])
  expect(await readFile(join(daemon.data, 'photos_buffer', '婚禮 1.jpg'))).toEqual(jpeg)
})

test('folders move while they are empty, and not once they hold photos', async () => {
  await shoot()
  const now = (await daemon.get('/api/folder-settings')).body
  const archive_folder = join(daemon.data, 'elsewhere', 'archive')
  const inUse = await daemon.post('/api/folder-settings', { buffer_folder: join(daemon.data, 'other') })
  expect([inUse.status, inUse.body.error.code]).toEqual([409, 'folder_in_use'])
  const nested = await daemon.post('/api/folder-settings', { archive_folder: join(now.buffer_folder, 'in') })
  expect([nested.status, nested.body.error.code]).toEqual([422, 'folder_inside'])
  expect((await daemon.get('/api/folder-settings')).body).toEqual(now)
  const held = filenames(await daemon.get('/api/buffer?state=archived'))
  for (const filename of held) await daemon.post('/api/restore', { filename })
  const moved = await daemon.post('/api/folder-settings', { archive_folder })
  expect(moved.body).toEqual({ ...now, archive_folder })
  const filename = await shoot()
  await daemon.post('/api/archive', { filename })
  expect(await readdir(archive_folder)).toContain(filename)
})

test('the original is served as it came, whole and in parts', async () => {
  const filename = await shoot()
  const bytes = await readFile(join(daemon.data, 'photos_buffer', filename))
  expect(await daemon.bytes(`/raw/${filename}`)).toEqual(bytes)
  const part = await fetch(`${daemon.url}/raw/${filename}`, { headers: { range: 'bytes=10-19' } })
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${bytes.length}`])
  expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(10, 20))
})

test('cleaning up removes what a Mac scatters beside photos, and nothing else', async () => {
  const filename = await shoot()
  const buffer = join(daemon.data, 'photos_buffer')
  for (const name of [`._${filename}`, '.DS_Store', '.precious']) await writeFile(join(buffer, name), 'x')
  const reply = await daemon.post('/api/cleanup-hidden-files')
  expect(reply.body).toEqual({ status: 'success', removed: 2 })
  const left = await readdir(buffer)
  expect(left).toEqual(expect.arrayContaining([filename, '.precious', '.lep-folder']))
  expect(left).not.toContain('.DS_Store')
})

test('a photo that somebody went past is seen on every device, until it was unpublished or taken back', async () => {
  const filename = await shoot()
  const socket = await daemon.socket()
  expect(await find(filename)).toMatchObject({ seen: false })
  const see = () => daemon.post('/api/rate', { filename, seen: true })
  expect((await see()).status).toBe(200)
  await socket.notice('photo.changed', ({ photo }) => photo.filename === filename && photo.seen)
  // Rating it later says nothing about that.
  await daemon.post('/api/rate', { filename, rating: 3 })
  expect(await find(filename)).toMatchObject({ seen: true, rating: 3 })

  const { body } = await daemon.post('/api/publish', { filename })
  expect(await find(filename)).toMatchObject({ seen: true })
  await daemon.post('/api/unpublish', { filename: body.published_as })
  expect(await find(filename)).toMatchObject({ seen: false, live: [] })

  await see()
  await daemon.post('/api/reject', { filename })
  await daemon.post('/api/restore', { filename })
  expect(await find(filename)).toMatchObject({ seen: false, rating: 3 })
  expect((await daemon.post('/api/rate', { filename, seen: 'yes' })).status).toBe(400)
  socket.close()
})

test('a closer look is the whole picture as it was shot, for those who may see it', async () => {
  const filename = await shoot({ width: 1900, height: 1200, orientation: 6 })
  const { id } = await find(filename)
  const { width, height } = await sharp(await daemon.bytes(`/media/${id}/full.jpg`)).metadata()
  expect([width, height]).toEqual([1200, 1900])
  expect((await daemon.get('/media/0000000000000000/full.jpg')).status).toBe(404)
})
