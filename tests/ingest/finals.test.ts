import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeJpeg, makeRaw, truncate } from '../fixtures/photos/photos.ts'
import { until, useWorld } from './world.ts'

const { world } = useWorld()

const finals = () => world.catalog.finals.list(world.catalog.events.current().id, 'new')
async function begin(arrived = () => undefined) {
  const sources = world.sources({ finalArrived: arrived })
  await sources.start()
  return sources
}

test('a final is kept under its hash and is no photo; a broken one and a RAW are listed with the reason', async () => {
  const good = await makeJpeg({ seed: 2 })
  await world.put('photos_finals/sub/IMG_1-Edit.jpg', good)
  await world.put('photos_finals/broken.jpg', truncate(await makeJpeg({ seed: 3 }), 4000))
  await world.put('photos_finals/text.jpg', Buffer.from('no picture at all'))
  await world.put('photos_finals/IMG_2.dng', makeRaw(await makeJpeg({ seed: 4 })))
  for (const name of ['.hidden.jpg', '._IMG_1.jpg', 'IMG_3.jpg.part', 'IMG_4.jpg.tmp', 'IMG_1-Edit.xmp'])
    await world.put(`photos_finals/${name}`, good)
  let heard = 0
  await begin(() => void (heard += 1))
  await until(() =>
    expect(Object.keys(world.skipped()).toSorted()).toEqual([
      'Finals/IMG_2.dng',
      'Finals/broken.jpg',
      'Finals/text.jpg',
    ]),
  )
  expect(finals().map(({ filename }) => filename)).toEqual(['IMG_1-Edit.jpg'])
  expect(heard).toBe(1)
  expect(await readdir(join(world.dir, 'photos_finals', '.kept'))).toEqual([finals()[0]!.kept])
  expect(world.photos()).toEqual([])
})

test('the same file again is nothing new, one that was written over is, and a paused event takes none', async () => {
  world.catalog.events.change(world.catalog.events.current().id, { state: 'paused' })
  const one = await makeJpeg({ seed: 2 })
  await world.put('photos_finals/A.jpg', one)
  const sources = await begin()
  await until(() => expect(sources.status()).toMatchObject([{ id: 'finals', state: 'waiting' }]))
  expect(finals()).toEqual([])
  world.catalog.events.change(world.catalog.events.current().id, { state: 'open' })
  sources.rescan()
  await until(() => expect(finals()).toHaveLength(1))
  await world.put('photos_finals/copy.jpg', one)
  await world.put('photos_finals/A.jpg', await makeJpeg({ seed: 5 }))
  await until(() => expect(finals()).toHaveLength(2))
  await until(() => expect(sources.status()).toEqual([]))
  expect(finals().map(({ filename }) => filename)).toEqual(['A.jpg', 'A.jpg'])
})

test('what is uploaded stands in the folder, and takes the place of no file that nobody has taken', async () => {
  const sources = world.sources({ finalArrived: () => undefined })
  await world.put('photos_finals/A.jpg', await makeJpeg({ seed: 7 }))
  async function* stream() {
    yield await makeJpeg({ seed: 6 })
  }
  expect(await sources.uploadFinal({ filename: 'A.jpg', stream: stream() })).toEqual({
    filename: 'A.jpg',
    already: false,
  })
  expect((await sources.uploadFinal({ filename: 'A.jpg', stream: stream() })).already).toBe(true)
  const names = (await readdir(join(world.dir, 'photos_finals'))).filter((name) => !name.startsWith('.'))
  expect(names.toSorted()).toEqual(['A-2.jpg', 'A.jpg'])
})
