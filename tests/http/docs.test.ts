import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type {} from '@fastify/swagger'
import fastify from 'fastify'
import { Type } from 'typebox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectOpenApi } from '../../daemon/http/routes/docs/openapi.ts'
import type { App } from '../../daemon/http/plugin.ts'
import { operationsOf, typeText, type OpenApi } from '../../daemon/http/routes/docs/reference.ts'
import { startDaemon, type RunningDaemon } from '../fixtures/daemon.ts'

let daemon: RunningDaemon
let document: OpenApi
beforeAll(async () => {
  daemon = await startDaemon()
  document = (await daemon.get('/api/openapi.json')).body as OpenApi
})
afterAll(() => daemon.end())

type Described = Record<string, unknown> & { responses?: object }

/** Operations that lack their summary, who may call them, or what they refuse. */
function lacking({ paths = {} }: OpenApi): string[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Described>)
      .filter(([, one]) => !one.summary || !one['x-access'] || !Array.isArray(one['x-own-errors']))
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  )
}
const named = ({ method, path }: { method: string; path: string }) => `${method} ${path}`

test('every route of the API is described: what it does, for whom, and what it refuses', () => {
  const wanted = daemon.routes
    .filter(({ method, url }) => url.startsWith('/api/') && method !== 'HEAD')
    .map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`)
  expect(wanted.length).toBeGreaterThan(50)
  const operations = operationsOf(document)
  expect(operations.map(named).sort()).toEqual(wanted.sort())
  expect(lacking(document)).toEqual([])
  for (const { method, url, access } of daemon.routes) {
    const found = operations.find((one) => named(one) === `${method} ${url.replace(/:(\w+)/g, '{$1}')}`)
    if (!found) continue
    expect([url, found.access]).toEqual([url, access])
    const codes = found.errors.map((error) => error.codes).join()
    expect([url, codes.includes('not_paired')]).toEqual([url, access !== 'public'])
    expect([url, codes.includes('bad_origin')]).toEqual([url, method === 'POST'])
  }
})

test('a route that does not say so is seen', async () => {
  const app: App = fastify()
  const openApi = collectOpenApi(app, {})
  app.get('/api/silent', { config: { access: 'viewer' } }, () => ({}))
  app.get('/api/half', { schema: { summary: 'Half of it' } }, () => ({}))
  app.get('/api/whole', { schema: { summary: 'All of it', errors: {} } }, () => ({}))
  app.get('/elsewhere', () => ({}))
  await app.ready()
  expect(lacking(await openApi())).toEqual(['GET /api/silent', 'GET /api/half'])
  expect(operationsOf(await openApi()).map(named)).not.toContain('GET /elsewhere')
  await app.close()
})

test('an error keeps its fields, whatever the reference says of it', async () => {
  const { status, body } = await daemon.get('/api/folders?path=here')
  expect(status).toBe(422)
  expect(body).toEqual({
    error: { code: 'not_a_path', message: expect.any(String), params: { folder: 'here' } },
    detail: expect.any(String),
  })
})

test('the page shows every route, runs no script and asks nobody for anything', async () => {
  const { status, headers, body } = await daemon.get('/api/docs')
  const html = body as string
  expect(status).toBe(200)
  for (const { path, summary } of operationsOf(document)) {
    expect(html).toContain(`${path}<`)
    expect(html).toContain(summary)
  }
  expect(html).not.toMatch(/<script|<img|<link|<iframe|@import|url\(|\ssrc=|https?:\/\//i)
  expect([...html.matchAll(/href="([^"]*)"/g)].map(([, to]) => to)).toEqual(['/api/openapi.json'])
  const style = /<style>(.*?)<\/style>/s.exec(html)![1]!
  const policy = headers.get('content-security-policy')!
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`)
})

test('the reference is the owner’s', async () => {
  const elsewhere = { 'x-forwarded-for': '192.168.1.20' }
  const { code } = (await daemon.post('/api/pair/code', { role: 'editor' })).body
  const paired = await daemon.post('/api/pair', { code, name: 'iPad' })
  const cookie = paired.headers.get('set-cookie')!.split(';')[0]!
  for (const path of ['/api/openapi.json', '/api/docs']) {
    expect((await daemon.get(path, elsewhere)).status).toBe(401)
    expect((await daemon.get(path, { ...elsewhere, cookie })).status).toBe(403)
    expect((await daemon.get(path)).status).toBe(200)
  }
})

test('docs/API.md has every route, as it is', async () => {
  const file = await readFile(fileURLToPath(new URL('../../docs/API.md', import.meta.url)), 'utf8')
  for (const one of operationsOf(document)) {
    expect(file).toContain(`## ${named(one)}\n\n${one.summary}. Access: ${one.access}.`)
    for (const { name, type } of one.parts) expect(file).toContain(`- ${name}: \`${type}\``)
  }
})

test('types are told in the notation of types', () => {
  const schema = Type.Object({
    name: Type.String(),
    list: Type.Optional(Type.Array(Type.Union([Type.Literal('a'), Type.Null()]))),
    more: Type.Array(Type.Object({ n: Type.Integer() })),
  })
  expect(typeText(schema)).toBe('{ name: string; list?: ("a" | null)[]; more: { n: integer }[] }')
})
