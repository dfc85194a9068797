import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import type { HostMessage } from '../../../daemon/contract/delta.ts'
import type { RemovalRequestView, StoredRemoval } from '../../../daemon/contract/removal-request.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

/** Stands for Pages with its object. */
let server: Server
const hosts: { socket: WebSocket; url: string; token: string }[] = []
let pokes: string[] = []
let daemon: RunningDaemon
let slug = ''
let folder = ''
beforeAll(async () => {
  server = createServer((request, reply) => {
    if (request.method === 'POST') pokes.push(request.url ?? '')
    reply.writeHead(204).end()
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    hosts.push({ socket, url: request.url ?? '', token: String(request.headers['x-lep-host']) })
    socket.send('{"type":"hello","revision":1}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  daemon = await startDaemon()
  slug = (await daemon.get('/api/status')).body.event.slug
  folder = join(daemon.data, 'bucket', 'private', slug)
  await daemon.drop('IMG_1.JPG', await makeJpeg({ seed: 1, width: 300, height: 200 }))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG' })
  const { port } = server.address() as AddressInfo
  const saved = await daemon.post('/api/cloud-settings', { public_url: `http://127.0.0.1:${port}` })
  expect(saved.status).toBe(200)
})
afterAll(async () => {
  await daemon.end()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const guests = async () => (await daemon.get('/api/status')).body.guests
const removals = async () => (await daemon.get('/api/removals')).body.removals as RemovalRequestView[]
const say = (message: HostMessage) => hosts.at(-1)!.socket.send(JSON.stringify(message))
async function wish(name: string, change: Partial<StoredRemoval> = {}) {
  const body: StoredRemoval = { v: 1, filename: 'IMG_1.jpg', reason: 'please', at: '', asker: 'x', ...change }
  await mkdir(join(folder, 'removals'), { recursive: true })
  await writeFile(join(folder, 'removals', `${name.repeat(32)}.json`), JSON.stringify(body))
}
const left = () => readdir(join(folder, 'removals'))

test('the daemon keeps one line, says with it that it is a daemon, and hears how many watch', async () => {
  await expect.poll(() => hosts.length, { timeout: 10_000 }).toBe(1)
  expect(hosts[0]!.url).toBe(`/guests/${slug}/socket`)
  expect((await readdir(folder)).includes(`${hosts[0]!.token}.json`)).toBe(true)
  say({ type: 'watching', guests: 12 })
  await expect.poll(guests).toEqual({ here: 0, elsewhere: 12 })
})

test('each head that the bucket has is poked for', async () => {
  pokes = []
  await daemon.post('/api/event-settings', { event_title: 'Anna & Ben' })
  await expect.poll(() => pokes, { timeout: 10_000 }).toContain(`/guests/${slug}/poke`)
})

test('a wish of the internet waits in the bucket until it is answered, and what is none of ours stays away', async () => {
  await wish('a')
  await wish('b', { asker: 'y' })
  await wish('c', { filename: 'IMG_9.jpg', asker: 'z' })
  await writeFile(join(folder, 'removals', `${'d'.repeat(32)}.json`), 'null')
  say({ type: 'removals' })
  await expect
    .poll(removals, { timeout: 10_000 })
    .toMatchObject([{ filename: 'IMG_1.jpg', reason: 'please', from: 'internet', count: 2 }])
  await expect.poll(left, { timeout: 10_000 }).toHaveLength(1)
  const [{ id }] = (await removals()) as [RemovalRequestView]
  await daemon.post('/api/removals', { id, action: 'keep' })
  say({ type: 'removals' })
  await expect.poll(left, { timeout: 10_000 }).toEqual([])
  expect(await removals()).toEqual([])
})

test('a line that broke is nobody’s number, and the bucket is looked into without it', async () => {
  hosts.splice(0).forEach(({ socket }) => socket.terminate())
  await expect.poll(guests, { timeout: 10_000 }).toEqual({ here: 0, elsewhere: null })
  await wish('e', { asker: 'other' })
  await expect.poll(async () => (await removals()).length, { timeout: 10_000 }).toBe(1)
})
