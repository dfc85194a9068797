import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { createOriginalFiles } from '../../../daemon/originals/original-files.ts'
import { isPart } from '../../../daemon/files.ts'
import { silentLog } from '../../../daemon/log.ts'
import type { SpillOptions } from '../../../daemon/ingest/spill/berths.ts'
import { createBringBack } from '../../../daemon/ingest/spill/one-back.ts'
import { sha256Of } from '../../../daemon/originals/proof.ts'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'
import { shotOf, until, useWorld } from '../world.ts'
import { diskOf } from './pulled.ts'

const { world } = useWorld()
const jpeg = (seed: number) => makeJpeg({ seed, width: 300, height: 200, takenAt: new Date() })
const sent = async (bytes: Uint8Array, filename: string) => ({
  filename,
  stream: shotOf(filename, bytes).content.read(),
})

async function start(more: Partial<SpillOptions> = {}) {
  const disk = diskOf(world)
  const sources = world.sources(disk.options(more))
  await sources.start()
  await disk.compared()
  const upload = async (name: string, bytes: Uint8Array) =>
    (await sources.upload(await sent(bytes, name))).photo
  return { disk, sources, upload }
}

test('what comes while the disk is away is a Photo at once, and lies on it, once, when it is back', async () => {
  const { disk, sources, upload } = await start()
  const [before, during, after] = await Promise.all([jpeg(1), jpeg(2), jpeg(3)])
  await upload('A.JPG', before)
  await disk.pull()
  const photo = await upload('B.JPG', during)
  const files = createOriginalFiles({
    ...world.needs,
    catalog: world.catalog,
    folders: world.folders,
    log: silentLog,
  })
  expect(await readFile(files.claimOf(photo).path)).toEqual(during)
  expect(sources.spill()).toMatchObject({ photos: 1, bytes: during.length, moved_back: 0 })
  await files.move('B.JPG', 'archived')
  await files.move('B.JPG', 'buffer')

  await disk.put()
  await until(() => expect(sources.spill()).toMatchObject({ photos: 0, moved_back: 1, message: null }))
  await until(async () => expect(await disk.spilled()).toEqual([]))
  await upload('C.JPG', after)
  expect(await world.files()).toEqual(['A.JPG', 'B.JPG', 'C.JPG'])
  expect(await readFile(world.path('photos_buffer', 'B.JPG'))).toEqual(during)
  expect(world.photos().map(({ filename, main }) => [filename, main.lost])).toEqual([
    ['A.JPG', false],
    ['B.JPG', false],
    ['C.JPG', false],
  ])
  expect(world.skipped()).toEqual({})
})

test('where the data folder is on the same disk, shots are refused as ever', async () => {
  const { disk, sources, upload } = await start({ areApart: async () => false })
  await upload('A.JPG', await jpeg(1))
  await disk.pull()
  await expect(upload('B.JPG', await jpeg(2))).rejects.toMatchObject({ code: 'folder_away' })
  expect(await disk.spilled()).toEqual([])
  expect(sources.spill()).toBeNull()
  await disk.put()
})

test("with no room on the computer's own disk nothing is acknowledged", async () => {
  const { disk, upload } = await start({ room: async () => ({ disk: '1', free: 200e6, size: 500e9 }) })
  await disk.pull()
  await expect(upload('A.JPG', await jpeg(1))).rejects.toMatchObject({ status: 507, code: 'spill_full' })
  await disk.put()
})

test('another disk in its place takes nothing', async () => {
  const { disk, sources, upload } = await start()
  await disk.pull()
  await upload('A.JPG', await jpeg(1))
  const place = world.path('photos_buffer')
  await writeFile(join(place, '.lep-folder'), 'another\n')
  await upload('B.JPG', await jpeg(2))
  const bringBack = createBringBack({
    ...world.needs,
    catalog: world.catalog,
    inTurn: (work) => work(),
    copying: { pace: async () => undefined },
  })
  for (const one of world.catalog.originals.spilled()) expect(await bringBack(one)).toBe('away')
  expect(await disk.spilled()).toHaveLength(4)
  expect(await readdir(place)).toEqual(['.lep-folder'])
  await rm(join(place, '.lep-folder'))
  await disk.put()
  await until(() => expect(sources.spill()).toMatchObject({ photos: 0, moved_back: 2 }))
})

test('a name that a program took on the disk meanwhile stays its own', async () => {
  const { disk, sources, upload } = await start()
  const [ours, theirs] = await Promise.all([jpeg(1), jpeg(2)])
  await disk.pull()
  await upload('A.JPG', ours)
  await writeFile(disk.pulled('A.JPG'), theirs)
  await disk.put()
  await until(() => expect(sources.spill()).toMatchObject({ photos: 0 }))
  await until(() => expect(world.photos()).toHaveLength(2))
  const own = world.photos().find(({ main }) => main.bytes === ours.length && main.sha256)!
  const found = await Promise.all(
    (await world.files()).map((name) => readFile(world.path('photos_buffer', name))),
  )
  for (const bytes of [ours, theirs]) expect(found.some((one) => one.equals(bytes))).toBe(true)
  expect(await readFile(world.path('photos_buffer', 'A.JPG'))).toEqual(theirs)
  expect(own).toBeDefined()
})

test('a photo that was rejected meanwhile goes to the trash, a RAW to its JPEG', async () => {
  const { disk, sources, upload } = await start()
  const takenAt = new Date()
  const shown = await makeJpeg({ seed: 1, width: 300, height: 200, takenAt, serial: '7' })
  const raw = makeRaw(shown, { takenAt, serial: '7' })
  await upload('A.JPG', shown)
  await disk.pull()
  await upload('A.NEF', raw)
  const files = createOriginalFiles({
    ...world.needs,
    catalog: world.catalog,
    folders: world.folders,
    log: silentLog,
  })
  await upload('B.JPG', await jpeg(2))
  await files.move('B.JPG', 'trashed')
  await disk.put()
  await until(() => expect(sources.spill()).toMatchObject({ photos: 0 }))
  expect(await world.files()).toEqual(['A.JPG', 'A.NEF'])
  expect(await readdir(world.folders.path('trash'))).toContain('B.JPG')
  expect(world.photos()).toMatchObject([{ filename: 'A.JPG', raw: { filename: 'A.NEF', spilled: null } }])
})

test('a copy that is not read back as it was written is no copy: it is made again', async () => {
  let lies = true
  const { disk, sources, upload } = await start({
    readBack: async (path) => {
      return lies ? 'other' : sha256Of(path)
    },
  })
  await disk.pull()
  await upload('A.JPG', await jpeg(1))
  await disk.put()
  await until(() => expect(sources.spill()).toMatchObject({ photos: 1, message: { code: 'spill_waits' } }))
  expect((await world.files()).filter((name) => !isPart(name))).toEqual([])
  expect(await disk.spilled()).toContain('A.JPG')
  lies = false
  await until(() => expect(sources.spill()).toMatchObject({ photos: 0, message: null }))
  expect(await world.files()).toEqual(['A.JPG'])
})

test('a damaged file in the spill folder is not moved back, and is whole when the frame comes again', async () => {
  const { disk, sources, upload } = await start()
  const bytes = await jpeg(1)
  await disk.pull()
  await upload('A.JPG', bytes)
  await writeFile(disk.spillPath('A.JPG'), Buffer.from(bytes).fill(0, 400, 500))
  await disk.put()
  await until(() => expect(sources.spill()).toMatchObject({ photos: 1, message: { code: 'spill_damaged' } }))
  expect(await world.files()).toEqual([])
  expect(world.photos()).toMatchObject([{ main: { lost: true } }])
  await upload('A.JPG', bytes)
  await until(() => expect(sources.spill()).toMatchObject({ photos: 0 }))
  expect(await readFile(world.path('photos_buffer', 'A.JPG'))).toEqual(bytes)
})

test('a lost catalog loses nothing that waits in the spill folder', async () => {
  const { disk, upload, sources } = await start()
  await disk.pull()
  const bytes = await jpeg(1)
  const { id } = await upload('A.JPG', bytes)
  await sources.stop()
  const { spilled } = disk
  const [note] = (await spilled()).filter((name) => name.endsWith('.json'))
  expect(JSON.parse(await readFile(disk.spillPath(note!), 'utf8'))).toMatchObject({
    originName: 'A.JPG',
    origin: 'upload',
  })
  // As after a rebuild: the catalog knows the event, and not the photo.
  const db = new DatabaseSync(world.path('catalog.db'))
  for (const table of ['originals', 'edits', 'photos']) db.exec(`DELETE FROM ${table}`)
  db.close()
  await disk.put()
  await world.sources(disk.options()).start()
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await until(async () => expect(await spilled()).toEqual([]))
  expect(await readFile(world.path('photos_buffer', 'A.JPG'))).toEqual(bytes)
  expect(world.photos()[0]!.id).not.toBe(id)
})
