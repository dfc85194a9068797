import { createHash } from 'node:crypto'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createIngest } from '../../../daemon/ingest/intake/ingest.ts'
import { SourceLost } from '../../../daemon/ingest/source.ts'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'
import { never, shotOf, useWorld } from '../world.ts'

const CARD = { id: 'card:A', label: 'A' }

const { world } = useWorld()

const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const buffer = (name: string) => join(world.folders.path('buffer'), name)

test('a shot is on the disk, unchanged and with its time, and in the catalog, before it is acknowledged', async () => {
  const bytes = await makeJpeg({
    takenAt: new Date('2026-05-01T10:00:00Z'),
    camera: 'EOS RP',
    orientation: 6,
  })
  const modifiedAt = new Date('2026-05-01T10:00:01Z').getTime()
  const ingest = createIngest(world.needs)
  const taken = await ingest.take(CARD, shotOf('IMG_0001.JPG', bytes, { modifiedAt }), never())
  expect(taken).toMatchObject({ outcome: 'taken', already: false })
  expect(await readFile(buffer('IMG_0001.JPG'))).toEqual(bytes)
  expect((await stat(buffer('IMG_0001.JPG'))).mtimeMs).toBe(modifiedAt)
  expect(world.photos()).toMatchObject([
    {
      filename: 'IMG_0001.JPG',
      width: 400,
      height: 600,
      takenAt: new Date('2026-05-01T10:00:00Z').getTime(),
      main: { sha256: sha(bytes), bytes: bytes.length, modifiedAt, kind: 'jpeg' },
    },
  ])
  expect(world.notices).toMatchObject([{ type: 'photo.added', photo: { filename: 'IMG_0001.JPG' } }])
  expect(await world.parts()).toEqual([])
})

test('the ledger knows a taken shot by its Source and key', async () => {
  const shot = shotOf('A.JPG', await makeJpeg())
  await createIngest(world.needs).take(CARD, shot, never())
  const { id } = world.catalog.events.current()
  expect(world.catalog.importHistory.outcome(id, CARD.id, shot.key)).toBe('taken')
  expect(world.catalog.importHistory.outcome(id, 'card:B', shot.key)).toBeUndefined()
})

test('the same bytes again are the same photo, whatever their name and Source', async () => {
  const bytes = await makeJpeg()
  const ingest = createIngest(world.needs)
  await ingest.take(CARD, shotOf('A.JPG', bytes), never())
  const again = await ingest.take({ id: 'card:B', label: 'B' }, shotOf('B.JPG', bytes), never())
  expect(again).toMatchObject({ outcome: 'taken', already: true, photo: { filename: 'A.JPG' } })
  expect(world.names()).toEqual(['A.JPG'])
  expect(await world.files()).toEqual(['A.JPG'])
})

test('two Sources that give the same bytes at the same moment make one photo', async () => {
  const bytes = await makeJpeg()
  const ingest = createIngest(world.needs)
  const done = await Promise.all([
    ingest.take(CARD, shotOf('A.JPG', bytes), never()),
    ingest.take({ id: 'card:B', label: 'B' }, shotOf('A.JPG', bytes), never()),
    ingest.accept({ ...shotOf('A.JPG', bytes), origin: 'upload' }, never()),
  ])
  expect(done.filter((each) => 'already' in each && !each.already)).toHaveLength(1)
  expect(world.names()).toEqual(['A.JPG'])
  expect(world.notices.filter(({ type }) => type === 'photo.added')).toHaveLength(1)
})

test('the same name with other bytes gets a name of its own, also at the same moment', async () => {
  const ingest = createIngest(world.needs)
  const shots = await Promise.all(
    [1, 2, 3].map(async (seed) => shotOf('IMG_0001.JPG', await makeJpeg({ seed }))),
  )
  await Promise.all(shots.map((shot, n) => ingest.take({ id: `card:${n}`, label: 'C' }, shot, never())))
  expect(world.names()).toEqual(['IMG_0001-2.JPG', 'IMG_0001-3.JPG', 'IMG_0001.JPG'])
  expect(await world.files()).toEqual(['IMG_0001-2.JPG', 'IMG_0001-3.JPG', 'IMG_0001.JPG'])
})

test('a name is taken in every state, and whatever its case or composition', async () => {
  const ingest = createIngest(world.needs)
  const first = await ingest.take(CARD, shotOf('é.JPG', await makeJpeg({ seed: 1 })), never())
  if (first.outcome === 'taken') world.catalog.photos.setState(first.photo.id, 'archived')
  await ingest.take(CARD, shotOf('E\u0301.jpg'.toLowerCase(), await makeJpeg({ seed: 2 })), never())
  expect(world.names()).toEqual(['é-2.jpg'])
})

test("a file that nobody has adopted yet is never replaced; a twin of the shot's bytes serves as its copy", async () => {
  const [a, b] = [await makeJpeg({ seed: 1 }), await makeJpeg({ seed: 2 })]
  await writeFile(buffer('A.JPG'), 'somebody is writing this')
  await writeFile(buffer('B.JPG'), b)
  const ingest = createIngest(world.needs)
  await ingest.take(CARD, shotOf('A.JPG', a), never())
  await ingest.take(CARD, shotOf('B.JPG', b), never())
  expect(await readFile(buffer('A.JPG'), 'utf8')).toBe('somebody is writing this')
  expect(world.names()).toEqual(['A-2.JPG', 'B.JPG'])
  expect(await world.files()).toEqual(['A-2.JPG', 'A.JPG', 'B.JPG'])
})

const at = (seconds: number) => new Date(Date.UTC(2026, 4, 1, 10, 0, seconds))

test.each(['jpeg first', 'raw first'])('a RAW and its JPEG are one photo, %s', async (order) => {
  const jpeg = await makeJpeg({ takenAt: at(0), serial: '1' })
  const raw = makeRaw(await makeJpeg({ seed: 2, width: 300, height: 200 }), { takenAt: at(1), serial: '1' })
  const shots = [shotOf('IMG_1.JPG', jpeg), shotOf('IMG_1.DNG', raw)]
  const ingest = createIngest(world.needs)
  for (const shot of order === 'jpeg first' ? shots : shots.reverse()) await ingest.take(CARD, shot, never())
  expect(world.photos()).toMatchObject([
    {
      filename: 'IMG_1.JPG',
      width: 600,
      main: { kind: 'jpeg' },
      raw: { filename: 'IMG_1.DNG', kind: 'raw' },
    },
  ])
  expect(world.notices.map(({ type }) => type)).toEqual(['photo.added', 'photo.changed'])
})

test('a RAW gets the stem that its JPEG got', async () => {
  const ingest = createIngest(world.needs)
  await ingest.take({ id: 'card:0', label: '0' }, shotOf('IMG_1.JPG', await makeJpeg({ seed: 9 })), never())
  await ingest.take(CARD, shotOf('IMG_1.JPG', await makeJpeg({ takenAt: at(0) })), never())
  await ingest.take(CARD, shotOf('IMG_1.DNG', makeRaw(await makeJpeg(), { takenAt: at(0) })), never())
  expect(await world.files()).toEqual(['IMG_1-2.DNG', 'IMG_1-2.JPG', 'IMG_1.JPG'])
  expect(world.photos()).toHaveLength(2)
})

test.each([
  ['another serial', { serial: '2', takenAt: at(0) }, 'DCIM/100'],
  ['shot three seconds later', { serial: '1', takenAt: at(3) }, 'DCIM/100'],
  ['in another folder', { serial: '1', takenAt: at(0) }, 'DCIM/101'],
])('a RAW of the same name is a photo of its own: %s', async (_, capture, folder) => {
  const ingest = createIngest(world.needs)
  await ingest.take(CARD, shotOf('IMG_1.JPG', await makeJpeg({ takenAt: at(0), serial: '1' })), never())
  await ingest.take(CARD, shotOf('IMG_1.DNG', makeRaw(await makeJpeg(), capture), { folder }), never())
  expect(world.photos()).toHaveLength(2)
})

test('a RAW whose JPEG was rejected meanwhile goes where the JPEG is', async () => {
  const ingest = createIngest(world.needs)
  const jpeg = await ingest.take(CARD, shotOf('IMG_1.JPG', await makeJpeg({ takenAt: at(0) })), never())
  if (jpeg.outcome === 'taken') world.catalog.photos.setState(jpeg.photo.id, 'trashed')
  await ingest.take(CARD, shotOf('IMG_1.DNG', makeRaw(await makeJpeg(), { takenAt: at(0) })), never())
  expect(await stat(join(world.folders.path('trash'), 'IMG_1.DNG'))).toBeTruthy()
  expect(world.photos()).toEqual([])
})

test('a file that got its name just before the process died keeps its origin, so that its RAW finds it', async () => {
  const jpeg = await makeJpeg({ takenAt: at(0) })
  const catalog = {
    ...world.catalog,
    transaction: () => {
      throw new Error('killed here')
    },
  }
  const shot = shotOf('IMG_1.JPG', jpeg)
  await expect(createIngest({ ...world.needs, catalog }).take(CARD, shot, never())).rejects.toThrow(
    'killed here',
  )
  // A run that is killed again before it finds the file must leave the note to the next.
  await createIngest(world.needs).clean()
  const ingest = createIngest(world.needs)
  await ingest.clean()
  const stats = await stat(buffer('IMG_1.JPG'))
  await ingest.adopt('IMG_1.JPG', `${stats.size}|${Math.round(stats.mtimeMs)}`, never())
  const { id } = world.catalog.events.current()
  expect(world.catalog.importHistory.outcome(id, CARD.id, shot.key)).toBe('taken')
  await ingest.take(CARD, shotOf('IMG_1.DNG', makeRaw(await makeJpeg(), { takenAt: at(0) })), never())
  expect(world.photos()).toMatchObject([{ filename: 'IMG_1.JPG', raw: { filename: 'IMG_1.DNG' } }])
})

test('the same bytes bring back a file that somebody removed from the buffer folder', async () => {
  const bytes = await makeJpeg()
  const ingest = createIngest(world.needs)
  await ingest.take(CARD, shotOf('A.JPG', bytes), never())
  await rm(buffer('A.JPG'))
  expect(await ingest.take(CARD, shotOf('A-copy.JPG', bytes), never())).toMatchObject({ already: true })
  expect(await readFile(buffer('A.JPG'))).toEqual(bytes)
})

test('a Source that writes files itself is held to the same checks', async () => {
  const bytes = await makeJpeg()
  const shot = shotOf('A.JPG', bytes)
  const ingest = createIngest(world.needs)
  const short = { fetch: (path: string) => writeFile(path, bytes.subarray(0, 100)) }
  await expect(ingest.take(CARD, { ...shot, content: short }, never())).rejects.toThrow(SourceLost)
  const whole = { fetch: (path: string) => writeFile(path, bytes) }
  expect(await ingest.take(CARD, { ...shot, content: whole }, never())).toMatchObject({ outcome: 'taken' })
})

test('without the note of what was being placed, a killed pair would fall apart', async () => {
  const catalog = {
    ...world.catalog,
    transaction: () => {
      throw new Error('killed here')
    },
  }
  const shot = shotOf('IMG_1.JPG', await makeJpeg({ takenAt: at(0) }))
  await expect(createIngest({ ...world.needs, catalog }).take(CARD, shot, never())).rejects.toThrow()
  // The control to the test above: the next run does not read the note.
  const ingest = createIngest(world.needs)
  const stats = await stat(buffer('IMG_1.JPG'))
  await ingest.adopt('IMG_1.JPG', `${stats.size}|${Math.round(stats.mtimeMs)}`, never())
  await ingest.take(CARD, shotOf('IMG_1.DNG', makeRaw(await makeJpeg(), { takenAt: at(0) })), never())
  expect(world.photos()).toHaveLength(2)
})
