import { mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, afterEach } from 'vitest'
import type { AuditReply, AccessRequestView } from '../../daemon/contract/access.ts'
import type { Hello } from '../../daemon/contract/notice.ts'
import { ROLES, type Role } from '../../daemon/contract/roles.ts'
import { CLOSED, HEARS, MAY_SAY } from '../../daemon/http/routes/status/socket.ts'
import type { InjectOptions } from 'fastify'
import { WebSocket } from 'ws'
import { openSocket, startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'
import { fromLan, LAN, openGuarded, shape, type Guarded } from '../fixtures/guarded.ts'
import { makeJpeg } from '../fixtures/photos.ts'

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
    const asked = await guarded.app.inject({
      ...fromLan('POST', '/api/pair/access-request'),
      payload: { device: id },
    })
    const { secret, code } = asked.json()
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
      ).json<{ access_requests: AccessRequestView[] }>()
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

describe('a running daemon', () => {
  let daemon: RunningDaemon
  beforeAll(async () => {
    daemon = await startDaemon()
  })
  afterAll(() => daemon.end())

  /** Forwarded once, a request is not the owner's any more: that is how a device looks here. */
  async function pair(role: Role, name: string = role) {
    const { code } = (await daemon.post('/api/pair/code', { role })).body
    const asDevice = { origin: daemon.url, 'x-forwarded-for': '192.168.1.20' }
    const paired = await daemon.post('/api/pair', { code, name }, asDevice)
    const cookie = paired.headers.get('set-cookie')!.split(';')[0]!
    return { id: (paired.body as { id: string }).id, headers: { ...asDevice, cookie } }
  }

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
    await daemon.post('/api/unpublish', { filename: 'IMG_0001.jpg' })
    await daemon.post('/api/reserve', { open: 'IMG_0001.JPG' })
    await daemon.post('/api/jobs', { kind: 'reject', items: [{ filename: 'IMG_0001.JPG' }] })
    await expect.poll(async () => (await daemon.get('/api/buffer?state=trashed')).body.total).toBe(1)
    await daemon.post('/api/empty-trash', { count: 1 })
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

  it('lets editors send along the picture at the head as it is, and change nothing by it', async () => {
    const { headers } = await pair('editor')
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(await makeJpeg())], { type: 'image/jpeg' }), 'a.jpg')
    const init = { method: 'POST', headers: { origin: daemon.url }, body: form }
    const { filename } = (await (await fetch(`${daemon.url}/api/upload-hero-image`, init)).json()) as {
      filename: string
    }
    const hero_image_url = `/assets/${filename}`
    const set = async (body: object) => await daemon.post('/api/event-settings', body, headers)
    for (const same of [hero_image_url, filename])
      expect(await set({ event_title: 'Ours', hero_image_url: same })).toMatchObject({
        status: 200,
        body: { event_title: 'Ours', hero_image_url },
      })
    // The control: another one, or none, is the owner's to choose.
    for (const other of ['', null, 'https://example.com/a.jpg'])
      expect(await set({ event_title: 'Mine', hero_image_url: other })).toMatchObject({
        status: 403,
        body: { error: { code: 'field_owner_only', params: { field: 'hero_image_url' } } },
      })
    expect((await daemon.get('/api/event-settings')).body).toMatchObject({
      event_title: 'Ours',
      hero_image_url,
    })
  })

  it('lets editors set title and subtitle, and names the field that is the owner’s', async () => {
    const { headers } = await pair('editor')
    const set = async (body: object, as: Record<string, string> = headers) =>
      await daemon.post('/api/event-settings', body, as)
    const now = async () => (await daemon.get('/api/event-settings')).body as Record<string, unknown>
    expect((await set({ event_title: 'Ours', event_subtitle: 'today' })).status).toBe(200)
    const before = await now()
    const others = Object.keys(before).filter(
      (field) => !['event_title', 'event_subtitle', 'hero_image_url', 'r2_path_prefix'].includes(field),
    )
    expect(others).toEqual(expect.arrayContaining(['credit', 'privacy_text', 'accent_color']))
    const another: Record<string, unknown> = {
      title_font_family: 'serif',
      subtitle_font_family: 'mono',
      accent_color: '#123456',
    }
    for (const field of others) {
      const value = another[field] ?? (typeof before[field] === 'number' ? before[field] + 1 : 'mine')
      const { status, body } = await set({ event_title: 'Mine', [field]: value })
      expect([field, status, body]).toMatchObject([
        field,
        403,
        { error: { code: 'field_owner_only', params: { field } } },
      ])
      expect((await set({ [field]: value }, {})).status, `${field}, as the owner`).toBe(200)
      expect((await set({ [field]: before[field] }, {})).status).toBe(200)
    }
    expect(await now()).toEqual(before)
  })

  it('lets the right code and the link in while 250 addresses guess', async () => {
    const { code, key } = (await daemon.post('/api/pair/code', {})).body as { code: string; key: string }
    const port = Number(new URL(daemon.url).port)
    const ask = (tried: string, localAddress: string, signal?: AbortSignal) =>
      new Promise<number>((resolve) => {
        const call = request(
          {
            host: '127.0.0.1',
            port,
            localAddress,
            method: 'POST',
            path: '/api/pair',
            agent: false,
            headers: { 'content-type': 'application/json' },
            ...(signal && { signal }),
          },
          (reply) => reply.resume().on('end', () => resolve(reply.statusCode ?? 0)),
        )
        call.on('error', () => resolve(0))
        call.end(JSON.stringify({ code: tried }))
      })
    const wrong = code === '11111111' ? '22222222' : '11111111'
    const over = new AbortController()
    const guessing = Array.from({ length: 250 }, async (_, n) => {
      while (!over.signal.aborted) await ask(wrong, `127.0.7.${n + 1}`, over.signal)
    })
    await expect
      .poll(async () => ((await daemon.get('/api/status')).body as { guessing?: object }).guessing)
      .toBeDefined()
    expect(await ask(code, '127.0.9.9')).toBe(200)
    const next = (await daemon.post('/api/pair/code', {})).body as { key: string }
    expect(await ask(key, '127.0.7.1', AbortSignal.timeout(500)), 'a link of before').not.toBe(200)
    expect(await ask(next.key, '127.0.7.1'), 'from an address that guesses').toBe(200)
    over.abort()
    await Promise.all(guessing)
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

  it('keeps a trail: who, what and when, for the owner alone', async () => {
    const { headers, id } = await pair('editor', 'Anna’s iPad')
    await daemon.drop('IMG_0002.JPG', await makeJpeg({ seed: 2 }))
    await daemon.drop('IMG_0003.JPG', await makeJpeg({ seed: 3 }))
    await daemon.post('/api/publish', { filename: 'IMG_0002.JPG' }, headers)
    await daemon.post('/api/publish', { filename: 'IMG_0002.JPG' }, headers)
    await daemon.post('/api/unpublish', { filename: 'IMG_0002.jpg' })
    await daemon.post('/api/reject', { filename: 'IMG_0003.JPG' }, headers)
    await daemon.post('/api/edit', { filename: 'IMG_0002.JPG', edit: { exposure: 1 } }, headers)
    await daemon.post('/api/event-settings', { event_title: 'secret words' }, headers)
    await daemon.post('/api/reject', { filename: 'nothing' }, headers)
    await daemon.post('/api/devices', { id, action: 'change', role: 'viewer' })
    const all = async (query = '') => (await daemon.get(`/api/audit?limit=8${query}`)).body as AuditReply
    const { entries, actors, next } = await all()
    const short = (reply: AuditReply) =>
      reply.entries.map(({ name, role, what, subject, details }) =>
        [name || role, what, subject, ...details].join(' | '),
      )
    expect(short({ entries, actors, next }).slice(0, 7)).toEqual([
      'owner | role changed | Anna’s iPad | editor | viewer',
      'Anna’s iPad | settings changed | event | event_title',
      'Anna’s iPad | rejected | IMG_0003.JPG',
      'owner | unpublished | IMG_0002.JPG | IMG_0002.jpg',
      'Anna’s iPad | published | IMG_0002.JPG | IMG_0002.jpg',
      'Anna’s iPad | paired | Anna’s iPad | editor',
      'owner | code shown |  | editor',
    ])
    expect(JSON.stringify(entries)).not.toContain('secret words')
    expect(actors).toContainEqual({ device: id, name: 'Anna’s iPad' })
    expect(short(await all(`&device=${id}`))).toHaveLength(4)
    const older = await all(`&after=${next}`)
    expect(older.entries[0]!.id).toBeLessThan(entries.at(-1)!.id)
    expect((await daemon.get('/api/audit', headers)).status).toBe(403)
    // Beside the photos, too: the catalog may be lost.
    const journal = join(daemon.data, 'photos_buffer', '.lep-journal.jsonl')
    await expect
      .poll(async () => (await readFile(journal, 'utf8')).includes('"what":"role changed"'))
      .toBe(true)
  })

  it('serves no picture through a link, whatever it leads to', async () => {
    await daemon.drop('IMG_0004.JPG', await makeJpeg({ seed: 4 }))
    const photo = await daemon.drop('IMG_0005.JPG', await makeJpeg({ seed: 5 }))
    await daemon.post('/api/publish', { filename: 'IMG_0004.JPG' })
    const { event } = (await daemon.get('/api/status')).body as { event: { prefix: string } }
    const web = join(daemon.data, 'photos_web')
    const buffer = join(daemon.data, 'photos_buffer')
    const secret = join(daemon.data, 'secret.jpg')
    await writeFile(secret, await makeJpeg({ seed: 99 }))
    const files: [string, string][] = [
      [join(web, 'IMG_0004.jpg'), `/photo/${event.prefix}/IMG_0004.jpg`],
      [join(web, 'thumb', 'IMG_0004.webp'), `/photo/${event.prefix}/thumb/IMG_0004.webp`],
      [join(web, 'IMG_0004.jpg'), '/live/IMG_0004.jpg'],
      [join(buffer, 'IMG_0005.JPG'), '/raw/IMG_0005.JPG'],
      [join(buffer, 'IMG_0005.JPG'), photo.tile],
      [join(buffer, 'IMG_0005.JPG'), photo.thumbnail],
    ]
    for (const [file, url] of files) {
      expect([url, (await daemon.get(url)).status < 300]).toEqual([url, true])
      await rename(file, `${file}.kept`)
      await symlink(secret, file)
      expect([url, (await daemon.get(url)).status]).toEqual([url, 404])
      await rm(file)
      await mkdir(file)
      expect([url, 'a folder', (await daemon.get(url)).status]).toEqual([url, 'a folder', 404])
      await rm(file, { recursive: true })
      await rename(`${file}.kept`, file)
    }
  })

  it('leaves the terminal’s key where only its owner can read it', async () => {
    const { mode } = await stat(join(daemon.data, 'config', 'terminal.key'))
    expect(mode & 0o777).toBe(0o600)
  })
})
