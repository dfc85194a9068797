import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { withThumbnail } from '../../../scripts/bench/camera-file.ts'

let daemon: RunningDaemon
beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

const find = async (filename: string) =>
  (await daemon.get('/api/buffer')).body.images.find((one: { filename: string }) => one.filename === filename)

async function grey(level: number): Promise<Buffer> {
  return sharp({
    create: { width: 600, height: 400, channels: 3, background: { r: level, g: level, b: level } },
  })
    .jpeg()
    .toBuffer()
}

test("the camera's own small picture is there, upright, before anything is decoded", async () => {
  const small = await sharp(await makeJpeg({ seed: 9, width: 160, height: 120 }))
    .jpeg()
    .toBuffer()
  await daemon.drop(
    'SMALL.JPG',
    withThumbnail(await makeJpeg({ seed: 8, width: 900, height: 600 }), small, 1),
  )
  const { thumbnail } = await find('SMALL.JPG')
  const shown = await sharp(await daemon.bytes(thumbnail)).metadata()
  expect([shown.width, shown.height]).toEqual([160, 120])
  expect((await daemon.get(thumbnail)).headers.get('cache-control')).toBe('private, max-age=600')
})

test('a photo without a small picture says so with nothing', async () => {
  await daemon.drop(
    'PLAIN.PNG',
    await sharp(await grey(90))
      .png()
      .toBuffer(),
  )
  const { thumbnail } = await find('PLAIN.PNG')
  expect((await daemon.get(thumbnail)).status).toBe(204)
  expect((await daemon.get('/media/nobody/thumbnail.jpg')).status).toBe(404)
})

test('auto proposes light for what is dark, less for what is bright, and keeps nothing', async () => {
  await daemon.drop('DARK.JPG', await grey(30))
  await daemon.drop('BRIGHT.JPG', await grey(230))
  const proposed = async (filename: string) =>
    (await daemon.get(`/api/auto-edit?filename=${filename}`)).body as {
      filename: string
      edit: { exposure: number }
    }
  const dark = await proposed('DARK.JPG')
  expect(dark.filename).toBe('DARK.JPG')
  expect(dark.edit.exposure).toBeGreaterThan(0.5)
  expect(dark.edit.exposure).toBeLessThanOrEqual(2)
  expect((await proposed('BRIGHT.JPG')).edit.exposure).toBeLessThan(0)
  expect((await find('DARK.JPG')).edit.exposure).toBe(0)
  expect((await daemon.get('/api/auto-edit?filename=NONE.JPG')).status).toBe(404)
})

test('a photo that turns out to be broken inside is listed with the reason, and its file stays', async () => {
  const whole = await makeJpeg({ seed: 7, width: 900, height: 600 })
  const small = await sharp(await grey(120))
    .resize(160, 107)
    .jpeg()
    .toBuffer()
  const broken = withThumbnail(whole, small, 2)
  // The structure is right, the small picture too; but the tables that the scan needs have another name.
  const tables = Buffer.of(0xff, 0xdb)
  for (let at = broken.indexOf(tables, small.length); at >= 0; at = broken.indexOf(tables, at + 4))
    broken[at + 4] = 3
  await daemon.drop('BROKEN.JPG', broken)
  await expect
    .poll(async () => JSON.stringify((await daemon.get('/api/status')).body.set_aside))
    .toContain('BROKEN.JPG')
  expect(await find('BROKEN.JPG')).toBeDefined()
  expect((await daemon.post('/api/publish', { filename: 'BROKEN.JPG' })).status).toBe(422)
})
