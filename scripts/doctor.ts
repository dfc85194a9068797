import { randomUUID } from 'node:crypto'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readTerminalKey } from '../daemon/access/terminal.ts'
import { ConfigFault, parseConfig, type Config } from '../daemon/config.ts'
import type { CheckResult, DoctorReply } from '../daemon/contract/doctor.ts'
import { examineAlone } from '../daemon/doctor/alone.ts'
import { seeData } from '../daemon/doctor/data-folder.ts'
import { messageOf } from '../daemon/errors.ts'
import { FOLDER_ROLES, type FolderRole } from '../daemon/folders.ts'
import { daemonAt } from './cloud/daemon.ts'

const USAGE = `Usage: npm run doctor -- [options]

Looks at everything that has to be right before an event, and says what to do where it is not. While the daemon runs it
is asked; else the data folder is looked at, and nothing in it is changed.

  --port N, --data DIR  as for the daemon      --json  for other programs

Exit codes: 0 nothing is bad, 1 something is, 2 asked wrongly.`

const LIGHTS: Readonly<Record<CheckResult['state'], string>> = {
  ok: 'ok      ',
  warn: 'LOOK    ',
  bad: 'BAD     ',
  unknown: '?       ',
}

/** @returns null where no daemon answers for this data folder: another's may listen on its port */
async function askDaemon({ data, port }: Config): Promise<DoctorReply | null> {
  try {
    const reply = await daemonAt(port, readTerminalKey(data)).post<DoctorReply>('/api/doctor', {})
    const isOurs = reply.checks.some(({ name, params }) => name === 'data' && params.folder === data)
    return isOurs ? reply : null
  } catch (error) {
    console.error(messageOf(error))
    return null
  }
}

/** What was given, and what is wrong with the data folder's own configuration: that is something to report.
 * @throws ConfigFault for what was asked wrongly */
function readConfig(
  given: readonly string[],
  data: string | undefined,
): { config: Config; fault: string | null } {
  try {
    const parsed = parseConfig(given, process.env)
    if ('help' in parsed) throw new ConfigFault(['--help: expected no other option'])
    return { config: parsed.config, fault: null }
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    const folder = resolve(data ?? process.env.LEP_DATA ?? join(homedir(), 'Live Event Photography'))
    const without = ['--data', join(tmpdir(), randomUUID())]
    const parsed = parseConfig([...given, ...without], process.env)
    if ('help' in parsed) throw error
    const own = (role: FolderRole) => join(folder, `photos_${role}`)
    const folders = Object.fromEntries(FOLDER_ROLES.map((role) => [role, own(role)])) as Record<
      FolderRole,
      string
    >
    return { config: { ...parsed.config, data: folder, folders }, fault: error.faults.join('; ') }
  }
}

async function examine({ config, fault }: ReturnType<typeof readConfig>): Promise<DoctorReply> {
  const seen = await seeData(config, fault)
  try {
    const asked = seen.state === 'in_use' ? await askDaemon(config) : null
    return asked ?? (await examineAlone(config, seen))
  } finally {
    seen.close()
  }
}

function show({ ok, checks }: DoctorReply): void {
  for (const { state, message, fix } of checks) {
    console.log(`${LIGHTS[state]}${message}`)
    if (fix) console.log(`          ${fix.message}`)
  }
  console.log(ok ? '\nNothing is in the way.' : '\nNot ready: see what is marked BAD.')
}

async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      data: { type: 'string' },
      port: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return 0
  }
  const given = (['data', 'port'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  )
  const reply = await examine(readConfig(given, values.data))
  if (values.json) console.log(JSON.stringify(reply, null, 2))
  else show(reply)
  return reply.ok ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  for (const fault of error instanceof ConfigFault ? error.faults : [messageOf(error)]) console.error(fault)
  process.exitCode = error instanceof ConfigFault || error instanceof TypeError ? 2 : 1
}
// What hangs was left behind.
process.exit()
