import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { fastify } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { readAuthority } from '../../../daemon/access/tls/authority-file.ts'
import { issueLeaf } from '../../../daemon/access/tls/certificates.ts'
import type { SetupFacts } from '../../../daemon/contract/connect.ts'
import type { Status } from '../../../daemon/contract/status.ts'
import { createHttpsListener } from '../../../daemon/access/tls/https-listener.ts'
import { silentLog } from '../../../daemon/log.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { freePort } from '../../fixtures/network/ports.ts'

let daemon: RunningDaemon
let port: number
let name: string
let ca: string
beforeAll(async () => {
  port = await freePort()
  daemon = await startDaemon(['--https-port', String(port)])
  name = ((await daemon.get('/setup/facts.json')).body as SetupFacts).name
  ca = await readFile(join(daemon.data, 'config', 'tls', 'root.crt'), 'utf8')
})
afterAll(() => daemon.end())

/** Asks as a device that trusts the root and knows the name. */
function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; headers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path,
        ca,
        servername: name,
        agent: false,
        headers: { host: `${name}:${port}`, ...headers },
      },
      (reply) => {
        let text = ''
        reply.on('data', (part: Buffer) => (text += part.toString()))
        reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text, headers: reply.headers }))
      },
    )
    call.on('error', reject)
    call.end()
  })
}

/** The first message of a socket over TLS, or the status that refused it. */
function socket(origin: string, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    // Handed on to TLS, which the types do not say of the name.
    const options = { ca, servername: name, headers: { origin, ...headers } }
    const ws = new WebSocket(`wss://127.0.0.1:${port}/api/live-socket`, options)
    ws.on('message', (data: Buffer) => {
      resolve(data.toString())
      ws.close()
    })
    ws.on('unexpected-response', (_request, reply) => resolve(String(reply.statusCode)))
    ws.on('error', reject)
  })
}

test('the same pages come over HTTPS, below our root, with no word that would turn HTTP off', async () => {
  for (const path of ['/gallery/', '/pair', '/setup', '/photo/events.json'])
    expect([path, (await get(path)).status]).toEqual([path, 200])
  const { headers } = await get('/gallery/')
  expect(headers['strict-transport-security']).toBeUndefined()
  expect(String(headers['content-security-policy'])).not.toContain('upgrade-insecure-requests')
  // A client that does not know the root is not let off.
  await expect(
    new Promise((resolve, reject) =>
      connectTls({ host: '127.0.0.1', port, servername: name }, () => resolve('in')).on('error', reject),
    ),
  ).rejects.toThrow(/self-signed|unable to/)
  // HTTP goes on as a whole: no redirect.
  expect((await daemon.get('/gallery/')).status).toBe(200)
})

test('strangers are strangers on HTTPS as well, and the owner is the owner', async () => {
  expect((await get('/api/status')).status).toBe(401)
  expect((await get('/api/status', { host: `127.0.0.1:${port}` })).status).toBe(200)
})

test('a socket works over TLS, and only with the right Origin', async () => {
  const host = `127.0.0.1:${port}`
  expect(await socket(`https://${host}`, { host })).toContain('"type":"snapshot"')
  expect(await socket(`http://${host}`, { host })).toBe('403')
})

test('what a device installs is handed out to everybody, and the page may ask only us', async () => {
  const page = await daemon.get('/setup')
  const policy = String(page.headers.get('content-security-policy'))
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain(`connect-src 'self' https://${name}:${port}`)
  expect(policy).not.toContain('unsafe')
  const profile = await daemon.get('/setup/live-event.mobileconfig')
  expect(profile.headers.get('content-type')).toBe('application/x-apple-aspen-config')
  const root = await daemon.bytes('/setup/root.crt')
  expect(ca.replace(/-----[^-]+-----|\s/g, '')).toBe(root.toString('base64'))
  const trusted = await get('/setup/trusted.json')
  expect(trusted.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  })
  const { connect } = (await daemon.get('/api/status')).body as Status
  expect(JSON.parse(trusted.text)).toEqual({ root: connect.https.root })
})

test('a new leaf is served at once, and a connection that is open stays', async () => {
  const authority = (await readAuthority(join(daemon.data, 'config', 'tls')))!
  const leaf = async () => {
    const { certificate, key } = await issueLeaf(authority, { names: [name], addresses: [], now: Date.now() })
    return { cert: certificate + authority.intermediate, key }
  }
  const app = fastify()
  app.get('/', () => 'here')
  await app.ready()
  const own = await freePort()
  const listener = createHttpsListener({
    app: app,
    host: '127.0.0.1',
    port: own,
    log: silentLog,
    changed: () => undefined,
  })
  listener.use(await leaf())
  await listener.settled()
  const visit = () =>
    new Promise<ReturnType<typeof connectTls>>((resolve, reject) => {
      const one = connectTls({ host: '127.0.0.1', port: own, ca, servername: name }, () => resolve(one))
      one.on('error', reject)
    })
  const first = await visit()
  listener.use(await leaf())
  await listener.settled()
  const second = await visit()
  const [old, fresh] = [first, second].map((one) => one.getPeerCertificate().serialNumber)
  expect(fresh).not.toBe(old)
  const answer = new Promise<string>((resolve) =>
    first.once('data', (data: Buffer) => resolve(data.toString())),
  )
  first.write(`GET / HTTP/1.1\r\nhost: ${name}\r\n\r\n`)
  expect(await answer).toContain('200 OK')
  await listener.close()
  await app.close()
})

test('with the port in use HTTP goes on, and the status says what to do', async () => {
  const taken = createServer().listen(0, '0.0.0.0')
  await new Promise((resolve) => taken.on('listening', resolve))
  const busy = (taken.address() as AddressInfo).port
  const other = await startDaemon(['--https-port', String(busy)])
  const { connect } = (await other.get('/api/status')).body as Status
  expect(connect.https).toMatchObject({ state: 'trouble', code: 'port_in_use', origins: [] })
  expect(connect.https.message).toContain(`port ${busy}`)
  expect((await other.get('/gallery/')).status).toBe(200)
  await other.end()
  await new Promise((resolve) => taken.close(resolve))
})

test('with --https-port 0 there are no certificates, and the setup page has nothing to install', async () => {
  const other = await startDaemon(['--https-port', '0'])
  const { connect } = (await other.get('/api/status')).body as Status
  expect(connect.https).toMatchObject({ state: 'off', root: null })
  for (const file of ['live-event.mobileconfig', 'root.crt'])
    expect((await other.get(`/setup/${file}`)).status).toBe(404)
  await expect(readFile(join(other.data, 'config', 'tls', 'authority.pem'))).rejects.toThrow('ENOENT')
  await other.end()
})
