import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse } from 'plist'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agentFlags, unseenSettings } from '../../scripts/agent/flags.ts'
import { createLaunchd, readStatus } from '../../scripts/agent/launchd.ts'
import { escapeXml, fillTemplate } from '../../scripts/agent/plist.ts'

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
      log: '/logs/a&b.log',
    }
    const read = readPlist(fillTemplate(await template(), facts))
    expect(read).toMatchObject({
      Label: facts.label,
      ProgramArguments: facts.arguments,
      WorkingDirectory: facts.root,
      StandardOutPath: facts.log,
      StandardErrorPath: facts.log,
    })
  })

  it('starts at login, again after a crash, and not after a stop that was asked for', async () => {
    const read = readPlist(
      fillTemplate(await template(), { label: 'l', arguments: ['/node'], root: '/', log: '/log' }),
    )
    expect(read).toMatchObject({
      RunAtLoad: true,
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 10,
      ProcessType: 'Interactive',
      EnvironmentVariables: { PATH: expect.stringContaining('/opt/homebrew/bin') as string },
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
    expect(() => fillTemplate('{{user}}', { label: '', arguments: [], root: '', log: '' })).toThrow('"user"')
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

describe('launchd', () => {
  const NOT_FOUND = { code: 113, output: 'Could not find service' }
  const RUNNING = {
    code: 0,
    output: 'x = {\n\tstate = running\n\tpid = 42\n\tlast exit code = (never exited)\n}',
  }

  /** launchctl as it answers: a service that was booted out is still there for `lingers` more looks. */
  function fake(
    options: { loaded?: boolean; lingers?: number; bootstrap?: { code: number; output: string } } = {},
  ) {
    let { loaded = false, lingers = 0 } = options
    let leaving = false
    const calls: string[] = []
    const launchd = createLaunchd({
      uid: 501,
      label: 'photo.example',
      pause: async () => undefined,
      run: async (args) => {
        calls.push(args.join(' '))
        if (args[0] === 'print') {
          if (leaving && lingers-- <= 0) loaded = leaving = false
          return loaded ? RUNNING : NOT_FOUND
        }
        if (args[0] === 'bootout') leaving = true
        if (args[0] === 'bootstrap') return options.bootstrap ?? { code: 0, output: '' }
        return { code: 0, output: '' }
      },
    })
    return { launchd, calls, changes: () => calls.filter((call) => !call.startsWith('print')) }
  }

  it('loads the agent into the domain of the person who is logged in', async () => {
    const { launchd, changes } = fake()
    await launchd.load('/x/a.plist')
    expect(changes()).toEqual(['enable gui/501/photo.example', 'bootstrap gui/501 /x/a.plist'])
  })

  it('takes an older one down first and waits until it is gone', async () => {
    const { launchd, calls } = fake({ loaded: true, lingers: 3 })
    await launchd.load('/x/a.plist')
    const print = 'print gui/501/photo.example'
    expect(calls).toEqual([
      print,
      'bootout gui/501/photo.example',
      print,
      print,
      print,
      print,
      'enable gui/501/photo.example',
      'bootstrap gui/501 /x/a.plist',
    ])
  })

  it('says what launchctl said when it refuses', async () => {
    const { launchd } = fake({ bootstrap: { code: 5, output: 'Bootstrap failed: 5: Input/output error\n' } })
    await expect(launchd.load('/x/a.plist')).rejects.toThrow('ended with 5 Bootstrap failed: 5')
  })

  it('gives up on an old one that never goes', async () => {
    const { launchd, changes } = fake({ loaded: true, lingers: Infinity })
    await expect(launchd.load('/x/a.plist')).rejects.toThrow('could not be unloaded')
    expect(changes()).toEqual(['bootout gui/501/photo.example'])
  })

  it('has nothing to unload when nothing is loaded', async () => {
    const { launchd, changes } = fake()
    expect(await launchd.unload()).toBe(false)
    expect(changes()).toEqual([])
  })

  it('reads what runs and how it last ended', () => {
    expect(readStatus(NOT_FOUND)).toEqual({ loaded: false, pid: null, lastExit: null })
    expect(readStatus(RUNNING)).toEqual({ loaded: true, pid: 42, lastExit: '(never exited)' })
    expect(readStatus({ code: 0, output: '\tstate = not running\n\tlast exit code = 2\n' })).toEqual({
      loaded: true,
      pid: null,
      lastExit: '2',
    })
  })
})

describe('npm run agent, in a folder with an awkward name', () => {
  let base: string
  let root: string
  const agent = (...args: string[]) =>
    run(process.execPath, [join(root, 'scripts', 'agent.ts'), ...args], {
      cwd: root,
      env: { ...process.env, HOME: join(base, 'héim & 家'), LEP_DATA: undefined },
    })

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'agent-'))
    root = join(base, AWKWARD)
    await mkdir(root)
    for (const part of ['scripts', 'launchd', 'daemon', 'package.json'])
      await cp(join(project, part), join(root, part), { recursive: true })
    // All that the flags are checked with; the pinned Node is left out.
    await mkdir(join(root, 'node_modules'))
    await symlink(join(project, 'node_modules', 'typebox'), join(root, 'node_modules', 'typebox'))
  })
  afterAll(() => rm(base, { recursive: true, force: true }))

  it('prints a plist whose paths are absolute and exact', async () => {
    const { stdout } = await agent('install', '--print', '--data', `d ${AWKWARD}`, '--port', '8123')
    const read = readPlist(stdout)
    expect(read.ProgramArguments).toEqual([
      expect.stringMatching(/^\/.*node$/) as string,
      join(root, 'daemon', 'main.ts'),
      '--data',
      join(root, `d ${AWKWARD}`),
      '--port',
      '8123',
    ])
    expect(read.WorkingDirectory).toBe(root)
    expect(read.StandardErrorPath).toBe(
      join(base, 'héim & 家', 'Library', 'Logs', 'Live Event Photography', 'daemon.log'),
    )
  })

  it('refuses flags that the daemon would refuse, with exit code 2', async () => {
    await expect(agent('install', '--print', '--port', 'x')).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('"x"') as string,
    })
  })

  it('says how it is used when it is asked nothing', async () => {
    await expect(agent()).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Usage') as string,
    })
  })

  if (process.platform !== 'darwin')
    it('says plainly that other systems have no launchd', async () => {
      for (const command of ['install', 'uninstall', 'status'])
        await expect(agent(command)).rejects.toMatchObject({
          code: 1,
          stdout: '',
          stderr: expect.stringContaining('macOS') as string,
        })
    })
})
