import { beforeEach, describe, expect, it, afterEach } from 'vitest'
import type { AccessRequestView } from '../../../daemon/contract/access.ts'
import type { InjectOptions } from 'fastify'
import { fromLan, LAN, openGuarded, shape, type Guarded } from '../../fixtures/http/guarded.ts'

describe('behind the guard', () => {
  let guarded: Guarded
  beforeEach(async () => {
    guarded = await openGuarded()
  })
  afterEach(() => guarded.close())

  const status = async (host: string) =>
    (await guarded.app.inject({ url: '/photo/events.json', remoteAddress: LAN, headers: { host } }))
      .statusCode

  it('the names that this machine answers to follow its addresses', async () => {
    expect(await status('192.168.1.5')).toBe(200)
    expect(await status('10.0.0.9')).toBe(421)
    guarded.hosts.delete('192.168.1.5')
    guarded.hosts.add('10.0.0.9')
    expect(await status('10.0.0.9')).toBe(200)
    expect(await status('192.168.1.5')).toBe(421)
    const refused = await guarded.app.inject({
      url: '/',
      headers: { host: 'evil.example', accept: 'text/html' },
    })
    expect(refused.json()).toEqual(shape('wrong_host'))
    expect(refused.body).not.toMatch(/10\.0\.0\.9|studio-mac/)
  })

  it('a name that the owner allowed is one of a proxy, which may serve it over HTTPS', async () => {
    await guarded.close()
    guarded = await openGuarded({ allowedHosts: ['gallery.example.org'], trustLoopback: false })
    expect(await status('gallery.example.org')).toBe(200)
    expect(await status('other.example.org')).toBe(421)
    const { code } = guarded.pairing.newCode()
    const pair = (origin: string) =>
      guarded.app.inject({
        method: 'POST',
        url: '/api/pair',
        headers: { host: 'gallery.example.org', origin, 'x-forwarded-for': '1.2.3.4' },
        payload: { code },
      })
    expect((await pair('https://evil.example')).statusCode).toBe(403)
    expect((await pair('https://gallery.example.org')).statusCode).toBe(200)
  })

  it('a flood costs whoever makes it, and neither a device at the same address nor the owner', async () => {
    await guarded.close()
    guarded = await openGuarded({ limits: { gallery: 5, stranger: 3, strangerChange: 2, device: 8 } })
    const { cookie } = guarded.pair()
    const times = async (count: number, ask: InjectOptions) => {
      const seen: number[] = []
      for (let n = 0; n < count; n++) seen.push((await guarded.app.inject(ask)).statusCode)
      return seen
    }
    expect(await times(6, fromLan('GET', '/photo/events.json'))).toEqual([200, 200, 200, 200, 200, 429])
    expect(await times(4, fromLan('GET', '/api/buffer'))).toEqual([401, 401, 401, 429])
    const accessRequest = { ...fromLan('POST', '/api/pair/access-request'), payload: { device: 'x' } }
    expect(await times(3, accessRequest)).toEqual([403, 403, 429])
    expect(await times(9, fromLan('GET', '/api/buffer', { cookie }))).toEqual([
      ...Array<number>(8).fill(200),
      429,
    ])
    expect((await times(20, { url: '/api/buffer' })).every((one) => one === 200)).toBe(true)
    const elsewhere = { ...fromLan('GET', '/photo/events.json'), remoteAddress: '192.168.1.21' }
    expect(await times(1, elsewhere)).toEqual([200])
  })

  it('the terminal’s key makes an owner where loopback is not trusted, on this machine alone', async () => {
    await guarded.close()
    guarded = await openGuarded({ trustLoopback: false, terminalKey: 'k'.repeat(43) })
    const ask = async (change: object) =>
      (
        await guarded.app.inject({
          url: '/api/devices',
          headers: { authorization: `Bearer ${'k'.repeat(43)}` },
          ...change,
        })
      ).statusCode
    expect(await ask({})).toBe(200)
    expect(await ask({ headers: {} })).toBe(401)
    expect(await ask({ headers: { authorization: `Bearer ${'x'.repeat(43)}` } })).toBe(401)
    expect(await ask({ remoteAddress: LAN })).toBe(401)
    const key = `Bearer ${'k'.repeat(43)}`
    expect(await ask({ headers: { authorization: key, via: '1.1 proxy' } })).toBe(401)
    expect(await ask({ headers: { authorization: key, host: '192.168.1.5' } })).toBe(401)
  })

  it('an owner’s device is an owner, and a viewer only looks', async () => {
    const owner = guarded.pair('owner')
    const viewer = guarded.pair('viewer')
    const of = async (cookie: string, method: 'GET' | 'POST', url: string) =>
      (await guarded.app.inject(fromLan(method, url, { cookie }))).statusCode
    expect(await of(owner.cookie, 'POST', '/api/folder-settings')).toBe(200)
    expect(await of(viewer.cookie, 'GET', '/api/buffer')).toBe(200)
    const reply = await guarded.app.inject(fromLan('POST', '/api/publish', { cookie: viewer.cookie }))
    expect([reply.statusCode, reply.json()]).toEqual([403, shape('editor_only')])
  })

  it('a device that lost its cookie comes back by one tap of the owner, as what it was', async () => {
    const { id } = guarded.pair('viewer')
    const request = await guarded.app.inject({
      ...fromLan('POST', '/api/pair/access-request'),
      payload: { device: id },
    })
    const { secret, code } = request.json()
    const wait = (of: string) =>
      guarded.app.inject({ ...fromLan('POST', '/api/pair/access-request/wait'), payload: { secret: of } })
    expect((await wait(secret)).json()).toEqual({ state: 'waiting' })
    const { access_requests: accessRequests } = (await guarded.app.inject('/api/pair/access-requests')).json<{
      access_requests: AccessRequestView[]
    }>()
    expect(accessRequests).toMatchObject([{ name: 'iPad', role: 'viewer', code, address: LAN }])
    expect(JSON.stringify(accessRequests)).not.toContain(secret)
    expect(JSON.stringify(accessRequests)).not.toContain(id)
    const answer = (action: string) =>
      guarded.app.inject({
        method: 'POST',
        url: '/api/pair/access-requests',
        payload: { id: accessRequests[0]!.id, action },
      })
    expect((await answer('allow')).json()).toEqual({ access_requests: [] })
    expect((await wait('0'.repeat(32))).json(), 'somebody else').toEqual({ state: 'over' })
    const allowed = await wait(secret)
    expect(allowed.json()).toEqual({ state: 'allowed' })
    const cookie = String(allowed.headers['set-cookie']).split(';')[0]!
    expect((await guarded.app.inject(fromLan('GET', '/api/me', { cookie }))).json()).toMatchObject({
      role: 'viewer',
      id,
    })
    expect((await wait(secret)).json(), 'a second time').toEqual({ state: 'over' })
    expect((await answer('allow')).statusCode).toBe(404)
    expect(guarded.catalog.devices.list()).toHaveLength(1)
  })

  it('asking to be let in opens nothing by itself: unknown, refused, late, revoked, or too often', async () => {
    const { id } = guarded.pair()
    const accessRequest = (device: string, remoteAddress = LAN) =>
      guarded.app.inject({
        ...fromLan('POST', '/api/pair/access-request'),
        remoteAddress,
        payload: { device },
      })
    const wait = async (secret: string) =>
      (
        await guarded.app.inject({ ...fromLan('POST', '/api/pair/access-request/wait'), payload: { secret } })
      ).json<object>()
    const answer = async (action: string) => {
      const { access_requests: accessRequests } = (
        await guarded.app.inject('/api/pair/access-requests')
      ).json<{
        access_requests: AccessRequestView[]
      }>()
      return guarded.app.inject({
        method: 'POST',
        url: '/api/pair/access-requests',
        payload: { id: accessRequests[0]!.id, action },
      })
    }
    expect((await accessRequest('nobody', '10.0.0.1')).json()).toEqual(shape('unknown_device'))
    const first = (await accessRequest(id)).json()
    await answer('refuse')
    expect(await wait(first.secret)).toEqual({ state: 'over' })
    const second = (await accessRequest(id, '10.0.0.2')).json()
    const third = (await accessRequest(id, '10.0.0.3')).json()
    expect(await wait(second.secret), 'the newest request of a device counts').toEqual({ state: 'over' })
    guarded.clock.now += 120_000
    expect(await wait(third.secret), 'nobody answered').toEqual({ state: 'over' })
    const fourth = (await accessRequest(id, '10.0.0.4')).json()
    await answer('allow')
    guarded.pairing.revoke(id)
    expect(await wait(fourth.secret), 'revoked meanwhile').toEqual({ state: 'over' })
    const seen = new Set<number>()
    for (let n = 0; n < 10; n++) seen.add((await accessRequest('nobody', '10.0.0.5')).statusCode)
    expect([...seen]).toEqual([403, 429])
  })

  it('a pairing is handed over once, within a minute, and only to HTTPS', async () => {
    const { cookie, id } = guarded.pair()
    const hand = async () =>
      (await guarded.app.inject(fromLan('POST', '/api/pair/handover', { cookie }))).json<{ code: string }>()
    const { code } = await hand()
    const overHttp = await guarded.app.inject({ ...fromLan('POST', '/api/pair'), payload: { code } })
    expect(overHttp.json()).toEqual(shape('wrong_code'))
    const taken = guarded.pairing.redeemHandover(code)
    expect(taken?.device.id).toBe(id)
    expect(guarded.pairing.redeemHandover(code), 'used').toBeNull()
    expect(guarded.pairing.deviceOf(taken!.token)?.id).toBe(id)
    const first = await hand()
    const second = await hand()
    expect(guarded.pairing.redeemHandover(first.code), 'replaced').toBeNull()
    guarded.pairing.revoke(id)
    expect(guarded.pairing.redeemHandover(second.code), 'revoked').toBeNull()
    const mac = await guarded.app.inject({ method: 'POST', url: '/api/pair/handover' })
    expect([mac.statusCode, mac.json()]).toEqual([409, shape('no_device')])
  })
})
