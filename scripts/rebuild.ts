import { parseArgs } from 'node:util'
import { ConfigFault, parseConfig } from '../daemon/config.ts'
import type { RebuildReport } from '../daemon/contract/rebuild.ts'
import { existsSync } from 'node:fs'
import { messageOf, Refusal } from '../daemon/errors.ts'
import { silentLog } from '../daemon/log.ts'
import { lockData } from '../daemon/util/lock.ts'
import { runRebuild } from '../daemon/wiring/rebuilding.ts'
import { sayRebuild } from './rebuild/words.ts'

const USAGE = `Usage: npm run rebuild -- --data D [--dry-run | --yes]

Makes the catalog of the data folder D anew, from the newest good copy beside the photos, the journals there and the
photo folders. Without --yes it says what it would find, and changes nothing. The catalog of before is kept beside the
new one, under a name with the date. Stop the program first. Where the disk with the photos is lost for good, a second
copy or a backup goes into a new data folder: npm run restore.

  --from journals   uses no copy             --from copy   the newest copy alone, without the journals
  --force           also where nothing is wrong with the catalog
  --json            for other programs

Exit codes: 0 done, or said what would be done; 1 it was refused; 2 asked wrongly.`

function sourceOf(from: string | undefined): 'newest' | 'journals' | 'copy' {
  if (from === undefined) return 'newest'
  if (from === 'journals' || from === 'copy') return from
  throw new ConfigFault([`--from: expected journals or copy, found "${from}"`])
}

async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      data: { type: 'string' },
      from: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help || !values.data || (values.yes && values['dry-run'])) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const parsed = parseConfig(['--data', values.data], process.env)
  if ('help' in parsed) return 2
  const { config } = parsed
  if (!existsSync(config.data))
    throw new Refusal(404, 'nothing_to_rebuild', `There is no folder ${config.data}. Nothing was changed.`, {
      params: { folder: config.data },
    })
  const unlock = lockData(config.data)
  try {
    const from = sourceOf(values.from)
    const run = (isTrial: boolean) => runRebuild({ config, isTrial, from, log: silentLog })
    const plan = await run(true)
    const isWanted = values.yes && (plan.fault !== null || values.force)
    const report: RebuildReport = isWanted ? await run(false) : plan
    if (values.json) console.log(JSON.stringify({ ok: true, done: isWanted, ...report }, null, 2))
    else for (const line of sayRebuild(report, { isDone: isWanted, data: config.data })) console.log(line)
    return 0
  } finally {
    unlock()
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  for (const fault of error instanceof ConfigFault ? error.faults : [messageOf(error)]) console.error(fault)
  process.exitCode = error instanceof ConfigFault || error instanceof TypeError ? 2 : 1
}
// Nothing of a picture worker may keep a finished rebuild alive.
process.exit()
