import { copyFile, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'
import { until, useWorld } from '../world.ts'

const { world } = useWorld()

const buffer = (name: string) => join(world.folders.path('buffer'), name)
const drop = (name: string, bytes: Uint8Array) => world.put(buffer(name), bytes)
const taken = (...names: string[]) => until(() => expect(world.names()).toEqual(names))
const idOf = (name: string) => world.catalog.photos.byName(world.catalog.events.current().id, name)?.id

test('a renamed file is the same photo under its new name: nothing is made again, and nothing is said', async () => {
  await world.sources().start()
  await drop('IMG_1601.JPG', await makeJpeg())
  await taken('IMG_1601.JPG')
  const id = idOf('IMG_1601.JPG')
  await rename(buffer('IMG_1601.JPG'), buffer('Smith_001.JPG'))
  await taken('Smith_001.JPG')
  expect(idOf('Smith_001.JPG')).toBe(id)
  await until(() => expect(world.photos()).toMatchObject([{ main: { lost: false } }]))
  expect(await world.files()).toEqual(['Smith_001.JPG'])
  expect(world.skipped()).toEqual({})
})

test('by its old name it is found as long as no other photo is called so', async () => {
  await world.sources().start()
  await drop('A.JPG', await makeJpeg())
  await taken('A.JPG')
  await rename(buffer('A.JPG'), buffer('B.JPG'))
  await taken('B.JPG')
  const { photos, events } = world.catalog
  expect(photos.named(events.current().id, 'A.JPG')?.filename).toBe('B.JPG')
  await drop('A.JPG', await makeJpeg({ seed: 2 }))
  await taken('A.JPG', 'B.JPG')
  expect(photos.named(events.current().id, 'A.JPG')?.filename).toBe('A.JPG')
})

test('two files that change their names are two photos that did', async () => {
  await world.sources().start()
  await drop('A.JPG', await makeJpeg({ seed: 1 }))
  await drop('B.JPG', await makeJpeg({ seed: 2 }))
  await taken('A.JPG', 'B.JPG')
  const [a, b] = [idOf('A.JPG'), idOf('B.JPG')]
  await rename(buffer('A.JPG'), buffer('C.JPG'))
  await rename(buffer('B.JPG'), buffer('A.JPG'))
  await rename(buffer('C.JPG'), buffer('B.JPG'))
  await until(() => expect([idOf('A.JPG'), idOf('B.JPG')]).toEqual([b, a]))
  await until(() => expect(world.photos().map(({ main }) => main.lost)).toEqual([false, false]))
  expect(world.photos()).toHaveLength(2)
  expect(world.skipped()).toEqual({})
})

test('a whole folder that is renamed in a chain, RAWs with their JPEGs, while nobody watches', async () => {
  const first = world.sources()
  await first.start()
  const takenAt = (n: number) => new Date(Date.UTC(2026, 4, 1, 10, 0, n * 10))
  for (let n = 1; n <= 4; n += 1) {
    await drop(`P_${n}.JPG`, await makeJpeg({ seed: n, takenAt: takenAt(n) }))
    await drop(
      `P_${n}.DNG`,
      makeRaw(await makeJpeg({ seed: n, width: 90, height: 60 }), { takenAt: takenAt(n) }),
    )
  }
  await until(() => expect(world.photos().filter(({ raw }) => raw)).toHaveLength(4))
  const ids = [1, 2, 3, 4].map((n) => idOf(`P_${n}.JPG`))
  await first.stop()
  for (let n = 4; n >= 1; n -= 1)
    for (const ending of ['JPG', 'DNG'])
      await rename(buffer(`P_${n}.${ending}`), buffer(`P_${n + 1}.${ending}`))
  await world.sources().start()
  await until(() => expect([2, 3, 4, 5].map((n) => idOf(`P_${n}.JPG`))).toEqual(ids))
  await until(() => {
    for (const { filename, main, raw } of world.photos()) {
      expect(raw?.filename).toBe(filename.replace('JPG', 'DNG'))
      expect([main.lost, raw?.lost]).toEqual([false, false])
    }
  })
  expect(await world.files()).toHaveLength(8)
  expect(world.skipped()).toEqual({})
})

test.each(['.uploading', '.lftp', '.inprogress', '.!sync', '.part', '.filepart', '~', '.7f3a', '_tmp'])(
  'a name that ends in %s waits for the final one',
  async (ending) => {
    await world.sources().start()
    await drop(`IMG_1.JPG${ending}`, await makeJpeg())
    await until(() =>
      expect(world.skipped()).toEqual({ [`IMG_1.JPG${ending}`]: expect.stringContaining('still writing') }),
    )
    expect(world.photos()).toEqual([])
    await rename(buffer(`IMG_1.JPG${ending}`), buffer('IMG_1.JPG'))
    await taken('IMG_1.JPG')
    await until(() => expect(world.skipped()).toEqual({}))
  },
)

test('a name in use for a while that ends as a photo’s is given up for the final one', async () => {
  await world.sources().start()
  await drop('IMG_1.tmp.JPG', await makeJpeg())
  await taken('IMG_1.tmp.JPG')
  await rename(buffer('IMG_1.tmp.JPG'), buffer('IMG_1.JPG'))
  await taken('IMG_1.JPG')
  expect(await world.files()).toEqual(['IMG_1.JPG'])
  expect(world.skipped()).toEqual({})
})

test('a file that is copied and then removed is the same photo under the name of the copy', async () => {
  await world.sources().start()
  await drop('A.JPG', await makeJpeg())
  await taken('A.JPG')
  await copyFile(buffer('A.JPG'), buffer('B.JPG'))
  await until(() => expect(world.skipped()).toEqual({ 'B.JPG': 'The same picture as A.JPG.' }))
  await rm(buffer('A.JPG'))
  await taken('B.JPG')
  await until(() => expect(world.skipped()).toEqual({}))
  expect(world.photos()).toMatchObject([{ main: { lost: false } }])
})

test('renamed and captioned at once it is the same photo with its new bytes', async () => {
  await world.sources().start()
  const frame = { seed: 3, serial: '7', camera: 'EOS RP', takenAt: new Date(Date.UTC(2026, 4, 1)) }
  await drop('IMG_1.JPG', await makeJpeg(frame))
  await taken('IMG_1.JPG')
  const id = idOf('IMG_1.JPG')
  await rm(buffer('IMG_1.JPG'))
  const rated = await makeJpeg({ ...frame, rating: 4 })
  await drop('Smith_001.JPG', rated)
  await taken('Smith_001.JPG')
  expect(world.photos()).toMatchObject([{ id, rating: 4, main: { bytes: rated.length, lost: false } }])
})

test('the control: other bytes under another name are another photo, and the first one’s file is gone', async () => {
  await world.sources().start()
  await drop('A.JPG', await makeJpeg({ seed: 1 }))
  await taken('A.JPG')
  await rm(buffer('A.JPG'))
  await drop('B.JPG', await makeJpeg({ seed: 2 }))
  await taken('A.JPG', 'B.JPG')
  await until(() => expect(world.photos().map(({ main }) => main.lost)).toEqual([true, false]))
})

test.each<[string, (name: string) => string, boolean]>([
  ['decomposed', (name) => name.normalize('NFD'), false],
  ['decomposed while nobody watches', (name) => name.normalize('NFD'), true],
  ['in another case', (name) => name.toLowerCase(), false],
  ['in another case while nobody watches', (name) => name.toLowerCase(), true],
])('a name that is spelt anew, %s, leads to the photo’s file', async (_, spell, isOff) => {
  const sources = world.sources()
  await sources.start()
  const name = 'Zoë_001.JPG'.normalize('NFC')
  const bytes = await makeJpeg()
  await drop(name, bytes)
  await taken(name)
  const id = idOf(name)
  if (isOff) await sources.stop()
  await rename(buffer(name), buffer(spell(name)))
  if (isOff) await world.sources().start()
  // What comes after it has been looked at when it is there.
  await drop('later.JPG', await makeJpeg({ seed: 2 }))
  await until(() => expect(world.photos()).toHaveLength(2))
  await until(async () => {
    const photo = world.photos().find((one) => one.id === id)
    expect(photo?.main.lost).toBe(false)
    expect(await readFile(buffer(photo!.filename))).toEqual(bytes)
  })
  expect(world.skipped()).toEqual({})
})
