import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeEach, expect, test } from 'vitest'
import { createIngest } from '../../../daemon/ingest/intake/ingest.ts'
import type { Taken } from '../../../daemon/ingest/source.ts'
import { makeJpeg, makePng, makeRaw, type Picture } from '../../fixtures/photos/photos.ts'
import { never, shotOf, until, useWorld } from '../world.ts'

let ingest: ReturnType<typeof createIngest>

const { world, darkroom } = useWorld()
beforeEach(() => {
  ingest = createIngest(world.needs)
})

const CABLE = { id: 'camera:7', label: 'Camera' }
const CARD = { id: 'card:A', label: 'A' }
const FRAME: Picture = { serial: '7', camera: 'EOS RP', takenAt: new Date(Date.UTC(2026, 4, 1, 10)) }
const frame = (change: Picture = {}) => makeJpeg({ ...FRAME, ...change })
const photoOf = (taken: Taken) => {
  if (taken.outcome !== 'taken') throw new Error(`It was ${taken.outcome}`)
  return taken.photo
}
const fetched = async (name = 'IMG_0331.JPG') =>
  photoOf(await ingest.take(CABLE, shotOf(name, await frame(), { folder: 'DCIM/100' }), never()))

/** The ways by which the card's copy, with stars, may come. */
const WAYS: Record<string, (bytes: Buffer) => Promise<unknown>> = {
  'a card': (bytes) => ingest.take(CARD, shotOf('IMG_0331.JPG', bytes), never()),
  'a watched folder': (bytes) =>
    ingest.take({ id: 'folder:/in', label: 'in' }, shotOf('IMG_0331.JPG', bytes, { folder: '' }), never()),
  'an upload': (bytes) => ingest.accept({ ...shotOf('IMG_0331.JPG', bytes), origin: 'upload' }, never()),
}

test.each(Object.keys(WAYS))(
  'a frame that was given stars after it came is the same photo from %s',
  async (way) => {
    const { id } = await fetched()
    await WAYS[way]!(await frame({ rating: 4 }))
    expect(world.photos()).toMatchObject([{ id, rating: 4 }])
    expect(await world.files()).toEqual(['IMG_0331.JPG'])
    // The photo's own bytes are whole, and stay.
    expect(await readFile(join(world.folders.path('buffer'), 'IMG_0331.JPG'))).toEqual(await frame())
    expect(world.notices.map(({ type }) => type)).toEqual(['photo.added', 'photo.changed'])
  },
)

test('from the buffer folder it is a second copy, and its stars count', async () => {
  const { id } = await fetched('IMG_0331.JPG')
  await world.sources().start()
  await world.put(join(world.folders.path('buffer'), 'below.txt'), Buffer.from('x'))
  await world.put(join(world.folders.path('buffer'), 'img_0331.jpeg'), await frame({ rating: 2 }))
  await until(() =>
    expect(world.skipped()).toMatchObject({ 'img_0331.jpeg': 'The same picture as IMG_0331.JPG.' }),
  )
  expect(world.photos()).toMatchObject([{ id, rating: 2 }])
})

test.each(Object.keys(WAYS))('a rejected frame stays rejected when it comes again from %s', async (way) => {
  const { id } = await fetched()
  world.catalog.photos.setState(id, 'trashed')
  const bytes = await frame({ rating: 5 })
  await WAYS[way]!(bytes)
  expect(world.catalog.photos.byId(id)).toMatchObject({ state: 'trashed', rating: 5 })
  expect(world.photos()).toEqual([])
})

test('a frame that was deleted for good stays away from a card, and a person who uploads it has it back', async () => {
  const { id, eventId } = await fetched()
  world.catalog.photos.setState(id, 'trashed')
  world.catalog.photos.markDeleted(id)
  await rm(join(world.folders.path('buffer'), 'IMG_0331.JPG'))
  const rated = await frame({ rating: 5 })
  await WAYS['a card']!(rated)
  await WAYS['a watched folder']!(rated)
  expect(world.photos()).toEqual([])
  expect(await world.files()).toEqual([])
  expect(world.catalog.importHistory.deleted(eventId, CARD.id)).toEqual(['IMG_0331.JPG'])
  await WAYS['an upload']!(rated)
  expect(world.photos()).toMatchObject([{ id, main: { bytes: rated.length } }])
  expect(await readFile(join(world.folders.path('buffer'), 'IMG_0331.JPG'))).toEqual(rated)
})

test('stars of the card only ever add to what a person gave', async () => {
  const { id } = await fetched()
  world.catalog.photos.rate(id, { rating: 4 })
  await WAYS['a card']!(await frame({ rating: 2 }))
  expect(world.catalog.photos.byId(id)).toMatchObject({ rating: 4, marked: true })
})

test('a RAW is known again by its picture', async () => {
  const raw = async (change: Picture) =>
    makeRaw(await makeJpeg({ width: 300, height: 200 }), { ...FRAME, ...change })
  await ingest.take(CABLE, shotOf('A.DNG', await raw({})), never())
  await ingest.take(CARD, shotOf('A.DNG', await raw({ rating: 3 })), never())
  expect(world.photos()).toMatchObject([{ filename: 'A.DNG', rating: 3 }])
})

test.each<[string, Picture, string?]>([
  ['other pixels, as in a burst of one second', { seed: 2 }],
  ['another serial number', { serial: '8' }],
  ['another model, where there are no serial numbers', { serial: '', camera: 'EOS R5' }],
  ['another time, as after the counter started over', { takenAt: new Date(Date.UTC(2026, 4, 2)) }],
  ['another name', {}, 'IMG_0332.JPG'],
])('the control: %s make another frame', async (_, change, name = 'IMG_0331.JPG') => {
  await fetched()
  const bytes = await frame({ ...change, rating: 1 })
  await ingest.take(CARD, shotOf(name, bytes), never())
  expect(world.photos()).toHaveLength(2)
})

test('files of no camera are told apart by all of their bytes', async () => {
  await ingest.take(CARD, shotOf('a.png', await makePng({ seed: 1 })), never())
  await ingest.take(CARD, shotOf('a.png', await makePng({ seed: 2 })), never())
  expect(world.photos()).toHaveLength(2)
})

test('a catalog of before, which knows no pictures, learns them when they are asked for', async () => {
  const { id, eventId, main } = await fetched()
  const { originals } = world.catalog
  originals.sign(eventId, main.sha256, { picture: null, shotAt: null })
  await WAYS['a card']!(await frame({ rating: 1 }))
  expect(world.photos()).toMatchObject([{ id, rating: 1 }])
  expect(originals.bySha(eventId, main.sha256)).toMatchObject({
    picture: expect.stringMatching(/^[\da-f]{64}$/),
  })
})

test('the control: where the file of before is another one by now, nothing is learnt from it', async () => {
  const { eventId, main } = await fetched()
  world.catalog.originals.sign(eventId, main.sha256, { picture: null, shotAt: null })
  await world.put(join(world.folders.path('buffer'), 'IMG_0331.JPG'), await frame({ seed: 5 }))
  await WAYS['a card']!(await frame({ rating: 1 }))
  expect(world.photos()).toHaveLength(2)
})

/** A program rewrites the pixels, turned. @returns the Photo */
async function turnedInBuffer() {
  const photo = await fetched()
  const path = join(world.folders.path('buffer'), 'IMG_0331.JPG')
  await world.sources({ isTurned: darkroom.isTurned }).start()
  const turned = sharp(await readFile(path))
    .rotate(90)
    .keepExif()
    .jpeg({ quality: 92 })
  await writeFile(path, await turned.toBuffer())
  await until(() => expect(world.photos()).toMatchObject([{ id: photo.id, width: 400, height: 600 }]))
  return photo
}

test.each(Object.keys(WAYS))(
  'a frame that a program turned is known as it was shot, also with stars, from %s',
  async (way) => {
    const { id } = await turnedInBuffer()
    await WAYS[way]!(await frame())
    await WAYS[way]!(await frame({ rating: 4 }))
    expect(world.photos()).toMatchObject([{ id, rating: 4, width: 400, height: 600 }])
    expect(await world.files()).toEqual(['IMG_0331.JPG'])
  },
)

test('it is known also after it was given a caption, and rejected', async () => {
  const { id } = await turnedInBuffer()
  const path = join(world.folders.path('buffer'), 'IMG_0331.JPG')
  const before = world.photos()[0]!.main.sha256
  await writeFile(path, Buffer.concat([await readFile(path), Buffer.from('trailer')]))
  await until(() => expect(world.photos()[0]!.main.sha256).not.toBe(before))
  world.catalog.photos.setState(id, 'trashed')
  await WAYS['a card']!(await frame({ rating: 5 }))
  expect(world.photos()).toEqual([])
})

test('the control: another frame of that name and second is another photo', async () => {
  await turnedInBuffer()
  await WAYS['a card']!(await frame({ seed: 2 }))
  expect(world.photos()).toHaveLength(2)
})
