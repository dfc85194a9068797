import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startDaemon, type Reply, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeHeicLike, makeJpeg, plain } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon

const mark = (color = '#f00') =>
  sharp({ create: { width: 200, height: 100, channels: 4, background: color } })
    .png()
    .toBuffer()

async function upload(path: string, bytes: Uint8Array, name = 'mark.png'): Promise<Reply> {
  const body = new FormData()
  body.append('file', new Blob([new Uint8Array(bytes)]), name)
  const response = await fetch(daemon.url + path, { method: 'POST', body, headers: { origin: daemon.url } })
  return { status: response.status, headers: response.headers, body: await response.json() }
}
const settings = async () => (await daemon.get('/api/watermark-settings')).body
const set = (change: object) => daemon.post('/api/watermark-settings', change)
const finish = async () => (await daemon.get('/api/status')).body.finish
const publish = (filename: string, more: object = {}) => daemon.post('/api/publish', { filename, ...more })

/** The colour in the middle of the lower right part of a published picture, where the mark lies by default. */
async function cornerOf(name: string): Promise<number[]> {
  const { data, info } = await sharp(join(daemon.data, 'photos_web', name))
    .raw()
    .toBuffer({ resolveWithObject: true })
  const [x, y] = [Math.round(info.width * 0.92), Math.round(info.height * 0.925)]
  return [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)]
}

describe('asked', () => {
  beforeAll(async () => {
    daemon = await startDaemon()
  })
  afterAll(() => daemon.end())

  it('starts with the meanings of the previous system, switched off', async () => {
    expect(await settings()).toMatchObject({
      enabled: false,
      type: 'image',
      text_font_size: 24,
      opacity: 0.8,
      scale_percentage: 20,
      margin: 50,
      image: null,
    })
    expect(await finish()).toEqual({ key: '', landscape: false, portrait: false, web_size: 2048 })
  })

  it.each([
    [{ opacity: 2 }, 'opacity', '2'],
    [{ position: 'middle' }, 'position', 'middle'],
    [{ text_color: [0, 0, 0] }, 'text_color', '[0,0,0]'],
    [{ text_color: [0, 0, 0, 300] }, 'text_color', '300'],
    [{ colour: 'red' }, 'colour', 'unknown field'],
    [{ portrait: { type: 'text' } }, 'portrait', 'text'],
  ])('refuses %j and quotes it', async (change, field, value) => {
    const { status, body } = await set(change)
    expect(status).toBe(400)
    expect(body.detail).toContain(field)
    expect(body.detail).toContain(value)
  })

  it('lists at least five fonts and says which have Chinese of their own', async () => {
    const { fonts } = (await daemon.get('/api/available-fonts')).body
    expect(fonts.length).toBeGreaterThanOrEqual(5)
    expect(fonts).toContainEqual({ family: 'Noto Sans TC', cjk: true })
  })

  it('is the owner’s alone: others may see the overlay and the fonts', () => {
    const access = (url: string) =>
      daemon.routes.filter((route) => route.url === url).map((route) => route.access)
    for (const url of [
      '/api/watermark-settings', '/api/upload-watermark', '/api/upload-frame', '/api/delete-watermark-file',
      '/api/watermark-files/:name', '/api/watermark-preview', '/api/picture-settings',
    ]) expect(new Set(access(url)), url).toEqual(new Set(['owner'])) // prettier-ignore
    expect(new Set(access('/api/overlay/:key/:file'))).toEqual(new Set(['viewer']))
    expect(new Set(access('/api/available-fonts'))).toEqual(new Set(['viewer']))
  })

  it('refuses a size that is none', async () => {
    const { status, body } = await daemon.post('/api/picture-settings', { web: { size: 10 } })
    expect([status, body.detail]).toEqual([400, expect.stringContaining('10')])
  })
})

describe('used', () => {
  beforeEach(async () => {
    daemon = await startDaemon()
  })
  afterEach(() => daemon.end())

  it('what is set stays set, also after a restart, and without the catalog', async () => {
    await set({
      enabled: true,
      type: 'text',
      text: '婚禮',
      position: 'top-left',
      text_color: [255, 255, 0, 200],
    })
    const before = await settings()
    daemon = await daemon.restart()
    expect(await settings()).toEqual(before)
    await daemon.stop()
    for (const name of await readdir(daemon.data))
      if (name !== 'config') await rm(join(daemon.data, name), { recursive: true })
    daemon = await startDaemon([], daemon.data)
    expect(await settings()).toEqual(before)
  })

  describe('an image', () => {
    it('is uploaded, then switched on, and published photos carry it', async () => {
      await daemon.drop('IMG_1.JPG', await plain([0, 0, 255], { width: 1200, height: 800 }))
      expect((await upload('/api/upload-watermark', await mark())).status).toBe(200)
      expect(await settings()).toMatchObject({
        enabled: false,
        image: expect.stringMatching('image-') as string,
      })
      expect((await set({ enabled: true, opacity: 1 })).status).toBe(200)
      expect(await finish()).toMatchObject({ landscape: true, portrait: true })
      await publish('IMG_1.JPG')
      const [red, , blue] = await cornerOf('IMG_1.jpg')
      expect(red).toBeGreaterThan(200)
      expect(blue).toBeLessThan(60)
    })

    it('must be there before it is switched on', async () => {
      const { status, body } = await set({ enabled: true })
      expect([status, body.error.code]).toEqual([409, 'no_watermark_image'])
      expect((await settings()).enabled).toBe(false)
    })

    it('is decoded before it replaces the one before', async () => {
      await upload('/api/upload-watermark', await mark())
      const before = (await settings()).image
      for (const [bytes, code] of [
        [Buffer.from('no picture'), 'not_a_picture'],
        [makeHeicLike(), 'heic'],
        [(await mark()).subarray(0, 60), 'cut_short'],
        [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'wrong_format'],
      ] as const) {
        const { status, body } = await upload('/api/upload-watermark', bytes)
        expect([status, body.error.code]).toEqual([422, code])
        expect((await settings()).image).toBe(before)
      }
    })

    it.each(['missing', 'broken'])('whose file is %s stops publishing with a clear word', async (state) => {
      await daemon.drop('IMG_1.JPG', await makeJpeg())
      await upload('/api/upload-watermark', await mark())
      await set({ enabled: true })
      const name = ((await settings()).image as string).split('/').at(-1)!
      const path = join(daemon.data, 'config', 'watermark', name)
      // Nothing of it may be kept in a worker.
      daemon = await daemon.restart()
      const path2 = path.replace(/^.*config/, join(daemon.data, 'config'))
      if (state === 'missing') await rm(path2)
      else await writeFile(path2, (await readFile(path2)).subarray(0, 50))
      const { status, body } = await publish('IMG_1.JPG')
      expect([status, body.error.code]).toEqual([409, `watermark_${state}`])
      expect(body.detail).toContain('nothing is published without it')
      expect((await daemon.get('/api/live')).body.total).toBe(0)
      // The same file, uploaded again, repairs it.
      await upload('/api/upload-watermark', await mark())
      expect((await publish('IMG_1.JPG')).status).toBe(200)
    })
  })

  it('a changed watermark makes another version of the same photo and edit; the same one does not', async () => {
    await daemon.drop('IMG_1.JPG', await makeJpeg())
    expect((await publish('IMG_1.JPG')).body).toMatchObject({ published_as: 'IMG_1.jpg' })
    await set({ enabled: true, type: 'text', text: 'one' })
    expect((await publish('IMG_1.JPG')).body).toMatchObject({ published_as: 'IMG_1_002.jpg' })
    expect((await publish('IMG_1.JPG')).body).toMatchObject({ published_as: 'IMG_1_002.jpg', already: true })
    // What an image mark would need changes nothing of a text.
    await set({ scale_percentage: 33 })
    expect((await publish('IMG_1.JPG')).body).toMatchObject({ already: true })
    const { images } = (await daemon.get('/api/live')).body
    expect(images[0].finish).toBe((await finish()).key)
    expect(images[1].finish).toBe('')
  })

  it('the stage gets exactly what will be laid over, by an address that means it for ever', async () => {
    await set({ enabled: true, type: 'text', text: '婚禮', opacity: 1 })
    const { key } = await finish()
    const { headers } = await daemon.get(`/api/overlay/${key}/800x600.png`)
    expect(headers.get('cache-control')).toContain('immutable')
    const { width, height, hasAlpha } = await sharp(
      await daemon.bytes(`/api/overlay/${key}/800x600.png`),
    ).metadata()
    expect([width, height, hasAlpha]).toEqual([800, 600, true])
    for (const path of [`${key}/9999x9999.png`, `${key}/1x1.png`, 'other/800x600.png', `${key}/../800x600`])
      expect((await daemon.get(`/api/overlay/${path}`)).status).toBe(404)
  })

  it('settings can be looked at before they are kept', async () => {
    const draft = {
      settings: { enabled: true, type: 'text', text: 'Try', position: 'top-left' },
      width: 800,
      height: 600,
    }
    const { status, headers } = await daemon.post('/api/watermark-preview', draft)
    expect([status, headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(headers.get('x-mark')?.split(' ').slice(0, 2)).toEqual(['25', '25'])
    expect((await settings()).enabled).toBe(false)
    // What cannot be drawn yet is an empty look, not an error.
    const empty = await daemon.post('/api/watermark-preview', {
      ...draft,
      settings: { enabled: true, type: 'text', text: ' ' },
    })
    expect([empty.status, empty.headers.get('x-mark')]).toEqual([200, ''])
  })

  it('a frame comes and goes by itself, with one of its own for portraits', async () => {
    await daemon.drop('IMG_1.JPG', await plain([0, 0, 255], { width: 1200, height: 800 }))
    await upload('/api/upload-frame', await mark('#0f0'))
    await upload('/api/upload-frame?for=portrait', await mark('#f00'))
    expect(await settings()).toMatchObject({
      frame: expect.stringContaining('/frame-') as string,
      portrait_frame: expect.stringContaining('/portrait-frame-') as string,
    })
    await publish('IMG_1.JPG')
    expect((await cornerOf('IMG_1.jpg'))[1]).toBeGreaterThan(200)
    expect((await daemon.post('/api/delete-watermark-file', { file: 'frame' })).status).toBe(200)
    await publish('IMG_1.JPG')
    expect((await cornerOf('IMG_1_002.jpg'))[1]).toBeLessThan(60)
  })

  it('an image that the watermark needs cannot be taken away under it', async () => {
    await upload('/api/upload-watermark', await mark())
    await set({ enabled: true })
    const { status, body } = await daemon.post('/api/delete-watermark-file', { file: 'image' })
    expect([status, body.error.code]).toEqual([409, 'file_in_use'])
    await set({ enabled: false })
    expect((await daemon.post('/api/delete-watermark-file', { file: 'image' })).body.image).toBeNull()
  })

  describe('published pictures', () => {
    it('have the size and the quality that are set', async () => {
      await daemon.drop('IMG_1.JPG', await makeJpeg({ width: 1800, height: 1200 }))
      await daemon.post('/api/picture-settings', {
        web: { size: 1000, progressive: false },
        thumb: { size: 400 },
      })
      await publish('IMG_1.JPG')
      const web = await sharp(join(daemon.data, 'photos_web', 'IMG_1.jpg')).metadata()
      expect([web.width, web.height, web.isProgressive]).toEqual([1000, 667, false])
      expect((await sharp(join(daemon.data, 'photos_web', 'thumb', 'IMG_1.webp')).metadata()).width).toBe(400)
      const { body } = await daemon.get('/api/picture-settings')
      expect(body.web).toMatchObject({ size: 1000, quality: 85, progressive: false })
    })

    it('are followed by a full size when that is on, which guests can fetch', async () => {
      await daemon.drop('IMG_1.JPG', await makeJpeg({ width: 3000, height: 2000 }))
      await daemon.post('/api/picture-settings', { full: { enabled: true } })
      await publish('IMG_1.JPG')
      const { prefix } = (await daemon.get('/api/status')).body.event
      const has = async () => (await daemon.get(`/photo/${prefix}/manifest.json`)).body.recent[0]?.has
      await expect.poll(has).toEqual({ web: true, full: true, view: true })
      const bytes = await daemon.bytes(`/photo/${prefix}/full/IMG_1.jpg`)
      expect((await sharp(bytes).metadata()).width).toBe(3000)
      const stored = async () =>
        (await readdir(join(daemon.data, 'bucket', prefix, 'full')).catch(() => [])).join()
      await expect.poll(stored).toContain('IMG_1.jpg')
      const bucket = async () =>
        JSON.parse(await readFile(join(daemon.data, 'bucket', prefix, 'manifest.json'), 'utf8')).recent[0]
          ?.has
      await expect.poll(bucket).toEqual({ web: true, full: true, view: true })
      await daemon.post('/api/unpublish', { filename: 'IMG_1.jpg' })
      expect((await daemon.get(`/photo/${prefix}/full/IMG_1.jpg`)).status).toBe(404)
      await expect.poll(stored).not.toContain('IMG_1.jpg')
    })
  })
})
