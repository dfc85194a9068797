import { expect, test } from 'vitest'
import type { ConnectStatus } from '../../daemon/contract/connect.ts'
import { welcome } from '../../daemon/access/welcome.ts'

const connect: ConnectStatus = {
  name: 'mac.local',
  addresses: ['192.168.1.20'],
  port: 8000,
  https: {
    state: 'on',
    origins: ['https://mac.local:8443'],
    code: null,
    message: null,
    ends: null,
    root: 'aa',
  },
  discovery: { state: 'published', message: null },
  public_tested: false,
}

test('the terminal shows both codes beside each other where it is wide enough, and within its width', () => {
  for (const columns of [200, 80, 50]) {
    const lines = welcome(connect, columns)
    expect(lines.join('\n')).toContain('https://mac.local:8443')
    expect(lines.some((line) => line.includes('█'))).toBe(true)
    const drawn = lines.slice(lines.indexOf(''))
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThanOrEqual(columns)
    expect(drawn.filter((line) => line.includes('Guests') && line.includes('Assistant'))).toHaveLength(
      columns > 60 ? 1 : 0,
    )
  }
})

test('without a terminal, or with one too narrow, there are words only; what is wrong is among them', () => {
  const broken = {
    ...connect,
    https: { ...connect.https, state: 'trouble' as const, message: 'The port is taken.' },
  }
  for (const columns of [0, 20]) expect(welcome(connect, columns).join('')).not.toContain('█')
  expect(welcome(broken, 0)).toContain('Warning: The port is taken.')
  expect(welcome({ ...connect, addresses: [], discovery: { state: 'alone', message: null } }, 200)).toEqual(
    [],
  )
})
