import { parseArgs } from 'node:util'
import { renderUnicodeCompact } from 'uqr'
import { readTerminalKey } from '../daemon/access/terminal.ts'
import { ConfigFault, parseConfig } from '../daemon/config.ts'
import type { PairCodeReply } from '../daemon/contract/access.ts'
import { ROLES } from '../daemon/contract/roles.ts'
import { messageOf } from '../daemon/errors.ts'
import { daemonAt } from './cloud/daemon.ts'

const USAGE = `Usage: npm run pair -- [options]      (while the daemon runs)

Shows a code that pairs one device, once, within two minutes.

  --role ROLE     viewer (looks), editor (edits and publishes; the default) or owner (everything)
  --name NAME     what the device is called; else it says so itself
  --port N, --data DIR  as for the daemon      --json  for other programs

Exit codes: 0 done, 1 it was refused or nothing answers, 2 asked wrongly.`

async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      role: { type: 'string', default: 'editor' },
      name: { type: 'string' },
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
  const { role, name } = values
  if (!(ROLES as readonly string[]).includes(role)) {
    console.error(`--role: expected one of ${ROLES.join(', ')} but received "${role}"`)
    return 2
  }
  const given = (['data', 'port'] as const).flatMap((one) =>
    values[one] === undefined ? [] : [`--${one}`, values[one]],
  )
  const parsed = parseConfig(given, process.env)
  if ('help' in parsed) return 2
  const { data, port } = parsed.config
  const daemon = daemonAt(port, readTerminalKey(data))
  const made = await daemon.post<PairCodeReply>('/api/pair/code', {
    role,
    ...(name !== undefined && { name }),
  })
  if (values.json) {
    console.log(JSON.stringify(made, null, 2))
    return 0
  }
  const [url] = made.urls
  if (url !== undefined) console.log(`${renderUnicodeCompact(`${url}#pair=${made.key}`, { border: 2 })}\n`)
  console.log(
    `Code: ${made.code.slice(0, 4)} ${made.code.slice(4)}   (${made.role}, good until ${clock(made.expires_at)})`,
  )
  for (const one of made.urls) console.log(`At:   ${one}`)
  if (url === undefined)
    console.log('This computer has no address on a network, so that no other device can reach it.')
  return 0
}

function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString()
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  for (const fault of error instanceof ConfigFault ? error.faults : [messageOf(error)]) console.error(fault)
  process.exitCode = error instanceof ConfigFault || error instanceof TypeError ? 2 : 1
}
