import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url))

/** Stands in for the daemon: says its arguments, then each signal that reaches it; `--exit N` ends it. */
const MAIN = `
const args: string[] = process.argv.slice(2)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    console.log(signal)
    if (args.includes('--until') && args.at(-1) === signal) process.exit(0)
  })
console.log('ready ' + JSON.stringify(args))
const code = args.indexOf('--exit')
if (code >= 0) process.exit(Number(args[code + 1]))
if (args.includes('--die')) process.kill(process.pid, 'SIGKILL')
setInterval(() => {}, 1000)
`
/** The other codes and signals are those of the other tests. */
const LONG = process.env.LONG_TESTS === '1'
const LOCK = { packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' } } }

let base: string
let root: string

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'event-'))
  root = join(base, `a & b "照片" it's`)
  await mkdir(join(root, 'daemon'), { recursive: true })
  await mkdir(join(root, 'scripts'))
  for (const name of await readdir(scripts))
    if (name.endsWith('.mjs')) await cp(join(scripts, name), join(root, 'scripts', name))
  await writeFile(join(root, 'daemon', 'main.ts'), MAIN)
  await writeFile(join(root, 'package.json'), '{"type": "module"}')
  await writeFile(join(root, 'package-lock.json'), JSON.stringify(LOCK))
})
afterEach(() => rm(base, { recursive: true, force: true }))

/** Makes node_modules as npm leaves it. */
async function install(lock: object = LOCK): Promise<void> {
  await mkdir(join(root, 'node_modules', 'node', 'bin'), { recursive: true })
  await writeFile(join(root, 'node_modules', '.package-lock.json'), JSON.stringify(lock))
  await symlink(process.execPath, join(root, 'node_modules', 'node', 'bin', 'node'))
}

/** A program named npm that stands first on the PATH. @param script what it does, as JavaScript */
async function fakeNpm(script: string): Promise<string> {
  const bin = join(base, 'bin')
  await mkdir(bin, { recursive: true })
  const head = `const { mkdirSync, writeFileSync, appendFileSync } = require('node:fs')\n`
  await writeFile(
    join(bin, 'npm.cjs'),
    `${head}appendFileSync(${JSON.stringify(join(base, 'asked'))}, process.argv.slice(2).join(' ') + '\\n')\n${script}`,
  )
  // A first line `#!` cannot name a Node whose path has spaces.
  await writeFile(join(bin, 'npm'), `#!/bin/sh\nexec '${process.execPath}' '${join(bin, 'npm.cjs')}' "$@"\n`)
  await chmod(join(bin, 'npm'), 0o755)
  return [bin, process.env.PATH].join(delimiter)
}
const asked = () => readFile(join(base, 'asked'), 'utf8').catch(() => '')
const installs = `
  mkdirSync('node_modules', { recursive: true })
  writeFileSync('node_modules/.package-lock.json', JSON.stringify(${JSON.stringify(LOCK)}))`

/** `--no-camera` keeps these tests from installing the camera library. */
function start(flags: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(root, 'scripts', 'event.mjs'), '--no-camera', ...flags], {
    cwd: root,
    env: { ...process.env, ...env },
  })
  const lines: string[] = []
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const waiting: (() => void)[] = []
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    waiting.splice(0).forEach((wake) => wake())
  })
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return {
    child,
    lines,
    ended,
    stderr: () => stderr,
    /** Resolves once it has written `count` lines on stdout. */
    async lineCount(count: number) {
      while (lines.length < count) await new Promise<void>((wake) => waiting.push(wake))
    },
  }
}

describe('npm run event', () => {
  it('hands the flags on as they are and leaves stdout to the daemon', async () => {
    await install()
    const run = start(['--data', '/d é "x" 照片', '--exit', '0'])
    expect(await run.ended).toBe(0)
    expect(run.lines).toEqual([
      `ready ${JSON.stringify(['--no-camera', '--data', '/d é "x" 照片', '--exit', '0'])}`,
    ])
    expect(run.stderr()).toBe('')
  })

  it.each(LONG ? [0, 1, 2] : [2])('ends with the code of the daemon: %i', async (code) => {
    await install()
    expect(await start(['--exit', String(code)]).ended).toBe(code)
  })

  it('ends with 1 when the daemon is killed', async () => {
    await install()
    expect(await start(['--die']).ended).toBe(1)
  })

  it.each(LONG ? (['SIGINT', 'SIGTERM', 'SIGHUP'] as const) : (['SIGHUP'] as const))(
    'passes %s on and ends as the daemon does',
    async (signal) => {
      await install()
      const run = start(['--until', signal])
      await run.lineCount(1)
      run.child.kill(signal)
      expect(await run.ended).toBe(0)
      expect(run.lines.slice(1)).toEqual([signal])
    },
  )

  it('passes each signal on once, however often it comes', async () => {
    await install()
    const run = start(['--until', 'SIGINT'])
    await run.lineCount(1)
    run.child.kill('SIGTERM')
    await run.lineCount(2)
    run.child.kill('SIGTERM')
    run.child.kill('SIGINT')
    expect(await run.ended).toBe(0)
    expect(run.lines.slice(1)).toEqual(['SIGTERM', 'SIGINT'])
  })
})

describe('its packages', () => {
  it('are installed when they are missing, with one line about it, before the daemon starts', async () => {
    const run = start(['--exit', '0'], { PATH: await fakeNpm(installs) })
    expect(await run.ended).toBe(0)
    expect(await asked()).toMatch(/^ci --include=dev --include=optional /)
    expect(run.lines).toHaveLength(1)
    expect(run.stderr().trim().split('\n')).toHaveLength(1)
    expect(run.stderr()).toContain('npm ci')
  })

  it('are installed again when the lock file names others', async () => {
    await install({ packages: { 'node_modules/a': { version: '0.9.0', integrity: 'old' } } })
    expect(await start(['--exit', '0'], { PATH: await fakeNpm(installs) }).ended).toBe(0)
    expect(await asked()).toMatch(/^ci /)
  })

  it('are left alone when only the times are new, as in a copied folder', async () => {
    await install()
    await utimes(join(root, 'package-lock.json'), new Date(), new Date(Date.now() + 3600_000))
    expect(await start(['--exit', '0'], { PATH: await fakeNpm(installs) }).ended).toBe(0)
    expect(await asked()).toBe('')
  })

  it('may lack optional ones, which belong to other machines, but no others', async () => {
    await install()
    const other = (optional: boolean) => ({
      packages: { ...LOCK.packages, 'node_modules/b': { version: '1.0.0', ...(optional && { optional }) } },
    })
    const PATH = await fakeNpm(installs)
    await writeFile(join(root, 'package-lock.json'), JSON.stringify(other(true)))
    expect(await start(['--exit', '0'], { PATH }).ended).toBe(0)
    expect(await asked()).toBe('')
    await writeFile(join(root, 'package-lock.json'), JSON.stringify(other(false)))
    expect(await start(['--exit', '0'], { PATH }).ended).toBe(0)
    expect(await asked()).toMatch(/^ci /)
  })

  it('stop the start when they cannot be installed, with the last lines of npm', async () => {
    const PATH = await fakeNpm(`console.error('npm error network no internet'); process.exit(7)`)
    const run = start([], { PATH })
    expect(await run.ended).toBe(1)
    expect(run.lines).toEqual([])
    expect(run.stderr()).toContain('npm ci ended with code 7')
    expect(run.stderr()).toContain('no internet')
  })

  it('stop the start with a plain line where there is no npm', async () => {
    const run = start([], { PATH: join(base, 'nothing') })
    expect(await run.ended).toBe(1)
    expect(run.stderr()).toContain('npm could not be started')
  })

  it('are not waited for after a stop: npm is told, nothing starts, and the code is 0', async () => {
    const PATH = await fakeNpm(`
      process.on('SIGTERM', () => process.exit(143))
      setInterval(() => {}, 1000)
      process.kill(process.ppid, 'SIGTERM')`)
    const run = start([], { PATH })
    expect(await run.ended).toBe(0)
    expect(run.lines).toEqual([])
  })
})

describe('its Node', () => {
  it('is the own one when the pinned one does not run on this machine', async () => {
    await install()
    const pinned = join(root, 'node_modules', 'node', 'bin', 'node')
    await rm(pinned)
    await writeFile(pinned, 'made for another kind of machine', { mode: 0o755 })
    const run = start(['--exit', '0'])
    expect(await run.ended).toBe(0)
    expect(run.lines).toHaveLength(1)
  })
})

describe('scripts/run.mjs', () => {
  it('runs a TypeScript program of the project, with its arguments and its code', async () => {
    await install()
    const child = spawn(
      process.execPath,
      [join(root, 'scripts', 'run.mjs'), 'daemon/main.ts', 'a b', '--exit', '2'],
      { cwd: base },
    )
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const [code] = (await once(child, 'close')) as [number]
    expect(code).toBe(2)
    expect(output).toBe('ready ["a b","--exit","2"]\n')
  })
})
