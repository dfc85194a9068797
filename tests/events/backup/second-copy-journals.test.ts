import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { copyCatalog } from '../../../daemon/catalog/store/copies.ts'
import { JOURNAL } from '../../../daemon/catalog/store/journal.ts'
import { SENTINEL } from '../../../daemon/folders.ts'
import { MARK } from '../../../daemon/originals/second-copy/place.ts'
import { AWAY_JOURNAL } from '../../../daemon/originals/second-copy/side-files.ts'
import { restoreSecondCopy } from '../../../daemon/wiring/rebuilding.ts'
import { sayJournals } from '../../../scripts/rebuild/words.ts'
import { openHouse, tempFolder } from '../../fixtures/catalog.ts'

/** Second copies whose journals are damaged, in parts, or not there. */
let home: string
beforeEach(async () => {
  home = await tempFolder()
  await put(SENTINEL, `${MARK}x\n`)
})
afterEach(() => rm(home, { recursive: true, force: true }))

const second = () => join(home, 'second')
const to = () => join(home, 'new')
async function put(path: string, content: string): Promise<void> {
  await mkdir(join(second(), path, '..'), { recursive: true })
  await writeFile(join(second(), path), content)
}
const restore = () => restoreSecondCopy({ from: second(), data: to(), progress: () => undefined })
const line = (n: number, more: object) =>
  `${JSON.stringify({ v: 1, n, at: '2026-05-01T10:00:00Z', e: 'gala', ...more })}\n`
const opened = line(1, { fact: 'event.opened', slug: 'gala', prefix: 'p', date: '2026-05-01', startsAt: 1 })
const content = 'a picture'
const shot =
  line(2, {
    fact: 'photo.added', photo: 'a1', filename: 'A.JPG', width: 6, height: 4, takenAt: 1, camera: null, serial: null,
    rating: 0, cameraId: null, marked: false, addedAt: 1,
  }) +
  line(3, {
    fact: 'original.added', photo: 'a1', role: 'main', filename: 'A.JPG', bytes: content.length, modifiedAt: 1,
    sha256: createHash('sha256').update(content).digest('hex'), kind: 'jpeg', origin: 'buffer', stem: 'a',
  }) // prettier-ignore
const archived = line(4, { fact: 'photo.moved', photo: 'a1', state: 'archived' })
const rated = (rating: number) => line(5, { fact: 'photo.rated', photo: 'a1', rating, pick: false })
const rows = (sql: string) => {
  const db = new DatabaseSync(join(to(), 'catalog.db'), { readOnly: true })
  try {
    return db.prepare(sql).all().map((row) => Object.values(row)) // prettier-ignore
  } finally {
    db.close()
  }
}

test('every journal that is there is read: one that stepped aside, and what was noted while the disk was away', async () => {
  const good = opened + shot
  await put('gala/photos_buffer/A.JPG', content)
  await put(
    `gala/photos_buffer/${JOURNAL}`,
    '\0'.repeat(opened.length - 1) + good.slice(opened.length - 1) + archived,
  )
  await put('gala/photos_buffer/.lep-journal-2.jsonl', good)
  await put(`gala/photos_buffer/${AWAY_JOURNAL}`, rated(4))
  const report = await restore()
  expect([report.missing, report.unused]).toEqual([[], 0])
  expect(rows('SELECT state, rating FROM photos')).toEqual([['archived', 4]])
  expect(await readFile(join(to(), 'photos_archive', 'A.JPG'), 'utf8')).toBe(content)
  // The next rebuild has it all in one, and the damage is said.
  const journal = await readFile(join(to(), 'photos_buffer', JOURNAL), 'utf8')
  for (const one of [opened, archived, rated(4)]) expect(journal).toContain(one)
  expect(sayJournals(report)).toEqual([
    `  ${join(second(), 'gala', 'photos_buffer', JOURNAL)}: 1 lines are cut short or no lines of a journal`,
  ])
})

test('of one that stepped aside nothing counts once the event went on from before its end', async () => {
  await put('gala/photos_buffer/A.JPG', content)
  const trashed = archived.replace('archived', 'trashed')
  await put(`gala/photos_buffer/${JOURNAL}`, opened + shot + trashed)
  await put('gala/photos_buffer/.lep-journal-2.jsonl', opened + shot + archived + rated(5))
  await restore()
  expect(rows('SELECT state, rating FROM photos')).toEqual([['trashed', 0]])
})

test('a line that is damaged where it lies is not taken for another history', async () => {
  await put('gala/photos_buffer/A.JPG', content)
  await put(
    `gala/photos_buffer/${JOURNAL}`,
    opened + shot + archived.replace('archived', 'archivxd') + rated(5),
  )
  await put('gala/photos_buffer/.lep-journal-2.jsonl', opened + shot + archived + rated(5))
  await restore()
  expect(rows('SELECT state, rating FROM photos')).toEqual([['archived', 5]])
})

test('photos of an event without a journal are new ones, and so are those of one whose journal says nothing', async () => {
  await put('gala/photos_buffer/A.JPG', content)
  await put(`gala/photos_buffer/${JOURNAL}`, opened + shot + archived)
  await put('later/photos_buffer/B.JPG', 'another')
  await put('later/photos_finals/c.jpg', 'a finished one')
  await put('zeros/photos_buffer/C.JPG', 'a third')
  await put(`zeros/photos_buffer/${JOURNAL}`, '\0'.repeat(100))
  const { missing, events } = await restore()
  expect(events.map(({ slug }) => slug)).toEqual(['gala', 'later', 'zeros'])
  expect(await readFile(join(to(), 'photos_archive', 'A.JPG'), 'utf8')).toBe(content)
  const buffer = (slug: string, name: string) => join(to(), 'events', slug, 'photos_buffer', name)
  expect(await readFile(buffer('later', 'B.JPG'), 'utf8')).toBe('another')
  expect(await readFile(buffer('zeros', 'C.JPG'), 'utf8')).toBe('a third')
  expect(missing.map(({ path }) => path)).toEqual(['later/photos_finals/c.jpg'])
})

test('where the journal is not there, a copy of the catalog says what was decided', async () => {
  const house = await openHouse()
  onTestFinished(() => house.close())
  const sha256 = createHash('sha256').update(content).digest('hex')
  const { id } = house.addPhoto('A.JPG', {}, { sha256, bytes: content.length })
  house.catalog.photos.rate(id, { rating: 3 })
  const { slug } = house.event
  await put(`${slug}/photos_buffer/A.JPG`, content)
  await copyCatalog(join(house.data, 'catalog.db'), join(second(), slug, 'photos_buffer'), Date.now())
  const { events } = await restore()
  expect(events.map((event) => event.slug)).toEqual([slug])
  expect(rows('SELECT state, rating FROM photos')).toEqual([['buffer', 3]])
})

test('photos alone are brought, and where nothing is the folder is named that a person knows', async () => {
  await mkdir(join(second(), 'empty', 'photos_buffer'), { recursive: true })
  await expect(restore()).rejects.toMatchObject({
    code: 'nothing_to_rebuild',
    message: expect.stringContaining(`found in ${second()}:`) as string,
  })
  await put('later/photos_buffer/B.JPG', 'another')
  expect((await restore()).events.map(({ slug }) => slug)).toEqual(['later'])
  expect(await readFile(join(to(), 'photos_buffer', 'B.JPG'), 'utf8')).toBe('another')
})
