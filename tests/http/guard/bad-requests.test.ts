import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ApiError } from '../../../daemon/contract/api.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

let daemon: RunningDaemon
beforeAll(async () => {
  daemon = await startDaemon()
  await daemon.drop('IMG_1.JPG', await makeJpeg())
  // Until it is in the bucket it still changes by itself.
  const live = await daemon.socket()
  const settled = live.notice('photo.changed', ({ photo }) => photo.progress?.state === 'live')
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  await settled
  live.close()
})
afterAll(() => daemon.end())

/** Every photo file below the data folder with its hash, and all that the API says of them. */
async function everything(): Promise<string> {
  const files: string[] = []
  for (const role of ['buffer', 'web', 'trash', 'archive']) {
    const folder = join(daemon.data, `photos_${role}`)
    for (const name of (await readdir(folder, { recursive: true })).sort()) {
      if (/journal|manifest\.json|\.lep/.test(name)) continue
      const path = join(folder, name)
      if ((await stat(path)).isFile())
        files.push(
          `${role}/${name} ${createHash('sha256')
            .update(await readFile(path))
            .digest('hex')}`,
        )
    }
  }
  const views = []
  for (const path of [
    '/api/buffer',
    '/api/live',
    '/api/event-settings',
    '/api/folder-settings',
    '/api/events',
  ])
    views.push((await daemon.get(path)).body)
  return JSON.stringify([files, views])
}

const publish = (rest: object) => ['/api/publish', { filename: 'IMG_1.JPG', ...rest }] as const

test.each<[string, string, unknown, number]>([
  ['an unknown name', '/api/publish', { filename: 'nope.jpg' }, 404],
  ['a relative path', '/api/publish', { filename: '../catalog.db' }, 404],
  ['an absolute path', '/api/publish', { filename: '/etc/passwd' }, 404],
  ['a NUL in the name', '/api/publish', { filename: 'IMG_1.JPG\u0000.txt' }, 404],
  ['no name', '/api/publish', {}, 400],
  ['a name of the wrong type', '/api/publish', { filename: 7 }, 400],
  ['null for a name', '/api/publish', { filename: null }, 400],
  ['an empty name', '/api/publish', { filename: '' }, 400],
  ['a name of 10,000 letters', '/api/publish', { filename: 'x'.repeat(10_000) }, 400],
  ['a number as text', ...publish({ exposure: '1' }), 400],
  ['null for a number', ...publish({ exposure: null }), 400],
  ['too much exposure', ...publish({ exposure: 2.1 }), 400],
  ['too little exposure', ...publish({ exposure: -5 }), 400],
  ['too much contrast', ...publish({ contrast: 1.5 }), 400],
  ['too warm', ...publish({ warmth: -2 }), 400],
  ['a crop without a size', ...publish({ crop: { x: 0, y: 0 } }), 400],
  [
    'a crop with an unknown field',
    ...publish({ crop: { x: 0, y: 0, width: 1, height: 1, unit: 'px' } }),
    400,
  ],
  ['a crop in pixels', ...publish({ crop: { x: 10, y: 10, width: 600, height: 400 } }), 400],
  ['a crop beyond the edge', ...publish({ crop: { x: 0.5, y: 0, width: 0.6, height: 1 } }), 400],
  ['a rotation that is no quarter turn', ...publish({ rotation: 45 }), 400],
  ['too much straightening', ...publish({ straighten: 10.5 }), 400],
  ['a scale of nothing', ...publish({ scale: 0 }), 400],
  ['an unknown field', ...publish({ exposre: 1 }), 400],
  ['a request id that is none', ...publish({ request_id: '../../x' }), 400],
  ['replacing what never was', ...publish({ exposure: 1, replaces: 'x.jpg' }), 404],
  ['an array for a body', '/api/publish', [], 400],
  ['a text for a body', '/api/publish', '"IMG_1.JPG"', 400],
  ['half a JSON', '/api/publish', '{"filename":', 400],
  ['prototype pollution', '/api/publish', '{"filename":"IMG_1.JPG","__proto__":{"again":true}}', 400],
  ['a batch of both kinds', '/api/batch_publish', { filenames: ['a'], items: [] }, 400],
  ['an empty batch', '/api/batch_publish', { filenames: [] }, 400],
  ['unpublishing an unknown name', '/api/unpublish', { filename: 'nope.jpg' }, 404],
  ['unpublishing by path', '/api/unpublish', { filename: '../photos_web/IMG_1.jpg' }, 404],
  ['archiving an unknown name', '/api/archive', { filename: 'nope.jpg' }, 404],
  ['rejecting what is live', '/api/reject', { filename: 'IMG_1.JPG' }, 409],
  ['restoring an unknown name', '/api/restore', { filename: '../../x' }, 404],
  ['an edit of an unknown photo', '/api/edit', { filename: 'nope.jpg', edit: {} }, 404],
  ['an edit with an unknown field', '/api/edit', { filename: 'IMG_1.JPG', edit: { zoom: 2 } }, 400],
  ['a rating of six', '/api/rate', { filename: 'IMG_1.JPG', rating: 6 }, 400],
  ['a font that is none', '/api/event-settings', { title_font_family: 'Comic; }' }, 400],
  ['a folder of the wrong type', '/api/folder-settings', { buffer_folder: 3 }, 400],
  ['a folder that is not whole', '/api/folder-settings', { trash_folder: 'trash' }, 422],
  ['an unknown action', '/api/events', { action: 'destroy' }, 400],
  ['an answer to no offer', '/api/offers', { source: 'nobody', action: 'take' }, 404],
  ['an upload that is none', '/api/upload', { filename: 'IMG_1.JPG' }, 415],
  ['a hero picture that is not there', '/api/set-hero-image', { filename: '../IMG_1.jpg' }, 404],
  ['revoking nobody', '/api/devices', { id: 'nobody', action: 'revoke' }, 404],
])('%s is refused with the error shape and touches nothing', async (_, path, body, status) => {
  const before = await everything()
  const reply = await daemon.post(path, body)
  expect(Value.Check(ApiError, reply.body)).toBe(true)
  expect([reply.status, reply.body]).toMatchObject([status, { detail: reply.body.error.message }])
  expect(await everything()).toBe(before)
})

test('a good request changes what the bad ones left alone', async () => {
  const before = await everything()
  expect((await daemon.post('/api/rate', { filename: 'IMG_1.JPG', rating: 5 })).status).toBe(200)
  expect(await everything()).not.toBe(before)
})

test('a message quotes the value', async () => {
  const { body } = await daemon.post('/api/publish', { filename: 'IMG_1.JPG', exposure: 9 })
  expect(body.detail).toBe('exposure must be <= 2 but received 9')
  const crop = { x: 0.5, y: 0, width: 0.6, height: 1 }
  const beyond = await daemon.post('/api/edit', { filename: 'IMG_1.JPG', edit: { crop } })
  expect(beyond.body.detail).toBe('crop.x + crop.width must be <= 1 but received 0.5 + 0.6')
  const wide = await daemon.post('/api/edit', {
    filename: 'IMG_1.JPG',
    edit: { crop: { ...crop, width: 5 } },
  })
  expect(wide.body.detail).toBe('edit.crop.width must be <= 1 but received 5')
  const unknown = await daemon.post('/api/publish', { filename: 'IMG_1.JPG', exposre: 1 })
  expect(unknown.body.detail).toContain('"exposre"')
})

test('a huge body is refused before it is read', async () => {
  const reply = await daemon.post('/api/publish', JSON.stringify({ filename: 'x'.repeat(3_000_000) }))
  expect([reply.status, reply.body.error.code]).toEqual([413, 'too_large'])
})

test('a body of another type is refused', async () => {
  const reply = await daemon.post('/api/publish', 'filename=IMG_1.JPG', {
    'content-type': 'application/x-www-form-urlencoded',
  })
  expect([reply.status, reply.body.error.code]).toEqual([415, 'wrong_type'])
})

describe.each(['/api/upload', '/api/upload-hero-image', '/api/upload-watermark'])('a form for %s', (path) => {
  const part = (head: string) => `--b\r\n${head}\r\n\r\nx`
  test.each([
    ['that is none', '{"file":"IMG_1.JPG"}', 400],
    ['that ends within the head of a part', '--b\r\nContent-Disposition: form-data; name="fi', 400],
    ['without a file', `${part('Content-Disposition: form-data; name="file"')}\r\n--b--\r\n`, 400],
    ['of another type', '{}', 415],
  ])('%s is refused', async (_, body, status) => {
    const before = await everything()
    const type = status === 415 ? 'application/json' : 'multipart/form-data; boundary=b'
    const reply = await daemon.post(path, body, { 'content-type': type })
    expect([reply.status, Value.Check(ApiError, reply.body)]).toEqual([status, true])
    expect(await everything()).toBe(before)
  })
})

test.each([
  ['GET', '/api/publish', 'POST'],
  ['POST', '/api/buffer', 'GET'],
  ['DELETE', '/api/event-settings', 'GET'],
])('%s %s is answered 405 and told what is possible', async (method, path, allowed) => {
  const response = await fetch(daemon.url + path, { method, headers: { origin: daemon.url } })
  expect(response.status).toBe(405)
  expect(response.headers.get('allow')).toContain(allowed)
  expect(Value.Check(ApiError, await response.json())).toBe(true)
})

/** Sends the path as it is: fetch would tidy it first. */
function raw(path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(daemon.url)
    httpRequest({ port, host: '127.0.0.1', path }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
      response.on('end', () => resolve({ status: response.statusCode!, text }))
    })
      .on('error', reject)
      .end()
  })
}

test.each([
  '/raw/../catalog.db',
  '/raw/..%2fcatalog.db',
  '/raw/%2e%2e%2fcatalog.db',
  '/raw//etc/passwd',
  '/raw/%00',
  '/live//etc/passwd',
  '/live/..%5c..%5ccatalog.db',
  '/photos_web/.lep-folder',
  '/photos_web/manifest.json',
  '/media/x/tile-1.jpg',
  '/photo/..%2f..%2fcatalog.db',
  '/photo/x/..%2fcatalog.db',
  '/photo/./manifest.json',
  '/assets/..%2fmanifest.json',
  '/gallery/..%2f..%2fpackage.json',
  '/gallery/../admin/index.html',
  '/admin/%2e%2e/%2e%2e/package.json',
  '/photo/%ff/manifest.json',
])('%s leads nowhere', async (path) => {
  const { status, text } = await raw(path)
  expect([400, 403, 404]).toContain(status)
  expect(text).not.toMatch(/SQLite|root:|"dependencies"/)
})
