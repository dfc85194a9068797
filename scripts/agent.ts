import { execFile, spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { ConfigFault } from '../daemon/config.ts'
import { messageOf } from '../daemon/errors.ts'
import { createCommands, USAGE } from './agent/commands.ts'
import type { Ran } from './agent/service.ts'

function run(file: string, args: readonly string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile(file, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const isMissing = error?.code === 'ENOENT'
      const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0
      done({ code, output: isMissing ? `${file} is not on this system` : `${stdout}${stderr}` })
    })
  })
}

function show(file: string, args: readonly string[]): Promise<number> {
  const shown = spawn(file, args, { stdio: 'inherit' })
  return new Promise((done) => {
    shown.on('error', () => done(127))
    shown.on('close', (code) => done(code ?? 0))
  })
}

async function main([name = '', ...flags]: readonly string[]): Promise<number> {
  const commands = createCommands({
    platform: process.platform,
    home: homedir(),
    uid: process.getuid?.() ?? 0,
    root: fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, ''),
    env: process.env,
    run,
    show,
    say: (line) => console.log(line),
  })
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command) return command(flags)
  console.error(USAGE)
  return 2
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(
    error instanceof ConfigFault ? [error.message, ...error.faults].join('\n  ') : messageOf(error),
  )
  process.exitCode = error instanceof ConfigFault ? 2 : 1
}
