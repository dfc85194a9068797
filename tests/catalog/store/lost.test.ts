import { mkdir, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCatalog } from '../../../daemon/catalog/catalog.ts'
import { JOURNAL } from '../../../daemon/catalog/store/journal.ts'
import { refuseLostCatalog } from '../../../daemon/catalog/store/lost.ts'
import type { FolderPaths } from '../../../daemon/folders.ts'
import { silentLog } from '../../../daemon/log.ts'
import { openHouse, tempFolder } from '../../fixtures/catalog.ts'

let data: string
let folders: FolderPaths
beforeEach(async () => {
  data = await tempFolder()
  folders = Object.fromEntries(
    ['buffer', 'web', 'trash', 'archive', 'finals'].map((role) => [role, join(data, `photos_${role}`)]),
  ) as unknown as FolderPaths
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true })
})
afterEach(() => rm(data, { recursive: true, force: true }))

const path = () => join(data, 'catalog.db')
const open_ = () => openCatalog({ path: path(), now: Date.now, log: silentLog })

describe('a new catalog is begun', () => {
  const begins = () => refuseLostCatalog({ data, folders })

  test('where nothing is, and over photos that no event had', async () => {
    await writeFile(join(folders.buffer, 'IMG_1.JPG'), 'a photo')
    expect(begins).not.toThrow()
  })

  test.each([
    ['a journal', () => join(folders.buffer, JOURNAL)],
    ['what guests read', () => join(folders.web, 'manifest.json')],
    ['the journal of a later event', () => join(data, 'events', 'gala', 'photos_buffer', JOURNAL)],
    ['what was not brought into the catalog yet', () => `${path()}-wal`],
  ])('but not beside %s', async (_, file) => {
    await mkdir(join(file(), '..'), { recursive: true })
    await writeFile(file(), '{"v":1}')
    expect(begins).toThrow(expect.objectContaining({ code: 'catalog_lost' }))
    await writeFile(path(), '')
    expect(begins).toThrow(expect.objectContaining({ code: 'catalog_lost' }))
    await writeFile(path(), 'something')
    expect(begins).not.toThrow()
  })

  test('nor in a catalog that holds no event, beside a journal', async () => {
    await writeFile(join(folders.buffer, JOURNAL), '{"v":1}')
    expect(() => refuseLostCatalog({ data, folders, known: false })).toThrow(/missing or empty/)
    expect(() => refuseLostCatalog({ data, folders, known: true })).not.toThrow()
  })
})

describe('a damaged catalog', () => {
  beforeEach(async () => {
    const house = await openHouse()
    for (let n = 0; n < 400; n += 1) house.addPhoto(`IMG_${n}.JPG`)
    const bytes = (house.reopen(), await readFile(join(house.data, 'catalog.db')))
    await writeFile(path(), bytes)
    await house.close()
    const catalog = open_()
    expect(catalog.photos.count(1, 'buffer')).toBe(400)
    catalog.close()
  })

  test.each([
    ['is no catalog', () => writeFile(path(), 'Lorem ipsum dolor sit amet, '.repeat(2000))],
    ['is cut short', async () => truncate(path(), Math.floor((await stat(path())).size / 2 / 4096) * 4096)],
    [
      'has pages of something else in its middle',
      async () => {
        const file = await open(path(), 'r+')
        const { size } = await file.stat()
        const noise = Buffer.alloc(8 * 4096, 0xa5)
        await file.write(noise, 0, noise.length, Math.floor(size / 3 / 4096) * 4096)
        await file.close()
      },
    ],
  ])('that %s is refused in one sentence and left as it is', async (_, damage) => {
    for (const end of ['-wal', '-shm']) await rm(path() + end, { force: true })
    await damage()
    const before = await readFile(path())
    expect(open_).toThrow(
      expect.objectContaining({ code: 'catalog_damaged', message: expect.stringMatching(/is damaged/) }),
    )
    expect(await readFile(path())).toEqual(before)
  })
})
