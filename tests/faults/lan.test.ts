import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLan, lanTrouble, type Lan } from '../fixtures/network/lan.ts'
import type { GuestReply, GuestRequest } from '../fixtures/network/lan-guest.ts'
import type { ToldRoute } from '../fixtures/network/tell-routes.ts'

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const trouble = lanTrouble()
// Where every test has to run, a machine that cannot run these fails them instead.
const skip = trouble !== null && process.env.CI !== 'true'
if (skip) process.stderr.write(`tests/faults/lan.test.ts does not run: ${trouble}.\n`)

/** All that strangers may read: the gallery, the page that asks for a code, the one that sets a device up, and the
 * app's icons. */
const OPEN =
  /^\/(gallery|wall|photo|e|guests|setup)(\/|$)|^\/(pair|catalog)$|^\/admin\/(pair|setup|install)\/|^\/(favicon\.ico|apple-touch-icon[\w-]*\.png|robots\.txt|(site|humans|ads|crossdomain|browserconfig|sitemap|manifest)\.\w+|\.well-known\/\*)$/

/** All that they may say: the PIN of an event, and that a photo be taken out. */
const SAID = /^\/guests\/:slug\/(pin|removals)$/

/** A path that the pattern matches. */
function pathOf(url: string): string {
  return url.replace(/:[a-z]+/gi, 'x').replaceAll('*', 'x')
}

/** A route in each of the ways that a stranger on the network might try it. */
function tries({ method, url }: ToldRoute, port: number): GuestRequest[] {
  const own = `127.0.0.1:${port}`
  const isRead = method === 'GET' || method === 'HEAD'
  const plain: GuestRequest = {
    method,
    path: pathOf(url),
    ...(!isRead && { body: '{"code":"none"}' }),
  }
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
  return [
    plain,
    // Nobody navigates by a change; and more than 300 of these a minute are too many for one address.
    ...(isRead ? [{ ...plain, headers: { accept: 'text/html' } }] : []),
    { ...plain, headers: { cookie: `lep_device=${'A'.repeat(43)}` } },
    { ...plain, host: own, headers: { origin: `http://${own}`, 'sec-fetch-site': 'same-origin' } },
    {
      ...plain,
      host: `localhost:${port}`,
      headers: { forwarded: 'for=127.0.0.1', 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
    },
    ...(method === 'GET'
      ? [{ ...plain, headers: { ...upgrade, 'sec-websocket-key': Buffer.alloc(16).toString('base64') } }]
      : []),
  ]
}

/** Every try that was not answered 401 or 403, for a message that names it. */
async function openTries(lan: Lan, port: number, routes: readonly ToldRoute[]): Promise<string[]> {
  const requests = routes.flatMap((route) => tries(route, port))
  const replies = await lan.ask(port, requests)
  expect(replies).toHaveLength(requests.length)
  return requests.flatMap((request, n) => {
    const { status } = replies[n]!
    // What is public to ask, and was asked wrongly, or by a name that is not this machine's, is refused as well.
    const refused =
      [401, 403, 421].includes(status) ||
      (status === 400 && request.path.startsWith('/api/pair/access-request'))
    return refused ? [] : [`${status} ${JSON.stringify(request)}`]
  })
}

describe.skipIf(skip)('another host on the network', () => {
  let lan: Lan
  let folder: string
  let daemon: ChildProcess
  let port: number
  let routes: ToldRoute[]
  const get = async (...paths: string[]): Promise<GuestReply[]> =>
    lan.ask(
      port,
      paths.map((path) => ({ method: 'GET', path })),
    )

  beforeAll(async () => {
    lan = await createLan()
    folder = await mkdtemp(join(tmpdir(), 'lep-lan-'))
    daemon = spawn(
      process.execPath,
      [
        '--import',
        file('../fixtures/network/tell-routes.ts'),
        file('../../daemon/main.ts'),
        ...['--data', join(folder, 'data'), '--card-root', join(folder, 'cards')],
        ...['--port', '0', '--https-port', '0', '--no-camera'],
      ],
      { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
    )
    let output = ''
    daemon.stderr!.on('data', (part: Buffer) => (output += part.toString()))
    daemon.on('message', (message) => (routes = message as ToldRoute[]))
    for await (const line of createInterface({ input: daemon.stdout! })) {
      const [word, admin] = line.split(' ')
      if (word !== 'ready') continue
      port = Number(new URL(admin!).port)
      break
    }
    expect(port, `the port in the ready line; the daemon said: ${output}`).toBeGreaterThan(0)
  })

  afterAll(async () => {
    if (daemon && daemon.exitCode === null) {
      daemon.kill()
      await once(daemon, 'exit')
    }
    await lan?.remove()
    if (folder) await rm(folder, { recursive: true, force: true })
  })

  it('sees the gallery', async () => {
    const [page, events] = await get('/gallery/', '/photo/events.json')
    expect(page).toMatchObject({ status: 200, type: expect.stringContaining('text/html') })
    expect(events).toMatchObject({ status: 200, type: expect.stringContaining('application/json') })
  })

  it('is answered 401 or 403 by every route but the gallery’s, the code page’s, the setup page’s and what browsers ask for by themselves', async () => {
    const urls = routes.map(({ method, url }) => `${method} ${url}`)
    expect(urls).toEqual(
      expect.arrayContaining([
        'GET /api/buffer',
        'POST /api/publish',
        'GET /api/live-socket',
        'POST /api/pair',
      ]),
    )
    const isOpen = ({ method, url }: ToldRoute) =>
      (OPEN.test(url) && ['GET', 'HEAD'].includes(method)) || (SAID.test(url) && method === 'POST')
    const closed = routes.filter((route) => !isOpen(route))
    expect(closed.length).toBeGreaterThan(30)
    expect(await openTries(lan, port, closed)).toEqual([])
  })

  it('would be found out if a route were open', async () => {
    const bare = fastify()
    for (const { method, url } of routes)
      if (!bare.hasRoute({ method: method, url }))
        bare.route({ method: method, url, exposeHeadRoute: false, handler: async () => 'open' })
    await bare.listen({ host: lan.here, port: 0 })
    const address = bare.server.address() as AddressInfo
    const found = await openTries(lan, address.port, routes)
    expect(found).toHaveLength(routes.flatMap((route) => tries(route, address.port)).length)
    await bare.close()
  })

  it('gets no further by an address that nobody serves, or by a way around one', async () => {
    const ways = [
      '/nowhere',
      '/API/buffer',
      '//api/buffer',
      '/./api/buffer',
      '/api/buffer/',
      '/api%2Fbuffer',
      '/gallery/../api/buffer',
      '/gallery/%2e%2e/api/buffer',
      '/gallery/..%2fapi%2fbuffer',
      '/photo/../api/buffer',
      '/photo/..%2f..%2fcatalog.db',
      '/photo/x/..%2f..%2f..%2fcatalog.db',
      '/admin/pair/../index.html',
      '/admin/pair/..%2findex.html',
      '/admin/pair/../../api/buffer',
      '/pair/../api/buffer',
      '/pair?/../../api/buffer',
      '/%',
      '/api/buffer%00',
      `http://127.0.0.1:${port}/api/buffer`,
    ]
    const replies = await get(...ways)
    const shown = ways.flatMap((way, n) => {
      const { status, body } = replies[n]!
      const codePage = way.startsWith('/pair?') && status === 200
      return [400, 401, 403, 404].includes(status) || codePage ? [] : [`${status} ${way} ${body}`]
    })
    expect(shown).toEqual([])
    for (const { body } of replies) expect(body).not.toContain('"images"')
  })

  it('gets the code page instead of the app, and no error a detail', async () => {
    const [page, call] = await lan.ask(port, [
      { method: 'GET', path: '/admin/', headers: { accept: 'text/html' } },
      { method: 'GET', path: '/api/status' },
    ])
    expect(page).toMatchObject({ status: 401, type: 'text/html; charset=utf-8' })
    expect(JSON.parse(call!.body)).toMatchObject({ error: { code: 'not_paired' } })
  })

  it('is told apart from the owner, who is let in on this machine', async () => {
    const reply = await fetch(`http://127.0.0.1:${port}/api/status`)
    expect(reply.status).toBe(200)
    const byLanAddress = await fetch(`http://${lan.here}:${port}/api/status`)
    expect(byLanAddress.status).toBe(401)
  })
})
