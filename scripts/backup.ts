import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigFault, parseConfig } from '../daemon/config.ts'
import { messageOf } from '../daemon/errors.ts'
import { makeBackup } from '../daemon/events/backup/backup.ts'
import { verifyBackup } from '../daemon/events/backup/manifest.ts'
import { PHOTO_CHOICES } from '../daemon/events/backup/plan.ts'
import { createTerminal } from './cloud/terminal.ts'

const USAGE = `Usage: npm run backup -- DIR [options]      (the daemon may run)
       npm run backup -- --verify DIR

Copies an event or everything into DIR, which is new, empty or of an earlier backup; again it copies only what differs.
Every file is read back. --verify reads all of a backup and compares it with its manifest.

  --data D           the data folder, as for the daemon
  --event SLUG       this event alone
  --photos WHICH     originals, published, all (default) or none
  --keys             also the bucket's keys, the certificate authority and the paired devices: whoever has them can
                     do what you can
  --json             for other programs

Exit codes: 0 done, 1 it was refused or is not sound, 2 asked wrongly.`

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      data: { type: 'string' },
      event: { type: 'string' },
      photos: { type: 'string', default: 'all' },
      keys: { type: 'boolean', default: false },
      verify: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [folder, ...rest] = positionals
  const photos = PHOTO_CHOICES.find((one) => one === values.photos)
  if (values.help || folder === undefined || rest.length > 0 || photos === undefined) {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const terminal = createTerminal()
  const show = (value: object, text: string) =>
    console.log(values.json ? JSON.stringify(value, null, 2) : text)
  const to = resolve(folder)
  if (values.verify) {
    const { manifest, faults } = await verifyBackup(to, (done, all) => terminal.progress('Read', done, all))
    const { files: _, ...about } = manifest
    const sound = `The backup of ${manifest.made_at} in ${to} is whole: ${manifest.count} files, ${manifest.bytes} bytes.`
    show({ ok: faults.length === 0, ...about, faults }, faults.length === 0 ? sound : faults.join('\n'))
    return faults.length === 0 ? 0 : 1
  }
  const parsed = parseConfig(values.data === undefined ? [] : ['--data', values.data], process.env)
  if ('help' in parsed) return 2
  const about = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const { manifest, copied, copied_bytes } = await makeBackup({
    data: parsed.config.data,
    to,
    slug: values.event ?? null,
    photos,
    keys: values.keys,
    program: about.version,
    now: Date.now,
    progress: (done, all) => terminal.progress('Copied', done, all),
  })
  const { files: _, ...rows } = manifest
  const missing = manifest.missing.map(({ path, why }) => `  not there: ${path}. ${why}`)
  show(
    { ok: true, folder: to, copied, copied_bytes, ...rows },
    [
      `${manifest.count} files, ${manifest.bytes} bytes in ${to}; ${copied} of them copied now. All were read back.`,
      ...missing,
      ...(values.keys ? ['It holds keys: keep it where only you can read it.'] : []),
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
