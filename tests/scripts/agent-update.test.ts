import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { createCommands } from '../../scripts/agent/commands.ts'
import { untilReady } from '../../scripts/agent/ready.ts'
import { updateAgent, type Running } from '../../scripts/agent/update.ts'
import { argumentsOfPlist } from '../../scripts/agent/plist.ts'
import { argumentsOfUnit } from '../../scripts/agent/unit.ts'
import { compareVersions } from '../../scripts/agent/versions.ts'
import { freePort } from '../fixtures/network/ports.ts'

const exec = promisify(execFile)
const project = fileURLToPath(new URL('../..', import.meta.url))

/** A daemon as far as an update sees one: it has a version, an event and a catalog. */
const MAIN = `
import { createServer } from 'node:http'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
const after = (name: string) => process.argv[process.argv.indexOf(name) + 1]!
const data = after('--data')
const about = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8'))
const path = join(data, 'catalog.db')
const db = new DatabaseSync(path)
const { user_version } = db.prepare('PRAGMA user_version').get() as any
if (user_version > about.catalog) process.exit(2)
if (user_version > 0 && user_version < about.catalog) cpSync(path, path + '.version-' + user_version)
db.exec('PRAGMA user_version = ' + about.catalog)
if (about.fails) process.exit(1)
const started_at = new Date().toISOString()
createServer((request, reply) => {
  reply.setHeader('content-type', 'application/json')
  const event = JSON.parse(readFileSync(join(data, 'event.json'), 'utf8'))
  reply.end(request.url === '/api/status' ? JSON.stringify({ version: about.version, started_at, event }) : '{}')
}).listen(Number(after('--port')), '127.0.0.1')
`

let base: string
/** Where versions are published, and a person's clone of it. */
let upstream: string
let root: string
let data: string
let port: number
let commands: ReturnType<typeof createCommands>
let running: ChildProcess | null = null
const said: string[] = []
const restarts: string[] = []

async function writeVersion(folder: string, about: object): Promise<void> {
  for (const part of ['scripts', 'daemon']) await mkdir(join(folder, part), { recursive: true })
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'live-event-photography', type: 'module', catalog: 1, ...about }),
  )
  await writeFile(join(folder, 'daemon', 'main.ts'), MAIN)
  await cp(join(project, 'launchd'), join(folder, 'launchd'), { recursive: true })
  await writeFile(join(folder, 'scripts', 'event.mjs'), `process.exitCode = ${'unready' in about ? 1 : 0}`)
}

const git = (...args: string[]) =>
  exec('git', ['-C', upstream, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args])

async function tag(version: string, about: object = {}): Promise<void> {
  await writeVersion(upstream, { version, ...about })
  await git('add', '-A')
  await git('commit', '-qm', version)
  await git('tag', `v${version}`)
}

const setEvent = (state: string) =>
  writeFile(join(data, 'event.json'), JSON.stringify({ title: 'Gala', state }))

async function stopDaemon(): Promise<void> {
  const ending = running
  running = null
  if (ending?.exitCode === null && ending.kill('SIGKILL')) await once(ending, 'close')
}

function startDaemon([node = '', ...args]: readonly string[]): void {
  restarts.push(args[0]!)
  if (running === null || running.exitCode !== null)
    running = spawn(node, args, { stdio: 'ignore', env: { PATH: process.env['PATH'] } })
}

const pidOf = () => (running?.exitCode === null ? running.pid! : 0)

/** Linux's program for services, which really runs what it was given. */
async function systemctl([, verb]: readonly string[]): Promise<string> {
  if (verb === 'stop' || verb === 'disable' || verb === 'restart') await stopDaemon()
  if (verb === 'start' || verb === 'restart') {
    const path = join(base, 'config', 'systemd', 'user', 'live-event-photography.service')
    startDaemon(argumentsOfUnit(await readFile(path, 'utf8')))
  }
  return `LoadState=loaded\nUnitFileState=enabled\nMainPID=${pidOf()}\nExecMainStatus=0\n`
}

const launchd = { loaded: false, refused: [] as string[] }

/** A Mac's, which refuses another domain than the person's own, and to load what is loaded. */
async function launchctl([verb = '', target = '', path = '']: readonly string[]): Promise<number | string> {
  const refuse = (code: number) => {
    launchd.refused.push(`${verb} ${target}`)
    return code
  }
  if (!/^gui\/501(\/|$)/.test(target)) return refuse(125)
  if (verb === 'print') return launchd.loaded ? `\tpid = ${pidOf()}\n` : 113
  if (verb === 'bootout') {
    launchd.loaded = false
    await stopDaemon()
  }
  if (verb === 'bootstrap') {
    if (launchd.loaded) return refuse(5)
    launchd.loaded = true
    startDaemon(argumentsOfPlist(await readFile(path, 'utf8')))
  }
  return ''
}

const statusOf = async () =>
  (await (await fetch(`http://127.0.0.1:${port}/api/status`)).json()) as { version: string }
const versions = () => readdir(join(base, 'share', 'live-event-photography', 'versions')).catch(() => [])

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'agent-update-'))
  upstream = join(base, 'upstream')
  root = join(base, 'the project')
  data = join(base, 'data')
  port = await freePort()
  await mkdir(data)
  await exec('git', ['init', '-q', upstream])
  await tag('1.2.9')
  await exec('git', ['clone', '-q', upstream, root])
  await setEvent('closed')
  commands = commandsOn('linux')
  expect(await commands['install']!(['--data', data, '--port', String(port)])).toBe(0)
  expect(await untilReady(port)).toBe(true)
})
beforeEach(() => setEvent('closed'))
afterAll(async () => {
  await stopDaemon()
  await rm(base, { recursive: true, force: true })
})

function commandsOn(platform: 'linux' | 'darwin') {
  return createCommands({
    platform,
    home: join(base, 'home'),
    uid: 501,
    root,
    env: { XDG_CONFIG_HOME: join(base, 'config'), XDG_DATA_HOME: join(base, 'share') },
    async run(file, args) {
      if (file === 'systemctl') return { code: 0, output: await systemctl(args) }
      if (file === '/bin/launchctl') {
        const answer = await launchctl(args)
        return typeof answer === 'number' ? { code: answer, output: '' } : { code: 0, output: answer }
      }
      return exec(file, [...args]).then(
        ({ stdout }) => ({ code: 0, output: stdout }),
        (error: { code?: number; stderr?: string }) => ({
          code: error.code ?? 1,
          output: error.stderr ?? '',
        }),
      )
    },
    show: (file, args) =>
      exec(file, [...args]).then(
        () => 0,
        () => 1,
      ),
    say: (line) => said.push(line),
    // What has ended never answers: nobody waits for it here.
    isReady: async (of) => {
      while (running !== null && running.exitCode === null)
        if (await untilReady(of, { patience: 0, pause: 50 })) return true
      return false
    },
    watched: 0,
  })
}

it('leaves a running event alone, whatever is asked', async () => {
  await tag('1.2.10')
  for (const state of ['open', 'paused']) {
    await setEvent(state)
    await expect(commands['update']!([])).rejects.toThrow(/"Gala" is open.*nothing was changed/)
  }
  expect(await versions()).toEqual([])
  expect(restarts).toHaveLength(1)
})

it('changes to the newest tag, from a folder of its own, and keeps the one before', async () => {
  expect(await commands['update']!([])).toBe(0)
  expect((await statusOf()).version).toBe('1.2.10')
  expect(await versions()).toEqual(['1.2.10'])
  expect(existsSync(join(root, 'daemon', 'main.ts'))).toBe(true)
  await expect(commands['update']!([])).rejects.toThrow('1.2.10 is what runs already')
  await expect(commands['update']!(['v1.2.9'])).rejects.toThrow('1.2.9 is older')
})

it('goes back by itself from a version that does not start, with the catalog of before', async () => {
  await tag('1.3.0', { catalog: 2, fails: true })
  await expect(commands['update']!([])).rejects.toThrow(
    /^Version 1\.3\.0 did not start \(it did not become ready\)\. Version 1\.2\.10 runs again\. What it had changed in the catalog is kept in .*catalog\.db\.changed-2-/,
  )
  expect((await statusOf()).version).toBe('1.2.10')
  const db = new DatabaseSync(join(data, 'catalog.db'), { readOnly: true })
  expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
  db.close()
  expect((await readdir(data)).filter((name) => name.includes('.changed-2-'))).toHaveLength(1)
  // The control: the version before does refuse the catalog that the failed one left.
  const [changed = ''] = (await readdir(data)).filter((name) => name.includes('.changed-2-'))
  const other = await mkdtemp(join(base, 'other-'))
  await exec('cp', [join(data, changed), join(other, 'catalog.db')])
  const main = join(base, 'share', 'live-event-photography', 'versions', '1.2.10', 'daemon', 'main.ts')
  await expect(exec(process.execPath, [main, '--data', other, '--port', '0'])).rejects.toMatchObject({
    code: 2,
  })
})

it('takes an archive, and keeps no older version than the one before', async () => {
  const folder = join(base, 'live-event-photography-1.4.0')
  await writeVersion(folder, { version: '1.4.0', catalog: 2 })
  const archive = join(base, '1.4.0.tar.gz')
  await exec('tar', ['-czf', archive, '-C', base, 'live-event-photography-1.4.0'])
  expect(await commands['update']!([archive])).toBe(0)
  expect((await statusOf()).version).toBe('1.4.0')
  expect((await versions()).toSorted()).toEqual(['1.2.10', '1.4.0'])
})

it.each([
  ['another program', { name: 'others', version: '9.0.0' }, 'not this program'],
  ['one that cannot be set up', { version: '9.0.0', unready: true }, 'could not be set up'],
])('refuses %s, and nothing of it is left', async (_, about, why) => {
  const folder = await mkdtemp(join(base, 'bad-'))
  await writeVersion(folder, about)
  const archive = `${folder}.tgz`
  await exec('tar', ['-czf', archive, '-C', dirname(folder), folder.slice(dirname(folder).length + 1)])
  const before = restarts.length
  await expect(commands['update']!([archive])).rejects.toThrow(why)
  expect((await versions()).toSorted()).toEqual(['1.2.10', '1.4.0'])
  expect(restarts).toHaveLength(before)
})

it.each([
  ['is another one', [{ version: '1', started_at: 'a' }], 'version 1 answers in its place'],
  [
    'starts over and over',
    [
      { version: '2', started_at: 'a' },
      { version: '2', started_at: 'b' },
    ],
    'it did not go on running',
  ],
])('goes back from what answers and %s', async (_, answers, why) => {
  const written: string[] = []
  const queue = [...answers]
  const service = {
    path: '',
    load: async () => undefined,
    unload: async () => true,
    start: async () => true,
    stop: async () => true,
    status: async () => ({ loaded: true, pid: null, lastExit: null }),
  }
  const updating = updateAgent({
    before: { version: '1', definition: 'old', data: join(base, 'none') },
    service,
    fetch: async () => ({ version: '2', root: '/2' }),
    write: async (definition) => void written.push(definition),
    definitionOf: async () => 'new',
    isReady: async () => true,
    ask: async () => queue.shift() as Running,
    say: () => undefined,
    watched: 0,
  })
  await expect(updating).rejects.toThrow(why)
  expect(written).toEqual(['new', 'old'])
})

it('starts what ran before where the disk takes no new definition', async () => {
  let loads = 0
  const updating = updateAgent({
    before: { version: '1', definition: 'old', data: join(base, 'none') },
    service: {
      path: '',
      load: async () => void (loads += 1),
      unload: async () => true,
      start: async () => true,
      stop: async () => true,
      status: async () => ({ loaded: true, pid: null, lastExit: null }),
    },
    fetch: async () => ({ version: '2', root: '/2' }),
    write: () => Promise.reject(new Error('The disk is full.')),
    definitionOf: async () => 'new',
    isReady: async () => true,
    ask: () => Promise.reject(new Error('nobody asks')),
    say: () => undefined,
    watched: 0,
  })
  await expect(updating).rejects.toThrow(/Version 1 runs again.*The disk is full/)
  expect(loads).toBe(1)
})

it('does the same on a Mac, whose launchctl refuses nothing of it', async () => {
  await stopDaemon()
  // As before the first of these versions.
  await rm(join(data, 'catalog.db'))
  const mac = commandsOn('darwin')
  expect(await mac['install']!(['--data', data, '--port', String(port)])).toBe(0)
  expect(await untilReady(port)).toBe(true)
  await tag('1.5.0', { catalog: 2 })
  expect(await mac['update']!([])).toBe(0)
  expect((await statusOf()).version).toBe('1.5.0')
  await tag('1.6.0', { catalog: 2, fails: true })
  await expect(mac['update']!([])).rejects.toThrow('Version 1.5.0 runs again.')
  expect((await statusOf()).version).toBe('1.5.0')
  expect(await mac['uninstall']!([])).toBe(0)
  expect([launchd.refused, pidOf()]).toEqual([[], 0])
  // The control: it does refuse.
  expect(await launchctl(['bootstrap', 'system', 'x'])).toBe(125)
})

it('counts versions as numbers', () => {
  expect(compareVersions('0.10.0', '0.9.3')).toBeGreaterThan(0)
  expect(compareVersions('1.0.0', '1.0.0')).toBe(0)
})
