import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigFault } from '../daemon/config.ts'
import { messageOf } from '../daemon/errors.ts'
import { createTerminal } from './cloud/terminal.ts'
import { importInto } from './import/into.ts'

const USAGE = `Usage: npm run import -- FOLDER --data D [--dry-run] [--json]      (while no daemon runs on D)

Takes an event of the previous system over: FOLDER holds its config.json, event_settings.json and history.json (or
config/ with them), photos_buffer, photos_web, photos_trash and photos_archive. Everything is copied; FOLDER is not
changed. --dry-run only tells what would be done.

Exit codes: 0 done, 1 it was refused, 2 asked wrongly.`

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [folder, ...rest] = positionals
  if (values.help || folder === undefined || rest.length > 0) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const terminal = createTerminal()
  const dryRun = values['dry-run']
  const { plan, old, ...report } = await importInto({
    folder: resolve(folder),
    data: resolve(values.data ?? process.env['LEP_DATA'] ?? join(homedir(), 'Live Event Photography')),
    dryRun,
    progress: (done, all) => terminal.progress('Imported', done, all),
  })
  const count = (state: string) => plan.photos.filter((photo) => photo.state === state).length
  const title = old.settings.event_title ?? ''
  if (values.json) console.log(JSON.stringify({ ok: true, dry_run: dryRun, title, ...report }, null, 2))
  else
    console.log(
      [
        `${dryRun ? 'Would import' : 'Imported'} "${title}" as the event ${report.slug} (folder in the bucket: ${report.prefix}):`,
        `  ${count('buffer')} photos in the buffer, ${count('archived')} archived, ${count('trashed')} in the trash; ${plan.live.length} published`,
        ...(dryRun
          ? []
          : [
              `  ${report.photos} photos and ${report.published} published ones copied, ${report.already} were there`,
            ]),
        ...report.notes.map((note) => `  note: ${note}`),
        ...report.unread.map(({ path, why }) => `  not taken over: ${path}: ${why}`),
        ...(dryRun ? ['Nothing was changed.'] : []),
      ].join('\n'),
    )
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  for (const fault of error instanceof ConfigFault ? error.faults : [messageOf(error)]) console.error(fault)
  process.exitCode = error instanceof ConfigFault || error instanceof TypeError ? 2 : 1
}
process.exit()
