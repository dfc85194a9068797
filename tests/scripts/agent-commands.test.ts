import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parse } from 'plist'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCommands } from '../../scripts/agent/commands.ts'

const run = promisify(execFile)
const project = fileURLToPath(new URL('../..', import.meta.url))
const AWKWARD = `Fête & Co. "一號" <it's> 活動攝影  x`
const readPlist = (text: string) => parse(text) as Record<string, unknown>

describe('the commands, in a folder with an awkward name', () => {
  let base: string
  let root: string
  let home: string
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'agent-'))
    root = join(base, AWKWARD)
    home = join(base, 'héim & 家')
    await mkdir(join(root, 'daemon'), { recursive: true })
    await cp(join(project, 'launchd'), join(root, 'launchd'), { recursive: true })
    await writeFile(join(root, 'daemon', 'main.ts'), '')
  })
  afterAll(() => rm(base, { recursive: true, force: true }))

  /** One system with its program for services, which keeps what it was told and refuses what the real one would. */
  function machine(platform: 'darwin' | 'linux') {
    const state = { loaded: false, pid: 0 }
    const calls: string[] = []
    const tools: Record<string, (args: readonly string[]) => string | number> = {
      '/bin/launchctl': ([verb]) => {
        if (verb === 'print') return state.loaded ? `\tpid = ${state.pid}\n` : 113
        if (verb === 'bootout') Object.assign(state, { loaded: false, pid: 0 })
        if (verb === 'bootstrap' && state.loaded) return 5
        if (verb === 'bootstrap') Object.assign(state, { loaded: true, pid: 42 })
        return ''
      },
      systemctl: ([, verb]) => {
        if (verb === 'enable') state.loaded = true
        if (verb === 'disable') Object.assign(state, { loaded: false, pid: 0 })
        if (verb === 'stop') state.pid = 0
        if (verb === 'start' || verb === 'restart') state.pid = 42
        const file = state.loaded ? 'enabled' : 'disabled'
        return `LoadState=loaded\nUnitFileState=${file}\nMainPID=${state.pid}\n`
      },
    }
    const said: string[] = []
    const commands = createCommands({
      platform,
      home,
      uid: 501,
      root,
      env: {},
      show: async () => 0,
      say: (line) => said.push(line),
      isReady: async () => true,
      async run(file, args) {
        calls.push(`${file} ${args.join(' ')}`)
        const answer = tools[file]?.(args) ?? 127
        return typeof answer === 'number' ? { code: answer, output: '' } : { code: 0, output: answer }
      },
    })
    const call = async (name: string, ...flags: string[]) => {
      said.length = 0
      expect(await commands[name]!(flags)).toBe(0)
      return said.join('\n')
    }
    return { call, commands, calls }
  }

  it('prints a plist whose paths are absolute and exact', async () => {
    const read = readPlist(
      await machine('darwin').call('install', '--print', '--data', join(home, 'd "x"'), '--port', '8123'),
    )
    expect(read.ProgramArguments).toEqual([
      expect.stringMatching(/^\/.*node$/) as string,
      join(root, 'daemon', 'main.ts'),
      '--data',
      join(home, 'd "x"'),
      '--port',
      '8123',
    ])
    expect(read.WorkingDirectory).toBe(root)
    expect(read.StandardErrorPath).toBe(join(home, 'Library', 'Logs', 'Live Event Photography', 'daemon.log'))
    expect(read.EnvironmentVariables).toMatchObject({
      PATH: expect.stringContaining('/opt/homebrew/bin') as string,
      COPYFILE_DISABLE: '1',
      LANG: 'en_US.UTF-8',
      LEP_LOG_FILE: read.StandardErrorPath,
    })
  })

  it.each(['darwin', 'linux'] as const)('on %s: each twice, and it says what has gone', async (platform) => {
    const { call, commands, calls } = machine(platform)
    expect(await call('status')).toContain('Not installed')
    await expect(commands.start!([])).rejects.toThrow('not installed')
    const data = join(base, `d a "t" $a ${platform}`)
    await mkdir(data)
    expect(await call('install', '--data', data)).toContain('started now')
    const changes = () => calls.filter((line) => !/ (print|show) /.test(line)).length
    const before = changes()
    expect(await call('install', '--data', data)).toContain('Installed already')
    expect(changes()).toBe(before)
    expect(await call('status')).toMatch(/Running as process 42: http:\/\/127.0.0.1:8000/)
    expect(await call('stop')).toContain('Stopped')
    expect(await call('stop')).toContain('was not running')
    expect(await call('start')).toContain('Started')
    expect(await call('start')).toContain('runs already')
    expect(await call('restart')).toContain('ready')
    expect(await call('open')).toContain('/admin/')
    await rm(data, { recursive: true })
    expect(await call('status')).toContain('is its disk connected?')
    await rename(join(root, 'daemon'), join(root, 'moved'))
    expect(await call('status')).toContain('any more')
    await expect(commands.open!([])).rejects.toThrow('npm run agent -- install')
    await rename(join(root, 'moved'), join(root, 'daemon'))
    expect(await call('uninstall')).toContain('Stopped and uninstalled')
    expect(await call('uninstall')).toContain('was not loaded')
    expect(await call('status')).toContain('Not installed')
  })
})

describe('npm run agent', () => {
  const agent = (...args: string[]) => run(process.execPath, [join(project, 'scripts', 'agent.ts'), ...args])

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
})
