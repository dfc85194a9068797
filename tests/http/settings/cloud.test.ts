import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseConfig } from '../../../daemon/config.ts'
import { createDaemon } from '../../../daemon/daemon.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { KEY_ID, SECRET, startFaulty, type FaultyServer } from '../../fixtures/cloud/faulty.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { createSharedWorkers } from '../../fixtures/photos/shared-workers.ts'

let daemon: RunningDaemon
let server: FaultyServer
/** A public gallery: what the bucket holds, below /photo/. */
let web: Server
let publicUrl: string
const TOKEN = 'purge-token-that-never-shows'

beforeEach(async () => {
  server = await startFaulty()
  web = createServer((request, reply) => {
    const bytes = server.objects.get(decodeURIComponent(request.url!.replace(/^\/photo\//, '')))
    reply.writeHead(bytes ? 200 : 404).end(bytes)
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const address = web.address()
  publicUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  daemon = await startDaemon()
})
afterEach(async () => {
  await daemon.end()
  web.closeAllConnections()
  await new Promise((resolve) => web.close(resolve))
  await server.end()
})

/** Touches nothing of the machine's: no camera, no name on the network, no fixed port. */
const quiet = (data: string) => [
  ...['--data', data, '--port', '0', '--https-port', '0'],
  ...['--card-root', join(data, 'none'), '--no-mdns', '--no-camera'],
]
const keys = () => ({ access_key_id: KEY_ID, secret_access_key: SECRET })
const bucket = () => ({ endpoint: server.settings.endpoint, bucket: 'photos', region: 'auto', ...keys() })
const file = () => join(daemon.data, 'config', 'cloud.json')
const sync = async () => (await daemon.get('/api/status')).body.sync
const settled = () => expect.poll(sync).toMatchObject({ waiting: 0, trouble: null })

test('from nothing to a public gallery: settings, test, everything sent, and gone (verified) after an unpublish', async () => {
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1 }))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  await settled()
  expect(server.objects.size).toBe(0)

  const saved = await daemon.post('/api/cloud-settings', {
    ...bucket(),
    public_url: `${publicUrl}/`,
    purge_token: TOKEN,
  })
  expect(saved.status).toBe(200)
  expect(saved.body).toMatchObject({
    bucket: 'photos',
    has_keys: true,
    has_purge_token: true,
    from_environment: false,
  })
  expect((await stat(file())).mode & 0o777).toBe(0o600)
  await settled()
  // What was published to the folder before is in the bucket now.
  const { prefix } = (await daemon.get('/api/status')).body.event
  const isDocument = (key: string) => key.startsWith('private/')
  expect([...server.objects.keys()].filter((key) => !isDocument(key)).sort()).toEqual(
    [`${prefix}/IMG_1.jpg`, `${prefix}/manifest.json`, `${prefix}/thumb/IMG_1.webp`, 'events.json'].sort(),
  )

  const tested = (await daemon.post('/api/cloud-test')).body
  expect(tested).toMatchObject({ ok: true })
  expect(
    tested.steps.map(({ step, result }: { step: string; result: string }) => `${step} ${result}`),
  ).toEqual(['write ok', 'read ok', 'conditions ok', 'public ok', 'remove ok'])
  expect([...server.objects.keys()].some((key) => key.includes('probe'))).toBe(false)
  expect((await daemon.get('/api/status')).body.public_url).toBe(publicUrl)

  await daemon.post('/api/unpublish', { filename: 'IMG_1.jpg' })
  await expect
    .poll(async () => (await sync()).gone[0])
    .toMatchObject({ filename: 'IMG_1.jpg', state: 'verified' })
  expect((await fetch(`${publicUrl}/photo/${prefix}/IMG_1.jpg`)).status).toBe(404)
})

test('the test says which step failed, and why', async () => {
  await daemon.post('/api/cloud-settings', { ...bucket(), public_url: 'http://127.0.0.1:9' })
  const away = (await daemon.post('/api/cloud-test')).body
  expect(away.ok).toBe(false)
  expect(away.steps.find(({ step }: { step: string }) => step === 'public')).toMatchObject({
    result: 'failed',
    code: 'public_away',
  })
  expect(away.steps.at(-1)).toMatchObject({ step: 'remove', result: 'ok' })
  server.fault = ({ method }) =>
    method === 'PUT' ? { status: 403, code: 'SignatureDoesNotMatch' } : undefined
  const refused = (await daemon.post('/api/cloud-test')).body
  expect(refused.steps[0]).toMatchObject({ step: 'write', result: 'failed', code: 'keys' })
  expect(refused.steps.slice(1).every(({ result }: { result: string }) => result === 'skipped')).toBe(true)
}, 60_000)

test('what cannot be right is refused in one sentence', async () => {
  const refused = async (body: object) => (await daemon.post('/api/cloud-settings', body)).body.error?.code
  expect(await refused({ endpoint: 'https://x.example', bucket: 'photos' })).toBe('cloud_incomplete')
  expect(await refused({ endpoint: 'ftp://x' })).toBe('invalid')
  expect(await refused({ upload_limit: -1 })).toBe('invalid')
  expect(await refused({ bucket: 'photos', keys: 'x' })).toBe('invalid')
  expect((await daemon.get('/api/cloud-settings')).body).toMatchObject({ endpoint: '', has_keys: false })
})

test('an endpoint that ends in its bucket is taken without it, also from an earlier version’s file', async () => {
  const { endpoint } = server.settings
  const saved = await daemon.post('/api/cloud-settings', { ...bucket(), endpoint: `${endpoint}/photos` })
  expect(saved.body).toMatchObject({ endpoint, bucket: 'photos' })
  const refused = await daemon.post('/api/cloud-settings', { endpoint: `${endpoint}/elsewhere` })
  expect([refused.status, refused.body.error.code]).toEqual([422, 'endpoint_path'])
  expect(
    (await daemon.post('/api/cloud-settings', { public_url: `${publicUrl}/photo` })).body.error.code,
  ).toBe('public_path')
  await settled()
  await daemon.stop()
  const stored = JSON.parse(await readFile(file(), 'utf8')) as object
  await writeFile(file(), JSON.stringify({ ...stored, endpoint: `${endpoint}/photos/` }))
  daemon = await daemon.restart()
  await daemon.post('/api/event-settings', { event_title: 'Anew' })
  await settled()
  expect([...server.objects.keys()].filter((key) => key.startsWith('photos/'))).toEqual([])
}, 60_000)

test('keys that others on the computer can read are refused: everything waits, and says why', async () => {
  await daemon.post('/api/cloud-settings', bucket())
  await settled()
  await daemon.stop()
  await chmod(file(), 0o644)
  const before = server.asked.length
  daemon = await daemon.restart()
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1 }))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  await expect.poll(async () => (await sync()).trouble).toContain('chmod 600')
  expect(server.asked.length).toBe(before)
  expect((await daemon.post('/api/cloud-settings', { region: 'auto' })).body.error.code).toBe('secrets_open')
  await chmod(file(), 0o600)
  expect((await daemon.post('/api/cloud-settings', { region: 'auto' })).status).toBe(200)
  await settled()
  expect([...server.objects.keys()].some((key) => key.endsWith('/IMG_1.jpg'))).toBe(true)
}, 60_000)

test('more removals at once than may be without a question wait for the owner', async () => {
  await daemon.post('/api/cloud-settings', { mass_removal: 2 })
  for (const n of [1, 2, 3, 4]) {
    await daemon.drop(`IMG_${n}.JPG`, await makeJpeg({ seed: n, width: 300, height: 200 }))
    await daemon.post('/api/publish', { filename: `IMG_${n}.JPG` })
  }
  const unpublish = async (n: number) =>
    (await daemon.post('/api/unpublish', { filename: `IMG_${n}.jpg` })).status
  expect([await unpublish(1), await unpublish(2), await unpublish(3), await unpublish(4)]).toEqual([
    200, 200, 409, 409,
  ])
  expect((await daemon.get('/api/status')).body.mass_removal).toEqual({ refused: 2, limit: 2 })
  expect((await daemon.get('/api/live')).body.total).toBe(2)
  await daemon.post('/api/mass-removal', { action: 'allow' })
  expect((await daemon.get('/api/status')).body.mass_removal).toBeNull()
  expect(await unpublish(3)).toBe(200)
})

test('an unpublish is undone within seconds under the same name', async () => {
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1, width: 300, height: 200 }))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  const { action } = (await daemon.post('/api/unpublish', { filename: 'IMG_1.jpg' })).body
  const undone = await daemon.post('/api/undo', { ids: [action.id] })
  expect(undone.body).toMatchObject({ status: 'success', undone: [{ names: ['IMG_1.jpg'] }], kept: [] })
  const { images } = (await daemon.get('/api/live')).body
  expect(images).toHaveLength(1)
  for (const path of [images[0].tile, images[0].preview])
    expect((await daemon.bytes(path)).length).toBeGreaterThan(0)
})

test('keys are in one file and nowhere else: not in the API, the log, the catalog or the bucket', async () => {
  const data = await tempFolder()
  let logged = ''
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString()
      done()
    },
  })
  const parsed = parseConfig([...quiet(data), '--log-level', 'debug'], {})
  if ('help' in parsed) throw new Error('asked for help')
  const own = createDaemon(parsed.config, {
    log: pino({ level: 'trace' }, sink),
    say: (line) => (logged += line),
    createWorkers: createSharedWorkers,
  })
  const { adminUrl } = await own.start()
  const url = new URL(adminUrl).origin
  let replies = ''
  const call = async (path: string, body?: object) => {
    const init = body && {
      method: 'POST',
      headers: { origin: url, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }
    replies += await (await fetch(url + path, init ?? {})).text()
  }
  try {
    // Refused, echoed by the server in its error, and accepted.
    await call('/api/cloud-settings', { ...bucket(), endpoint: '', bucket: 'x', request_id: 'aaaaaaaa1' })
    await call('/api/cloud-settings', {
      ...bucket(),
      purge_zone: 'z',
      purge_token: TOKEN,
      request_id: 'aaaaaaaa2',
    })
    server.fault = ({ method }) =>
      method === 'PUT' ? { status: 403, code: 'SignatureDoesNotMatch' } : undefined
    await call('/api/cloud-test', {})
    await expect
      .poll(async () => await (await fetch(`${url}/api/status`)).json())
      .toMatchObject({ sync: { code: 'keys' } })
    server.fault = () => undefined
    for (const path of ['/api/status', '/api/cloud-settings', '/api/events', '/photo/events.json'])
      await call(path)
    await call('/api/cloud-test', {})
    await call('/api/cloud-settings', { bucket: 7 })
  } finally {
    await own.stop()
  }
  const files = (await readdir(data, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  )
  const holding: string[] = []
  for (const entry of files) {
    const text = (await readFile(join(entry.parentPath, entry.name))).toString('latin1')
    if ([KEY_ID, SECRET, TOKEN].some((secret) => text.includes(secret))) holding.push(entry.name)
  }
  expect(holding).toEqual(['cloud.json'])
  const everywhere = replies + logged + [...server.objects.values()].map(String).join('')
  expect(everywhere).toContain('has_keys')
  for (const secret of [KEY_ID, SECRET, TOKEN]) expect(everywhere).not.toContain(secret)
}, 60_000)

test('the environment names the bucket for those who want no file', async () => {
  const data = await tempFolder()
  await mkdir(join(data, 'config'))
  await writeFile(join(data, 'config', 'cloud.json'), JSON.stringify({ public_url: 'https://x.example' }), {
    mode: 0o600,
  })
  const env = {
    LEP_S3_ENDPOINT: server.settings.endpoint,
    LEP_S3_BUCKET: 'photos',
    LEP_S3_ACCESS_KEY_ID: KEY_ID,
    LEP_S3_SECRET_ACCESS_KEY: SECRET,
  }
  const parsed = parseConfig(quiet(data), env)
  if ('help' in parsed) throw new Error('asked for help')
  expect(parsed.warnings).toEqual([])
  const own = createDaemon(parsed.config, {
    log: pino({ level: 'silent' }),
    say: () => undefined,
    createWorkers: createSharedWorkers,
  })
  const { adminUrl } = await own.start()
  try {
    const url = new URL('/api/cloud-settings', adminUrl)
    expect(await (await fetch(url)).json()).toMatchObject({
      from_environment: true,
      has_keys: true,
      public_url: 'https://x.example',
    })
    await expect.poll(() => server.objects.has('events.json')).toBe(true)
  } finally {
    await own.stop()
  }
})
