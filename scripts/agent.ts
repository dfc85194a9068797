import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ConfigFault } from '../daemon/config.ts'
import { messageOf } from '../daemon/errors.ts'
import { writeAtomic } from '../daemon/files.ts'
import { agentFlags, unseenSettings } from './agent/flags.ts'
import { createLaunchd, type Launchd, type Ran } from './agent/launchd.ts'
import { fillTemplate } from './agent/plist.ts'

const LABEL = 'photo.live-event.daemon'
const USAGE = `Usage: npm run agent -- install [--print] [the daemon's flags]   starts it at every login, and now
       npm run agent -- uninstall                              stops it and forgets it
       npm run agent -- status                                 says whether it runs`

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const plistPath = join(homedir(), 'Library', 'LaunchAgents', `${LABEL}.plist`)
const log = join(homedir(), 'Library', 'Logs', 'Live Event Photography', 'daemon.log')

function launchctl(args: readonly string[]): Promise<Ran> {
  return new Promise((done) => {
    execFile('/bin/launchctl', args, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? 1 : 0
      done({ code, output: `${stdout}${stderr}` })
    })
  })
}

/** The pinned Node stays where it is when the machine's own is upgraded. */
function nodePath(): string {
  const pinned = join(root, 'node_modules', 'node', 'bin', 'node')
  return existsSync(pinned) ? pinned : realpathSync(process.execPath)
}

async function plist(flags: readonly string[]): Promise<string> {
  const absolute = (path: string) => (path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(path))
  return fillTemplate(await readFile(join(root, 'launchd', 'agent.plist'), 'utf8'), {
    label: LABEL,
    arguments: [
      nodePath(),
      join(root, 'daemon', 'main.ts'),
      ...agentFlags({ flags, env: process.env, absolute }),
    ],
    root,
    log,
  })
}

async function install(launchd: Launchd, text: string): Promise<void> {
  await mkdir(dirname(log), { recursive: true })
  await mkdir(dirname(plistPath), { recursive: true })
  // launchd refuses a file that others may write.
  await writeAtomic(plistPath, text, 0o644)
  await launchd.load(plistPath)
  console.log(`Installed: ${plistPath}\nIt starts at every login, and was started now. Its log: ${log}`)
  const unseen = unseenSettings(process.env)
  if (unseen.length > 0)
    console.log(`The agent does not see ${unseen.join(', ')} of this terminal: give flags instead.`)
}

async function status(launchd: Launchd): Promise<void> {
  const { loaded, pid, lastExit } = await launchd.status()
  if (!existsSync(plistPath)) console.log('Not installed.')
  else if (!loaded) console.log('Installed, but not loaded: it starts at the next login.')
  else if (pid !== null) console.log(`Running as process ${pid}.`)
  else console.log('Loaded, but not running.')
  if (lastExit !== null && /^-?\d/.test(lastExit)) console.log(`It last ended with code ${lastExit}.`)
  if (loaded) console.log(`Log: ${log}`)
}

async function main(args: readonly string[]): Promise<number> {
  const [command = '', ...flags] = args
  const print = flags.includes('--print')
  if (!['install', 'uninstall', 'status'].includes(command)) {
    console.error(USAGE)
    return 2
  }
  const text = command === 'install' ? await plist(flags.filter((flag) => flag !== '--print')) : ''
  if (print) {
    process.stdout.write(text)
    return 0
  }
  if (process.platform !== 'darwin') {
    console.error('The agent belongs to macOS: there is no launchd on this system. Use "npm run event" here.')
    return 1
  }
  const launchd = createLaunchd({ uid: process.getuid?.() ?? 0, label: LABEL, run: launchctl })
  if (command === 'install') await install(launchd, text)
  else if (command === 'status') await status(launchd)
  else {
    const was = await launchd.unload()
    await rm(plistPath, { force: true })
    console.log(was ? 'Stopped and uninstalled.' : 'Uninstalled; it was not loaded.')
  }
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(
    error instanceof ConfigFault ? [error.message, ...error.faults].join('\n  ') : messageOf(error),
  )
  process.exitCode = error instanceof ConfigFault ? 2 : 1
}
