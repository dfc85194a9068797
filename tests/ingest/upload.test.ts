import { expect, test } from 'vitest'
import { createIngest } from '../../daemon/ingest/intake/ingest.ts'
import { createUpload } from '../../daemon/ingest/upload.ts'
import { makeJpeg, truncate } from '../fixtures/photos/photos.ts'
import { until, useWorld } from './world.ts'

const { world } = useWorld()

const upload = () => createUpload({ ingest: createIngest(world.needs), now: Date.now })

async function* streamOf(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 5000) yield bytes.subarray(at, at + 5000)
}

test('an uploaded photo is in the buffer', async () => {
  const { photo, already } = await upload()({ filename: 'IMG_1.jpg', stream: streamOf(await makeJpeg()) })
  expect([photo.filename, already]).toEqual(['IMG_1.jpg', false])
  expect(await world.files()).toEqual(['IMG_1.jpg'])
})

test('a photo that is uploaded twice is one, and the second sender hears so', async () => {
  const bytes = await makeJpeg()
  const take = upload()
  const [a, b] = await Promise.all([
    take({ filename: 'a.jpg', stream: streamOf(bytes) }),
    take({ filename: 'b.jpg', stream: streamOf(bytes) }),
  ])
  expect(a.photo.id).toBe(b.photo.id)
  expect([a.already, b.already].filter(Boolean)).toHaveLength(1)
  expect(world.photos()).toHaveLength(1)
})

test.each([
  ['../../etc/passwd.jpg', 'passwd.jpg'],
  ['C:\\Photos\\a.jpg', 'a.jpg'],
  ['...hidden.jpg', 'hidden.jpg'],
  ['a\u0000b\nc\u202e.jpg', 'abc.jpg'],
  ['/', 'photo'],
  ['婚禮 01.jpg', '婚禮 01.jpg'],
  ['e\u0301.jpg', 'é.jpg'],
])('the name %j becomes %j', async (given, expected) => {
  const { photo } = await upload()({ filename: given, stream: streamOf(await makeJpeg()) })
  expect(photo.filename).toBe(expected)
  expect(await world.files()).toEqual([expected])
})

test('a name of any length fits on a disk', async () => {
  const { photo } = await upload()({
    filename: `${'長'.repeat(300)}.jpg`,
    stream: streamOf(await makeJpeg()),
  })
  expect(Buffer.byteLength(photo.filename)).toBeLessThanOrEqual(180)
  expect(photo.filename).toMatch(/^長+\.jpg$/)
})

test.each([
  [
    'a truncated photo',
    'a.jpg',
    async () => truncate(await makeJpeg()),
    { status: 422, message: /cut short/ },
  ],
  ['nothing', 'a.jpg', async () => Buffer.alloc(0), { status: 422, message: /empty/ }],
  [
    'a text',
    'a.jpg',
    async () => Buffer.from('hello there, not a photo'),
    { status: 422, message: /not a picture/ },
  ],
  ['a video', 'a.mp4', async () => makeJpeg(), { status: 422, message: /video/i }],
])('%s is refused with the reason, and leaves nothing', async (_, filename, make, { status, message }) => {
  await expect(upload()({ filename, stream: streamOf(await make()) })).rejects.toMatchObject({
    status,
    message: expect.stringMatching(message),
  })
  expect(world.photos()).toEqual([])
  expect(world.skipped()).toEqual({})
  expect(await world.files()).toEqual([])
  expect(await world.parts()).toEqual([])
})

test('an upload that was cut off at the size limit is refused as too large', async () => {
  const stream = streamOf(await makeJpeg())
  await expect(upload()({ filename: 'a.jpg', stream, cut: () => true })).rejects.toMatchObject({
    status: 413,
  })
  expect(world.photos()).toEqual([])
})

test('an upload whose sender went away leaves nothing', async () => {
  const bytes = await makeJpeg()
  async function* broken() {
    yield bytes.subarray(0, 5000)
    throw new Error('aborted by the client')
  }
  await expect(upload()({ filename: 'a.jpg', stream: broken() })).rejects.toThrow('aborted by the client')
  expect(await world.parts()).toEqual([])
  expect(world.photos()).toEqual([])
})

test('a stop ends an upload that hangs', async () => {
  const bytes = await makeJpeg()
  const begun = Promise.withResolvers<void>()
  async function* hanging() {
    yield bytes.subarray(0, 5000)
    begun.resolve()
    await new Promise(() => undefined)
  }
  const sources = world.sources()
  await sources.start()
  const uploading = sources.upload({ filename: 'a.jpg', stream: hanging() })
  uploading.catch(() => undefined)
  await begun.promise
  await sources.stop()
  await expect(uploading).rejects.toThrow()
  await until(async () => expect(await world.parts()).toEqual([]))
})
