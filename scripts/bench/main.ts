import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf } from '../../daemon/errors.ts'
import { app } from './app.ts'
import { burst } from './burst.ts'
import { darkroom } from './darkroom.ts'
import { allHeld, measure, report, type Bench, type Result } from './harness.ts'
import { cloudSlow } from './cloud-slow.ts'
import { cloudDocuments } from './cloud.ts'
import { delivering } from './deliver.ts'
import { ftp, ftpShown } from './ftp.ts'
import { gallery } from './gallery.ts'
import { galleryPushPages } from './gallery-push-pages.ts'
import { galleryPush } from './gallery-push.ts'
import { listing } from './listing.ts'
import { publishing, publishingAlone } from './publishing.ts'
import { publishingWords } from './publishing-words.ts'
import { secondCopy } from './second-copy.ts'
import { tethering } from './tethering.ts'
import { viewers } from './viewers.ts'
import { wall } from './wall.ts'

const BENCHES: readonly Bench[] = [
  ...listing, publishing, publishingAlone, publishingWords, darkroom, viewers, burst, tethering, ftp, ftpShown, secondCopy, ...cloudDocuments, cloudSlow, app, gallery, galleryPush, galleryPushPages, wall, delivering,
] // prettier-ignore
const USAGE = `Usage: npm run bench [-- NAME... --json FILE]
Measures: ${[...new Set(BENCHES.map(({ name }) => name))].join(', ')} (all of them unless named)`

/** Exit codes: 0 every limit held, 1 one was missed or nothing could be measured, 2 it was asked wrongly. */
async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'string' }, help: { type: 'boolean' } },
  })
  const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name))
  if (values.help || unknown.length > 0) {
    if (unknown.length > 0) console.error(`There is no measurement named ${unknown.join(', ')}.`)
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const results: Result[] = []
  for (const bench of BENCHES) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue
    const result = await measure(bench)
    results.push(result)
    console.log(`${report(result)}\n`)
  }
  if (values.json !== undefined) {
    const { version, platform, arch } = process
    const text = JSON.stringify(
      { at: new Date().toISOString(), node: version, platform, arch, results },
      null,
      2,
    )
    await writeFile(resolve(values.json), `${text}\n`)
  }
  return allHeld(results) ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(messageOf(error))
  process.exitCode = 1
}
