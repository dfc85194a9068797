import { describe, expect, it } from 'vitest'
import { cookieOf, isOwner, originAllowed, OWNER_RULES, type Asker } from '../../daemon/access/who.ts'

const LOOPBACK = 'the socket is a loopback one'
const HOST = "Host is the machine's own, with the listener's port"
const FORWARDED = 'nothing says that the request was forwarded'
const SITE = 'no other site made the browser ask'

function asker(change: Partial<Asker> = {}): Asker {
  const { headers, ...rest } = change
  return {
    remoteAddress: '127.0.0.1',
    port: 8000,
    scheme: 'http',
    ...rest,
    headers: { host: '127.0.0.1:8000', ...headers },
  }
}
const host = (value: string | string[]) => asker({ headers: { host: value } })
const header = (name: string, value: string | string[]) => asker({ headers: { [name]: value } })

describe('the owner', () => {
  it.each<[string, Asker]>([
    ['127.0.0.1 by number', asker()],
    ['localhost', host('localhost:8000')],
    ['IPv6', asker({ remoteAddress: '::1', headers: { host: '[::1]:8000' } })],
    ['IPv4 on an IPv6 socket', asker({ remoteAddress: '::ffff:127.0.0.1' })],
    ['another loopback address as the source', asker({ remoteAddress: '127.9.9.9' })],
    ['an IPv6 socket and an IPv4 Host', asker({ remoteAddress: '::1' })],
    ["the scheme's own port, which browsers leave out", asker({ port: 80, headers: { host: 'localhost' } })],
    ['the same, written out', asker({ port: 80, headers: { host: 'localhost:80' } })],
    ['an address typed into the browser', header('sec-fetch-site', 'none')],
    ['our own page', header('sec-fetch-site', 'same-origin')],
    ['our own page, as Node gives distinct headers', header('sec-fetch-site', ['same-origin'])],
  ])('is a request from %s', (_, request) => {
    expect(isOwner(request, { trustLoopback: true })).toBe(true)
    expect(isOwner(request, { trustLoopback: false }), 'with --no-trust-loopback').toBe(false)
  })

  /** Each row with the rule that alone refuses it: without that rule the row passes. */
  const refused: [name: string, rule: string, Asker][] = [
    ['a device on the LAN', LOOPBACK, asker({ remoteAddress: '192.168.1.20' })],
    ['a device on the LAN, on an IPv6 socket', LOOPBACK, asker({ remoteAddress: '::ffff:192.168.1.20' })],
    ['an IPv6 device', LOOPBACK, asker({ remoteAddress: 'fe80::7f00:1' })],
    ['a socket that is gone', LOOPBACK, asker({ remoteAddress: undefined })],
    ['an empty address', LOOPBACK, asker({ remoteAddress: '' })],
    ['what only starts like loopback', LOOPBACK, asker({ remoteAddress: '127.0.0.1.example' })],
    ['an address that is not 127/8', LOOPBACK, asker({ remoteAddress: '12.7.0.1' })],
    ['a rebinding Host', HOST, host('evil.example:8000')],
    ['a rebinding Host that ends like ours', HOST, host('localhost.evil.example:8000')],
    ['a rebinding Host that starts like ours', HOST, host('127.0.0.1.nip.io:8000')],
    ['the .local Host', HOST, host('studio-mac.local:8000')],
    ['localhost.local', HOST, host('localhost.local:8000')],
    ['a LAN address as Host', HOST, host('192.168.1.5:8000')],
    ['another loopback address as Host', HOST, host('127.9.9.9:8000')],
    ['0.0.0.0 as Host', HOST, host('0.0.0.0:8000')],
    ['another port as Host', HOST, host('127.0.0.1:9999')],
    ['a Host that is longer than ours', HOST, host('127.0.0.1:80001')],
    ['no port in Host', HOST, host('127.0.0.1')],
    ['an empty port in Host', HOST, host('127.0.0.1:')],
    ['a port with a zero in front', HOST, host('127.0.0.1:08000')],
    ['a trailing dot', HOST, host('localhost.:8000')],
    ['capitals, which no browser sends', HOST, host('LOCALHOST:8000')],
    ['IPv6 without brackets', HOST, host('::1:8000')],
    ['IPv6 written at length', HOST, host('[0:0:0:0:0:0:0:1]:8000')],
    ['IPv4 in IPv6 as Host', HOST, host('[::ffff:127.0.0.1]:8000')],
    ['loopback as one number', HOST, host('2130706433:8000')],
    ['a user before the Host', HOST, host('localhost:8000@evil.example')],
    ['two names in one Host', HOST, host('127.0.0.1:8000, evil.example')],
    ['two Host headers, ours first', HOST, host(['127.0.0.1:8000', 'evil.example'])],
    ['two Host headers, both ours', HOST, host(['127.0.0.1:8000', '127.0.0.1:8000'])],
    ['an empty Host', HOST, host('')],
    ['no Host', HOST, asker({ headers: { host: undefined } })],
    ['Forwarded', FORWARDED, header('forwarded', 'for=192.168.1.20')],
    ['X-Forwarded-For', FORWARDED, header('x-forwarded-for', '127.0.0.1')],
    ['an empty X-Forwarded-For', FORWARDED, header('x-forwarded-for', '')],
    ['X-Forwarded-Host', FORWARDED, header('x-forwarded-host', 'localhost:8000')],
    ['X-Forwarded-Proto', FORWARDED, header('x-forwarded-proto', 'https')],
    ['X-Forwarded-anything', FORWARDED, header('x-forwarded-client-cert', 'x')],
    ['X-Real-IP', FORWARDED, header('x-real-ip', '127.0.0.1')],
    ['Via', FORWARDED, header('via', '1.1 proxy')],
    ['Via twice', FORWARDED, header('via', ['1.1 a', '1.1 b'])],
    ['CF-Connecting-IP', FORWARDED, header('cf-connecting-ip', '127.0.0.1')],
    ['a picture on another site', SITE, header('sec-fetch-site', 'cross-site')],
    ['a page on another port', SITE, header('sec-fetch-site', 'same-site')],
    ['an unknown Sec-Fetch-Site', SITE, header('sec-fetch-site', 'future')],
    ['an empty Sec-Fetch-Site', SITE, header('sec-fetch-site', '')],
    ['Sec-Fetch-Site twice', SITE, header('sec-fetch-site', ['none', 'cross-site'])],
    ['Sec-Fetch-Site twice in one', SITE, header('sec-fetch-site', 'none, cross-site')],
  ]

  it.each(refused)('is not %s', (_name, rule, request) => {
    expect(isOwner(request, { trustLoopback: true })).toBe(false)
    const without = OWNER_RULES.filter(({ name }) => name !== rule)
    expect(without).toHaveLength(OWNER_RULES.length - 1)
    expect(isOwner(request, { trustLoopback: true }, without), 'without the rule').toBe(true)
  })

  it('has a row for each rule', () => {
    expect(new Set(refused.map(([, rule]) => rule))).toEqual(new Set(OWNER_RULES.map(({ name }) => name)))
  })
})

describe('a change', () => {
  const LAN = '192.168.1.5:8000'
  it.each<[string, Asker]>([
    ['our page at the machine', header('origin', 'http://127.0.0.1:8000')],
    ['our page on the LAN', asker({ headers: { host: LAN, origin: `http://${LAN}` } })],
    ['our page by IPv6', asker({ headers: { host: '[::1]:8000', origin: 'http://[::1]:8000' } })],
    ['our page on HTTPS', asker({ scheme: 'https', headers: { origin: 'https://127.0.0.1:8000' } })],
    [
      'our page in a browser that tells the site too',
      asker({ headers: { origin: ['http://127.0.0.1:8000'], 'sec-fetch-site': ['same-origin'] } }),
    ],
    ['a script, which sends neither', asker()],
  ])('is taken from %s', (_, request) => {
    expect(originAllowed(request)).toBe(true)
  })

  it.each<[string, Asker]>([
    ['another site', header('origin', 'https://evil.example')],
    ['a page on another port', header('origin', 'http://127.0.0.1:9999')],
    ['our name without the port', header('origin', 'http://127.0.0.1')],
    ['our name by another word', header('origin', 'http://localhost:8000')],
    ['our name on the other scheme', header('origin', 'https://127.0.0.1:8000')],
    ['a page that hides where it is from', header('origin', 'null')],
    ['an empty Origin', header('origin', '')],
    ['an Origin with a path', header('origin', 'http://127.0.0.1:8000/')],
    ['an Origin in capitals', header('origin', 'HTTP://127.0.0.1:8000')],
    ['two Origins in one', header('origin', 'http://127.0.0.1:8000, https://evil.example')],
    ['two Origin headers', header('origin', ['http://127.0.0.1:8000', 'https://evil.example'])],
    ['a browser that left the Origin out', header('sec-fetch-site', 'same-origin')],
    ['a browser that left it out, cross-site', header('sec-fetch-site', 'cross-site')],
    ['no Host', asker({ headers: { host: undefined, origin: 'http://undefined' } })],
    ['an empty Host', asker({ headers: { host: '', origin: 'http://' } })],
    [
      'two Hosts',
      asker({ headers: { host: ['127.0.0.1:8000', 'evil.example'], origin: 'http://127.0.0.1:8000' } }),
    ],
  ])('is refused from %s', (_, request) => {
    expect(originAllowed(request)).toBe(false)
  })
})

describe('a cookie', () => {
  it.each<[string, string | string[] | undefined, string | undefined]>([
    ['alone', 'lep_device=abc', 'abc'],
    ['among others', 'a=1; lep_device=abc; b=2', 'abc'],
    ['without spaces', 'a=1;lep_device=abc;b=2', 'abc'],
    ['in the second of two headers', ['a=1', 'lep_device=abc'], 'abc'],
    ['twice, where the first counts', 'lep_device=abc; lep_device=def', 'abc'],
    ['with an = inside', 'lep_device=a=b', 'a=b'],
    ['empty', 'lep_device=', ''],
    ['of a longer name', 'xlep_device=abc; lep_device2=abc', undefined],
    ['without a value', 'lep_device', undefined],
    ['not sent', undefined, undefined],
  ])('is read %s', (_, cookie, value) => {
    expect(cookieOf({ cookie }, 'lep_device')).toBe(value)
  })
})
