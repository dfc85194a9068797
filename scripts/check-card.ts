import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readTerminalKey } from '../daemon/access/terminal.ts'
import { folderIds } from '../daemon/catalog/catalog.ts'
import { ConfigFault, parseConfig, type Config } from '../daemon/config.ts'
import type { CardCheck, CardReport } from '../daemon/contract/card-check.ts'
import type { FolderListing } from '../daemon/contract/settings.ts'
import { inspect } from '../daemon/darkroom/render.ts'
import { seeData, type SeenData } from '../daemon/doctor/data-folder.ts'
import { messageOf, Refusal } from '../daemon/errors.ts'
import { SENTINEL, type FolderRole } from '../daemon/folders.ts'
import { checkCard } from '../daemon/ingest/card-check/check.ts'
import { daemonAt } from './cloud/daemon.ts'
import { createTerminal } from './cloud/terminal.ts'

const USAGE = `Usage: npm run check-card -- DIR --data D [options]

Reads every photo of the card DIR since the current event's start, and reads back what is kept of it: what is here, what
you rejected or deleted, what is missing, what could not be read. Nothing on the card is changed. While the daemon runs,
what is missing is taken in; without it, it is only reported, and nothing in the data folder is changed.

  --data D  the data folder, as for the daemon      --port N  the daemon's      --json  for other programs

Exit codes: 0 safe to format, 1 not safe, 2 asked wrongly.`

/** Milliseconds between two looks at how far the daemon is. */
const EVERY = 300

type Progress = (report: Pick<CardCheck, 'done' | 'total'>) => void

/** The daemon's own check, which takes in what is missing. */
async function askDaemon({ data, port }: Config, folder: string, progress: Progress): Promise<CardReport> {
  const daemon = daemonAt(port, readTerminalKey(data))
  const { places } = await daemon.get<FolderListing>('/api/folders')
  const its = places.find(({ kind }) => kind === 'data')?.path
  if (its !== data)
    throw new Error(`The daemon at port ${port} has another data folder, ${its}. Give the --port of yours.`)
  await daemon.post<CardCheck>('/api/card-check', { folder })
  for (;;) {
    const report = await daemon.get<CardReport>(`/api/card-check?folder=${encodeURIComponent(folder)}`)
    if (report.state !== 'checking') return report
    progress(report)
    await sleep(EVERY)
  }
}

/** Without a daemon, on a copy of the catalog. */
async function checkAlone({ catalog, path }: SeenData, folder: string, progress: Progress) {
  if (!catalog || catalog.events.list().length === 0)
    throw new Error(`There is no event in ${path} that could be read, so nothing can be compared.`)
  const ids = folderIds(catalog.settings)
  const paths = catalog.events.current().folders
  async function check(role: FolderRole): Promise<void> {
    const id = await readFile(join(paths[role], SENTINEL), 'utf8').catch(() => '')
    if (id.trim() !== '' && id.trim() === ids.get(paths[role])) return
    throw new Refusal(503, 'folder_away', `The ${role} folder is away: ${paths[role]}.`)
  }
  return checkCard(
    {
      catalog,
      ids,
      folders: () => ({ path: (role) => paths[role], check }),
      inspect,
      isOnSecondCopy: async () => null,
    },
    folder,
    new AbortController().signal,
    progress,
  )
}

async function check(config: Config, folder: string, progress: Progress) {
  const seen = await seeData(config)
  try {
    const isAlone = seen.state !== 'in_use'
    const report = await (isAlone ? checkAlone(seen, folder, progress) : askDaemon(config, folder, progress))
    return { report, isAlone }
  } finally {
    seen.close()
  }
}

const n = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

function show(report: CardReport, isAlone: boolean): void {
  const { counts } = report
  for (const { path, what, reason } of report.frames)
    if (what === 'missing' || what === 'unread' || what === 'set_aside')
      console.log(`${what.replace('_', ' ').padEnd(10)}${path}${reason ? `  ${reason.message}` : ''}`)
  const lines = [
    `${n(report.total, 'photo', 'photos')} since the event's start: ${counts.here} here, each read back.`,
    counts.taken_now > 0 && `${n(counts.taken_now, 'was', 'were')} missing and taken in now.`,
    counts.rejected > 0 && `${counts.rejected} in the trash.`,
    counts.deleted > 0 && `${counts.deleted} deleted by you.`,
    counts.left > 0 && `${counts.left} left out by you.`,
    counts.set_aside > 0 && `${counts.set_aside} set aside: not whole photos, see above. They are not kept.`,
    counts.before > 0 &&
      `${n(counts.before, 'photo', 'photos')} from before the event's start: not asked about.`,
    counts.videos > 0 &&
      `${n(counts.videos, 'video or sound', 'videos and sounds')}: not photos, not covered.`,
    counts.outside > 0 &&
      `${n(counts.outside, 'picture', 'pictures')} outside the DCIM folder: not looked at.`,
    counts.missing > 0 &&
      isAlone &&
      'To take in what is missing, start the daemon (npm run event) and run this again.',
  ]
  for (const line of lines) if (line !== false) console.log(line)
  const safe =
    counts.before > 0
      ? `Safe to format, if you need none of the ${n(counts.before, 'photo', 'photos')} from before the event's start. A camera whose clock is behind dates tonight's so, too.`
      : 'Safe to format.'
  console.log(report.safe ? safe : (report.message?.message ?? 'Not safe to format.'))
}

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      port: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [given, ...rest] = positionals
  if (values.help || given === undefined || rest.length > 0) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const options = (['data', 'port'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  )
  const parsed = parseConfig(options, process.env)
  if ('help' in parsed) return 2
  const terminal = createTerminal()
  const { report, isAlone } = await check(parsed.config, resolve(given), ({ done, total }) =>
    terminal.progress('Checked', done, total),
  )
  if (values.json) console.log(JSON.stringify(report, null, 2))
  else show(report, isAlone)
  return report.safe ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  for (const fault of error instanceof ConfigFault ? error.faults : [messageOf(error)]) console.error(fault)
  process.exitCode = error instanceof ConfigFault || error instanceof TypeError ? 2 : 1
}
// What hangs was left behind.
process.exit()
