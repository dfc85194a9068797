import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createIngest } from '../../../daemon/ingest/intake/ingest.ts'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'
import { never, shotOf, until, useWorld } from '../world.ts'

const { world } = useWorld()

const drop = (name: string, bytes: Uint8Array, at?: Date) => world.put(join('photos_buffer', name), bytes, at)
const added = () => world.notices.filter(({ type }) => type === 'photo.added').length

test('a photo that a program drops into the buffer folder is adopted where it is', async () => {
  await world.sources().start()
  const bytes = await makeJpeg({ camera: 'EOS RP' })
  const path = await drop('IMG_1.JPG', bytes)
  const before = await stat(path)
  await until(() => expect(world.names()).toEqual(['IMG_1.JPG']))
  const after = await stat(path)
  expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs])
  expect(world.photos()).toMatchObject([
    { width: 600, height: 400, camera: 'EOS RP', main: { bytes: bytes.length } },
  ])
})

test('what was there before the start is adopted, and after a restart nothing is twice', async () => {
  for (const seed of [1, 2, 3]) await drop(`A${seed}.JPG`, await makeJpeg({ seed }))
  const first = world.sources()
  await first.start()
  await until(() => expect(world.names()).toHaveLength(3))
  await first.stop()
  await drop('A4.JPG', await makeJpeg({ seed: 4 }))
  let adopted = 0
  const inspect = (path: string) => {
    adopted += 1
    return world.needs.inspect(path)
  }
  await world.sources({ inspect }).start()
  await until(() => expect(world.names()).toEqual(['A1.JPG', 'A2.JPG', 'A3.JPG', 'A4.JPG']))
  // Files that the catalog knows are not even opened.
  expect(adopted).toBe(1)
  expect(added()).toBe(4)
})

test('a burst of a hundred files is taken, each once', async () => {
  await world.sources().start()
  const files = await Promise.all(
    Array.from({ length: 100 }, (_, seed) => makeJpeg({ seed, width: 90, height: 60 })),
  )
  await Promise.all(files.map((bytes, n) => drop(`B${n}.JPG`, bytes)))
  await until(() => expect(world.names()).toHaveLength(100))
  expect(added()).toBe(100)
})

test('the same bytes under a second name are one photo, and the second is listed', async () => {
  await world.sources().start()
  const bytes = await makeJpeg()
  await drop('A.JPG', bytes)
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await drop('B.JPG', bytes)
  await until(() => expect(world.skipped()).toEqual({ 'B.JPG': 'The same picture as A.JPG.' }))
  expect(world.names()).toEqual(['A.JPG'])
  expect(await world.files()).toEqual(['A.JPG', 'B.JPG'])
})

test('a new shot under the name of an archived photo gets a file of its own', async () => {
  await world.sources().start()
  const path = await drop('IMG_1.JPG', await makeJpeg({ seed: 1 }))
  await until(() => expect(world.names()).toEqual(['IMG_1.JPG']))
  await rename(path, join(world.folders.path('archive'), 'IMG_1.JPG'))
  world.catalog.photos.setState(world.photos()[0]!.id, 'archived')
  await drop('IMG_1.JPG', await makeJpeg({ seed: 2 }))
  await until(() => expect(world.names()).toEqual(['IMG_1-2.JPG']))
  expect(await world.files()).toEqual(['IMG_1-2.JPG', 'IMG_1.JPG'])
  await until(() =>
    expect(world.skipped()).toEqual({ 'IMG_1.JPG': expect.stringContaining('Taken as IMG_1-2.JPG') }),
  )
})

test('names that a Mac holds for one are two photos with two names', async () => {
  await drop('img_1.jpg', await makeJpeg({ seed: 1 }))
  await world.sources().start()
  await until(() => expect(world.names()).toEqual(['img_1.jpg']))
  await drop('IMG_1.JPG', await makeJpeg({ seed: 2 }))
  await until(() => expect(world.names()).toEqual(['IMG_1-2.JPG', 'img_1.jpg']))
})

test('a RAW and its JPEG that are dropped together are one photo', async () => {
  await world.sources().start()
  const takenAt = new Date()
  await Promise.all([
    drop('IMG_1.JPG', await makeJpeg({ takenAt })),
    drop('IMG_1.DNG', makeRaw(await makeJpeg(), { takenAt })),
  ])
  await until(() =>
    expect(world.photos()).toMatchObject([{ filename: 'IMG_1.JPG', raw: { filename: 'IMG_1.DNG' } }]),
  )
})

test('a RAW alone is a photo', async () => {
  await world.sources().start()
  await drop('IMG_1.DNG', makeRaw(await makeJpeg({ width: 300, height: 200 })))
  await until(() =>
    expect(world.photos()).toMatchObject([{ filename: 'IMG_1.DNG', width: 300, main: { kind: 'raw' } }]),
  )
})

test('what ingest itself puts into the folder is not taken again', async () => {
  await world.sources().start()
  // The look of the start, which clears what an earlier run left half copied, must not meet what this ingest copies.
  await drop('first.JPG', await makeJpeg({ seed: 98 }))
  await until(() => expect(world.names()).toContain('first.JPG'))
  const ingest = createIngest(world.needs)
  for (let seed = 0; seed < 10; seed += 1)
    await ingest.take({ id: 'card:A', label: 'A' }, shotOf(`C${seed}.JPG`, await makeJpeg({ seed })), never())
  await drop('last.JPG', await makeJpeg({ seed: 99 }))
  await until(() => expect(world.names()).toContain('last.JPG'))
  expect(world.names()).toHaveLength(12)
  expect(added()).toBe(12)
  expect(world.skipped()).toEqual({})
})

test('the rescan finds what the watcher missed', async () => {
  const sources = world.sources()
  await sources.start()
  // A file that is linked in with an old time changes nothing that a look at times would see.
  const outside = await world.put('elsewhere.JPG', await makeJpeg())
  await utimes(outside, new Date(0), new Date(0))
  await link(outside, world.path('photos_buffer/A.JPG'))
  sources.rescan()
  await until(() => expect(world.names()).toEqual(['A.JPG']))
})

test('a name that the disk gives back decomposed is the same file', async () => {
  const bytes = await makeJpeg()
  const ingest = createIngest(world.needs)
  await ingest.take({ id: 'card:A', label: 'A' }, shotOf('\u00e9.JPG', bytes), never())
  // As on a disk that decomposes names: both lead to one file.
  await link(world.path('photos_buffer/\u00e9.JPG'), world.path('photos_buffer/e\u0301.JPG'))
  await world.sources().start()
  await drop('B.JPG', await makeJpeg({ seed: 2 }))
  await until(() => expect(world.names()).toEqual(['B.JPG', '\u00e9.JPG']))
  expect(world.skipped()).toEqual({})
})

test.skipIf(process.platform !== 'linux')(
  'a file whose name is no UTF-8 is taken under a name that can be read, and stays as it is',
  async () => {
    const odd = Buffer.concat([
      Buffer.from(world.path('photos_buffer/')),
      Buffer.from('Gr\xfc\xdfe_1.jpg', 'latin1'),
    ])
    const bytes = await makeJpeg()
    await writeFile(odd, bytes)
    await world.sources().start()
    await until(() => expect(world.names()).toEqual(['Gr%FC%DFe_1.jpg']))
    const expected = {
      './Gr%FC%DFe_1.jpg': 'Its name cannot be read here, so it was taken as Gr%FC%DFe_1.jpg.',
    }
    await until(() => expect(world.skipped()).toEqual(expected))
    expect(await readFile(odd)).toEqual(bytes)
    await rm(odd)
    await until(() => expect(world.skipped()).toEqual({}))
    expect(added()).toBe(1)
  },
)
