import { cp, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { openCatalog } from '../../../daemon/catalog/catalog.ts'
import { MIGRATIONS } from '../../../daemon/catalog/store/migrations.ts'
import { silentLog } from '../../../daemon/log.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { mountSmallDisk } from '../../fixtures/disk/small-disk.ts'
import { restoreData } from '../../fixtures/version-before/restore.ts'

let data: string
let path: string
beforeEach(async () => {
  data = await restoreData()
  path = join(data, 'catalog.db')
})
afterEach(() => rm(data, { recursive: true, force: true }))

const open = (at = path) => openCatalog({ path: at, now: Date.now, log: silentLog })
const copies = async () => (await readdir(data)).filter((name) => name.includes('.version-')).sort()

function read(file: string) {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const [{ user_version: version }] = db.prepare('PRAGMA user_version').all() as [{ user_version: number }]
    return { version, photos: db.prepare('SELECT * FROM photos ORDER BY id').all() }
  } finally {
    db.close()
  }
}

test('a catalog of the version before is copied beside itself before it is changed, what its log holds included', async () => {
  const writer = new DatabaseSync(path)
  // Stands in the log alone as long as this connection is open.
  writer.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; UPDATE photos SET rating = 4')
  const before = read(path)
  open().close()
  writer.close()
  expect(await copies()).toEqual([`catalog.db.version-${before.version}`])
  const copy = read(join(data, `catalog.db.version-${before.version}`))
  expect(copy).toEqual(before)
  expect(copy.photos.every((row) => row['rating'] === 4)).toBe(true)
  expect(read(path).version).toBe(MIGRATIONS.length)
  // What needs no migration needs no copy, and a new catalog has nothing to copy.
  await rm(join(data, `catalog.db.version-${before.version}`))
  open().close()
  open(join(data, 'new', 'catalog.db')).close()
  expect([...(await copies()), ...(await readdir(join(data, 'new')))].join()).not.toContain('version-')
})

test('the last two copies stay', async () => {
  await Promise.all([2, 9, 11].map((n) => cp(path, `${path}.version-${n}`)))
  const { version } = read(path)
  expect(version).toBeGreaterThan(9)
  open().close()
  expect(await copies()).toEqual(
    [version, ...[2, 9, 11].filter((n) => n !== version)]
      .toSorted((a, b) => b - a)
      .slice(0, 2)
      .map((n) => `catalog.db.version-${n}`)
      .sort(),
  )
})

test('a disk without room for the copy: one sentence, and the catalog is as it was', async (context) => {
  const disk = await tempFolder()
  onTestFinished(() => rm(disk, { recursive: true, force: true }))
  const mounted = await mountSmallDisk(context, disk, '8m')
  const file = join(disk, 'catalog.db')
  await cp(path, file)
  const before = await readFile(file)
  await mounted.resize(`${Math.ceil(before.length / 1024) + 200}k`)
  expect(() => open(file)).toThrow(
    expect.objectContaining({
      code: 'no_room_for_copy',
      message: expect.stringMatching(/no room.*make room/),
    }),
  )
  expect((await readFile(file)).equals(before)).toBe(true)
  expect((await readdir(disk)).filter((name) => !name.endsWith('.reserve'))).toEqual(['catalog.db'])
  // With room it goes on.
  await mounted.resize('64m')
  open(file).close()
  expect(read(file).version).toBe(MIGRATIONS.length)
})
