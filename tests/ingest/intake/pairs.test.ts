import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { frameStem } from '../../../daemon/catalog/photos/stems.ts'
import { mayBelong } from '../../../daemon/originals/halves.ts'
import { createIngest } from '../../../daemon/ingest/intake/ingest.ts'
import { makeJpeg, makeRaw, type Capture } from '../../fixtures/photos/photos.ts'
import { never, shotOf, until, useWorld } from '../world.ts'

const { world } = useWorld()

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

const CAMERA = { id: 'camera:7', label: 'Camera' }
const CARD = { id: 'card:A', label: 'A' }
const HALVES: readonly (readonly [string, string, () => Promise<Buffer>, string, () => Promise<Buffer>])[] = [
  ['RAW', 'A.DNG', () => raw(), 'A.JPG', () => jpeg({ rating: 5 })],
  ['JPEG', 'A.JPG', () => jpeg(), 'A.DNG', () => raw({ rating: 5 })],
]

/** One half came over the cable, and a person decided about it. */
async function decided(name: string, bytes: Buffer, state: 'archived' | 'trashed') {
  const taken = await createIngest(world.needs).take(
    CAMERA,
    shotOf(name, bytes, { folder: 'DCIM/100' }),
    never(),
  )
  if (taken.outcome !== 'taken') throw new Error(`It was ${taken.outcome}`)
  const { id, eventId } = taken.photo
  world.catalog.photos.setState(id, state)
  const place = world.folders.path(state === 'archived' ? 'archive' : 'trash')
  await rename(join(world.folders.path('buffer'), name), join(place, name))
  return { id, eventId, place }
}

describe.each(HALVES)('where the %s of a frame was dealt with', (_, first, one_, second, two) => {
  test.each(['archived', 'trashed'] as const)(
    'its other half that a program drops goes with it: %s',
    async (state) => {
      const { id, place } = await decided(first, await one_(), state)
      await world.put(join(world.folders.path('buffer'), second), await two())
      await world.sources().start()
      await until(() => expect(Object.keys(world.skipped())).toEqual([second]))
      expect(world.photos()).toEqual([])
      const whole = { state, filename: 'A.JPG', raw: { filename: 'A.DNG' } }
      expect(world.catalog.photos.byId(id)).toMatchObject(whole)
      expect((await readdir(place)).filter((name) => !name.startsWith('.'))).toEqual(['A.DNG', 'A.JPG'])
      // What lies in the buffer is nobody's to remove.
      expect(await world.files()).toEqual([second])
    },
  )

  test('its other half from a card stays away when it was deleted for good, and the card says so', async () => {
    const { id, eventId } = await decided(first, await one_(), 'trashed')
    world.catalog.photos.markDeleted(id)
    const ingest = createIngest(world.needs)
    const shot = shotOf(second, await two(), { folder: 'DCIM/100' })
    expect(await ingest.take(CARD, shot, never())).toMatchObject({ outcome: 'taken', already: true })
    expect([world.photos(), await world.files(), await world.parts()]).toEqual([[], [], []])
    expect(world.catalog.importHistory.deleted(eventId, CARD.id)).toEqual([first])
    expect(world.catalog.importHistory.outcome(eventId, CARD.id, shot.key)).toBe('taken')
  })

  test('the control: what was pressed later, or shot by another body, or a person brings, is taken', async () => {
    const { id } = await decided(first, await one_(), 'trashed')
    world.catalog.photos.markDeleted(id)
    const ingest = createIngest(world.needs)
    const make = (change: Capture) => (second === 'A.JPG' ? jpeg(change) : raw(change))
    for (const [n, change] of [{ takenAt: at(9) }, { serial: '8' }].entries()) {
      const shot = shotOf(second, await make(change), { folder: 'DCIM/100', modifiedAt: n })
      expect(await ingest.take(CARD, shot, never())).toMatchObject({ already: false })
    }
    await ingest.accept({ ...shotOf(second, await two()), origin: 'upload' }, never())
    expect(world.photos()).toHaveLength(3)
  })
})
