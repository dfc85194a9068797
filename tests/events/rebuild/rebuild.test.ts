import { existsSync } from 'node:fs'
import {
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { RebuildReport } from '../../../daemon/contract/rebuild.ts'
import { parseConfig } from '../../../daemon/config.ts'
import { JOURNAL } from '../../../daemon/catalog/store/journal.ts'
import { silentLog } from '../../../daemon/log.ts'
import { runRebuild } from '../../../daemon/wiring/rebuilding.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { createSharedWorkers } from '../../fixtures/photos/shared-workers.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { catalogOf, copyOf, listAll, makeRich, withoutCopies } from './rich.ts'

let rich: string
/** The catalog as it was in the middle of the evening. */
let before: Record<string, unknown>
let other: string
let daemon: RunningDaemon | null = null
const folders: string[] = []

beforeAll(async () => {
  rich = await makeRich()
  folders.push(rich)
  const seen = await copyOf(rich)
  folders.push(seen)
  daemon = await startDaemon([], seen)
  before = await listAll(daemon)
  await daemon.stop()
  const strange = await startDaemon()
  other = strange.data
  folders.push(other)
  await strange.stop()
  daemon = null
}, 240_000)
afterEach(async () => {
  await daemon?.stop()
  daemon = null
})
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function aCopy(): Promise<string> {
  const data = await copyOf(rich)
  folders.push(data)
  return data
}

function run(data: string, isTrial: boolean): Promise<RebuildReport> {
  const parsed = parseConfig(['--data', data], {})
  if ('help' in parsed) throw new Error('asked for help')
  return runRebuild({ config: parsed.config, isTrial, log: silentLog, createWorkers: createSharedWorkers })
}

const loseLog = async (data: string) => {
  for (const end of ['-wal', '-shm']) await rm(catalogOf(data) + end, { force: true })
}

const WAYS: readonly [string, string, (data: string) => Promise<void>][] = [
  ['missing', 'missing', (data) => rm(catalogOf(data))],
  ['empty', 'missing', (data) => truncate(catalogOf(data), 0)],
  [
    'cut short',
    'damaged',
    async (data) =>
      truncate(catalogOf(data), Math.floor((await stat(catalogOf(data))).size / 2 / 4096) * 4096),
  ],
  [
    'of zeros in its middle',
    'damaged',
    async (data) => {
      const file = await open(catalogOf(data), 'r+')
      const { size } = await file.stat()
      await file.write(Buffer.alloc(12 * 4096), 0, 12 * 4096, Math.floor(size / 3 / 4096) * 4096)
      await file.close()
    },
  ],
  ['no catalog at all', 'damaged', (data) => writeFile(catalogOf(data), 'Lorem ipsum dolor. '.repeat(2000))],
  ['that of another data folder', 'foreign', (data) => copyFile(join(other, 'catalog.db'), catalogOf(data))],
]

/** The ways that are compared through a daemon: of the others, what is rebuilt is compared with these. */
const ALL = process.env['LONG_TESTS'] === '1'

/** Every row that a journal speaks of, in an order of its own. */
function rowsOf(data: string): unknown {
  const db = new DatabaseSync(catalogOf(data), { readOnly: true })
  try {
    const tables = [
      'photos',
      'originals',
      'edits',
      'publications',
      'used_names',
      'audit',
      'events',
      'former_names',
      'finals',
      'photo_words',
    ]
    return tables.map((table) => [
      table,
      db
        .prepare(`SELECT * FROM ${table}`)
        .all()
        // What is only in a copy, or made anew by whoever looks: see the manual. A final that waits is looked at anew.
        .map(
          ({ stat: _, active_at: _at, revision: _revision, reason: _why, candidates: _whose, id, ...row }) =>
            JSON.stringify({
              ...row,
              ...(row['state'] === 'waiting' && { state: 'new' }),
              ...(table !== 'audit' && { id }),
            }),
        )
        .sort(),
    ])
  } finally {
    db.close()
  }
}

let rebuilt: unknown

describe.each([true, false])('with copies beside the photos: %s; a catalog that is', (hasCopies) => {
  test.each(WAYS)('%s', { timeout: 60_000 }, async (how, fault, lose) => {
    const data = await aCopy()
    if (!hasCopies) await withoutCopies(data)
    await lose(data)
    await loseLog(data)
    const wasThere = existsSync(catalogOf(data))
    const names = await readdir(data, { recursive: true })
    const plan = await run(data, true)
    expect(plan).toMatchObject({ fault, kept: null })
    expect(plan.copy === null).toBe(!hasCopies)
    expect(await readdir(data, { recursive: true })).toEqual(names)
    const report = await run(data, false)
    expect(report.events).toEqual(plan.events)
    for (const event of report.events)
      expect(event).toMatchObject({ missing: [], taken_out: [], unknown_names: [], adopted: 0, moved: 0 })
    expect([report.kept !== null, existsSync(report.kept ?? '')]).toEqual([wasThere, wasThere])
    rebuilt ??= rowsOf(data)
    expect(rowsOf(data)).toEqual(rebuilt)
    if (!ALL && !['missing', 'of zeros in its middle'].includes(how)) return
    daemon = await startDaemon([], data)
    await vi.waitFor(async () => expect(await listAll(daemon!)).toEqual(before), { timeout: 20_000 })
  })
})

test('the lists have something of everything', () => {
  expect(before).toMatchObject({
    looks: { looks: [expect.objectContaining({ name: 'Candlelight' })] },
    gala: {
      counts: { buffer: 5, archived: 1, trashed: 1, live: 4 },
      event: { slug: 'gala', visibility: 'pin' },
      buffer: expect.arrayContaining([
        expect.objectContaining({
          filename: 'IMG_2.JPG',
          words: expect.objectContaining({ caption: 'The cake' }),
        }),
        expect.objectContaining({ filename: 'IMG_8.JPG', final: expect.anything() }),
      ]),
      finals: [expect.objectContaining({ filename: 'of nobody.jpg' })],
    },
  })
})

describe('the control: a journal that lost lines of', () => {
  test.each([
    'edit.kept',
    'photo.rated',
    'publication.live',
    'publication.gone',
    'setting.changed',
    'final.taken',
    'final.decided',
    'final.shown',
    'photo.worded',
  ])('%s is noticed by the lists', async (kind) => {
    const data = await aCopy()
    await withoutCopies(data)
    await rm(catalogOf(data))
    await loseLog(data)
    for (const folder of ['.', 'events/gala']) {
      const path = join(data, folder, 'photos_buffer', JOURNAL)
      const lines = (await readFile(path, 'utf8')).split('\n')
      await writeFile(path, lines.filter((line) => !line.includes(`"fact":"${kind}"`)).join('\n'))
    }
    await run(data, false)
    // Settings are in no table of an event.
    const settings = new DatabaseSync(catalogOf(data))
      .prepare(`SELECT value FROM settings WHERE key = 'looks'`)
      .get()
    expect([rowsOf(data), settings !== undefined]).not.toEqual([rebuilt, true])
  })
})

test.each([join('photos_buffer', JOURNAL), 'catalog.db.folders', join('photos_web', 'manifest.json')])(
  'nothing is concluded from %s that is there and cannot be read',
  async (file) => {
    const data = await aCopy()
    await rm(catalogOf(data))
    await loseLog(data)
    await rm(join(data, file))
    // A folder in its place: the system reads it as little as a file that its disk does not give.
    await mkdir(join(data, file))
    await expect(run(data, false)).rejects.toMatchObject({
      code: 'rebuild_unread',
      params: { path: join(data, file) },
    })
    expect(existsSync(catalogOf(data))).toBe(false)
  },
)

describe('a catalog that is older than the journal', () => {
  test('is refused before anything is written, and goes on from where it was', async () => {
    const data = await aCopy()
    const first = await startDaemon([], data)
    const old = await copyOf(rich)
    folders.push(old)
    await first.post('/api/rate', { filename: 'IMG_1.JPG', rating: 5 })
    await first.stop()
    await withoutCopies(data)
    await loseLog(data)
    await copyFile(catalogOf(old), catalogOf(data))
    const report = await run(data, false)
    expect(report).toMatchObject({ fault: 'older', copy: catalogOf(data) })
    const db = new DatabaseSync(catalogOf(data), { readOnly: true })
    expect(db.prepare(`SELECT rating FROM photos WHERE filename = 'IMG_1.JPG'`).get()).toEqual({ rating: 5 })
    db.close()
  })
})

test('names that were used are not given again', async () => {
  const data = await aCopy()
  await withoutCopies(data)
  await rm(catalogOf(data))
  await loseLog(data)
  await run(data, false)
  daemon = await startDaemon([], data)
  const reply = await daemon.post('/api/publish', { filename: 'IMG_7.JPG', exposure: 0.1 })
  expect(reply.body).toMatchObject({ published_as: 'IMG_7_002.jpg' })
})

test('a photo is where its files are, whatever the journal says, and what no journal knows comes in unpublished', async () => {
  const data = await aCopy()
  await withoutCopies(data)
  await rm(catalogOf(data))
  await loseLog(data)
  const gala = join(data, 'events', 'gala')
  await rename(join(gala, 'photos_archive', 'IMG_4.JPG'), join(gala, 'photos_trash', 'IMG_4.JPG'))
  // Published, and rejected by hand: nobody wants it public.
  await rename(join(gala, 'photos_buffer', 'IMG_1.JPG'), join(gala, 'photos_trash', 'IMG_1.JPG'))
  await rm(join(gala, 'photos_buffer', 'IMG_7.JPG'))
  await writeFile(
    join(gala, 'photos_archive', 'NEW.JPG'),
    await makeJpeg({ seed: 400, width: 60, height: 40 }),
  )
  const [event] = (await run(data, false)).events
  expect(event).toMatchObject({
    slug: 'gala',
    moved: 2,
    missing: ['IMG_7.JPG'],
    adopted: 1,
    taken_out: ['IMG_1.jpg'],
  })
  expect(event).toMatchObject({ archived: 1, trashed: 3, published: 3 })
})

test('a list that is newer than a publication, and does not name it, takes it out', async () => {
  const data = await aCopy()
  await withoutCopies(data)
  await rm(catalogOf(data))
  await loseLog(data)
  const path = join(data, 'events', 'gala', 'photos_web', 'manifest.json')
  const head = JSON.parse(await readFile(path, 'utf8'))
  const entries = head.recent.filter(({ filename }: { filename: string }) => filename !== 'IMG_1.jpg')
  await writeFile(path, JSON.stringify({ ...head, recent: entries }))
  expect((await run(data, false)).events[0]).toMatchObject({ taken_out: ['IMG_1.jpg'], published: 3 })
})

test('without any journal, photos come in anew, nothing is public, and public names stay used', async () => {
  const data = await aCopy()
  await withoutCopies(data)
  await rm(catalogOf(data))
  await loseLog(data)
  for (const folder of ['.', 'events/gala']) await rm(join(data, folder, 'photos_buffer', JOURNAL))
  const { events } = await run(data, false)
  expect(events.map(({ slug, published }) => [slug === 'gala', published])).toContainEqual([true, 0])
  expect(events.find(({ slug }) => slug === 'gala')).toMatchObject({
    unknown_names: expect.arrayContaining(['IMG_1.jpg']),
  })
})
