import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse } from 'plist'
import { describe, expect, it } from 'vitest'
import { agentFlags, unseenSettings } from '../../scripts/agent/flags.ts'
import { escapeShell, writeBundle } from '../../scripts/agent/bundle.ts'
import { missingOf, readInstalled } from '../../scripts/agent/installed.ts'
import { createLaunchd, readStatus } from '../../scripts/agent/launchd.ts'
import { argumentsOfPlist, escapeXml, fillTemplate } from '../../scripts/agent/plist.ts'
import { argumentsOfUnit, unitOf } from '../../scripts/agent/unit.ts'

const run = promisify(execFile)
const project = fileURLToPath(new URL('../..', import.meta.url))
const AWKWARD = `Fête & Co. "一號" <it's> 活動攝影  x`

const readPlist = (text: string) => parse(text) as Record<string, unknown>
const template = () => readFile(join(project, 'launchd', 'agent.plist'), 'utf8')

describe('the plist', () => {
  it('keeps every text exactly, whatever it holds', async () => {
    const facts = {
      label: 'photo.example',
      arguments: ['/a b/node', `/${AWKWARD}/main.ts`, '--data', '/x\r\ny\tz', '{{label}}', '$& $1 &amp; ]]>'],
      root: `/${AWKWARD}`,
      environment: { LANG: 'x & y', PATH: '/bin' },
      log: '/logs/a&b.log',
    }
    const read = readPlist(fillTemplate(await template(), facts))
    expect(read).toMatchObject({
      Label: facts.label,
      ProgramArguments: facts.arguments,
      WorkingDirectory: facts.root,
      StandardOutPath: facts.log,
      StandardErrorPath: facts.log,
      EnvironmentVariables: facts.environment,
    })
    expect(argumentsOfPlist(fillTemplate(await template(), facts))).toEqual(facts.arguments)
  })

  it('starts at login, again after a crash, and not after a stop that was asked for', async () => {
    const read = readPlist(
      fillTemplate(await template(), {
        label: 'l',
        arguments: ['/node'],
        root: '/',
        environment: {},
        log: '/log',
      }),
    )
    expect(read).toMatchObject({
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 10,
      ProcessType: 'Interactive',
    })
  })

  it('has comments that XML allows', async () => {
    for (const [, comment] of (await template()).matchAll(/<!--([\s\S]*?)-->/g))
      expect(comment).not.toContain('--')
  })

  it('would read other paths back without escapes: the control', async () => {
    const raw = (await template()).replaceAll(/\{\{\w+\}\}/g, () => '/a &amp; b')
    expect(readPlist(raw)).toMatchObject({ WorkingDirectory: '/a & b' })
  })

  it('refuses what no XML file can hold', () => {
    expect(() => escapeXml('/a\u0007b')).toThrow('"/a\\u0007b"')
    expect(() => escapeXml('/a\ud800b')).toThrow('control character')
  })

  it('refuses a template that asks for something unknown', () => {
    expect(() =>
      fillTemplate('{{user}}', { label: '', arguments: [], root: '', environment: {}, log: '' }),
    ).toThrow('"user"')
  })
})

describe('the flags', () => {
  const absolute = (path: string) => `/abs/${path}`
  const flags = (given: string[], env = {}) => agentFlags({ flags: given, env, absolute })

  it('become absolute where they are paths, and stay as they are elsewhere', () => {
    expect(
      flags(['--port', '8001', '--card-root=c a=b', '--watch', 'w', '--data', 'd', '--no-camera']).slice(2),
    ).toEqual(['--port', '8001', '--card-root', '/abs/c a=b', '--watch', '/abs/w', '--no-camera'])
  })

  it('always name the data folder, also one from the environment', () => {
    expect(flags(['--data', '/d'])).toEqual(['--data', '/abs//d'])
    expect(flags([], { LEP_DATA: '/from env' })).toEqual(['--data', '/abs//from env'])
    expect(flags([])[1]).toMatch(/Live Event Photography$/)
  })

  it('are refused all at once when they are wrong', () => {
    expect(() => flags(['--port', 'x', '--bogus'])).toThrow('2 faults')
  })

  it('leave other settings of the terminal behind, which are named', () => {
    expect(unseenSettings({ LEP_PORT: '1', LEP_DATA: '/d', PATH: '' })).toEqual(['LEP_PORT'])
  })
})

describe('the unit', () => {
  const facts = {
    label: 'l',
    arguments: ['/a b/node', `/${AWKWARD}/main.ts`, '--data', 'x\\y "z" $HOME ${A} %h %%', ''],
    root: `/${AWKWARD} 100%`,
    environment: { LANG: 'a "b" %n' },
    log: `/logs/${AWKWARD}.log`,
  }

  it('keeps every text exactly, whatever it holds', () => {
    expect(argumentsOfUnit(unitOf(facts))).toEqual(facts.arguments)
    expect(() => unitOf({ ...facts, root: '/a\nExecStart=/bin/false' })).toThrow('control character')
  })

  it('is one that systemd takes, and reads as it was meant', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'unit-'))
    const path = join(folder, 'live-event-photography.service')
    const check = (text: string) =>
      writeFile(path, text)
        .then(() =>
          run('systemd-analyze', ['verify', '--user', path], {
            env: { ...process.env, XDG_RUNTIME_DIR: folder },
          }),
        )
        .then(
          ({ stderr }) => stderr,
          ({ stderr }: { stderr: string }) => stderr,
        )
    try {
      const own = unitOf({
        ...facts,
        arguments: [process.execPath, ...facts.arguments.slice(1)],
        root: folder,
      })
      const ours = (said: string) =>
        said.split('\n').filter((line) => line.includes('live-event-photography'))
      expect(ours(await check(own))).toEqual([])
      // The control: without the escapes it says what is wrong.
      expect(ours(await check(own.replace('Restart=on-failure', 'Restart=sometimes')))).not.toEqual([])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('launchd', () => {
  const SERVICE = 'gui/501/photo.example'
  const PATH = '/x/a.plist'

  /** launchctl as it answers, and refuses: in another domain, twice, before an old one is gone, and what is not loaded. A
   * service that was booted out is still there for `lingers` more looks. */
  function fake(options: { loaded?: boolean; running?: boolean; lingers?: number; refuses?: boolean } = {}) {
    let { loaded = false, lingers = 0, running = loaded } = options
    let leaving = false
    const calls: string[] = []
    const said = (code: number, output = '') => ({ code, output })
    const service = createLaunchd({
      uid: 501,
      label: 'photo.example',
      path: PATH,
      pause: async () => undefined,
      run: async ([verb = '', ...args]) => {
        calls.push([verb, ...args].join(' '))
        if (!args[0]?.startsWith('gui/501')) return said(125, 'Domain does not support specified action')
        if (verb === 'print') {
          if (leaving && lingers-- <= 0) loaded = leaving = running = false
          if (!loaded) return said(113, 'Could not find service')
          return said(0, `x = {\n${running ? '\tpid = 42\n' : ''}\tlast exit code = (never exited)\n}`)
        }
        if (verb === 'bootout') return loaded ? ((leaving = true), said(0)) : said(3, 'No such process')
        if (verb === 'bootstrap') {
          if (loaded || options.refuses || args[0] !== 'gui/501' || args[1] !== PATH)
            return said(5, 'Bootstrap failed: 5: Input/output error\n')
          loaded = running = true
        }
        if (verb === 'kickstart') {
          if (!loaded) return said(113, 'Could not find service')
          running = true
        }
        return said(0)
      },
    })
    return { service, calls, changes: () => calls.filter((call) => !call.startsWith('print')) }
  }

  it('loads the agent into the domain of the person who is logged in', async () => {
    const { service, changes } = fake()
    await service.load()
    expect(changes()).toEqual([`enable ${SERVICE}`, `bootstrap gui/501 ${PATH}`])
    expect(await service.status()).toMatchObject({ loaded: true, pid: 42 })
  })

  it('takes an older one down first and waits until it is gone', async () => {
    const { service, calls } = fake({ loaded: true, lingers: 3 })
    await service.load()
    const print = `print ${SERVICE}`
    expect(calls).toEqual([
      print,
      `bootout ${SERVICE}`,
      ...Array<string>(4).fill(print),
      `enable ${SERVICE}`,
      `bootstrap gui/501 ${PATH}`,
    ])
  })

  it('starts what is installed, loaded or not, and nothing that runs', async () => {
    for (const [options, expected, calls] of [
      [{}, true, [`enable ${SERVICE}`, `bootstrap gui/501 ${PATH}`]],
      [{ loaded: true, running: false }, true, [`kickstart ${SERVICE}`]],
      [{ loaded: true }, false, []],
    ] as const) {
      const { service, changes } = fake(options)
      expect(await service.start()).toBe(expected)
      expect(changes()).toEqual(calls)
      expect((await service.status()).pid).toBe(42)
      expect(await service.start()).toBe(false)
    }
  })

  it('says what launchctl said when it refuses', async () => {
    const { service } = fake({ refuses: true })
    await expect(service.load()).rejects.toThrow('ended with 5 Bootstrap failed: 5')
    await expect(service.start()).rejects.toThrow('ended with 5 Bootstrap failed: 5')
  })

  it('gives up on an old one that never goes', async () => {
    const { service, changes } = fake({ loaded: true, lingers: Infinity })
    await expect(service.load()).rejects.toThrow('could not be unloaded')
    expect(changes()).toEqual([`bootout ${SERVICE}`])
  })

  it('has nothing to stop when nothing is loaded', async () => {
    const { service, changes } = fake()
    expect([await service.unload(), await service.stop()]).toEqual([false, false])
    expect(changes()).toEqual([])
  })

  it('reads what runs and how it last ended', () => {
    expect(readStatus({ code: 113, output: '' })).toEqual({ loaded: false, pid: null, lastExit: null })
    expect(readStatus({ code: 0, output: '\tstate = not running\n\tlast exit code = 2\n' })).toEqual({
      loaded: true,
      pid: null,
      lastExit: '2',
    })
  })
})

describe('what is installed', () => {
  const read = readInstalled(['/n/node', '/p/daemon/main.ts', '--data', '/d a', '--port=8123'])!

  it('is read back from its command', () => {
    expect(read).toMatchObject({ main: '/p/daemon/main.ts', data: '/d a', port: 8123 })
    expect(readInstalled(['/n/node', '/m', '--port', '9'])).toMatchObject({ port: 9, data: '' })
    expect(readInstalled([])).toBeNull()
  })

  it('says what has gone since: the program, its Node, or the disk with the data', () => {
    const missing = (...gone: string[]) =>
      missingOf(read, '/p/daemon/main.ts', (path) => !gone.includes(path))
    expect(missing()).toEqual([])
    expect(missing('/p/daemon/main.ts')).toEqual([expect.stringContaining('npm run agent -- install')])
    expect(missing('/n/node')).toEqual([expect.stringContaining('/n/node')])
    expect(missing('/d a')).toEqual([expect.stringContaining('is its disk connected?')])
    expect(missingOf(read, '/q/daemon/main.ts', () => true)).toEqual([expect.stringContaining('not the one')])
  })
})

describe('the app', () => {
  it('holds an icon that is one, and a launcher that keeps every path exactly', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'app-'))
    try {
      const icon = join(project, 'pwa-admin', 'public', 'install', 'icon-512.png')
      const said = join(folder, 'said')
      // In the place of Node, a program that notes how it was called.
      const node = join(folder, `${AWKWARD.replaceAll('/', '')} node`)
      await writeFile(node, `#!/bin/sh\nprintf '%s\\n' "$@" > ${escapeShell(said)}\n`, { mode: 0o755 })
      const facts = { name: 'An App', id: 'x.y', version: '1.2.3', node, program: icon, icon }
      const path = await writeBundle(folder, facts)
      expect(await writeBundle(folder, facts)).toBe(path)
      await run(join(path, 'Contents', 'MacOS', 'launcher'))
      expect(await readFile(said, 'utf8')).toBe(`${icon}\nopen\n`)
      expect(readPlist(await readFile(join(path, 'Contents', 'Info.plist'), 'utf8'))).toMatchObject({
        CFBundleExecutable: 'launcher',
        CFBundleIconFile: 'icon',
        CFBundleShortVersionString: '1.2.3',
      })
      const icns = await readFile(join(path, 'Contents', 'Resources', 'icon.icns'))
      expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length])
      expect(icns.subarray(8 + 8)).toEqual(await readFile(icon))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
