import fastify from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { registerAudit, settingsChanged, type AuditedCall } from '../../../daemon/http/guard/audit.ts'
import { registerIdempotency } from '../../../daemon/http/guard/idempotency.ts'
import type { App } from '../../../daemon/http/plugin.ts'
import { openHouse, type House } from '../../fixtures/catalog.ts'

/** Set and recorded in one transaction, or set first and recorded by itself afterwards. */
type How = 'in its transaction' | 'afterwards'

let house: House
let app: App
beforeEach(async () => {
  house = await openHouse()
  app = fastify()
  app.decorateRequest('who')
  app.addHook('onRequest', async (request) => {
    request.who = { role: 'owner', device: null }
  })
  const { catalog, event } = house
  registerIdempotency(app, catalog.requests)
  registerAudit(app, { audit: catalog.audit, event: () => event.id })
  const audit = ({ reply, known }: AuditedCall<unknown, { value: string }, string | undefined>) => ({
    what: 'set',
    subject: known ?? '',
    details: [reply.value],
  })
  const set = (path: string, how: How, fails: boolean) =>
    app.post(path, { config: { access: 'owner', audit } }, async (request) => {
      const reply = { value: request.url }
      catalog.transaction(() => {
        catalog.settings.set('value', request.url)
        if (how === 'in its transaction') request.record(reply, { known: 'with its effect' })
        if (fails) throw new Error('The disk went away')
      })
      return reply
    })
  set('/set', 'in its transaction', false)
  set('/set/later', 'afterwards', false)
  set('/set/undone', 'in its transaction', true)
  app.post('/silent', { config: { access: 'owner', audit: null } }, async () => ({}))
  app.post('/undescribed', { config: { access: 'owner' } }, async () => ({}))
  app.post('/settings', { config: { access: 'owner', audit: settingsChanged('all') } }, async () => ({}))
  app.get('/read', { config: { access: 'owner' } }, async () => ({}))
  await app.ready()
})
afterEach(async () => {
  await app.close()
  await house.close()
})

const post = async (url: string, payload: object = {}) =>
  (await app.inject({ method: 'POST', url, payload })).statusCode
const lines = () =>
  house.catalog.audit
    .list(house.event.id, { limit: 20 })
    .map(({ role, what, subject, details }) => [role, what, subject, ...details].join(' | '))
    .reverse()
const value = () => house.catalog.settings.get('value')

test('a line is written once, with its effect where the handler says so and after it otherwise', async () => {
  expect(await post('/set', { request_id: 'request-1' })).toBe(200)
  expect(await post('/set', { request_id: 'request-1' }), 'repeated').toBe(200)
  expect(await post('/set/later')).toBe(200)
  expect(lines()).toEqual(['owner | set | with its effect | /set', 'owner | set |  | /set/later'])
})

test('an effect that was undone leaves neither a line nor a reply', async () => {
  expect(await post('/set/undone', { request_id: 'request-2' })).toBe(500)
  expect([value(), lines()]).toEqual([undefined, []])
  expect(await post('/set/undone', { request_id: 'request-2' }), 'tried again').toBe(500)
})

test('no effect without its line, where the line is written with it', async () => {
  const note = house.catalog.audit.note
  Object.assign(house.catalog.audit, {
    note: () => {
      throw new Error('The disk is full')
    },
  })
  expect(await post('/set')).toBe(500)
  expect(value()).toBeUndefined()
  // The control: a line that comes after its effect stops nothing.
  expect(await post('/set/later')).toBe(200)
  expect(value()).toBe('/set/later')
  Object.assign(house.catalog.audit, { note })
})

test('what nobody described is told by its address; reading, and what is not worth a line, by nothing', async () => {
  expect(await post('/silent')).toBe(200)
  expect((await app.inject('/read')).statusCode).toBe(200)
  expect(lines()).toEqual([])
  expect(await post('/undescribed')).toBe(200)
  expect(lines()).toEqual(['owner | other | /undescribed'])
})

test('of settings the trail has names and no values', async () => {
  expect(await post('/settings', { request_id: 'request-3', secret_key: 'hush', size: 3 })).toBe(200)
  expect(await post('/settings', {})).toBe(200)
  expect(lines()).toEqual(['owner | settings changed | all | secret_key | size'])
})
