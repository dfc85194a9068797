import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fromLan, LAN, openGuarded, shape, type Guarded } from '../../fixtures/http/guarded.ts'

let guarded: Guarded

beforeEach(async () => {
  guarded = await openGuarded()
})
afterEach(async () => guarded.close())

describe('pairing', () => {
  it('goes from the owner’s page to a device’s cookie', async () => {
    const shown = await guarded.app.inject({ method: 'POST', url: '/api/pair/code', payload: {} })
    const { code, key, expires_at, urls } = shown.json()
    expect(guarded.announced).toMatchObject([{ code, key }])
    expect(Date.parse(expires_at)).toBe(guarded.time + 120_000)
    expect(urls).toEqual(['http://192.168.1.5:8000/admin/'])

    const wrong = await guarded.app.inject({ ...fromLan('POST', '/api/pair'), payload: { code: 'nonsense' } })
    expect([wrong.statusCode, wrong.json()]).toEqual([403, shape('wrong_code')])
    expect(wrong.headers['set-cookie']).toBeUndefined()

    const paired = await guarded.app.inject({
      ...fromLan('POST', '/api/pair'),
      payload: { code, name: 'iPad' },
    })
    expect(paired.json()).toEqual({
      status: 'success',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'iPad',
      role: 'editor',
    })
    expect(paired.headers['set-cookie']).toMatch(
      /^lep_device=[\w-]{43}; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    const cookie = String(paired.headers['set-cookie']).split(';')[0]!
    expect((await guarded.app.inject(fromLan('GET', '/api/me', { cookie }))).json()).toMatchObject({
      role: 'editor',
      name: 'iPad',
    })
    expect((await guarded.app.inject('/api/me')).json()).toEqual({ role: 'owner', id: '', name: '' })

    const { devices } = (await guarded.app.inject('/api/devices')).json()
    expect(devices).toMatchObject([{ name: 'iPad', role: 'editor', address: LAN }])
    expect(JSON.stringify(devices)).not.toContain(cookie.slice(11))
  })

  it('lets the right code in after a guest at the same address guessed wrong, again and again', async () => {
    const { code } = guarded.pairing.newCode()
    const wrong = code === '1'.repeat(8) ? '2'.repeat(8) : '1'.repeat(8)
    const pair = async (tried: string) =>
      (await guarded.app.inject({ ...fromLan('POST', '/api/pair'), payload: { code: tried } })).statusCode
    expect(await Promise.all([wrong, wrong, wrong].map(pair))).toEqual([403, 403, 403])
    // Answered late; nobody waits for them.
    const late = Array.from({ length: 20 }, () => pair(wrong))
    expect(await pair(code)).toBe(200)
    const next = guarded.pairing.newCode()
    expect(await pair(next.key)).toBe(200)
    await guarded.app.close()
    // Wrong ones are refused as wrong; those that were not looked at by the end, that they came too often.
    for (const status of await Promise.all(late)) expect([403, 429]).toContain(status)
  })

  it('leaves no old device behind when a device pairs again', async () => {
    const { cookie } = guarded.pair()
    const { code } = guarded.pairing.newCode()
    const reply = await guarded.app.inject({
      ...fromLan('POST', '/api/pair', { cookie }),
      payload: { code, name: 'new' },
    })
    expect(reply.statusCode).toBe(200)
    expect(guarded.catalog.devices.list().map(({ name }) => name)).toEqual(['new'])
  })

  it.each([
    [{}],
    [{ code: 12345678 }],
    [{ code: null }],
    [{ code: '' }],
    [{ code: '1'.repeat(65) }],
    [{ code: '12345678', role: 'owner' }],
    [{ code: '12345678', name: 'x'.repeat(61) }],
    [[]],
  ])('refuses a body that is not right: %j', async (payload) => {
    const reply = await guarded.app.inject({ ...fromLan('POST', '/api/pair'), payload })
    expect([reply.statusCode, reply.json()]).toEqual([400, shape('invalid')])
  })

  it('needs nothing said to make a code, and takes nothing but a role and a name', async () => {
    const code = (payload?: object) =>
      guarded.app.inject({ method: 'POST', url: '/api/pair/code', ...(payload && { payload }) })
    expect((await code()).statusCode).toBe(200)
    expect((await code({ role: 'owner', name: 'Phone' })).json()).toMatchObject({ role: 'owner' })
    for (const wrong of [{ role: 'guest' }, { role: 'admin' }, { name: '' }, { hours: 2 }])
      expect((await code(wrong)).statusCode).toBe(400)
  })
})
