import { mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openCatalog } from '../../daemon/catalog/catalog.ts'
import { JOURNAL } from '../../daemon/catalog/store/journal.ts'
import { parseConfig } from '../../daemon/config.ts'
import { FOLDER_OF } from '../../daemon/folders.ts'
import { silentLog } from '../../daemon/log.ts'
import { runRebuild } from '../../daemon/wiring/rebuilding.ts'
import { prepareEvent } from './event.ts'
import type { Bench, Contender } from './harness.ts'

const PHOTOS = 10_000
const PUBLISHED = 2500
const MOST_SECONDS = 60
const OURS = 'npm run rebuild --from journals'
const PLAIN = 'every line parsed, every photo stated, every row copied'
/** What a person sees. */
const TABLES = [
  'events',
  'photos',
  'originals',
  'edits',
  'photo_words',
  'publications',
  'used_names',
  'audit',
]
/** What no journal says, or whoever looks makes anew: see the manual. */
const LEFT_OUT = new Set(['stat', 'active_at', 'revision'])

/** A third of what is not published is edited, a tenth archived and a tenth rejected. */
async function decide(data: string): Promise<void> {
  const catalog = openCatalog({ path: join(data, 'catalog.db'), now: Date.now, log: silentLog })
  try {
    const { id, folders } = catalog.events.current()
    const photos = catalog.photos.list(id, 'buffer').items.filter(({ live }) => live.length === 0)
    const edited = photos.filter((_, n) => n % 3 === 0)
    catalog.transaction(() =>
      edited.forEach((photo, n) => catalog.photos.keepEdit(photo.id, { exposure: (n % 9) / 10 })),
    )
    for (const [n, { id: photo, filename }] of photos.entries()) {
      const state = n % 10 === 0 ? 'archived' : n % 10 === 1 ? 'trashed' : null
      if (!state) continue
      catalog.photos.setState(photo, state)
      await rename(join(folders.buffer, filename), join(folders[FOLDER_OF[state]], filename))
    }
    await catalog.journal.drain()
  } finally {
    catalog.close()
  }
}

/** Every row of what a person sees, in an order of its own. */
function rowsOf(data: string): string[] {
  const db = new DatabaseSync(join(data, 'catalog.db'), { readOnly: true })
  try {
    return TABLES.flatMap((table) =>
      (db.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[]).map((row) => {
        const kept = Object.entries(row).filter(
          ([key]) => !LEFT_OUT.has(key) && (table !== 'audit' || key !== 'id'),
        )
        return `${table} ${JSON.stringify(Object.fromEntries(kept))}`
      }),
    ).sort()
  } finally {
    db.close()
  }
}

async function lose(data: string): Promise<void> {
  for (const end of ['', '-wal', '-shm']) await rm(join(data, `catalog.db${end}`), { force: true })
}

/** @param lost a whole catalog of the same, which is not touched */
async function writePlainly(data: string, lost: string, to: string): Promise<void> {
  const buffer = join(data, 'photos_buffer')
  for (const line of (await readFile(join(buffer, JOURNAL), 'utf8')).split('\n')) if (line) JSON.parse(line)
  for (const role of ['buffer', 'archive', 'trash'])
    for (const name of await readdir(join(data, `photos_${role}`)))
      await stat(join(data, `photos_${role}`, name))
  const db = new DatabaseSync(lost, { readOnly: true })
  db.exec(`VACUUM INTO '${to}'`)
  db.close()
}

async function open() {
  const data = await mkdtemp(join(tmpdir(), 'bench-rebuild-'))
  await prepareEvent(data, { photos: PHOTOS, published: PUBLISHED, fresh: 0 })
  await decide(data)
  const before = rowsOf(data)
  const lost = join(data, 'before.db')
  const copy = join(data, 'plain.db')
  const source = new DatabaseSync(join(data, 'catalog.db'))
  source.exec(`VACUUM INTO '${lost}'`)
  source.close()
  const parsed = parseConfig(['--data', data], {})
  if ('help' in parsed) throw new Error('asked for help')
  const { config } = parsed
  const contenders: Contender[] = [
    { name: PLAIN, before: () => rm(copy, { force: true }), run: () => writePlainly(data, lost, copy) },
    {
      name: OURS,
      before: () => lose(data),
      async run() {
        const { seconds } = await runRebuild({ config, isTrial: false, from: 'journals', log: silentLog })
        const after = new Set(rowsOf(data))
        const missing = before.filter((row) => !after.has(row))
        if (missing.length > 0 || after.size !== before.length)
          throw new Error(
            `${missing.length} of ${before.length} rows are not as before, such as ${missing[0]}`,
          )
        if (seconds > MOST_SECONDS) throw new Error(`It took ${seconds} s; ${MOST_SECONDS} s are promised.`)
        return seconds * 1000
      },
    },
  ]
  return { contenders, close: () => rm(data, { recursive: true, force: true }) }
}

/** A lost catalog from the journals and the folders alone: every list is as it was, and it takes no minute. */
export const rebuilding: Bench = {
  name: 'rebuild',
  title: `${PHOTOS} photos and ${PUBLISHED} publications, from the journals`,
  warmUp: 0,
  rounds: 3,
  limits: [{ kind: 'ratio', of: OURS, to: PLAIN, most: 15 }],
  open,
}
