import { randomBytes } from 'node:crypto'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi, type TestContext } from 'vitest'
import { issueLeaf, makeAuthority } from '../../../daemon/access/tls/certificates.ts'
import { connectDesk } from '../../../daemon/events/desks/connection.ts'
import type { Desk } from '../../../daemon/events/desks/settings.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { mountSmallDisk } from '../../fixtures/disk/small-disk.ts'
import { openServer } from './server.ts'

const BYTES = 600_000

async function open(context: TestContext) {
  const root = await tempFolder()
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const server = await openServer(context, join(root, 'desk'))
  const path = join(root, 'IMG_1.jpg')
  const bytes = randomBytes(BYTES)
  await writeFile(path, bytes)
  let renames = true
  const tried = { get: () => renames, refused: () => void (renames = false) }
  const put = async (desk: Partial<Desk> = {}, name = 'IMG_1.jpg', isWanted = () => true) => {
    const connection = await connectDesk({ ...server.desk, ...desk }, tried, new AbortController().signal)
    try {
      return await connection.put({ path, bytes: BYTES, name, part: '.lep-1.part' }, isWanted)
    } finally {
      connection.close()
    }
  }
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: { code?: unknown }) => error.code,
    )
  const kept = async () => (await readFile(join(server.pub, 'IMG_1.jpg'))).equals(bytes)
  return { root, server, put, codeOf, kept, renames: () => renames }
}

test('what was cut off goes on where it was; what is not wanted any more leaves nothing', async (context) => {
  const { server, put, codeOf, kept } = await open(context)
  await server.start({ anon_max_rate: 150_000 })
  const cut = codeOf(put())
  const part = join(server.pub, '.lep-1.part')
  await vi.waitFor(async () => expect((await stat(part)).size).toBeGreaterThan(50_000), { timeout: 10_000 })
  await server.stop()
  expect(await cut).toBe('desk_unreachable')
  expect(await codeOf(put())).toBe('desk_unreachable')
  await server.start()
  const before = await server.asked('STOR')
  expect(await put()).toBe(true)
  expect([await kept(), await server.files()]).toEqual([true, ['IMG_1.jpg']])
  expect([await server.asked('APPE'), await server.asked('STOR')]).toEqual([1, before])
  expect(await put({}, 'IMG_2.jpg', () => false)).toBe(false)
  expect(await server.files()).toEqual(['IMG_1.jpg'])
})

test('a full disk, a refused folder and a wrong password are told apart, and nothing half has the name', async (context) => {
  const { server, put, codeOf, kept } = await open(context)
  const disk = await mountSmallDisk(context, server.pub, '200k')
  await server.start()
  expect(await codeOf(put())).toBe('desk_full')
  expect(await server.files()).not.toContain('IMG_1.jpg')
  await disk.resize('4m')
  expect(await put()).toBe(true)
  expect(await kept()).toBe(true)
  expect(await codeOf(put({ folder: 'elsewhere' }))).toBe('desk_folder')
  expect(await codeOf(put({ folder: '' }))).toBe('desk_refused')
  expect(await codeOf(put({ password: 'wrong' }))).toBe('desk_password')
  expect(await codeOf(put({ security: 'tls' }))).toBe('desk_no_tls')
})

test('without renaming it goes out under its own name, and data goes where we are logged in', async (context) => {
  const { server, put, kept, renames } = await open(context)
  await server.start({ cmds_denied: 'RNFR,EPSV', pasv_address: '192.0.2.7' })
  expect(await put()).toBe(true)
  expect([await kept(), await server.files(), renames()]).toEqual([true, ['IMG_1.jpg'], false])
  expect(await server.asked('STOR')).toBe(2)
})

test('TLS proves whose server it is, unless any will do', async (context) => {
  const { root, server, put, codeOf, kept } = await open(context)
  const authority = await makeAuthority('test', Date.now())
  const { certificate, key } = await issueLeaf(authority, {
    names: ['desk.test'],
    addresses: ['127.0.0.1'],
    now: Date.now(),
  })
  const pem = join(root, 'desk.pem')
  await writeFile(pem, key + certificate + authority.intermediate)
  await server.start({
    ssl_enable: 'YES', allow_anon_ssl: 'YES', force_anon_logins_ssl: 'YES', force_anon_data_ssl: 'YES',
    rsa_cert_file: pem, rsa_private_key_file: pem, ssl_ciphers: 'HIGH',
  }) // prettier-ignore
  expect(await codeOf(put({ security: 'plain' }))).toBe('desk_wants_tls')
  expect(await codeOf(put({ security: 'tls' }))).toBe('desk_certificate')
  expect(await put({ security: 'tls_any' })).toBe(true)
  expect(await kept()).toBe(true)
})
