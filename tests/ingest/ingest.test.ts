import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Refusal } from '../../daemon/errors.ts'
import { INCOMING } from '../../daemon/ingest/intake/incoming.ts'
import { createIngest } from '../../daemon/ingest/intake/ingest.ts'
import { SourceLost } from '../../daemon/ingest/source.ts'
import { makeHeicLike, makeJpeg, makeRaw, truncate } from '../fixtures/photos.ts'
import { makeWorld, never, openDarkroom, shotOf, until, type World } from './world.ts'

const CARD = { id: 'card:A', label: 'A' }
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

test('a copy of another length than stated is not acknowledged, and leaves nothing', async () => {
  const bytes = await makeJpeg()
  const shot = shotOf('A.JPG', bytes, { stated: bytes.length + 1 })
  await expect(createIngest(world.needs).take(CARD, shot, never())).rejects.toThrow(SourceLost)
  expect(world.photos()).toEqual([])
  expect(await world.files()).toEqual([])
  expect(await world.parts()).toEqual([])
  // The control: the length is all that was wrong with it.
  expect(await createIngest(world.needs).take(CARD, { ...shot, bytes: null }, never())).toMatchObject({
    outcome: 'taken',
  })
})

test('a read that fails midway is not acknowledged, and the shot is taken when it is offered again', async () => {
  const bytes = await makeJpeg()
  async function* broken() {
    yield bytes.subarray(0, 5000)
    throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
  }
  const ingest = createIngest(world.needs)
  await expect(ingest.take(CARD, shotOf('A.JPG', bytes, { read: broken }), never())).rejects.toThrow(
    SourceLost,
  )
  expect(await world.parts()).toEqual([])
  await ingest.take(CARD, shotOf('A.JPG', bytes), never())
  expect(world.names()).toEqual(['A.JPG'])
})

test('a read that hangs ends when it is told to', async () => {
  const bytes = await makeJpeg()
  const begun = Promise.withResolvers<void>()
  async function* hanging() {
    yield bytes.subarray(0, 5000)
    begun.resolve()
    await new Promise(() => undefined)
  }
  const stop = new AbortController()
  const taking = createIngest(world.needs).take(CARD, shotOf('A.JPG', bytes, { read: hanging }), stop.signal)
  await begun.promise
  stop.abort()
  await expect(taking).rejects.toThrow('aborted')
  await until(async () => expect(await world.parts()).toEqual([]))
})

test.each([
  ['truncated', async () => truncate(await makeJpeg()), /cut short/],
  ['empty', async () => Buffer.alloc(0), /empty/],
  ['unknown', async () => Buffer.from('hello, world, this is no picture'), /not a picture/],
  ['HEIC', async () => makeHeicLike(), /HEIC/],
])('a %s file is set aside with a reason, and is not there twice', async (_, make, reason) => {
  const ingest = createIngest(world.needs)
  const shot = shotOf('A.JPG', await make())
  for (let n = 0; n < 2; n += 1)
    expect(await ingest.take(CARD, shot, never())).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringMatching(reason),
    })
  expect(world.skipped()).toEqual({ 'A/DCIM/100/A.JPG': expect.stringMatching(reason) })
  expect(world.photos()).toEqual([])
  expect(await world.files()).toEqual([])
  expect(await world.parts()).toEqual([])
})

test('a file that was set aside and is whole now is taken, and leaves the list', async () => {
  const ingest = createIngest(world.needs)
  const whole = await makeJpeg()
  await ingest.take(CARD, shotOf('A.JPG', truncate(whole)), never())
  await ingest.take(CARD, shotOf('A.JPG', whole), never())
  expect(world.skipped()).toEqual({})
  expect(world.names()).toEqual(['A.JPG'])
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

test('nothing is acknowledged while the buffer folder is away, and the empty folder in its place stays empty', async () => {
  const shot = shotOf('A.JPG', await makeJpeg())
  const ingest = createIngest(world.needs)
  const path = world.folders.path('buffer')
  await rename(path, `${path}.away`)
  await world.put(join(path, 'decoy'), Buffer.from('a stale mount point'))
  await expect(ingest.take(CARD, shot, never())).rejects.toMatchObject({ code: 'folder_away' })
  expect(await world.files()).toEqual(['decoy'])
  await rm(path, { recursive: true })
  await rename(`${path}.away`, path)
  expect(await ingest.take(CARD, shot, never())).toMatchObject({ outcome: 'taken', already: false })
})

test('a folder that goes away during the copy is noticed before the acknowledgement', async () => {
  const path = world.folders.path('buffer')
  const inspect = async (part: string) => {
    const seen = await world.needs.inspect(part)
    await rm(join(path, '.lep-folder'))
    return seen
  }
  const ingest = createIngest({ ...world.needs, inspect })
  await expect(ingest.take(CARD, shotOf('A.JPG', await makeJpeg()), never())).rejects.toMatchObject({
    code: 'folder_away',
  })
  expect(world.photos()).toEqual([])
})

test('nothing is taken while the Event is paused', async () => {
  const { id } = world.catalog.events.current()
  world.catalog.events.change(id, { state: 'paused' })
  const shot = shotOf('A.JPG', await makeJpeg())
  await expect(createIngest(world.needs).take(CARD, shot, never())).rejects.toMatchObject({
    code: 'event_paused',
  })
  world.catalog.events.change(id, { state: 'open' })
  expect(await createIngest(world.needs).take(CARD, shot, never())).toMatchObject({ outcome: 'taken' })
})

test('a shot whose Event was closed while it was copied is not put into the next one', async () => {
  const inspect = async (part: string) => {
    const seen = await world.needs.inspect(part)
    world.catalog.events.open('Next', () => world.folders.paths)
    return seen
  }
  const ingest = createIngest({ ...world.needs, inspect })
  await expect(ingest.take(CARD, shotOf('A.JPG', await makeJpeg()), never())).rejects.toThrow(Refusal)
  expect(world.photos()).toEqual([])
})

test('a failing catalog acknowledges nothing; the next try uses the file that is there', async () => {
  const bytes = await makeJpeg()
  let fail = true
  const catalog = {
    ...world.catalog,
    transaction: <T>(work: () => T): T => {
      if (!fail) return world.catalog.transaction(work)
      fail = false
      throw Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })
    },
  }
  const ingest = createIngest({ ...world.needs, catalog })
  await expect(ingest.take(CARD, shotOf('A.JPG', bytes), never())).rejects.toMatchObject({
    code: 'disk_full',
    status: 507,
  })
  expect(world.photos()).toEqual([])
  expect(world.notices).toEqual([])
  expect(await ingest.take(CARD, shotOf('A.JPG', bytes), never())).toMatchObject({
    outcome: 'taken',
    already: false,
  })
  expect(await world.files()).toEqual(['A.JPG'])
})

test("what an earlier run left half-copied is removed, and this run's copies are not", async () => {
  const bytes = await makeJpeg()
  await world.put(join(world.folders.path('buffer'), INCOMING, 'old.part'), bytes)
  const begun = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  async function* slow() {
    yield bytes.subarray(0, 5000)
    begun.resolve()
    await go.promise
    yield bytes.subarray(5000)
  }
  const ingest = createIngest(world.needs)
  const taking = ingest.take(CARD, shotOf('A.JPG', bytes, { read: slow }), never())
  await begun.promise
  await ingest.clean()
  expect(await world.parts()).toHaveLength(1)
  go.resolve()
  await expect(taking).resolves.toMatchObject({ outcome: 'taken' })
  expect(await world.parts()).toEqual([])
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

test('the sentinel is what keeps a stale folder from being written to', async () => {
  const path = world.folders.path('buffer')
  await rename(path, `${path}.away`)
  await mkdir(path)
  const unguarded = { ...world.folders, check: () => Promise.resolve() }
  const ingest = createIngest({ ...world.needs, folders: () => unguarded })
  // The control: without the check the photo would be acknowledged and lie in the wrong place.
  expect(await ingest.take(CARD, shotOf('A.JPG', await makeJpeg()), never())).toMatchObject({
    outcome: 'taken',
  })
  expect(await world.files()).toEqual(['A.JPG'])
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

test('uploads that hang hold up no card', async () => {
  const ingest = createIngest(world.needs)
  const stop = new AbortController()
  async function* hanging(): AsyncGenerator<Uint8Array> {
    yield Buffer.from([0xff])
    await new Promise(() => undefined)
  }
  const uploads = Array.from({ length: 5 }, (_, n) =>
    ingest.accept(
      { ...shotOf(`${n}.JPG`, Buffer.alloc(9), { read: hanging }), origin: 'upload' },
      stop.signal,
    ),
  )
  expect(await ingest.take(CARD, shotOf('A.JPG', await makeJpeg()), never())).toMatchObject({
    outcome: 'taken',
  })
  stop.abort()
  expect((await Promise.allSettled(uploads)).every(({ status }) => status === 'rejected')).toBe(true)
})

test('a folder that goes away just after the file got its name is noticed, and the next try uses that file', async () => {
  const bytes = await makeJpeg()
  let away = false
  const folders = {
    ...world.folders,
    async check(role: 'buffer' | 'web' | 'trash' | 'archive') {
      if (!away && (await world.files()).length > 0) {
        away = true
        throw new Refusal(503, 'folder_away', 'The buffer folder is away.')
      }
      return world.folders.check(role)
    },
  }
  const ingest = createIngest({ ...world.needs, folders: () => folders })
  await expect(ingest.take(CARD, shotOf('A.JPG', bytes), never())).rejects.toMatchObject({
    code: 'folder_away',
  })
  expect(world.photos()).toEqual([])
  expect(await ingest.take(CARD, shotOf('A.JPG', bytes), never())).toMatchObject({ already: false })
  expect(await world.files()).toEqual(['A.JPG'])
})
