import { connect, type Socket } from 'node:net'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hello } from '../../daemon/contract/notice.ts'
import { openSocket, startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

let daemon: RunningDaemon
let seed = 0
beforeAll(async () => {
  daemon = await startDaemon()
})
afterAll(() => daemon.end())

async function shoot(): Promise<string> {
  seed += 1
  const name = `IMG_${seed}.JPG`
  await daemon.drop(name, await makeJpeg({ seed }))
  return name
}

test('the first message is the whole state, then each fact with the next number', async () => {
  const live = await daemon.socket()
  const hello = live.messages[0] as Hello
  expect(hello).toMatchObject({ type: 'snapshot', role: 'owner', status: { event: { state: 'open' } } })
  const filename = await shoot()
  await daemon.post('/api/publish', { filename })
  const gone = live.notice('publication.gone')
  await daemon.post('/api/unpublish', { filename: filename.replace('.JPG', '.jpg') })
  await gone
  const seqs = live.messages.map((message) => message.seq)
  expect(seqs).toEqual(seqs.map((_, i) => hello.seq + i))
  const types = live.messages
    .map((message) => message.type)
    // Photos change on the way as well: they are rendered, then uploaded.
    .filter((type) => !/^(status|rendition|photo.changed)/.test(type))
  expect(types).toEqual(['snapshot', 'photo.added', 'publication.live', 'publication.gone'])
})

test('after a gap a page gets exactly what it missed', async () => {
  const first = await daemon.socket()
  await shoot()
  const { seq } = await first.notice('photo.added')
  first.close()
  await first.closed
  const filename = await shoot()
  const second = await daemon.socket(seq)
  expect(second.messages[0]).toMatchObject({ type: 'resumed' })
  await second.notice('photo.added', (notice) => notice.photo.filename === filename)
  expect(second.messages[1]!.seq).toBe(seq + 1)
})

test('a page from before a restart, or from a made-up future, must reload', async () => {
  const before = await daemon.socket()
  const { seq } = before.messages[0]!
  daemon = await daemon.restart()
  for (const since of [seq, seq + 10_000_000_000, 0])
    expect((await daemon.socket(since)).messages[0]).toMatchObject({ type: 'snapshot' })
})

test('numbers rise across a restart', async () => {
  const before = (await daemon.socket()).messages[0]!.seq
  daemon = await daemon.restart()
  expect((await daemon.socket()).messages[0]!.seq).toBeGreaterThan(before)
})

test('two pages see the same facts', async () => {
  const [one, two] = [await daemon.socket(), await daemon.socket()]
  const filename = await shoot()
  await daemon.post('/api/edit', { filename, edit: { exposure: 1 } })
  const isIt = (notice: { photo: { filename: string } }) => notice.photo.filename === filename
  expect(await two.notice('photo.changed', isIt)).toEqual(await one.notice('photo.changed', isIt))
})

test('the status follows by itself', async () => {
  const live = await daemon.socket()
  const { counts } = (await daemon.get('/api/status')).body
  await shoot()
  await live.notice('status.changed', ({ status }) => status.counts.buffer === counts.buffer + 1)
})

test('a socket that sends a flood is closed, and the daemon goes on', async () => {
  const ws = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/live-socket`, {
    headers: { origin: daemon.url },
  })
  const closed = new Promise<number>((resolve) => ws.on('close', resolve))
  await new Promise((resolve) => ws.on('open', resolve))
  ws.send('x'.repeat(100_000))
  expect(await closed).toBe(1009)
  expect((await daemon.get('/api/status')).status).toBe(200)
})

test('a bad since is refused before the socket opens', async () => {
  const ws = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/live-socket?since=latest`, {
    headers: { origin: daemon.url },
  })
  const status = await new Promise((resolve) => {
    ws.on('unexpected-response', (_request, response) => resolve(response.statusCode))
    ws.on('error', () => resolve(0))
  })
  expect(status).toBe(400)
})

test('a revoked device is cut off in the open socket, and stays out', async () => {
  const { code } = (await daemon.post('/api/pair/code')).body
  // Forwarded once, a request is not the owner's any more: that is how a device looks here.
  const asDevice = { origin: daemon.url, 'x-forwarded-for': '192.168.1.20' }
  const paired = await daemon.post('/api/pair', { code, name: 'iPad' }, asDevice)
  const cookie = paired.headers.get('set-cookie')!.split(';')[0]!
  const device = openSocket(daemon.url, undefined, { ...asDevice, cookie })
  expect(await device.find((message): message is Hello => message.type === 'snapshot')).toMatchObject({
    role: 'editor',
  })
  const { id } = (await daemon.get('/api/devices')).body.devices[0]
  await daemon.post('/api/devices', { id, action: 'revoke' })
  expect(await device.closed).toBe(4001)
  expect((await daemon.get('/api/buffer', { ...asDevice, cookie })).status).toBe(401)
})

test('nobody on the network holds up a stop: a half-sent request, a page that went to sleep, an upgrade where no socket is', async () => {
  const own = await startDaemon()
  const { port } = new URL(own.url)
  const slow = connect(Number(port), '127.0.0.1')
  slow.on('error', () => undefined)
  await new Promise((resolve) => slow.once('connect', resolve))
  slow.write('GET /gallery/ HTTP/1.1\r\nHost: 127.0.0.1\r\n')
  const asleep = new WebSocket(`${own.url.replace('http', 'ws')}/api/live-socket`, {
    headers: { origin: own.url },
  })
  await new Promise((resolve) => asleep.once('message', resolve))
  asleep.pause()
  const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`
  const stray: Socket[] = []
  // A public address, one that cannot be read, and one that is too long.
  for (const path of ['/photo/events.json', '/api/%u002e', `/live/${'A'.repeat(2000)}`]) {
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    stray.push(socket)
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${own.url}\r\n${upgrade}`)
    const reply = await new Promise<Buffer>((resolve) => socket.once('data', resolve))
    expect([path, reply.toString().slice(0, 12)]).toEqual([path, 'HTTP/1.1 400'])
  }
  await own.end()
  slow.destroy()
  for (const socket of stray) socket.destroy()
  asleep.terminate()
})

test('tile and preview of a new photo are made ahead, and a page is told', async () => {
  const live = await daemon.socket()
  const filename = await shoot()
  const { photo } = await live.notice('photo.added', (notice) => notice.photo.filename === filename)
  await live.notice('rendition.ready', ({ id, name }) => id === photo.id && name === 'tile')
  await live.notice('rendition.ready', ({ id, name }) => id === photo.id && name === 'preview')
})
