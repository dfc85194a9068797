import { symlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { fuzzCase, fuzzMessage, seeded, type FuzzCase } from '../fixtures/http/fuzz.ts'
import { makeJpeg } from '../fixtures/photos/photos.ts'

const ROUNDS = process.env.LONG_TESTS === '1' ? 10_000 : 600
const SEED = Number(process.env.FUZZ_SEED ?? 20_260_120)
const AT_ONCE = 16
/** A reply that does not come within this time counts as none, milliseconds. */
const PATIENCE = 5_000

/** What no stranger may read, wherever it comes out. */
interface Canary {
  readonly what: string
  readonly bytes: Buffer
}

let daemon: RunningDaemon
let leak: ((route: string) => void) | undefined
let canaries: Canary[]
let patterns: string[]
let host: string
let cookie: string

beforeAll(async () => {
  let app: FastifyInstance | undefined
  /** The planted leak: a route that gives away what its name says, once the test switches it on. */
  let leaking = ''
  const plant = (message: unknown) => {
    app ??= (message as { fastify: FastifyInstance }).fastify
    app.addHook('onSend', async (request, _reply, payload) =>
      leaking !== '' && request.url.startsWith(leaking) ? `{"path":"${daemon.data}/photos_buffer"}` : payload,
    )
  }
  subscribe('fastify.initialization', plant)
  // This computer has to pair, so that what comes from it is a stranger's; and nothing is kept from the fuzz by a
  // limit.
  daemon = await startDaemon(['--no-trust-loopback'], undefined, { guardRules: { limit: false } })
  unsubscribe('fastify.initialization', plant)
  leak = (route) => (leaking = route)
  host = new URL(daemon.url).host

  const paired = await daemon.post('/api/pair', { code: daemon.codes[0], name: 'Canary-Device-7f3a' })
  cookie = paired.headers.get('set-cookie')!.split(';')[0]!
  const as = { cookie }
  const shoot = async (name: string, seed: number) => {
    const bytes = await makeJpeg({ seed })
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' }), name)
    const headers = { ...as, origin: daemon.url }
    const reply = await fetch(`${daemon.url}/api/upload`, { method: 'POST', headers, body: form })
    expect(await reply.json()).toMatchObject({ success: [{ saved_as: name }] })
    return bytes
  }
  const unpublished = await shoot('IMG_0001.JPG', 1)
  await shoot('IMG_0002.JPG', 2)
  const trashed = await shoot('IMG_0003.JPG', 3)
  await daemon.post('/api/publish', { filename: 'IMG_0002.JPG' }, as)
  await daemon.post('/api/reject', { filename: 'IMG_0003.JPG' }, as)
  const key = 'CANARYKEY'.repeat(4)
  const cloud = {
    endpoint: 'http://127.0.0.1:9',
    bucket: 'canary-bucket',
    access_key_id: key,
    secret_access_key: key,
  }
  expect((await daemon.post('/api/cloud-settings', cloud, as)).status).toBe(200)
  // Links that a hand or another program left among the published files.
  const web = join(daemon.data, 'photos_web')
  await symlink(join(daemon.data, 'config', 'cloud.json'), join(web, 'link.jpg'))
  await symlink(join(daemon.data, 'photos_buffer'), join(web, 'photos_buffer'))

  const { device } = { device: paired.body as { id: string } }
  canaries = [
    { what: 'a path', bytes: Buffer.from(daemon.data) },
    { what: 'a key', bytes: Buffer.from('CANARYKEY') },
    { what: 'a device’s name', bytes: Buffer.from('Canary-Device-7f3a') },
    { what: 'a device’s id', bytes: Buffer.from(device.id) },
    { what: 'an unpublished photo’s name', bytes: Buffer.from('"IMG_0001.JPG"') },
    ...[unpublished, trashed].map((bytes) => ({
      what: 'an unpublished photo’s bytes',
      bytes: Buffer.from(bytes.subarray(bytes.length >> 1, (bytes.length >> 1) + 32)),
    })),
  ]
  patterns = [...new Set(daemon.routes.map(({ url }) => url))]
})
afterAll(() => daemon.end())

interface Outcome {
  readonly status: number
  readonly body: Buffer
}

function send({ bytes }: FuzzCase): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const socket = connect(Number(host.split(':')[1]), '127.0.0.1')
  const parts: Buffer[] = []
  const end = () => {
    clearTimeout(timer)
    socket.destroy()
    const body = Buffer.concat(parts)
    resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(body.toString('latin1', 0, 20))?.[1] ?? 0), body })
  }
  const timer = setTimeout(end, PATIENCE)
  socket.on('data', (part: Buffer) => {
    parts.push(part)
    // An upgrade that was granted stays open, and a body that is announced and does not come is waited for.
    if (part.includes('101 Switching')) end()
  })
  socket.on('close', end)
  socket.on('error', () => undefined)
  socket.write(bytes)
  // Nothing more comes: a reader that waits for the rest of a body may give up.
  setTimeout(() => socket.end(), 300).unref()
  return promise
}

/** What a reply gives away that it should not. @param request what was sent: an echo of it is no leak */
function leaks(body: Buffer, request: Buffer): string[] {
  return canaries
    .filter(({ bytes }) => body.includes(bytes) && !request.includes(bytes))
    .map(({ what }) => what)
}

async function fuzz(
  rounds: number,
  seed: number,
): Promise<{ faults: string[]; statuses: Map<number, number> }> {
  const random = seeded(seed)
  const cases = Array.from({ length: rounds }, () => fuzzCase(random, patterns, host))
  const statuses = new Map<number, number>()
  const faults: string[] = []
  const work = async () => {
    for (let one = cases.pop(); one; one = cases.pop()) {
      const { status, body } = await send(one)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      const found = leaks(body, one.bytes)
      if (status >= 500 || status === 101 || found.length > 0)
        faults.push(
          `seed ${seed}: ${status} ${found.join(', ')} for ${JSON.stringify(one.shown)}: ${body.toString('latin1', 0, 300)}`,
        )
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return { faults, statuses }
}

it(
  `gives a stranger nothing for ${ROUNDS} requests that nobody would write, and goes on`,
  { timeout: 600_000 },
  async () => {
    const { faults, statuses } = await fuzz(ROUNDS, SEED)
    expect(faults.slice(0, 5)).toEqual([])
    // The cases reach every part: what is public, what is refused, and what is not even HTTP.
    for (const status of [200, 400, 401, 403, 404, 421])
      expect([status, statuses.get(status) ?? 0]).not.toEqual([status, 0])
    expect((await daemon.get('/api/status', { cookie })).status).toBe(200)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  },
)

it('gives an owner no fault either, whatever is asked', { timeout: 600_000 }, async () => {
  const random = seeded(SEED + 1)
  const harmful = /events|folder|pair|devices|cleanup|bulkRemoval|cloud/
  const cases = Array.from({ length: ROUNDS / 4 }, () =>
    fuzzCase(
      random,
      patterns.filter((url) => !harmful.test(url)),
      host,
    ),
  )
  const faults: string[] = []
  const work = async () => {
    for (let one = cases.pop(); one; one = cases.pop()) {
      const [line = '', ...rest] = one.bytes.toString('latin1').split('\r\n')
      const bytes = Buffer.from([line, `Cookie: ${cookie}`, ...rest].join('\r\n'), 'latin1')
      const { status, body } = await send({ ...one, bytes })
      if (status >= 500)
        faults.push(`${status} for ${JSON.stringify(one.shown)}: ${body.toString('latin1', 0, 300)}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  expect(faults.slice(0, 5)).toEqual([])
  expect((await daemon.get('/api/status', { cookie })).status).toBe(200)
})

it('closes every socket that says what nobody would, and goes on', { timeout: 600_000 }, async () => {
  const random = seeded(SEED + 2)
  let left = ROUNDS / 4
  const codes = new Set<number>()
  const work = async () => {
    while (left-- > 0) {
      const ws = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/live-socket`, {
        headers: { cookie, origin: daemon.url },
      })
      ws.on('error', () => undefined)
      const closed = new Promise<number>((resolve) => ws.on('close', resolve))
      ws.once('message', () => ws.send(fuzzMessage(random)))
      codes.add(await closed)
    }
  }
  await Promise.all(Array.from({ length: 8 }, work))
  expect([...codes].sort()).toEqual([1008, 1009])
  expect((await daemon.get('/api/status', { cookie })).status).toBe(200)
})

it('would find a leak: a path that one public route gives away', { timeout: 600_000 }, async () => {
  leak!('/photo/')
  const { faults } = await fuzz(ROUNDS / 4, SEED)
  leak!('')
  expect(faults.length).toBeGreaterThan(0)
  expect(faults[0]).toContain('a path')
})
