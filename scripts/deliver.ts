import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigFault, parseConfig } from '../daemon/config.ts'
import { DELIVER_AS, DELIVER_FOLDERS, type DeliverChoice } from '../daemon/contract/deliver.ts'
import { messageOf } from '../daemon/errors.ts'
import { chosenAs } from '../daemon/events/deliver/choice.ts'
import { deliverFromData } from '../daemon/events/deliver/from-data.ts'
import { createTerminal } from './cloud/terminal.ts'

const USAGE = `Usage: npm run deliver -- DIR [options]      (the daemon may run)

Puts an event's photos into DIR, each read back, with a receipt (delivery.json) and a summary (summary.txt). Stopped at
any moment, run again it goes on where it was. Nothing that is not its own is written over.

  --data D            the data folder, as for the daemon
  --event SLUG        this event; without it the current one
  --what WHICH        published (default), picks, rated=N (N stars and more), or all (but what is in the trash)
  --as HOW            published: as it is live; edited: in full size, without watermark; shot: the Originals, RAW and
                      JPEG both. Without it published photos come as published, others as shot
  --sidecars          <stem>.xmp beside each Original
  --zip               also a zip of it all
  --second DIR2       the same into a second folder at once
  --names TEMPLATE    {date} {time} {event} {photographer} {camera} {n} {name}; without it names are kept
  --folders BY        camera, photographer or hour
  --json              for other programs

Exit codes: 0 all is there, 1 it was refused or something is missing, 2 asked wrongly.`

/** @returns null when it is asked wrongly */
function choiceOf(values: {
  what: string
  as?: string | undefined
  folders?: string | undefined
  names: string
  sidecars: boolean
  zip: boolean
}): DeliverChoice | null {
  const { names, sidecars, zip } = values
  const stars = /^rated=([1-5])$/.exec(values.what)
  const what = stars ? 'rated' : (['published', 'picks', 'all'] as const).find((one) => one === values.what)
  const as = DELIVER_AS.find((one) => one === values.as)
  const folders = DELIVER_FOLDERS.find((one) => one === (values.folders ?? 'none'))
  if (!what || !folders || (values.as !== undefined && !as)) return null
  const rest = { what, rating: stars ? Number(stars[1]) : 1, sidecars, zip, names, folders } as const
  return chosenAs({ ...rest, ...(as && { as }) })
}

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      event: { type: 'string' },
      what: { type: 'string', default: 'published' },
      as: { type: 'string' },
      sidecars: { type: 'boolean', default: false },
      zip: { type: 'boolean', default: false },
      second: { type: 'string' },
      names: { type: 'string', default: '' },
      folders: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [folder, ...rest] = positionals
  const choice = choiceOf(values)
  if (values.help || folder === undefined || rest.length > 0 || choice === null) {
    if (folder !== undefined && choice === null && !values.help)
      console.error('One of --what, --as and --folders says something that it cannot.\n')
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const parsed = parseConfig(values.data === undefined ? [] : ['--data', values.data], process.env)
  if ('help' in parsed) return 2
  const about = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const terminal = createTerminal()
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort(new Error('Stopped. Run it again to go on where it was.')))
  const { targets, written, failed } = await deliverFromData({
    data: parsed.config.data,
    slug: values.event ?? null,
    choice,
    folders: [folder, ...(values.second === undefined ? [] : [values.second])].map((one) => resolve(one)),
    program: about.version,
    now: Date.now,
    progress: (done, all) => terminal.progress('Delivered', done, all),
    signal: stopping.signal,
  })
  const isWhole = failed.length === 0 && targets.every(({ fault }) => fault === null)
  const lines = targets.map(({ folder: to, receipt, fault }) =>
    receipt
      ? `${receipt.count} files, ${receipt.bytes} bytes in ${to}; all were read back. ${receipt.zip ? `Zip: ${receipt.zip.path}.` : ''}`.trim()
      : (fault?.message ?? ''),
  )
  const missing = failed.map(({ name, why }) => `  not delivered: ${name}. ${why.message}`)
  if (values.json) {
    const shown = targets.map(({ folder: to, receipt, fault }) => {
      const { files: _, ...rows } = receipt ?? { files: [] }
      return { folder: to, ...rows, error: fault && { code: fault.code, message: fault.message } }
    })
    console.log(JSON.stringify({ ok: isWhole, written, failed, targets: shown }, null, 2))
  } else {
    for (const [n, line] of lines.entries()) (targets[n]!.fault ? console.error : console.log)(line)
    for (const line of missing) console.error(line)
    if (isWhole)
      console.log(
        targets.some(({ receipt }) => receipt?.count === 0)
          ? 'No photo of the event is what --what asks for.'
          : written === 0
            ? 'Everything was there already.'
            : `Written now: ${written}.`,
      )
  }
  return isWhole ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  for (const fault of error instanceof ConfigFault ? error.faults : [messageOf(error)]) console.error(fault)
  process.exitCode = error instanceof ConfigFault || error instanceof TypeError ? 2 : 1
}
