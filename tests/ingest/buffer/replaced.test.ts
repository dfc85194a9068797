import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createIngest } from '../../../daemon/ingest/intake/ingest.ts'
import { makeJpeg, makeRaw, truncate, type Picture } from '../../fixtures/photos/photos.ts'
import { never, shotOf, until, useWorld } from '../world.ts'

const { world } = useWorld()

const buffer = (name: string) => join(world.folders.path('buffer'), name)
const drop = (name: string, bytes: Uint8Array) => world.put(buffer(name), bytes)
const taken = (...names: string[]) => until(() => expect(world.names()).toEqual(names))
const FRAME: Picture = { serial: '7', camera: 'EOS RP', takenAt: new Date(Date.UTC(2026, 4, 1, 10)) }
const frame = (change: Picture = {}) => makeJpeg({ ...FRAME, ...change })
const known = (name: string) => world.catalog.originals.byName(world.catalog.events.current().id, name)
/** The daemon was off in between, or it was not. */
const WHEN = [
  ['while it watches', false],
  ['while it is off', true],
] as const

async function replace(isOff: boolean, ...files: [name: string, bytes: Uint8Array][]): Promise<void> {
  const first = world.sources()
  await first.start()
  await until(() => expect(world.names().length).toBeGreaterThan(0))
  if (isOff) await first.stop()
  for (const [name, bytes] of files) await drop(name, bytes)
  if (isOff) await world.sources().start()
}

test.each(WHEN)('another frame over a photo’s file is a photo of its own, %s', async (_, isOff) => {
  const [one, other] = [await frame({ seed: 1 }), await frame({ seed: 2 })]
  await drop('DSC00001.JPG', one)
  await replace(isOff, ['DSC00001.JPG', other])
  await taken('DSC00001-2.JPG', 'DSC00001.JPG')
  await until(() =>
    expect(world.skipped()).toEqual({ 'DSC00001.JPG': expect.stringContaining('Taken as DSC00001-2.JPG') }),
  )
  const [second, first] = world.photos()
  expect([first?.main.lost, second?.main.lost]).toEqual([true, false])
  expect(first?.main.bytes).toBe(one.length)
  // The file belongs to the program that wrote it; the photo has its own, which the next one over it does not touch.
  expect(await readFile(buffer('DSC00001.JPG'))).toEqual(other)
  expect(await readFile(buffer('DSC00001-2.JPG'))).toEqual(other)
  expect(world.notices.at(-1)).toMatchObject({ type: 'photo.added' })
})

test('three frames over one name are three photos', async () => {
  await world.sources().start()
  for (const [n, names] of [['A.JPG'], ['A-2.JPG', 'A.JPG'], ['A-2.JPG', 'A-3.JPG', 'A.JPG']].entries()) {
    await drop('A.JPG', await frame({ seed: n }))
    await taken(...names)
  }
  await until(() => expect(world.photos().map(({ main }) => main.lost)).toEqual([false, false, true]))
})

test('bytes of the same length and time are noticed too', async () => {
  const one = await frame({ seed: 1 })
  const other = Buffer.concat([await frame({ seed: 2 }), Buffer.alloc(200_000)]).subarray(0, 200_000)
  const padded = Buffer.concat([one, Buffer.alloc(200_000)]).subarray(0, 200_000)
  await world.sources().start()
  const path = await drop('A.JPG', padded)
  await taken('A.JPG')
  const { mtime } = await stat(path)
  await writeFile(path, other)
  await utimes(path, mtime, mtime)
  await taken('A-2.JPG', 'A.JPG')
})

test.each(WHEN)('the same frame with stars is the photo’s new bytes, %s', async (_, isOff) => {
  await drop('A.JPG', await frame())
  const rated = await frame({ rating: 5 })
  await replace(isOff, ['A.JPG', rated])
  await until(() => expect(world.photos()).toMatchObject([{ rating: 5, main: { bytes: rated.length } }]))
  expect(world.names()).toEqual(['A.JPG'])
  expect(world.skipped()).toEqual({})
  // Nobody marked it in the camera, so nothing goes out because of it.
  expect(world.photos()[0]?.marked).toBe(false)
  // The last word counts, also when it is fewer.
  await drop('A.JPG', await frame({ rating: 2 }))
  await until(() => expect(world.photos()[0]?.rating).toBe(2))
})

test('the same frame turned by its tag has another size', async () => {
  await drop('A.JPG', await frame())
  await replace(false, ['A.JPG', await frame({ orientation: 6 })])
  await until(() => expect(world.photos()).toMatchObject([{ width: 400, height: 600 }]))
  expect(world.names()).toEqual(['A.JPG'])
})

test.each<[string, Picture]>([
  ['other pixels of the same second', { seed: 2 }],
  ['another body', { serial: '8' }],
  ['another time', { takenAt: new Date(Date.UTC(2026, 4, 1, 11)) }],
])('the control: %s are another frame', async (_, change) => {
  await drop('A.JPG', await frame())
  await replace(false, ['A.JPG', await frame(change)])
  await taken('A-2.JPG', 'A.JPG')
})

test('a RAW that is written over is lost alone, and the other frame is a photo of its own', async () => {
  const raw = async (seed: number, change = {}) =>
    makeRaw(await makeJpeg({ seed, width: 300, height: 200 }), { ...FRAME, ...change })
  await drop('A.JPG', await frame())
  await drop('A.DNG', await raw(1))
  await world.sources().start()
  await until(() => expect(world.photos()[0]?.raw).toBeTruthy())
  await drop('A.DNG', await raw(1, { rating: 3 }))
  await until(() => expect(world.photos()).toMatchObject([{ rating: 3, raw: { lost: false } }]))
  await drop('A.DNG', await raw(2))
  await taken('A-2.DNG', 'A.JPG')
  expect(world.photos()).toMatchObject([
    { filename: 'A-2.DNG' },
    { filename: 'A.JPG', main: { lost: false }, raw: { lost: true } },
  ])
})

test('a photo whose file was removed says so, and no more when it is back', async () => {
  await world.sources().start()
  const bytes = await frame()
  await drop('A.JPG', bytes)
  await taken('A.JPG')
  await rm(buffer('A.JPG'))
  await until(() => expect(world.photos()[0]?.main.lost).toBe(true))
  expect(world.notices.at(-1)).toMatchObject({ type: 'photo.changed', photo: { gone: ['A.JPG'] } })
  await drop('A.JPG', bytes)
  await until(() => expect(world.photos()[0]?.main.lost).toBe(false))
})

test('what was moved to the archive is not missed', async () => {
  await world.sources().start()
  const path = await drop('A.JPG', await frame())
  await taken('A.JPG')
  const { id } = world.photos()[0]!
  world.catalog.photos.setState(id, 'archived')
  await rename(path, join(world.folders.path('archive'), 'A.JPG'))
  await drop('B.JPG', await frame({ seed: 2 }))
  await taken('B.JPG')
  expect(world.catalog.photos.byId(id)?.main.lost).toBe(false)
})

test.each([
  ['cut short', (bytes: Buffer) => truncate(bytes)],
  ['filled with zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
  ['gone', () => null],
] as const)('a file that is %s is whole again when its bytes come again', async (_, damage) => {
  const bytes = await frame()
  await world.sources().start()
  await drop('A.JPG', bytes)
  await taken('A.JPG')
  const left = damage(bytes)
  if (left) await drop('A.JPG', left)
  else await rm(buffer('A.JPG'))
  await until(() => expect(known('A.JPG')?.lost).toBe(true))
  const again = await createIngest(world.needs).take(
    { id: 'card:A', label: 'A' },
    shotOf('A.JPG', bytes),
    never(),
  )
  expect(again).toMatchObject({ already: true, photo: { main: { lost: false } } })
  expect(await readFile(buffer('A.JPG'))).toEqual(bytes)
  // Whatever stood there keeps its bytes.
  if (left) expect(await readFile(buffer('A-2.JPG'))).toEqual(left)
  await until(() => expect(Object.keys(world.skipped())).toEqual(left ? ['A-2.JPG'] : []))
})

test.each(['archived', 'trashed'] as const)(
  'the file of a photo that is %s comes back as well',
  async (state) => {
    const bytes = await frame()
    const ingest = createIngest(world.needs)
    const card = { id: 'card:A', label: 'A' }
    const done = await ingest.take(card, shotOf('A.JPG', bytes), never())
    if (done.outcome === 'taken') world.catalog.photos.setState(done.photo.id, state)
    await rm(buffer('A.JPG'))
    expect(await ingest.take(card, shotOf('A.JPG', bytes), never())).toMatchObject({ photo: { state } })
    const folder = world.folders.path(state === 'archived' ? 'archive' : 'trash')
    expect(await readFile(join(folder, 'A.JPG'))).toEqual(bytes)
    expect(await world.files()).toEqual([])
  },
)

test('another head of the frame heals it too, and becomes its bytes', async () => {
  const ingest = createIngest(world.needs)
  const card = { id: 'card:A', label: 'A' }
  await ingest.take(card, shotOf('A.JPG', await frame()), never())
  await writeFile(buffer('A.JPG'), 'rubbish')
  const rated = await frame({ rating: 3 })
  await ingest.take(card, shotOf('A.JPG', rated), never())
  expect(await readFile(buffer('A.JPG'))).toEqual(rated)
  expect(world.photos()).toMatchObject([{ rating: 3, main: { bytes: rated.length, lost: false } }])
})

test('a card that is still in its reader brings back what was lost', async () => {
  const { startsAt } = world.catalog.events.current()
  const bytes = await frame({ takenAt: new Date(startsAt + 1000) })
  await world.put('cards/CARD/DCIM/100/A.JPG', bytes, new Date(startsAt + 1000))
  await world.sources({ cardRoots: [world.path('cards')] }).start()
  await taken('A.JPG')
  await drop('A.JPG', await frame({ seed: 9, takenAt: new Date(startsAt + 9000) }))
  await taken('A-2.JPG', 'A.JPG')
  await until(async () => expect(await readFile(buffer('A.JPG'))).toEqual(bytes))
  await until(() => expect(world.photos().map(({ main }) => main.lost)).toEqual([false, false]))
})
