import { describe, expect, it } from 'vitest'
import {
  advice,
  hasFile,
  missing,
  PREREQUISITES,
  providePrerequisites,
  type System,
} from '../../scripts/prerequisites.mjs'

/** A machine on which only `present` things are there, and on which `run` answers by the command line. */
function machine(
  options: {
    kind?: System['kind']
    root?: boolean
    brew?: boolean
    present?: string[]
    run?: (line: string) => number | { code: number; output: string }
    installs?: boolean
  } = {},
) {
  const { kind = 'debian', root = true, brew = false, present = [], installs = true } = options
  const there = new Set(present)
  const lines: string[] = []
  const system: System = {
    kind,
    root,
    brew,
    has: (file) => PREREQUISITES.some((one) => there.has(one.name) && one.files.includes(file)),
    run: async (command, args) => {
      const line = [command, ...args].join(' ')
      lines.push(line)
      const answer = options.run?.(line) ?? 0
      const { code, output } = typeof answer === 'number' ? { code: answer, output: '' } : answer
      if (code === 0 && installs && / install /.test(line))
        for (const one of PREREQUISITES)
          if (args.includes((kind === 'mac' ? one.brew : one.debian) ?? '')) there.add(one.name)
      return { code, output }
    },
  }
  return { system, lines, short: () => lines.map((line) => line.replace(/ -o \S+/g, '')) }
}
const everything = PREREQUISITES.map(({ name }) => name)

describe('the table', () => {
  it('says of each what to install, how to see it and what is off without it', () => {
    for (const one of PREREQUISITES) {
      expect(one.debian).toMatch(/^[a-z0-9.+-]+$/)
      expect(one.files.length).toBeGreaterThan(0)
      expect(one.files.every((file) => file.startsWith('/'))).toBe(true)
      expect(one.without).toMatch(/until it is$/)
    }
    expect(new Set(everything).size).toBe(everything.length)
  })

  it('asks for the camera library alone to start an event', () => {
    expect(missing('event', machine().system).map(({ name }) => name)).toEqual(['libgphoto2'])
  })

  it('asks for two browsers, a screen, network tools, Chinese fonts, certificate tools, ExifTool, Exiv2, a lying disk, a time of its own, FTP programs and an S3 server to verify on Debian', () => {
    expect(missing('verify', machine().system).map(({ debian }) => debian)).toEqual([
      'libgphoto2-6',
      'gphoto2',
      'chromium-headless-shell',
      'iproute2',
      'fonts-noto-cjk',
      'webkit2gtk-driver',
      'xvfb',
      'libgl1-mesa-dri',
      'libnss3-tools',
      'openssl',
      'libimage-exiftool-perl',
      'exiv2',
      'libeatmydata1',
      'curl',
      'lftp',
      'ncftp',
      'python3',
      'vsftpd',
      'libfaketime',
      'swift-proxy',
      'swift-account',
      'swift-container',
      'swift-object',
    ])
    expect(missing('verify', machine({ present: everything }).system)).toEqual([])
  })

  it('leaves out on macOS what is not used there', () => {
    expect(missing('verify', machine({ kind: 'mac' }).system).map(({ brew }) => brew)).toEqual([
      'libgphoto2',
      'gphoto2',
      '--cask chromium',
      'exiftool',
      'exiv2',
    ])
  })
})

describe('hasFile', () => {
  it('finds a file and lets * stand for one folder', () => {
    expect(hasFile('/usr/bin/env')).toBe(true)
    expect(hasFile('/usr/*/env')).toBe(true)
    expect(hasFile('/usr/*/no-such-file-here')).toBe(false)
    expect(hasFile('/no-such-folder-here/*/env')).toBe(false)
  })
})

describe('providePrerequisites', () => {
  const provide = async (system: System, command: 'event' | 'verify' = 'verify') => {
    const lines: string[] = []
    const left = await providePrerequisites(command, system, (line) => lines.push(line))
    return { lines, left: left.map(({ name }) => name) }
  }

  it('runs nothing when everything is there', async () => {
    const { system, lines } = machine({ present: everything })
    expect(await provide(system)).toEqual({ lines: [], left: [] })
    expect(lines).toEqual([])
  })

  it('installs only what is missing, in one go, without refreshing good package lists', async () => {
    const present = everything.filter((name) => name !== 'iproute2' && name !== 'Noto Sans CJK')
    const { system, short } = machine({ present })
    expect((await provide(system)).left).toEqual([])
    expect(short()).toEqual(['apt-get install -y --no-install-recommends iproute2 fonts-noto-cjk'])
  })

  it('refreshes the package lists and tries once more when installing fails', async () => {
    let tries = 0
    const { system, short } = machine({ run: (line) => (/ install /.test(line) && tries++ === 0 ? 100 : 0) })
    expect((await provide(system, 'event')).left).toEqual([])
    expect(short()).toEqual([
      'apt-get install -y --no-install-recommends libgphoto2-6',
      'apt-get update',
      'apt-get install -y --no-install-recommends libgphoto2-6',
    ])
  })

  it('names what is still missing, what that means and what to run, and goes on', async () => {
    const { system } = machine({ run: () => ({ code: 100, output: 'E: Unable to fetch' }) })
    const { lines, left } = await provide(system, 'event')
    expect(left).toEqual(['libgphoto2'])
    expect(lines).toContain(
      'libgphoto2 is not installed. The camera stays off until it is; run: apt-get install -y libgphoto2-6',
    )
    expect(lines.at(-1)).toContain('E: Unable to fetch')
  })

  it('uses sudo where it asks no question', async () => {
    const { system, short } = machine({ root: false })
    expect((await provide(system, 'event')).left).toEqual([])
    expect(short()).toEqual([
      'sudo -n true',
      'sudo -n DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libgphoto2-6',
    ])
  })

  it('names the one command where sudo would ask', async () => {
    const { system, lines } = machine({ root: false, run: () => 1 })
    expect(await provide(system, 'event')).toEqual({
      lines: [
        'libgphoto2 is not installed. The camera stays off until it is; run: sudo apt-get install -y libgphoto2-6',
      ],
      left: ['libgphoto2'],
    })
    expect(lines).toEqual(['sudo -n true'])
  })

  it('uses Homebrew on macOS if it is there, else names the command', async () => {
    const mac = machine({ kind: 'mac', root: false, brew: true })
    expect((await provide(mac.system, 'event')).left).toEqual([])
    expect(mac.lines).toEqual(['brew install libgphoto2'])

    const bare = machine({ kind: 'mac', root: false })
    const { lines } = await provide(bare.system, 'event')
    expect(bare.lines).toEqual([])
    expect(lines[0]).toContain('run: brew install libgphoto2')
  })

  it('leaves other systems to their package manager', async () => {
    const { system, lines } = machine({ kind: 'other' })
    const [first] = missing('event', system)
    expect((await provide(system, 'event')).left).toEqual(['libgphoto2'])
    expect(advice(first!, system)).toContain("the system's package manager")
    expect(lines).toEqual([])
  })
})
