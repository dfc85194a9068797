import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Hello } from '../../../daemon/contract/notice.ts'
import { ROLES, type Role } from '../../../daemon/contract/roles.ts'
import { CLOSED, HEARS, MAY_SAY } from '../../../daemon/http/routes/status/socket.ts'
import { WebSocket } from 'ws'
import { openSocket, startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { pairWith } from '../../fixtures/http/paired.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

describe('the live socket of a running daemon', () => {
  let daemon: RunningDaemon
  beforeAll(async () => {
    daemon = await startDaemon()
  })
  afterAll(() => daemon.end())

  const pair = (role: Role, name?: string) => pairWith(daemon, role, name)

  it.each<[string, object, number]>([
    ['revoked', { action: 'revoke' }, CLOSED.revoked],
    ['demoted', { action: 'change', role: 'viewer' }, CLOSED.changed],
  ])('closes the socket of a device that is %s', async (_, body, code) => {
    const { id, headers } = await pair('editor')
    const socket = openSocket(daemon.url, undefined, headers)
    await socket.find((message): message is Hello => message.type === 'snapshot')
    await daemon.post('/api/devices', { id, ...body })
    expect(await socket.closed).toBe(code)
    const publish = await daemon.post('/api/publish', { filename: 'x' }, headers)
    expect(publish.status).toBe('role' in body ? 403 : 401)
  })

  it('cuts off a page that is closed and does not answer', async () => {
    const { id, headers } = await pair('editor')
    const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/live-socket`, { headers })
    await new Promise((resolve) => socket.once('message', resolve))
    socket.pause()
    await daemon.post('/api/devices', { id, action: 'revoke' })
    // Sooner than the heartbeat would find that it is dead.
    await expect
      .poll(async () => ((await daemon.get('/api/status')).body as { clients: number }).clients, {
        timeout: 10_000,
      })
      .toBe(0)
    socket.terminate()
  })

  it('tells each role what is for it, on the socket', async () => {
    const heard = new Map<Role, Set<string>>()
    const close: (() => void)[] = []
    for (const role of ROLES) {
      const { headers } = await pair(role)
      const ws = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/live-socket`, { headers })
      const types = new Set<string>()
      heard.set(role, types)
      ws.on('message', (data: Buffer) => types.add((JSON.parse(data.toString()) as { type: string }).type))
      await new Promise((resolve) => ws.once('message', resolve))
      const resumed = openSocket(daemon.url, 0, headers)
      resumed.close()
      close.push(() => ws.terminate())
    }
    const seq = (await daemon.socket()).messages[0]!.seq
    for (const role of ROLES) {
      const { headers } = await pair(role, `${role} again`)
      const socket = openSocket(daemon.url, seq, headers)
      heard.get(role)!.add((await socket.find((message): message is Hello => 'role' in message)).type)
      socket.close()
    }
    await daemon.drop('IMG_0001.JPG', await makeJpeg({ seed: 1 }))
    await daemon.post('/api/publish', { filename: 'IMG_0001.JPG' })
    const { slug } = (await daemon.get('/api/status')).body.event
    await daemon.post(`/guests/${slug}/removals`, { filename: 'IMG_0001.jpg' })
    await daemon.post('/api/unpublish', { filename: 'IMG_0001.jpg' })
    await daemon.post('/api/reserve', { open: 'IMG_0001.JPG' })
    await daemon.post('/api/jobs', { kind: 'reject', items: [{ filename: 'IMG_0001.JPG' }] })
    await expect.poll(async () => (await daemon.get('/api/buffer?state=trashed')).body.total).toBe(1)
    await daemon.post('/api/empty-trash', { count: 1 })
    await daemon.post('/api/rehearsal')
    const { id } = await pair('editor', 'applicant')
    await daemon.post('/api/pair/access-request', { device: id })
    const wanted = (role: Role) =>
      Object.entries(HEARS)
        .filter(([, least]) => ROLES.indexOf(role) >= ROLES.indexOf(least))
        .map(([type]) => type)
        .sort()
    for (const role of [...ROLES].reverse())
      await expect.poll(() => [...heard.get(role)!].sort()).toEqual(wanted(role))
    for (const end of close) end()
  })

  it('closes a socket that says what it may not', async () => {
    expect(Object.keys(MAY_SAY), 'a new message needs a row here').toEqual([])
    for (const say of [
      '{"type":"snapshot"}',
      '{"type":"__proto__"}',
      'x',
      '[]',
      'null',
      Buffer.from([0, 255]),
    ]) {
      const ws = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/live-socket`, {
        headers: { origin: daemon.url },
      })
      await new Promise((resolve) => ws.once('message', resolve))
      const closed = new Promise<number>((resolve) => ws.on('close', resolve))
      ws.send(say)
      expect(await closed).toBe(CLOSED.policy)
    }
  })

  it('gives one device ten sockets, and no more', async () => {
    const { headers } = await pair('viewer')
    const open = () => {
      const ws = new WebSocket(`${daemon.url.replace('http', 'ws')}/api/live-socket`, { headers })
      return new Promise<number>((resolve) => {
        ws.once('message', () => resolve(200))
        ws.once('unexpected-response', (_request, reply) => resolve(reply.statusCode ?? 0))
        ws.on('error', () => undefined)
      })
    }
    for (let n = 0; n < 10; n++) expect(await open()).toBe(200)
    expect(await open()).toBe(429)
    expect((await daemon.socket()).messages).not.toEqual([])
  })
})
