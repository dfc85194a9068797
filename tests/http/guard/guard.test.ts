import type { InjectOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  CODE_PAGE,
  fromLan,
  LAN,
  LAN_HOST,
  openGuarded,
  OWN_HOST,
  shape,
  type Guarded,
} from '../../fixtures/http/guarded.ts'

let guarded: Guarded

beforeEach(async () => {
  guarded = await openGuarded()
})
afterEach(async () => guarded.close())

describe('a guest', () => {
  it.each([
    ['GET', '/api/buffer'],
    ['GET', '/api/me'],
    ['GET', '/api/devices'],
    ['GET', '/undeclared'],
    ['GET', '/mistyped'],
    ['GET', '/nowhere'],
    ['GET', '/api/live-socket'],
    ['POST', '/api/publish'],
    ['POST', '/api/pair/code'],
    ['POST', '/undeclared'],
    ['POST', '/admin/pair/x'],
    ['POST', '/photo/events.json'],
  ] as const)('is told to pair: %s %s', async (method, url) => {
    const reply = await guarded.app.inject(fromLan(method, url))
    expect(reply.statusCode).toBe(401)
    expect(reply.json()).toEqual(shape('not_paired'))
    expect(guarded.reached).toEqual([])
  })

  it.each(['HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'] as const)(
    'gets no further with %s',
    async (method) => {
      for (const url of ['/api/buffer', '/photo/events.json', '/nowhere']) {
        const open = method === 'HEAD' && url === '/photo/events.json'
        const reply = await guarded.app.inject({ ...fromLan('POST', url), method })
        expect([url, reply.statusCode]).toEqual([url, open ? 200 : 401])
      }
    },
  )

  it('sees what is public', async () => {
    expect((await guarded.app.inject(fromLan('GET', '/photo/events.json'))).json()).toEqual({
      reached: 'public',
    })
    expect((await guarded.app.inject(fromLan('GET', '/admin/pair/main.js'))).statusCode).toBe(200)
  })

  it('who opens a page gets the one that asks for a code, and nobody keeps it', async () => {
    for (const url of ['/', '/admin/', '/api/buffer', '/nowhere']) {
      const reply = await guarded.app.inject(
        fromLan('GET', url, { accept: 'text/html,application/xhtml+xml' }),
      )
      expect(reply.statusCode).toBe(401)
      expect(reply.headers['content-type']).toBe('text/html; charset=utf-8')
      expect(reply.headers['cache-control']).toBe('no-store')
      expect(reply.body).toBe(CODE_PAGE)
    }
    const change = await guarded.app.inject(fromLan('POST', '/api/publish', { accept: 'text/html' }))
    expect(change.json()).toEqual(shape('not_paired'))
  })

  it('is sent away before a body is read', async () => {
    const reply = await guarded.app.inject({
      ...fromLan('POST', '/api/publish', { 'content-type': 'application/json' }),
      payload: '{ not json',
    })
    expect(reply.statusCode).toBe(401)
  })

  it('gets no further with a cookie that somebody made up', async () => {
    for (const value of ['', 'x', 'x'.repeat(43), '%00', 'null'])
      expect(
        (await guarded.app.inject(fromLan('GET', '/api/buffer', { cookie: `lep_device=${value}` })))
          .statusCode,
      ).toBe(401)
  })

  it('would get everywhere without the guard', async () => {
    await guarded.close()
    guarded = await openGuarded({ guarded: false })
    expect((await guarded.app.inject(fromLan('POST', '/api/folder-settings'))).json()).toEqual({
      reached: 'owner',
    })
  })
})

describe('a paired device', () => {
  it('edits, but what is the owner’s stays closed', async () => {
    const { cookie } = guarded.pair()
    const status = async (method: 'GET' | 'POST', url: string) =>
      (await guarded.app.inject(fromLan(method, url, { cookie }))).statusCode
    expect(await status('GET', '/api/buffer')).toBe(200)
    expect(await status('POST', '/api/publish')).toBe(200)
    expect(await status('GET', '/photo/events.json')).toBe(200)
    expect(await status('GET', '/nowhere')).toBe(404)
    expect(guarded.reached).toEqual(['editor', 'publish', 'public'])
    for (const [method, url] of [
      ['POST', '/api/folder-settings'],
      ['POST', '/api/pair/code'],
      ['GET', '/api/devices'],
      ['POST', '/api/devices'],
      ['GET', '/undeclared'],
      ['POST', '/undeclared'],
      ['GET', '/mistyped'],
    ] as const)
      expect([url, await status(method, url)]).toEqual([url, 403])
    expect(guarded.reached).toHaveLength(3)
  })

  it('is out at once when it is revoked', async () => {
    const { cookie, id } = guarded.pair()
    expect((await guarded.app.inject(fromLan('GET', '/api/buffer', { cookie }))).statusCode).toBe(200)
    const reply = await guarded.app.inject({
      method: 'POST',
      url: '/api/devices',
      payload: { id, action: 'revoke' },
    })
    expect(reply.json()).toEqual({ devices: [] })
    expect((await guarded.app.inject(fromLan('GET', '/api/buffer', { cookie }))).statusCode).toBe(401)
    const again = await guarded.app.inject({
      method: 'POST',
      url: '/api/devices',
      payload: { id, action: 'revoke' },
    })
    expect([again.statusCode, again.json()]).toEqual([404, shape('no_such_device')])
  })

  it('is let in even when it cannot be noted as seen', async () => {
    await guarded.close()
    guarded = await openGuarded({
      change: {
        seen() {
          throw new Error('disk is full')
        },
      },
    })
    const { cookie } = guarded.pair()
    expect((await guarded.app.inject(fromLan('GET', '/api/buffer', { cookie }))).statusCode).toBe(200)
  })
})

describe('the owner', () => {
  const calls = [
    ['GET', '/api/devices'],
    ['POST', '/api/folder-settings'],
    ['GET', '/undeclared'],
    ['GET', '/mistyped'],
  ] as const

  it('may do everything', async () => {
    for (const [method, url] of calls)
      expect((await guarded.app.inject({ method, url })).statusCode).toBe(200)
    expect((await guarded.app.inject('/nowhere')).statusCode).toBe(404)
  })

  it('pairs like everybody with --no-trust-loopback', async () => {
    await guarded.close()
    guarded = await openGuarded({ trustLoopback: false })
    for (const [method, url] of calls)
      expect((await guarded.app.inject({ method, url })).statusCode).toBe(401)
    const { cookie } = guarded.pair()
    expect((await guarded.app.inject({ url: '/api/buffer', headers: { cookie } })).statusCode).toBe(200)
  })

  it.each<[string, InjectOptions]>([
    ['from the LAN, naming our Host', { remoteAddress: LAN, headers: { host: OWN_HOST } }],
    ['a rebinding Host', { headers: { host: 'evil.example:80' } }],
    ['the .local Host', { headers: { host: 'studio-mac.local:80' } }],
    ['a LAN address as Host', { headers: { host: '192.168.1.5:80' } }],
    ['a page on another port', { headers: { 'sec-fetch-site': 'same-site' } }],
    ['a picture on another site', { headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' } }],
    ['Forwarded', { headers: { forwarded: 'for=1.2.3.4' } }],
    ['X-Forwarded-For', { headers: { 'X-Forwarded-For': '127.0.0.1' } }],
    ['X-Forwarded-Host', { headers: { 'x-forwarded-host': 'localhost' } }],
    ['X-Real-IP', { headers: { 'x-real-ip': '127.0.0.1' } }],
    ['Via', { headers: { via: '1.1 proxy' } }],
    ['CF-Connecting-IP', { headers: { 'cf-connecting-ip': '127.0.0.1' } }],
  ])('is not taken for: %s', async (_, request) => {
    for (const [method, url] of calls)
      expect([401, 403, 421]).toContain((await guarded.app.inject({ ...request, method, url })).statusCode)
    expect(guarded.reached).toEqual([])
  })
})

describe('a change', () => {
  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example' }],
    ['a page on another port', { origin: 'http://127.0.0.1:9999' }],
    ['a page that hides where it is from', { origin: 'null' }],
    ['a browser that left the Origin out', { 'sec-fetch-site': 'same-origin' }],
  ])('is refused from %s, for everybody and before its body is read', async (_, headers) => {
    const { cookie } = guarded.pair()
    const { code } = guarded.pairing.newCode()
    const payload = { code }
    for (const request of [
      { method: 'POST', url: '/api/folder-settings', headers },
      { method: 'POST', url: '/api/pair', headers, payload },
      {
        ...fromLan('POST', '/api/publish', { cookie }),
        headers: { cookie, host: LAN_HOST, ...headers },
      },
      { method: 'DELETE', url: '/nowhere', headers },
      { method: 'OPTIONS', url: '/api/publish', headers },
      {
        method: 'POST',
        url: '/api/publish',
        headers: { ...headers, 'content-type': 'application/json' },
        payload: '{',
      },
    ] satisfies InjectOptions[]) {
      const reply = await guarded.app.inject(request)
      expect([reply.statusCode, reply.json()]).toEqual([403, shape('bad_origin')])
    }
    expect(guarded.reached).toEqual([])
    expect(guarded.catalog.devices.list(), 'the code was not used').toHaveLength(1)
  })

  it('is taken from our own page and from a script', async () => {
    const own = { origin: `http://${OWN_HOST}`, 'sec-fetch-site': 'same-origin' }
    for (const headers of [own, {}])
      expect((await guarded.app.inject({ method: 'POST', url: '/api/publish', headers })).statusCode).toBe(
        200,
      )
  })
})

it('lists every route with who may call it', () => {
  expect(guarded.routes).toContainEqual({
    method: 'GET',
    url: '/api/buffer',
    access: 'viewer',
    declared: true,
    audited: false,
  })
  expect(guarded.routes).toContainEqual({
    method: 'HEAD',
    url: '/api/buffer',
    access: 'viewer',
    declared: true,
    audited: false,
  })
  expect(guarded.routes).toContainEqual({
    method: 'GET',
    url: '/undeclared',
    access: 'owner',
    declared: false,
    audited: false,
  })
  expect(guarded.routes).toContainEqual({
    method: 'GET',
    url: '/mistyped',
    access: 'owner',
    declared: false,
    audited: false,
  })
  expect(guarded.routes).toContainEqual({
    method: 'GET',
    url: '/admin/pair/*',
    access: 'public',
    declared: true,
    audited: false,
  })
  expect(guarded.routes.filter(({ access, method }) => access === 'public' && method === 'POST')).toEqual([
    { method: 'POST', url: '/api/pair', access: 'public', declared: true, audited: true },
    { method: 'POST', url: '/api/pair/access-request', access: 'public', declared: true, audited: true },
    { method: 'POST', url: '/api/pair/access-request/wait', access: 'public', declared: true, audited: true },
  ])
})
