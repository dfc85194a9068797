import { expect, test } from 'vitest'
import { makeAuthority } from '../../../daemon/access/tls/certificates.ts'
import { derOf } from '../../../daemon/access/tls/der.ts'
import { computerLabel } from '../../../daemon/access/tls/computer-name.ts'
import { makeProfile } from '../../../daemon/access/tls/profile.ts'
import { isPermitted, labelOf } from '../../../daemon/access/tls/reach.ts'

test.each([
  ['Annas-MacBook-Pro.local', 'annas-macbook-pro'],
  ['studio.example.org', 'studio'],
  ['Zoë’s Mac mini', 'zoes-mac-mini'],
  ['-x_y-', 'x-y'],
  ['localhost', null],
  ['照片', null],
  ['', null],
])('the label of %j is %j', (hostname, label) => {
  expect(labelOf(hostname)).toBe(label)
})

test.each([
  ['10.0.0.1', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.255.1', true],
  ['169.254.1.1', true],
  ['127.0.0.1', false],
  ['8.8.8.8', false],
  ['fe80::1', false],
  ['vm.local', false],
])('our authority can vouch for %s: %s', (address, permitted) => {
  expect(isPermitted(address)).toBe(permitted)
})

test('a Mac is asked for the name that Bonjour answers to', async () => {
  const read = async () => 'Annas-MacBook-2\n'
  expect(await computerLabel({ platform: 'darwin', read })).toBe('annas-macbook-2')
  expect(await computerLabel({ platform: 'linux', read })).not.toBe('annas-macbook-2')
  const broken = async () => Promise.reject(new Error('no scutil'))
  expect(await computerLabel({ platform: 'darwin', read: broken })).toMatch(/^[a-z0-9-]+$/)
})

test('a profile holds the root and nothing else, and is the same each time', async () => {
  const { root } = await makeAuthority('mac', Date.now())
  const profile = makeProfile(root, 'anna & <co>')
  expect(makeProfile(root, 'anna & <co>')).toBe(profile)
  const { parse } = await import('plist')
  const read = parse(profile) as unknown as {
    PayloadUUID: string
    PayloadDisplayName: string
    PayloadContent: { PayloadType: string; PayloadUUID: string; PayloadContent: Uint8Array }[]
  }
  expect(read.PayloadDisplayName).toBe('Live Event Photography (anna & <co>)')
  expect(read.PayloadContent.map(({ PayloadType }) => PayloadType)).toEqual(['com.apple.security.root'])
  expect(Buffer.from(read.PayloadContent[0]!.PayloadContent).equals(derOf(root))).toBe(true)
  const uuid = /^[0-9A-F]{8}-[0-9A-F]{4}-5[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/
  expect(read.PayloadUUID).toMatch(uuid)
  expect(read.PayloadContent[0]!.PayloadUUID).toMatch(uuid)
  expect(read.PayloadContent[0]!.PayloadUUID).not.toBe(read.PayloadUUID)
  const other = await makeAuthority('mac', Date.now())
  expect(makeProfile(other.root, 'x')).not.toContain(read.PayloadUUID)
})
