import { existsSync, realpathSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { readTerminalKey } from '../../daemon/access/terminal.ts'
import { LOG_FILE } from '../../daemon/config.ts'
import { writeAtomic } from '../../daemon/files.ts'
import { daemonAt } from '../cloud/daemon.ts'
import { writeBundle } from './bundle.ts'
import { agentFlags, unseenSettings } from './flags.ts'
import { missingOf, readInstalled, type Installed } from './installed.ts'
import { createLaunchd } from './launchd.ts'
import { argumentsOfPlist, fillTemplate, type AgentFacts } from './plist.ts'
import { untilReady } from './ready.ts'
import type { Ran, Service } from './service.ts'
import { createSystemd } from './systemd.ts'
import { argumentsOfUnit, unitOf } from './unit.ts'
import { updateAgent, type Running } from './update.ts'
import { createVersions, versionAt } from './versions.ts'

const NAME = 'Live Event Photography'
const LABEL = 'photo.live-event.daemon'
const UNIT = 'live-event-photography.service'
export const USAGE = `Usage: npm run agent -- COMMAND

  install [--print] [the daemon's flags]   starts it at every login, and now
  uninstall                                stops it and forgets it
  start | stop | restart                   until the next login
  status                                   says whether it runs, and what it lacks
  open                                     starts it where that is needed, and opens its page
  logs [--follow]                          its last words
  update [TAG | ARCHIVE]                   a newer version: a tag's (the newest unless named) or a .tar.gz's or .zip's;
                                           never during an event, and back to this one if it does not become ready
  app [--to DIR]                           builds "${NAME}.app", which does what "open" does (a Mac)`

export type Command = (flags: readonly string[]) => Promise<number>

/** What the agent is asked for at the terminal, each with its exit code.
 * @param needs.root the project's folder
 * @param needs.run runs another program */
export function createCommands(needs: {
  platform: NodeJS.Platform
  home: string
  uid: number
  root: string
  env: Readonly<Record<string, string | undefined>>
  run: (file: string, args: readonly string[]) => Promise<Ran>
  /** The same, but the person sees what it writes. @returns its exit code */
  show: (file: string, args: readonly string[]) => Promise<number>
  say: (line: string) => void
  isReady?: (port: number) => Promise<boolean>
  /** How long a new version is watched, milliseconds. */
  watched?: number
}): Readonly<Record<string, Command>> {
  const { home, root, env, run, say, isReady = untilReady } = needs
  const program = join(root, 'daemon', 'main.ts')
  const isMac = needs.platform === 'darwin'
  const log = isMac
    ? join(home, 'Library', 'Logs', NAME, 'daemon.log')
    : join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'live-event-photography', 'daemon.log')
  /** Where the versions lie that an update fetched. */
  const share = isMac
    ? join(home, 'Library', 'Application Support', NAME)
    : join(env['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'live-event-photography')

  /** The pinned Node stays where it is when the machine's own is upgraded. */
  function nodePath(of = root): string {
    const pinned = join(of, 'node_modules', 'node', 'bin', 'node')
    return existsSync(pinned) ? pinned : realpathSync(process.execPath)
  }

  /** @param of the folder of the version that it runs */
  function factsOf(flags: readonly string[], of = root): AgentFacts {
    const absolute = (path: string) => (path.startsWith('~/') ? join(home, path.slice(2)) : resolve(path))
    return {
      label: LABEL,
      arguments: [nodePath(of), join(of, 'daemon', 'main.ts'), ...agentFlags({ flags, env, absolute })],
      root: of,
      environment: {
        PATH: `${isMac ? '/opt/homebrew/bin:' : ''}/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`,
        // Names of photos are read and written as UTF-8 whatever the system speaks.
        LANG: 'en_US.UTF-8',
        // macOS writes no "._" files beside what is copied to disks of other systems.
        COPYFILE_DISABLE: '1',
        [LOG_FILE]: log,
      },
      log,
    }
  }

  /** What differs between systems. */
  const system: {
    service: Service
    write: (facts: AgentFacts) => Promise<string>
    read: (definition: string) => string[]
    open: string
  } = isMac
    ? {
        service: createLaunchd({
          uid: needs.uid,
          label: LABEL,
          path: join(home, 'Library', 'LaunchAgents', `${LABEL}.plist`),
          run: (args) => run('/bin/launchctl', args),
        }),
        write: async (facts: AgentFacts) =>
          fillTemplate(await readFile(join(root, 'launchd', 'agent.plist'), 'utf8'), facts),
        read: argumentsOfPlist,
        open: 'open',
      }
    : {
        service: createSystemd({
          unit: UNIT,
          path: join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'systemd', 'user', UNIT),
          run: (args) => run('systemctl', args),
        }),
        write: async (facts: AgentFacts) => unitOf(facts),
        read: argumentsOfUnit,
        open: 'xdg-open',
      }
  const { service } = system

  async function installed(): Promise<Installed | null> {
    const text = await readFile(service.path, 'utf8').catch(() => null)
    return text === null ? null : readInstalled(system.read(text))
  }

  /** @throws Error when it is not installed, or cannot run where it is */
  async function requireInstalled(): Promise<Installed> {
    const found = await installed()
    if (!found) throw new Error('The agent is not installed. Run: npm run agent -- install')
    const [missing] = missingOf(found, program)
    if (missing !== undefined && !existsSync(found.main)) throw new Error(missing)
    return found
  }

  async function define(text: string): Promise<void> {
    await mkdir(dirname(log), { recursive: true })
    await mkdir(dirname(service.path), { recursive: true })
    // launchd refuses a file that others may write.
    await writeAtomic(service.path, text, 0o644)
  }

  async function install(flags: readonly string[]): Promise<number> {
    const text = await system.write(factsOf(flags.filter((flag) => flag !== '--print')))
    if (flags.includes('--print')) {
      say(text.trimEnd())
      return 0
    }
    const before = await readFile(service.path, 'utf8').catch(() => null)
    const isSame = before === text && (await service.status()).pid !== null
    if (isSame) say('Installed already, and running.')
    else {
      await define(text)
      await service.load()
      say(`Installed: ${service.path}\nIt starts at every login, and was started now. Its log: ${log}`)
    }
    const unseen = unseenSettings(env)
    if (unseen.length > 0)
      say(`The agent does not see ${unseen.join(', ')} of this terminal: give flags instead.`)
    return 0
  }

  async function uninstall(): Promise<number> {
    const was = await service.unload()
    await rm(service.path, { force: true })
    say(was ? 'Stopped and uninstalled.' : 'Uninstalled; it was not loaded.')
    return 0
  }

  async function start(): Promise<number> {
    await requireInstalled()
    say((await service.start()) ? 'Started.' : 'It runs already.')
    return 0
  }

  async function stop(): Promise<number> {
    say((await service.stop()) ? 'Stopped. It starts again at the next login.' : 'It was not running.')
    return 0
  }

  async function restart(): Promise<number> {
    const { port } = await requireInstalled()
    await service.stop()
    await service.start()
    const answers = await isReady(port)
    say(answers ? 'Started again, and ready.' : `Started again, but it does not answer yet. Its log: ${log}`)
    return answers ? 0 : 1
  }

  async function status(): Promise<number> {
    const found = await installed()
    const { loaded, pid, lastExit } = await service.status()
    if (!found) say('Not installed.')
    else if (pid !== null) say(`Running as process ${pid}: http://127.0.0.1:${found.port}/admin/`)
    else say(loaded ? 'Loaded, but not running.' : 'Installed, but not loaded: it starts at the next login.')
    for (const missing of found ? missingOf(found, program) : []) say(missing)
    if (lastExit !== null && /^-?\d/.test(lastExit)) say(`It last ended with code ${lastExit}.`)
    if (found) say(`Log: ${log}`)
    return 0
  }

  async function open(): Promise<number> {
    const { port } = await requireInstalled()
    await service.start()
    if (!(await isReady(port)))
      throw new Error(`The program was started and does not answer. Its log says why: ${log}`)
    const url = `http://127.0.0.1:${port}/admin/`
    const { code, output } = await run(system.open, [url])
    say(code === 0 ? `Opened ${url}` : `Open ${url} in a browser (${output.trim()})`)
    return 0
  }

  async function logs(flags: readonly string[]): Promise<number> {
    if (!existsSync(log)) throw new Error(`There is no log at ${log} yet.`)
    const follow = flags.includes('--follow') || flags.includes('-f')
    return needs.show('tail', ['-n', '200', ...(follow ? ['-F'] : []), log])
  }

  async function update(flags: readonly string[]): Promise<number> {
    const { main, flags: daemonFlags, data, port } = await requireInstalled()
    const before = dirname(dirname(main))
    const [source] = flags
    if (flags.length > 1 || source?.startsWith('-')) throw new Error(USAGE)
    const versions = createVersions({
      folder: join(share, 'versions'),
      root,
      node: nodePath(),
      run,
      show: needs.show,
      say,
    })
    const next = await updateAgent({
      before: {
        version: await versionAt(before),
        definition: await readFile(service.path, 'utf8'),
        data,
      },
      service,
      fetch: (refuse) => versions.fetch(source, refuse),
      write: define,
      definitionOf: (folder) => system.write(factsOf(daemonFlags, folder)),
      isReady: () => isReady(port),
      // Read anew each time: every start leaves another key.
      ask: () => daemonAt(port, readTerminalKey(data)).get<Running>('/api/status'),
      say,
      ...(needs.watched !== undefined && { watched: needs.watched }),
    })
    await versions.keep([before, next.root])
    const applications = join(home, 'Applications')
    if (isMac && existsSync(join(applications, `${NAME}.app`))) await bundle(applications, next.root)
    say(`Version ${next.version} runs, from ${next.root}. The one before stays in ${before}.`)
    return 0
  }

  /** @returns where the app is now */
  async function bundle(folder: string, of: string): Promise<string> {
    return writeBundle(folder, {
      name: NAME,
      id: 'photo.live-event.app',
      version: await versionAt(of),
      node: nodePath(of),
      program: join(of, 'scripts', 'agent.ts'),
      icon: join(of, 'pwa-admin', 'public', 'install', 'icon-512.png'),
    })
  }

  async function app(flags: readonly string[]): Promise<number> {
    if (!isMac && !flags.includes('--to'))
      throw new Error('The app belongs to a Mac. Here, "npm run agent -- open" does the same.')
    const folder = resolve(flags[flags.indexOf('--to') + 1 || flags.length] ?? join(home, 'Applications'))
    say(`Built: ${await bundle(folder, root)}`)
    if (!(await installed())) say('It starts the agent, which is not installed yet: npm run agent -- install')
    return 0
  }

  return { install, uninstall, start, stop, restart, status, open, logs, update, app }
}
