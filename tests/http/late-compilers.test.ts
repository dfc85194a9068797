import fastify, { type FastifyServerOptions } from 'fastify'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { createLateCompilers } from '../../daemon/http/late-compilers.ts'
import type { App } from '../../daemon/http/plugin.ts'
import { collectOpenApi } from '../../daemon/http/routes/docs/openapi.ts'

const late = (): FastifyServerOptions => ({ schemaController: { compilersFactory: createLateCompilers() } })
const Name = Type.Object({ name: Type.String({ maxLength: 4 }) }, { additionalProperties: false })

function appWith(options: FastifyServerOptions) {
  // The cast: the type provider changes nothing at run time.
  const app = fastify({ ajv: { customOptions: { removeAdditional: false } }, ...options }) as unknown as App
  const openApi = collectOpenApi(app, {})
  const schema = { body: Name, querystring: Name, response: { 200: Name } }
  app.post('/api/said', { schema }, () => ({ name: 'told', secret: 'not told' }))
  return { app, openApi }
}

function breakOne(app: App): void {
  const schema = { body: { type: 'no such type' } }
  app.post('/api/broken', { schema }, () => ({}))
}

async function answers({ app }: { app: App }) {
  const asked = [
    { query: { name: 'Ada' }, payload: { name: 'Ada' } },
    { query: { name: 'Ada' }, payload: { name: 'Adalbert' } },
    { query: { name: 'Ada' }, payload: { name: 'Ada', more: 1 } },
    { query: {}, payload: { name: 'Ada' } },
  ]
  const said = []
  for (const one of asked) {
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/api/said', ...one })
    said.push([statusCode, JSON.parse(body)])
  }
  await app.close()
  return said
}

test('schemas that are compiled when they are needed check and strip what those compiled before do', async () => {
  const said = await answers(appWith(late()))
  expect(said).toEqual(await answers(appWith({})))
  expect(said.map(([status]) => status)).toEqual([200, 400, 400, 400])
  expect(said[0]).toEqual([200, { name: 'told' }])
})

test('a schema that cannot be compiled shows in the reference, and breaks no other route', async () => {
  const { app, openApi } = appWith(late())
  breakOne(app)
  await app.ready()
  await expect(openApi()).rejects.toThrow('/api/broken')
  const asked = { method: 'POST', payload: { name: 'Ada' } } as const
  expect((await app.inject({ ...asked, url: '/api/said?name=Ada' })).statusCode).toBe(200)
  expect((await app.inject({ ...asked, url: '/api/broken' })).statusCode).toBe(500)
  await app.close()
})

test('without that, such a schema stops the start', async () => {
  const { app } = appWith({})
  breakOne(app)
  await expect(app.ready()).rejects.toThrow('/api/broken')
})
