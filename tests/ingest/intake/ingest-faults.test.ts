import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Refusal } from '../../../daemon/errors.ts'
import { INCOMING } from '../../../daemon/ingest/intake/incoming.ts'
import { createIngest } from '../../../daemon/ingest/intake/ingest.ts'
import { SourceLost } from '../../../daemon/ingest/source.ts'
import { makeHeicLike, makeJpeg, truncate } from '../../fixtures/photos/photos.ts'
import { never, shotOf, until, useWorld } from '../world.ts'

/** Shots that do not arrive whole, and folders and catalogs that fail meanwhile: nothing is acknowledged too early. */

const CARD = { id: 'card:A', label: 'A' }

const { world } = useWorld()

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
