import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { folderIds } from '../../daemon/catalog/catalog.ts'
import { mergeJournals, readJournal } from '../../daemon/catalog/rebuild/read-journals.ts'
import { copiesIn, copyCatalog } from '../../daemon/catalog/store/copies.ts'
import { examine } from '../../daemon/catalog/rebuild/base.ts'
import { JOURNAL } from '../../daemon/catalog/store/journal.ts'
import { createCatalogCopies } from '../../daemon/events/catalog-copies.ts'
import { silentLog } from '../../daemon/log.ts'
import { openHouse, tempFolder, type House } from '../fixtures/catalog.ts'

const line = (n: number, more: object) => JSON.stringify({ v: 1, n, at: '2026-05-01T10:00:00Z', ...more })
const opened = line(1, { fact: 'event.opened', slug: 'gala', prefix: 'p', date: '2026-05-01', startsAt: 1 })

describe('a journal is read as far as it goes', () => {
  let folder: string
  beforeEach(async () => {
    folder = await tempFolder()
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const read = async (...lines: string[]) => {
    await writeFile(join(folder, JOURNAL), lines.join('\n'))
    return readJournal(join(folder, JOURNAL), null)
  }

  test.each([
    ['a torn last line', '{"v":1,"n":3,"at":"2026-05', { torn: 1, newer: 0, foreign: 0 }],
    ['a line of a newer version', '{"v":2,"n":3,"what":[]}', { torn: 0, newer: 1, foreign: 0 }],
    ['a line without a number', line(0, { fact: 'deed', n: 'x' }), { torn: 1, newer: 0, foreign: 0 }],
    [
      'a line of another event',
      line(3, { e: 'other', fact: 'photo.moved' }),
      { torn: 0, newer: 0, foreign: 1 },
    ],
    ['another event’s beginning', opened.replace('gala', 'other'), { torn: 0, newer: 0, foreign: 1 }],
  ])('past %s', async (_, odd, faults) => {
    const good = line(4, { e: 'gala', fact: 'event.changed', state: 'paused' })
    expect(await read(opened, odd, good)).toMatchObject({ slug: 'gala', faults, lines: [{ n: 1 }, { n: 4 }] })
    expect(await read(opened, good, odd)).toMatchObject({ slug: 'gala', faults, lines: [{ n: 1 }, { n: 4 }] })
  })

  test('a line that stands twice counts once, in the order of its number', async () => {
    const second = line(2, { fact: 'event.changed', state: 'paused' })
    const journal = await read(second, opened, second)
    const { lines, doubled } = mergeJournals([journal!])
    expect([lines.map(({ n }) => n), doubled]).toEqual([[1, 2], 1])
  })

  test('none is none', async () => {
    expect(await readJournal(join(folder, 'nowhere', JOURNAL), null)).toBeNull()
  })
})

describe('a copy beside the photos', () => {
  let house: House
  beforeEach(async () => {
    house = await openHouse()
  })
  afterEach(() => house.close())
  const copy = (at: number) => copyCatalog(join(house.data, 'catalog.db'), house.folders.path('buffer'), at)

  test('is whole, has no secret, and only the last three are kept', async () => {
    house.catalog.settings.set('ftp-logins', '[{"password":"s3cr3t"}]')
    house.addPhoto('IMG_1.JPG')
    for (const at of [1e12, 2e12 - 3, 2e12 - 2, 2e12 - 1]) await copy(at)
    const copies = await copiesIn(house.folders.path('buffer'))
    expect(copies).toHaveLength(3)
    expect(copies[0]).toContain('.lep-catalog-20330518T033319999Z.db')
    expect(await examine(copies[0]!)).toMatchObject({ slugs: [house.event.slug] })
    expect((await readFile(copies[0]!)).includes('s3cr3t')).toBe(false)
    // The control: it is in the catalog.
    house.catalog.close()
    expect((await readFile(join(house.data, 'catalog.db'))).includes('s3cr3t')).toBe(true)
  })

  test('that a crash cut short is removed at the next start, in every event’s folder', async () => {
    const [buffer, part] = [house.folders.path('buffer'), '.lep-catalog-20330518T033320000Z.db.part']
    for (const end of ['', '-journal']) await writeFile(join(buffer, part + end), 'half')
    const { catalog, folders, data } = house
    house.catalog.events.open('Later', () => ({ ...folders.paths, buffer: join(data, 'later') }))
    const path = join(data, 'catalog.db')
    const ids = folderIds(catalog.settings)
    const needs = {
      path,
      data,
      catalog,
      folders,
      folderIds: ids,
      now: Date.now,
      steady: Date.now,
      log: silentLog,
    }
    await createCatalogCopies(needs).look()
    await vi.waitFor(async () =>
      expect((await readdir(buffer)).filter((name) => name.includes('.part'))).toEqual([]),
    )
  })

  test('that is cut short is none', async () => {
    const path = await copy(2e12)
    await writeFile(path, 'no catalog')
    expect(await examine(path)).toBeNull()
  })
})
