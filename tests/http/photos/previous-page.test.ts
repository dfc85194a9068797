import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { familyOf, pixelsOf } from '../../../daemon/util/css-fonts.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg, makePng } from '../../fixtures/photos/photos.ts'

/** The previous system's admin page: every call that it makes, in its own shapes. */
let daemon: RunningDaemon
let seed = 0
beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

async function shoot(): Promise<string> {
  seed += 1
  const name = `DSC_${seed}.JPG`
  await daemon.drop(name, await makeJpeg({ seed, width: 600, height: 400 }))
  return name
}
const send = (path: string, name: string, bytes: Uint8Array) => {
  const form = new FormData()
  form.append('file', new Blob([new Uint8Array(bytes)]), name)
  return fetch(daemon.url + path, { method: 'POST', headers: { origin: daemon.url }, body: form })
}
const settings = async () => (await daemon.get('/api/event-settings')).body

describe('photos', () => {
  test('are listed with the fields that the page reads', async () => {
    const filename = await shoot()
    const { status, body } = await daemon.get('/api/buffer')
    expect(status).toBe(200)
    const image = body.images.find((one: { filename: string }) => one.filename === filename)
    expect(image).toMatchObject({ filename, published_count: 0, unpublished_count: 0 })
    expect([typeof image.timestamp, typeof image.time_str, typeof image.size_kb]).toEqual([
      'number',
      'string',
      'number',
    ])
    expect((await daemon.get(`/raw/${filename}`)).status).toBe(200)
  })

  test('are published one by one and together, looked at, and taken out again', async () => {
    const [a, b, c] = [await shoot(), await shoot(), await shoot()]
    const one = await daemon.post('/api/publish', {
      filename: a,
      exposure: 0.3,
      rotation: 90,
      straighten: 1.5,
      scale: 1.1,
    })
    expect(one.body).toMatchObject({
      status: 'success',
      filename: a,
      published_as: a.replace('.JPG', '.jpg'),
    })
    const both = await daemon.post('/api/batch_publish', { filenames: [b, c], exposure: 0.5 })
    expect(both.body).toMatchObject({ status: 'completed' })
    expect([both.body.success.length, both.body.errors.length]).toEqual([2, 0])
    const live = (await daemon.get('/api/live')).body.images.map(
      (image: { filename: string }) => image.filename,
    )
    expect(live).toEqual(expect.arrayContaining([a, b, c].map((name) => name.replace('.JPG', '.jpg'))))
    expect((await daemon.get(`/photos_web/${a.replace('.JPG', '.jpg')}`)).status).toBe(200)
    expect((await daemon.get(`/live/${a.replace('.JPG', '.jpg')}`)).status).toBe(200)
    const out = await daemon.post('/api/unpublish', { filename: a.replace('.JPG', '.jpg') })
    expect(out).toMatchObject({ status: 200, body: { status: 'success' } })
  })

  test('are archived, rejected and restored', async () => {
    const [a, b] = [await shoot(), await shoot()]
    for (const [path, filename] of [
      ['archive', a],
      ['reject', b],
      ['restore', b],
    ] as const)
      // prettier-ignore
      expect(await daemon.post(`/api/${path}`, { filename })).toMatchObject({ status: 200, body: { status: 'success' } })
  })
})

describe('event settings', () => {
  const page = {
    event_title: 'Gala',
    event_subtitle: 'Taipei',
    hero_image_url: '',
    title_font_family: "'Playfair Display', serif",
    title_font_size: '72px',
    subtitle_font_family: "'Noto Sans TC', 'PingFang TC', sans-serif",
    subtitle_font_size: '24px',
  }

  test('are saved as the page sends them', async () => {
    const { status, body } = await daemon.post('/api/event-settings', page)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      event_title: 'Gala',
      event_subtitle: 'Taipei',
      hero_image_url: null,
      title_font_family: 'serif',
      title_font_size: 72,
      subtitle_font_family: 'sans',
      subtitle_font_size: 24,
    })
    // And as it read them.
    expect(await daemon.post('/api/event-settings', await settings())).toMatchObject({ status: 200, body })
  })

  test('take a picture by its name, by our address of it, and none', async () => {
    const { filename } = (await (
      await send('/api/upload-hero-image', 'a.jpg', await makeJpeg({ seed: 900 }))
    ).json()) as {
      filename: string
    }
    expect((await daemon.get('/api/list-hero-images')).body.images).toContain(filename)
    for (const [given, shown] of [
      ['', null],
      [filename, `/assets/${filename}`],
      [null, null],
      [`/assets/${filename}`, `/assets/${filename}`],
      [`assets/${filename}`, `/assets/${filename}`],
    ] as const) {
      const { status, body } = await daemon.post('/api/event-settings', { ...page, hero_image_url: given })
      expect([given, status, body.hero_image_url]).toEqual([given, 200, shown])
    }
    const none = await daemon.post('/api/event-settings', {
      event_title: 'Not',
      hero_image_url: 'hero-none.jpg',
    })
    expect([none.status, none.body.error.code]).toEqual([404, 'unknown_picture'])
    expect((await settings()).event_title).toBe('Gala')
    expect(await daemon.post('/api/set-hero-image', { filename })).toMatchObject({
      status: 200,
      body: { filename },
    })
    expect(await daemon.post('/api/delete-hero-image', { filename })).toMatchObject({ status: 200 })
    expect((await settings()).hero_image_url).toBeNull()
  })

  test('fetch an address as the hero call does: https, and public', async () => {
    for (const [url, code] of [
      ['http://example.com/a.jpg', 'https_only'],
      ['https://127.0.0.1/a.jpg', 'address_closed'],
      ['file:///etc/passwd', 'https_only'],
      ['data:image/png;base64,AAAA', 'https_only'],
    ]) {
      const { status, body } = await daemon.post('/api/event-settings', { hero_image_url: url })
      expect([url, status, body.error?.code]).toEqual([url, 422, code])
      expect((await daemon.post('/api/set-hero-image', { url })).body.error.code).toBe(code)
    }
  })

  test('refuse what is no stack and no size, and another folder in the bucket', async () => {
    for (const wrong of [
      { title_font_family: 'x; } body { display: none' },
      { title_font_size: '72vw' },
      { title_font_size: 'large' },
      { title_font_size: 500 },
      { hero_image_url: 7 },
    ])
      expect([wrong, (await daemon.post('/api/event-settings', wrong)).status]).toEqual([wrong, 400])
    const moved = await daemon.post('/api/event-settings', { r2_path_prefix: 'elsewhere' })
    expect([moved.status, moved.body.error.code]).toEqual([422, 'prefix_stays'])
  })

  test.each([
    ['Georgia, serif', 'serif'],
    ["'Great Vibes', cursive", 'system'],
    ['Whatever', 'system'],
    ['Whatever, monospace', 'mono'],
    ['-apple-system, BlinkMacSystemFont, "Segoe UI", sans-serif', 'system'],
    ['"Nunito", sans-serif', 'rounded'],
    ['Arial', 'sans'],
    ['rounded', 'rounded'],
    ['', 'system'],
  ])('the stack %s is %s', (stack, family) => expect(familyOf(stack)).toBe(family))

  test('sizes are pixels, whatever their unit, within what we take', () => {
    const sizes = ['72', '72px', ' 4.5rem ', '54pt', '5px', '999px', ''].map((size) =>
      pixelsOf(size, 12, 160),
    )
    expect(sizes).toEqual([72, 72, 72, 72, 12, 160, null])
  })
})

describe('uploads', () => {
  const upload = async (name: string, bytes: Uint8Array) =>
    (await (await send('/api/upload', name, bytes)).json()) as {
      success: { filename: string; saved_as: string }[]
      errors: unknown[]
    }

  test('keep their names', async () => {
    expect(await upload('IMG_77.JPG', await makeJpeg({ seed: 77 }))).toMatchObject({
      success: [{ filename: 'IMG_77.JPG', saved_as: 'IMG_77.JPG' }],
      errors: [],
    })
  })

  test.each(['', '.', '..', 'blob', 'x/', '   '])(
    'without one (%j) are called by what they are',
    async (name) => {
      seed += 1
      const jpeg = await upload(name, await makeJpeg({ seed: 1000 + seed }))
      expect(jpeg.errors).toEqual([])
      expect(jpeg.success[0]!.saved_as).toMatch(/^upload(-\d+)?\.jpg$/)
      const png = await upload(name, await makePng({ seed: 1000 + seed }))
      expect(png.success[0]!.saved_as).toMatch(/^upload(-\d+)?\.png$/)
    },
  )
})

describe('the other calls', () => {
  test('watermark', async () => {
    const mark = await send('/api/upload-watermark', 'logo.png', await makePng())
    expect(mark.status).toBe(200)
    const { status } = await daemon.post('/api/watermark-settings', {
      enabled: true,
      type: 'text',
      text: 'Gala',
      text_font_size: 24,
      text_color: [255, 255, 255, 200],
      position: 'bottom-right',
      opacity: 0.8,
      scale_percentage: 20,
      margin: 50,
    })
    expect(status).toBe(200)
    expect((await daemon.get('/api/watermark-settings')).body).toMatchObject({
      enabled: true,
      type: 'text',
      margin: 50,
    })
    await daemon.post('/api/watermark-settings', { enabled: false })
  })

  test('folders, fonts, cleaning up and status', async () => {
    const folders = (await daemon.get('/api/folder-settings')).body
    expect(Object.keys(folders)).toEqual(
      expect.arrayContaining(['buffer_folder', 'web_folder', 'trash_folder', 'archive_folder']),
    )
    expect((await daemon.post('/api/folder-settings', folders)).status).toBe(200)
    for (const path of ['/api/available-fonts', '/api/status', '/api/list-hero-images'])
      expect([path, (await daemon.get(path)).status]).toEqual([path, 200])
    expect((await daemon.post('/api/cleanup-hidden-files', {})).status).toBe(200)
  })
})
