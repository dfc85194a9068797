import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { frameStem } from '../../daemon/catalog/stems.ts'
import { mayBelong } from '../../daemon/ingest/halves.ts'
import { createIngest } from '../../daemon/ingest/ingest.ts'
import { makeJpeg, makeRaw, type Capture } from '../fixtures/photos.ts'
import { makeWorld, never, openDarkroom, shotOf, until, type World } from './world.ts'

let darkroom: Awaited<ReturnType<typeof openDarkroom>>
let world: World

beforeAll(async () => {
  darkroom = await openDarkroom()
})
afterAll(() => darkroom.stop())
beforeEach(async () => {
  world = await makeWorld(darkroom)
})
afterEach(() => world.close())

const at = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 10, 0, seconds))
const jpeg = (capture: Capture = {}) => makeJpeg({ takenAt: at(0), serial: '7', ...capture })
const raw = async (capture: Capture = {}) =>
  makeRaw(await makeJpeg({ seed: 2, width: 300, height: 200 }), { takenAt: at(1), serial: '7', ...capture })
const one = [{ filename: 'A.JPG', raw: { filename: 'A.DNG' } }]

test.each(['jpeg first', 'raw first'])(
  'a RAW on one card and its JPEG on another are one photo, %s',
  async (order) => {
    await world.put('cards/ONE/DCIM/100MSDCF/A.DNG', await raw(), at(1))
    await world.put('cards/TWO/DCIM/100MSDCF/A.JPG', await jpeg(), at(0))
    const ingest = createIngest(world.needs)
    const halves = [
      {
        from: { id: 'card:ONE', label: 'ONE' },
        shot: shotOf('A.DNG', await raw(), { folder: 'DCIM/100MSDCF' }),
      },
      {
        from: { id: 'card:TWO', label: 'TWO' },
        shot: shotOf('A.JPG', await jpeg(), { folder: 'DCIM/100MSDCF' }),
      },
    ]
    for (const { from, shot } of order === 'raw first' ? halves : halves.reverse())
      await ingest.take(from, shot, never())
    expect(world.photos()).toMatchObject(one)
  },
)

test('two cards in two readers at once', async () => {
  const { startsAt } = world.catalog.events.current()
  const time = new Date(startsAt + 60_000)
  await world.put('cards/ONE/DCIM/100MSDCF/A.DNG', await raw({ takenAt: time }), time)
  await world.put('cards/TWO/DCIM/100MSDCF/A.JPG', await jpeg({ takenAt: time }), time)
  await world.sources({ cardRoots: [world.path('cards')] }).start()
  await until(() => expect(world.photos()).toMatchObject(one))
})

test.each([
  ['RAW and JPG folders side by side', 'shoot/RAW', 'shoot/JPG', {}],
  ['a RAW folder below the JPEGs', 'shoot/ARW', 'shoot', {}],
  ['RAW and JPG folders, without serial numbers', 'RAW', 'JPEG', { serial: '' }],
])('%s hold one photo', async (_, raws, jpegs, capture) => {
  const ingest = createIngest(world.needs)
  const folder = { id: 'folder:/in', label: 'in' }
  await ingest.take(folder, shotOf('A.JPG', await jpeg(capture), { folder: jpegs }), never())
  await ingest.take(folder, shotOf('A.DNG', await raw(capture), { folder: raws }), never())
  expect(world.photos()).toMatchObject(one)
})

test('a JPEG that was sent flat and the RAW on the card are one photo', async () => {
  const ingest = createIngest(world.needs)
  await ingest.accept({ ...shotOf('A.JPG', await jpeg()), origin: 'upload' }, never())
  await ingest.take({ id: 'card:A', label: 'A' }, shotOf('A.DNG', await raw()), never())
  expect(world.photos()).toMatchObject(one)
})

test.each<[string, Capture]>([
  ['two bodies that count alike', { serial: '8' }],
  ['presses three seconds apart', { takenAt: at(4) }],
])('the control: %s are two photos, on two cards and in RAW and JPG folders', async (_, capture) => {
  const ingest = createIngest(world.needs)
  const [one, two] = [
    { id: 'card:ONE', label: '1' },
    { id: 'card:TWO', label: '2' },
  ]
  await ingest.take(one, shotOf('A.JPG', await jpeg()), never())
  await ingest.take(two, shotOf('A.DNG', await raw(capture)), never())
  await ingest.take(
    one,
    shotOf('A.DNG', await raw({ ...capture, rating: 1 }), { folder: 'DCIM/100/RAW' }),
    never(),
  )
  expect(world.photos().filter(({ raw }) => raw !== null)).toEqual([])
})

const PHONES = [
  ['PXL_1.RAW-01.COVER.jpg', 'PXL_1.RAW-02.ORIGINAL.dng'],
  ['PXL_1.RAW-01.MP.COVER.jpg', 'PXL_1.RAW-02.ORIGINAL.dng'],
  ['PXL_1.MP.jpg', 'PXL_1.dng'],
  ['PXL_1.NIGHT.RAW-01.COVER.jpg', 'PXL_1.NIGHT.RAW-02.ORIGINAL.dng'],
  ['pxl_1.raw-01.cover.JPG', 'PXL_1.RAW-02.ORIGINAL.DNG'],
  ['IMG_0001.JPG', 'IMG_0001.DNG'],
  ['20260501_100000.jpg', '20260501_100000.dng'],
  ['IMG_20260501.jpg', 'IMG_20260501_RAW.dng'],
  ['WP_1.jpg', 'WP_1__highres.dng'],
] as const

test.each(PHONES)('a phone’s %s and %s are one photo, each under its own name', async (cover, original) => {
  const ingest = createIngest(world.needs)
  const capture = { serial: '' }
  await ingest.accept({ ...shotOf(cover, await jpeg(capture)), origin: 'upload' }, never())
  await ingest.accept({ ...shotOf(original, await raw(capture)), origin: 'upload' }, never())
  expect(world.photos()).toMatchObject([{ filename: cover, raw: { filename: original } }])
})

test('what only looks like a phone’s ending is part of the name', () => {
  for (const name of ['IMG_1.COVERED.jpg', 'raw.dng', 'MP.jpg', '.MP', 'IMG_RAWLS.jpg', 'A.1.jpg'])
    expect(frameStem(name)).toBe(name.replace(/\.[^.]+$/, '').toLowerCase() || '.mp')
})

test('the folder tells, where it can', () => {
  const half = (origin: string, serial: string | null = null, camera: string | null = null) => ({
    origin,
    serial,
    camera,
  })
  const yes = [
    [half('card:A:DCIM/100'), half('card:B:DCIM/100')],
    [half('card:A:DCIM/100/RAW'), half('card:A:DCIM/100/JPG')],
    [half('buffer', '7'), half('card:A:DCIM/100', '7')],
    [half('camera:7:DCIM/100', '7', 'X'), half('card:B:DCIM/100', '7', 'X II')],
  ] as const
  const no = [
    [half('card:A:DCIM/100'), half('card:B:DCIM/101')],
    [half('card:A:DCIM/100', null, 'X'), half('card:B:DCIM/100', null, 'Y')],
    [half('card:A:DCIM/100', '7'), half('card:B:DCIM/100', '8')],
    [half('buffer'), half('card:A:DCIM/100')],
    [half('upload'), half('buffer')],
  ] as const
  for (const [a, b] of yes) expect([a, b, mayBelong(a, b), mayBelong(b, a)]).toEqual([a, b, true, true])
  for (const [a, b] of no) expect([a, b, mayBelong(a, b), mayBelong(b, a)]).toEqual([a, b, false, false])
})
