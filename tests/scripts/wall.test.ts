import { describe, expect, test } from 'vitest'
import { secondDisplay } from '../../scripts/wall/displays.ts'
import { browserFor, wallUrl, type Machine } from '../../scripts/wall.ts'

const URL = 'http://127.0.0.1:8000/wall/?kiosk'
const on = (platform: string, found: readonly string[]): Machine => ({
  platform,
  exists: (path) => found.some((one) => path.includes(one)),
  has: (name) => found.includes(name),
})
const start = (machine: Machine, at: string | null = null) => browserFor(machine, URL, { at, profile: '/p' })

describe('npm run wall', () => {
  test('opens a window of its own on the display that was named', () => {
    const chrome = start(on('darwin', ['Google Chrome', 'Safari']), '1920,0')
    expect(chrome?.command).toContain('Google Chrome')
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

  test('finds the display beside the main one, on either side of it', () => {
    const mac = secondDisplay('darwin')
    expect(mac.read('0 0 1728 1117\n1728 37 1920 1080\n')).toBe('1728,0')
    expect(mac.read('0 0 1728 1117\n-1920 0 1920 1080\n')).toBe('-1920,37')
    expect([mac.read('0 0 1728 1117\n'), mac.read('')]).toEqual([null, null])
    const { read } = secondDisplay('linux')
    const main = ' 0: +*eDP-1 1920/344x1080/193+0+0  eDP-1'
    expect(read(`Monitors: 2\n${main}\n 1: +HDMI-1 3840/600x2160/340+1920+0  HDMI-1\n`)).toBe('1920,0')
    expect([read(`Monitors: 1\n${main}\n`), read('')]).toEqual([null, null])
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
