import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigFault } from '../daemon/config.ts'
import { messageOf } from '../daemon/errors.ts'
import { isSecondCopy, type JournalReport } from '../daemon/events/backup/from-second-copy.ts'
import type { Manifest } from '../daemon/events/backup/manifest.ts'
import { restoreBackup } from '../daemon/events/backup/restore.ts'
import { restoreSecondCopy } from '../daemon/wiring/rebuilding.ts'
import { createTerminal } from './cloud/terminal.ts'
import { sayJournals } from './rebuild/words.ts'

const USAGE = `Usage: npm run restore -- DIR --data D [--json]

Brings the backup in DIR into the data folder D, which is new or empty. All of the backup is read and compared first.
DIR may also be the folder of a second copy, where the disk with the photos is lost: its originals and finals, and the
catalog of its copies and journals.
Start the daemon on it afterwards: npm run event -- --data D

Exit codes: 0 done, 1 it was refused, 2 asked wrongly.`

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [folder, ...rest] = positionals
  // Where it goes has to be said: nobody restores over what is in use by leaving something out.
  if (values.help || folder === undefined || rest.length > 0 || !values.data) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const terminal = createTerminal()
  const words = { read: 'Read', copy: 'Copied' }
  const isSecond = await isSecondCopy(resolve(folder))
  const { files: _, ...manifest }: Manifest & Partial<JournalReport> = await (
    isSecond ? restoreSecondCopy : restoreBackup
  )({
    from: resolve(folder),
    data: resolve(values.data),
    progress: (what, done, all) => terminal.progress(words[what], done, all),
  })
  const { events, photos, keys, journals = [], doubled = 0, unused = 0, unknown = {} } = manifest
  const lines = [
    `The ${isSecond ? 'second copy' : 'backup'} of ${manifest.made_at} is in ${resolve(values.data)}: ${events.length} events, ${manifest.count} files.`,
    ...(photos === 'all' ? [] : [`It holds these photos: ${photos}. The others are missing here.`]),
    ...manifest.missing.map(({ path, why }) => `  not there: ${path}. ${why}`),
    ...sayJournals({ journals, doubled, unused, unknown }),
    ...(keys
      ? [
          'Nothing goes to the bucket before you have looked at what is published and pressed Save under More > Cloud.',
        ]
      : ['It holds no keys: pair the devices again, and enter the bucket under More > Cloud.']),
  ]
  console.log(
    values.json
      ? JSON.stringify({ ok: true, data: resolve(values.data), ...manifest }, null, 2)
      : lines.join('\n'),
  )
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  for (const fault of error instanceof ConfigFault ? error.faults : [messageOf(error)]) console.error(fault)
  process.exitCode = error instanceof ConfigFault || error instanceof TypeError ? 2 : 1
}
