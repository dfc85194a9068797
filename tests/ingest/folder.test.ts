import { appendFile, mkdir, rename, rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { SENTINEL } from '../../daemon/folders.ts'
import { withHole, withIndex } from '../fixtures/photos/broken-ends.ts'
import { makeJpeg, makeRaw } from '../fixtures/photos/photos.ts'
import { snapshot, until, useWorld, type World } from './world.ts'

const { world } = useWorld((opened) => mkdir(opened.path('watched')))

const photo = (seed: number, takenAt: Date) => makeJpeg({ seed, takenAt, width: 90, height: 60 })
const now = () => new Date()
const lastWeek = () => new Date(Date.now() - 7 * 86_400_000)

function open(change: Partial<Parameters<World['sources']>[0]> = {}) {
  const sources = world.sources({ watchedFolders: [world.path('watched')], ...change })
  const folder = () => sources.status().find(({ id }) => id === `folder:${world.path('watched')}`)!
  return { ...sources, folder }
}

test('photos in a watched folder and below it are copied, and the folder is left as it was', async () => {
  await world.put('watched/A.JPG', await photo(1, now()))
  await world.put('watched/deep/er/B.JPG', await photo(2, now()))
  const before = await snapshot(world.path('watched'))
  const { start, folder } = open()
  await start()
  await until(() => expect(world.names()).toEqual(['A.JPG', 'B.JPG']))
  await until(() =>
    expect(folder()).toMatchObject({ state: 'looking', total: 2, done: 2, safe_to_eject: false }),
  )
  expect(await snapshot(world.path('watched'))).toEqual(before)
})

test('older photos of the first look are offered; what appears later is taken whatever its date', async () => {
  await world.put('watched/OLD.JPG', await photo(1, lastWeek()), lastWeek())
  const { start, folder } = open()
  await start()
  await until(() => expect(folder().offer).toMatchObject({ count: 1 }))
  await world.put('watched/LATER.JPG', await photo(2, lastWeek()), lastWeek())
  await until(() => expect(world.names()).toEqual(['LATER.JPG']))
  expect(folder().offer).toMatchObject({ count: 1 })
})

test('a half-written file waits for its end', async () => {
  const patience = { settle: 50, stall: 600_000, rescan: 100, retry: 40 }
  const { start, folder } = open({ patience })
  await start()
  const bytes = await photo(1, now())
  await world.put('watched/A.JPG', bytes.subarray(0, bytes.length >> 1))
  await until(() => expect(folder()).toMatchObject({ total: 1, done: 0 }))
  await appendFile(world.path('watched/A.JPG'), bytes.subarray(bytes.length >> 1))
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  expect(world.skipped()).toEqual({})
})

test('a watched folder that is away is said to be so, and its photos are taken when it is there', async () => {
  const { start, folder } = open()
  await rename(world.path('watched'), world.path('parked'))
  await start()
  await until(() => expect(folder()).toMatchObject({ state: 'away' }))
  await world.put('parked/A.JPG', await photo(1, now()))
  await rename(world.path('parked'), world.path('watched'))
  await until(() => expect(world.names()).toEqual(['A.JPG']))
})

test('our own photo folders inside a watched folder are left out', async () => {
  await world.put(`watched/photos_web/${SENTINEL}`, Buffer.from('id'))
  await world.put('watched/photos_web/IMG_1.jpg', await photo(1, now()))
  await world.put('watched/A.JPG', await photo(2, now()))
  await open().start()
  await until(() => expect(world.names()).toEqual(['A.JPG']))
})

test('more than four watched folders are refused', () => {
  const paths = ['a', 'b', 'c', 'd', 'e'].map((name) => world.path(name))
  expect(() => world.sources({ watchedFolders: paths })).toThrow('At most 4 folders can be watched, not 5.')
})

test('a file that was set aside leaves the list when it is gone', async () => {
  const path = await world.put('watched/zero.jpg', Buffer.alloc(0))
  await open().start()
  await until(() => expect(Object.keys(world.skipped())).toEqual(['watched/zero.jpg']))
  await rm(path)
  await until(() => expect(world.skipped()).toEqual({}))
})

test('folders of systems and programs are not looked into, in any case; folders of people are', async () => {
  const theirs = [
    '@eaDir/A.JPG', '#recycle/gone.JPG', '@Recycle/gone.JPG', '#snapshot/GMT-1/A.JPG', '$RECYCLE.BIN/S-1/$R1.JPG', 'System Volume Information/A.JPG',
    'lost+found/A.JPG', 'CaptureOne/Cache/A.JPG', 'captureone/CACHE/Proxies/A.JPG', '.Trashes/501/A.JPG', '.Spotlight-V100/A.JPG', 'Lib Previews.lrdata/A.JPG',
    'Cat.LRCAT-DATA/A.JPG', 'Shoot.cocatalog/A.JPG', 'FOUND.000/FILE0000.JPG', 'found.012/FILE0000.JPG', 'Photos Library.photoslibrary/originals/A.JPG', '@__thumb/A.JPG',
  ] // prettier-ignore
  for (const [n, path] of theirs.entries()) await world.put(`watched/day/${path}`, await photo(n, now()))
  const ours = ['Cache/1.JPG', 'CaptureOne/2.JPG', 'FOUND/3.JPG', 'recycle/4.JPG', 'my lrdata/5.JPG']
  for (const [n, path] of ours.entries()) await world.put(`watched/day/${path}`, await photo(100 + n, now()))
  const { start, folder } = open()
  await start()
  await until(() => expect(folder()).toMatchObject({ total: ours.length, done: ours.length }))
  expect(world.names()).toEqual(['1.JPG', '2.JPG', '3.JPG', '4.JPG', '5.JPG'])
  expect(world.skipped()).toEqual({})
})

test('a file whose middle is missing is set aside, and looked at again though its size and time are the same', async () => {
  const whole = await makeJpeg({ width: 900, height: 600, quality: 92, takenAt: now() })
  const at = new Date(Math.floor(Date.now() / 1000) * 1000)
  await world.put('watched/A.JPG', withHole(whole), at)
  await world.put('watched/B.JPG', withIndex(await photo(5, now()), 5000), at)
  await open().start()
  // What is whole is taken once it stood still.
  await until(() => expect(world.names()).toEqual(['B.JPG']))
  await until(() =>
    expect(world.skipped()).toEqual({
      'watched/A.JPG': 'The file is not complete: a part in its middle is missing.',
    }),
  )
  await world.put('watched/A.JPG', whole, at)
  await until(() => expect(world.names()).toEqual(['A.JPG', 'B.JPG']))
  await until(() => expect(world.skipped()).toEqual({}))
})

test('a RAW with nothing but a small preview is taken and says so, until its JPEG is there', async () => {
  const sensorSize = { width: 6000, height: 4000 }
  const raw = makeRaw(await photo(1, now()), { sensorSize, takenAt: now() })
  await world.put('watched/A.DNG', raw)
  await open().start()
  await until(() => expect(world.names()).toEqual(['A.DNG']))
  expect(world.skipped()).toEqual({ 'A.DNG': expect.stringContaining('only a small preview of 90 x 60') })
  await world.put('watched/A.JPG', await photo(2, now()))
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  expect(world.skipped()).toEqual({})
})
