import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writtenWords } from '../../../daemon/darkroom/words/written.ts'
import { captureOne, darktable, lightroom } from '../../fixtures/sidecars.ts'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'
import { until, useWorld } from '../world.ts'

const { world } = useWorld()

const buffer = (name: string) => join(world.folders.path('buffer'), name)
const drop = (name: string, bytes: Uint8Array | string) =>
  world.put(buffer(name), typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
const taken = (...names: string[]) => until(() => expect(world.names()).toEqual(names))
const photo = (name: string) => world.catalog.photos.byName(world.catalog.events.current().id, name)
const is = (name: string, like: object) => until(() => expect(photo(name)).toMatchObject(like))

test('a sidecar brings stars, label, pick and words, before or after its photo, and again when it changes', async () => {
  await world.sources().start()
  await drop('A.xmp', lightroom({ rating: '4', label: 'Red', pick: '1' }, 'first'))
  // Nobody's sidecar is a file beside photos, as ever.
  await until(() => expect(Object.keys(world.skipped())).toEqual(['A.xmp']))
  await drop('A.JPG', await makeJpeg())
  await is('A.JPG', { rating: 4, pick: true, words: { label: 'Red', found: { caption: 'first' } } })
  await until(() => expect(world.skipped()).toEqual({}))

  // Decided here meanwhile: only what changes in the sidecar goes before it.
  const { id } = photo('A.JPG')!
  world.catalog.photos.rate(id, { rating: 2 })
  await drop('A.xmp', lightroom({ rating: '4', label: 'Blue' }, 'second'))
  await is('A.JPG', { rating: 2, pick: false, words: { label: 'Blue', found: { caption: 'second' } } })
  await drop('A.xmp', lightroom({ rating: '-1' }))
  await is('A.JPG', { rating: 0, words: { rejected: true, label: '', found: { caption: '' } } })
  await drop('A.xmp', lightroom({ rating: '3' }))
  await is('A.JPG', { rating: 3, words: { rejected: false } })
})

test('names as programs give them; a RAW goes before a picture that is called the same', async () => {
  await world.sources().start()
  await drop('B.JPG', await makeJpeg({ seed: 2 }))
  await drop('C.DNG', makeRaw(await makeJpeg({ seed: 3 }), { serial: 'X', takenAt: new Date(0) }))
  await drop('C.PNG', await makeJpeg({ seed: 4, serial: 'Y', takenAt: new Date(9e11) }))
  await taken('B.JPG', 'C.DNG', 'C.PNG')
  await drop('B.JPG.xmp', darktable(5, 4))
  await drop('C.XMP', captureOne(2, 'Green'))
  await is('B.JPG', { rating: 5, words: { label: 'Purple' } })
  await is('C.DNG', { rating: 2, words: { label: 'Green', found: { headline: 'A headline' } } })
  expect(photo('C.PNG')).toMatchObject({ rating: 0, words: { found: {} } })
})

test('what was read before a restart is not read into what was decided since; a broken one changes nothing', async () => {
  const first = world.sources()
  await first.start()
  await drop('D.JPG', await makeJpeg({ seed: 5 }))
  await drop('D.xmp', lightroom({ rating: '4' }))
  await is('D.JPG', { rating: 4 })
  await first.stop()
  world.catalog.photos.rate(photo('D.JPG')!.id, { rating: 1 })
  await world.sources().start()
  await drop('E.JPG', await makeJpeg({ seed: 6 }))
  await drop('E.xmp', lightroom({ rating: '5' }))
  await is('E.JPG', { rating: 5 })
  expect(photo('D.JPG')).toMatchObject({ rating: 1 })
  await drop('E.xmp', lightroom({ rating: '1' }).slice(0, -40))
  await until(() => expect(Object.keys(world.skipped())).toEqual(['E.xmp']))
  expect(photo('E.JPG')).toMatchObject({ rating: 5 })
  await rm(buffer('E.xmp'))
  await until(() => expect(world.skipped()).toEqual({}))
  expect(photo('E.JPG')).toMatchObject({ rating: 5 })
})

test('the words of a file come with it, and those that a program writes into it later', async () => {
  await world.sources().start()
  const jpeg = await makeJpeg({ seed: 7, takenAt: new Date(Date.UTC(2026, 4, 1)) })
  await drop('F.JPG', writtenWords(jpeg, { caption: 'in the file', keywords: ['one'] }).jpeg)
  await is('F.JPG', { words: { found: { caption: 'in the file', keywords: ['one'] } } })
  await drop('F.JPG', writtenWords(jpeg, { caption: 'written over', keywords: ['one'] }).jpeg)
  await is('F.JPG', { words: { found: { caption: 'written over', keywords: ['one'] } } })
  expect(world.photos()).toHaveLength(1)
})
