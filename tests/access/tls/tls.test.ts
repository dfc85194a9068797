import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readAuthority } from '../../../daemon/access/tls/authority-file.ts'
import { issueLeaf, LEAF_DAYS, makeAuthority } from '../../../daemon/access/tls/certificates.ts'
import { fingerprint } from '../../../daemon/access/tls/der.ts'
import { createTls, type Tls } from '../../../daemon/access/tls/tls.ts'
import { silentLog } from '../../../daemon/log.ts'
import { tempFolder } from '../../fixtures/catalog.ts'

const run = promisify(execFile)
const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 24)

let folder: string
let now: number
let label: string
let addresses: string[]
let changes: number
beforeEach(async () => {
  folder = join(await tempFolder(), 'tls')
  now = NOW
  label = 'annas-macbook'
  addresses = ['192.168.7.20']
  changes = 0
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

function tls(): Tls {
  return createTls({
    folder,
    label: () => label,
    addresses: () => addresses,
    now: () => now,
    changed: () => (changes += 1),
    log: silentLog,
  })
}
async function looked(): Promise<Tls> {
  const made = tls()
  await made.look()
  return made
}
const leafOf = (one: Tls) => new X509Certificate(one.state().context!.cert)
const code = (one: Tls) => one.state().fault?.code ?? null

describe('what the intermediate can vouch for', () => {
  const allowed = [
    { names: ['annas-macbook.local'], addresses: [] },
    { names: ['x.local'], addresses: ['10.1.2.3', '172.31.0.1', '192.168.1.1', '169.254.3.4'] },
  ]
  const refused = [
    { names: ['example.com'], addresses: [] },
    { names: ['annas-macbook.local', 'example.com'], addresses: [] },
    { names: ['local.example.com'], addresses: [] },
    { names: ['evillocal'], addresses: [] },
    { names: [], addresses: ['8.8.8.8'] },
    { names: [], addresses: ['172.32.0.1'] },
    { names: [], addresses: ['192.169.0.1'] },
    { names: [], addresses: ['127.0.0.1'] },
    { names: [], addresses: ['fd00::1'] },
  ]

  /** OpenSSL's word on a chain. */
  async function verify(subjects: { names: string[]; addresses: string[] }): Promise<string> {
    const authority = await makeAuthority('test', NOW)
    const leaf = await issueLeaf(authority, { ...subjects, now: NOW })
    const [root, between, end] = ['root.pem', 'between.pem', 'end.pem'].map((name) =>
      join(folder, '..', name),
    )
    await writeFile(root!, authority.root)
    await writeFile(between!, authority.intermediate)
    await writeFile(end!, leaf.certificate)
    const at = ['-attime', String(NOW / 1000)]
    const check = [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      ...at,
      '-CAfile',
      root!,
      '-untrusted',
      between!,
    ]
    return run('openssl', [...check, end!]).then(
      ({ stdout }) => stdout.trim().split(': ')[1]!,
      (error: { stderr: string }) => /permitted subtree violation/.exec(error.stderr)?.[0] ?? error.stderr,
    )
  }

  test.each(allowed)('OpenSSL accepts %j', async (subjects) => {
    expect(await verify(subjects)).toBe('OK')
  })
  test.each(refused)('OpenSSL refuses %j', async (subjects) => {
    expect(await verify(subjects)).toBe('permitted subtree violation')
  })

  test('a TLS client that trusts the root takes a .local name and refuses https://example.com', async () => {
    const authority = await makeAuthority('test', Date.now())
    const visit = async (name: string): Promise<string> => {
      const leaf = await issueLeaf(authority, { names: [name], addresses: [], now: Date.now() })
      const server = createServer({ cert: leaf.certificate + authority.intermediate, key: leaf.key })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const answer = await new Promise<string>((resolve) => {
        const socket = connect({ host: '127.0.0.1', port, servername: name, ca: authority.root }, () => {
          socket.end()
          resolve('connected')
        })
        socket.on('error', (error) => resolve(error.message))
      })
      await new Promise((resolve) => server.close(resolve))
      return answer
    }
    expect(await visit('annas-macbook.local')).toBe('connected')
    expect(await visit('example.com')).toBe('permitted subtree violation')
  })
})

describe('what lies on the disk', () => {
  test('is readable by this user alone, and the root’s key is nowhere', async () => {
    await looked()
    const files = (await readdir(folder)).sort()
    expect(files).toEqual(['authority.pem', 'leaf.pem', 'root.crt'])
    const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
    expect(await mode(folder)).toBe('700')
    for (const name of ['authority.pem', 'leaf.pem']) expect(await mode(join(folder, name))).toBe('600')
    const root = new X509Certificate(await readFile(join(folder, 'root.crt')))
    const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))
    const keys = texts
      .join('')
      .match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/g)!
    const { createPrivateKey } = await import('node:crypto')
    // One of the intermediate, one of the leaf; each fits its own certificate, which shows that the look would find
    // one.
    expect(keys).toHaveLength(2)
    const intermediate = new X509Certificate((await readAuthority(folder))!.intermediate)
    expect(keys.some((key) => intermediate.checkPrivateKey(createPrivateKey(key)))).toBe(true)
    expect(keys.some((key) => root.checkPrivateKey(createPrivateKey(key)))).toBe(false)
  })

  test('keeps to Apple’s rules for certificates', async () => {
    const leaf = leafOf(await looked())
    expect(leaf.subjectAltName).toBe('DNS:annas-macbook.local, IP Address:192.168.7.20')
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    expect((Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)) / DAY).toBe(LEAF_DAYS)
    const { stdout } = await run('openssl', ['x509', '-in', join(folder, 'leaf.pem'), '-noout', '-text'])
    expect(stdout).toContain('ecdsa-with-SHA256')
  })
})

describe('renewal', () => {
  test('nothing is made again while all is well, also by a new start', async () => {
    const first = await looked()
    await first.look()
    const second = await looked()
    expect(second.state().context).toEqual(first.state().context)
    expect(changes).toBe(2)
  })

  test.each([
    ['an address', () => (addresses = ['192.168.7.20', '10.0.0.9']), 'IP Address:10.0.0.9'],
    ['the name', () => (label = 'new-name'), 'DNS:new-name.local'],
  ])('%s that changes brings a new leaf below the same root', async (_what, change, shown) => {
    const one = await looked()
    const { root } = one.state()
    change()
    await one.look()
    expect(leafOf(one).subjectAltName).toContain(shown)
    expect(one.state().root).toEqual(root)
    expect(new X509Certificate(root!.certificate).fingerprint256.replaceAll(':', '').toLowerCase()).toBe(
      root!.fingerprint,
    )
    // What is on the disk is the same, so that it holds after a restart.
    expect((await looked()).state().context).toEqual(one.state().context)
  })

  test('a leaf is renewed thirty days before it ends, and not before', async () => {
    const one = await looked()
    const { root, context } = one.state()
    now = one.state().ends! - 31 * DAY
    await one.look()
    expect(one.state().context).toEqual(context)
    now = one.state().ends! - 29 * DAY
    await one.look()
    expect(one.state().context).not.toEqual(context)
    expect(one.state().root).toEqual(root)
    expect(one.state().ends! - now).toBeGreaterThan(300 * DAY)
  })

  test('an address that our authority may not vouch for is left out', async () => {
    addresses = ['203.0.113.9', '192.168.7.20']
    expect(leafOf(await looked()).subjectAltName).toBe('DNS:annas-macbook.local, IP Address:192.168.7.20')
  })

  test('a damaged leaf, or one that others can read, is made again below the same root', async () => {
    const before = (await looked()).state()
    await writeFile(join(folder, 'leaf.pem'), 'nonsense')
    const after = (await looked()).state()
    expect(after.root).toEqual(before.root)
    expect(after.context).not.toEqual(before.context)
    await chmod(join(folder, 'leaf.pem'), 0o644)
    expect((await looked()).state().context).not.toEqual(after.context)
    expect((await stat(join(folder, 'leaf.pem'))).mode & 0o777).toBe(0o600)
  })
})

describe('what iPads trust is never replaced by itself', () => {
  const print = async () => fingerprint(await readFile(join(folder, 'root.crt'), 'utf8'))

  test('a damaged authority is told; what it issued serves on until it ends', async () => {
    const { root, ends } = (await looked()).state()
    await writeFile(join(folder, 'authority.pem'), root!.certificate)
    const one = await looked()
    expect([code(one), one.state().fault!.message]).toEqual(['tls_damaged', expect.stringContaining(folder)])
    expect(one.state().context).not.toBeNull()
    now = ends! + 1
    expect((await looked()).state().context).toBeNull()
    expect(await print()).toBe(root!.fingerprint)
  })

  test('a lost authority is told, and none is made in its place', async () => {
    await looked()
    const before = await print()
    await rm(join(folder, 'authority.pem'))
    expect(code(await looked())).toBe('tls_lost')
    expect([await print(), (await readdir(folder)).includes('authority.pem')]).toEqual([before, false])
  })

  test('a key that others can read is refused, until it is mended', async () => {
    await looked()
    const path = join(folder, 'authority.pem')
    await chmod(path, 0o640)
    const one = await looked()
    expect([code(one), one.state().context]).toEqual(['tls_open', null])
    expect(one.state().fault!.message).toContain(`chmod 600 "${path}"`)
    await chmod(path, 0o600)
    await one.look()
    expect([code(one), one.state().context === null]).toEqual([null, false])
  })

  test('with a clock that cannot be right nothing is made until it is', async () => {
    now = Date.UTC(2001, 0, 1)
    const one = await looked()
    expect([code(one), one.state().fault!.message]).toEqual([
      'tls_clock',
      expect.stringContaining('2001-01-01'),
    ])
    await expect(stat(join(folder, 'authority.pem'))).rejects.toThrow('ENOENT')
    now = NOW
    await one.look()
    expect([code(one), one.state().context === null]).toEqual([null, false])
    const root = await print()
    now = Date.UTC(2020, 0, 1)
    await one.look()
    expect([code(one), one.state().context]).toEqual(['tls_clock', null])
    now = Date.UTC(2040, 0, 1)
    await one.look()
    expect([code(one), one.state().context, await print()]).toEqual(['tls_over', null, root])
  })

  test('where nothing can be written, HTTPS is off and says why', async () => {
    await writeFile(folder, 'a file is in the way')
    const one = await looked()
    expect([code(one), one.state().context]).toEqual(['tls_write', null])
  })
})
