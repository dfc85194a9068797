import { describe, expect, test } from 'vitest'
import { browserFor, wallUrl, type Machine } from '../../scripts/wall.ts'

const URL = 'http://127.0.0.1:8000/wall/?kiosk'
const on = (platform: string, found: readonly string[]): Machine => ({
  platform,
  exists: (path) => found.some((one) => path.includes(one)),
  has: (name) => found.includes(name),
})
const start = (machine: Machine, at: string | null = null) => browserFor(machine, URL, { at, profile: '/p' })

describe('npm run wall', () => {
  test('opens a window of its own on the display that was named, and keeps a Mac awake', () => {
    const chrome = start(on('darwin', ['Google Chrome', 'Safari']), '1920,0')
    expect(chrome?.command).toBe('caffeinate')
    expect(chrome?.args).toEqual(
      expect.arrayContaining([`--app=${URL}`, '--kiosk', '--window-position=1920,0']),
    )
    expect(start(on('linux', ['chromium']))).toMatchObject({ command: 'chromium' })
    expect(start(on('linux', ['google-chrome']))?.args).not.toContain('--window-position=null')
  })

  test('takes Safari where there is nothing else, and says so where there is no browser', () => {
    expect(start(on('darwin', ['Safari']))).toEqual({ command: 'open', args: ['-a', 'Safari', URL] })
    expect(start(on('darwin', []))).toBeNull()
    expect(start(on('linux', []))).toBeNull()
  })

  test('finds the wall of a daemon, of an event and on the internet', () => {
    expect(wallUrl('http://127.0.0.1:8000')).toBe(URL)
    expect(wallUrl('https://photos.example/e/ab%20c?x=1#pin=4711')).toBe(
      'https://photos.example/wall/e/ab%20c?kiosk#pin=4711',
    )
    expect(wallUrl('file:///etc/passwd')).toBeNull()
    expect(wallUrl('nonsense')).toBeNull()
  })
})
