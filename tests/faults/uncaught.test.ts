import { expect, test } from 'vitest'
import { createFaultKeeper } from '../../daemon/util/uncaught.ts'
import { connectionLimits } from '../../daemon/access/connection-limits.ts'
import { createInterfaces } from '../../daemon/util/interfaces.ts'
import { createHostNames } from '../../daemon/access/network.ts'
import { openFileLimit } from '../../daemon/util/open-files.ts'

const noFiles = () => {
  throw Object.assign(new Error('uv_interface_addresses returned EMFILE'), {
    syscall: 'uv_interface_addresses',
  })
}

test('an address look-up that the system refuses gives what was so before, also to whoever names this machine', () => {
  const wlan = { family: 'IPv4', address: '192.168.1.5', internal: false } as const
  let read: () => object = () => ({ wlan0: [wlan] })
  const interfaces = createInterfaces(() => read() as ReturnType<ReturnType<typeof createInterfaces>>)
  let time = 0
  const hosts = createHostNames({ now: () => (time += 5000), more: () => [], read: interfaces })
  expect(hosts()).toContain('192.168.1.5')
  read = noFiles
  expect(interfaces()).toEqual({ wlan0: [wlan] })
  expect(hosts()).toContain('192.168.1.5')
  expect(createInterfaces(noFiles)()).toEqual({})
})

test('an error that nobody caught is logged and lived with; many in a minute end the process in good order', () => {
  let ended = 0
  let logged = 0
  let time = 0
  const log = { error: () => void (logged += 1) }
  const keep = createFaultKeeper({ log, end: () => (ended += 1), now: () => time })
  for (let n = 0; n < 100; n++) keep(Object.assign(new Error('EMFILE'), { syscall: 'accept' }))
  expect(ended, 'the system’s own').toBe(0)
  for (let n = 0; n < 100; n++) {
    time += 10_000
    keep(new TypeError('one now and then'))
  }
  expect(ended).toBe(0)
  for (let n = 0; n < 20; n++) keep(new TypeError('again and again'))
  expect([ended, logged]).toEqual([1, 220])
})

test.each([
  [256, 160],
  [1024, 768],
  [20_000, 4096],
  [1_000_000, 4096],
])('with %i files connections take %i at most, and strangers leave some of them', (files, most) => {
  const { all, kept } = connectionLimits(files)
  expect(all).toBe(most)
  expect(files - all).toBeGreaterThanOrEqual(96)
  expect(kept).toBeGreaterThanOrEqual(Math.min(256, Math.floor(all / 4)))
})

test('the limit of files is the process’s own, and a usual one where the system does not say', () => {
  expect(openFileLimit()).toBeGreaterThan(0)
  expect(openFileLimit(() => ({ userLimits: { open_files: { soft: 4000, hard: 'unlimited' } } }))).toBe(4000)
  expect(openFileLimit(() => ({ userLimits: { open_files: { soft: 'unlimited' } } }))).toBe(1_000_000)
  expect(openFileLimit(() => ({}))).toBe(1024)
})
