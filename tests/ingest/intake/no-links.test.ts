import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createOriginalFiles } from '../../../daemon/originals/original-files.ts'
import { createAnnouncer } from '../../../daemon/views/announcer.ts'
import { createViews } from '../../../daemon/views/views.ts'
import { createBus } from '../../../daemon/bus.ts'
import { moveFile, placeNew } from '../../../daemon/files.ts'
import { createIngest } from '../../../daemon/ingest/intake/ingest.ts'
import { silentLog } from '../../../daemon/log.ts'
import { breakDisk, type DiskFaults } from '../../fixtures/disk/disk-faults.ts'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'
import { never, shotOf, until, useWorld, type World } from '../world.ts'

const CARD = { id: 'card:A', label: 'A' }
/** Both files of the pair were made in one moment, however long it takes to bring them in. */
const AT = { modifiedAt: Date.now() }
/** `npm run verify:long` fails every call; otherwise every third of those that a shot makes. */
const STEP = process.env.LONG_TESTS ? 1 : 3
const ROLES = ['buffer', 'archive', 'trash'] as const
const { world, another } = useWorld()
let disk: DiskFaults
let jpeg: Buffer
let raw: Buffer

beforeAll(async () => {
  jpeg = await makeJpeg({ serial: '7', takenAt: new Date(0), width: 90, height: 60 })
  raw = makeRaw(await makeJpeg({ seed: 2, width: 90, height: 60 }), { serial: '7', takenAt: new Date(0) })
})
beforeEach(() => {
  disk = breakDisk()
})
afterEach(() => disk.end())

const originalFilesOf = ({ catalog, folders }: World) => {
  const bus = createBus({
    now: Date.now,
    onError(error) {
      throw error
    },
  })
  const views = createViews({
    photos: catalog.photos,
    event: () => catalog.events.current(),
    renditionFile: () => '',
  })
  return createOriginalFiles({
    catalog,
    folders,
    announcer: createAnnouncer({ bus, photos: catalog.photos, views }),
    log: silentLog,
  })
}

/** Every file of the three folders, and its length. */
async function files(): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const role of ROLES)
    for (const name of await readdir(world.folders.path(role)))
      if (!name.startsWith('.lep') && name !== '.incoming')
        found[`${role}/${name}`] = (await stat(join(world.folders.path(role), name))).size
  return found
}
const pairIn = (role: (typeof ROLES)[number]) => ({
  [`${role}/A.JPG`]: jpeg.length,
  [`${role}/A.DNG`]: raw.length,
})
async function takePair(): Promise<void> {
  const ingest = createIngest(world.needs)
  await ingest.take(CARD, shotOf('A.JPG', jpeg, AT), never())
  await ingest.take(CARD, shotOf('A.DNG', raw, AT), never())
}

/** How many calls a piece of work makes that could fail. */
async function callsOf(work: () => Promise<unknown>): Promise<number> {
  disk.begin()
  await work()
  // The control: a disk that counts nothing would fail nothing.
  expect(disk.calls).toBeGreaterThan(5)
  return disk.calls
}

const MOVES = [
  ['archived', 'archive'],
  ['trashed', 'trash'],
] as const

test.each(MOVES)(
  'a photo that is %s is there or here, whichever call fails, and the next try succeeds',
  async (state, role) => {
    await takePair()
    const originalFiles = originalFilesOf(world)
    const calls = await callsOf(() => originalFiles.move('A.JPG', state))
    expect(await files()).toEqual(pairIn(role))
    await originalFiles.move('A.JPG', 'buffer')
    for (let nth = 1; nth <= calls; nth += 1) {
      disk.begin(nth)
      await originalFiles.move('A.JPG', state).catch(() => undefined)
      disk.begin()
      const now = world.catalog.photos.named(world.catalog.events.current().id, 'A.JPG')!.state
      expect([nth, await files()]).toEqual([nth, pairIn(now === 'buffer' ? 'buffer' : role)])
      await originalFiles.move('A.JPG', state)
      expect([nth, await files()]).toEqual([nth, pairIn(role)])
      await originalFiles.move('A.JPG', 'buffer')
      expect([nth, await files()]).toEqual([nth, pairIn('buffer')])
    }
  },
)

test.each(MOVES)(
  'killed at any call of being %s or restored, the next start finishes it',
  async (state, role) => {
    await takePair()
    const calls = await callsOf(() => originalFilesOf(world).move('A.JPG', state))
    await originalFilesOf(world).move('A.JPG', 'buffer')
    for (let nth = 1; nth <= calls; nth += 1)
      for (const to of [state, 'buffer'] as const) {
        disk.begin(nth, true)
        await originalFilesOf(world)
          .move('A.JPG', to)
          .catch(() => undefined)
        disk.begin()
        await originalFilesOf(world).recover()
        const now = world.catalog.photos.named(world.catalog.events.current().id, 'A.JPG')!.state
        expect([nth, await files()]).toEqual([nth, pairIn(now === 'buffer' ? 'buffer' : role)])
        await originalFilesOf(world).move('A.JPG', to)
      }
  },
)

test('a large frame of a camera is flushed while it comes, and taken only where every flush went well', async () => {
  const large = Buffer.concat([jpeg, Buffer.alloc(9 << 20)])
  const content = { fetch: (path: string) => writeFile(path, large) }
  const take = () => createIngest(world.needs).take(CARD, { ...shotOf('A.JPG', large), content }, never())
  // The control: the first is flushed on the way.
  disk.begin(1, false, 'datasync')
  await expect(take()).rejects.toThrow('datasync')
  expect(world.names()).toEqual([])
  expect(await world.parts()).toEqual([])
  disk.begin(1, false, 'sync')
  await expect(take()).rejects.toThrow('sync')
  expect(world.names()).toEqual([])
  disk.begin()
  await take()
  expect(world.names()).toEqual(['A.JPG'])
})

test('a shot is one photo, whichever call fails while it is taken', async () => {
  const calls = await callsOf(takePair)
  for (let nth = 1; nth <= calls; nth += STEP) {
    await another()
    disk.begin(nth)
    await takePair().catch(() => undefined)
    disk.begin()
    await takePair()
    expect([nth, await files()]).toEqual([nth, pairIn('buffer')])
    expect([nth, world.photos()]).toMatchObject([nth, [{ filename: 'A.JPG', raw: { filename: 'A.DNG' } }]])
    expect([nth, await world.parts()]).toEqual([nth, []])
  }
})

test('killed at any call while a shot is taken, the next start leaves one photo and nothing else', async () => {
  const calls = await callsOf(takePair)
  for (let nth = 1; nth <= calls; nth += STEP) {
    await another()
    disk.begin(nth, true)
    await takePair().catch(() => undefined)
    disk.begin()
    const sources = world.sources()
    await sources.start()
    const again = createIngest(world.needs)
    await again.clean()
    await again.take(CARD, shotOf('A.JPG', jpeg, AT), never())
    await again.take(CARD, shotOf('A.DNG', raw, AT), never())
    await until(() =>
      expect([nth, world.photos()]).toMatchObject([nth, [{ filename: 'A.JPG', raw: { filename: 'A.DNG' } }]]),
    )
    await sources.stop()
    expect([nth, await files(), world.skipped()]).toEqual([nth, pairIn('buffer'), {}])
  }
})

test('an empty file that an earlier version left where a photo belongs stops nobody', async () => {
  await takePair()
  const originalFiles = originalFilesOf(world)
  await writeFile(join(world.folders.path('archive'), 'A.JPG'), '')
  await originalFiles.move('A.JPG', 'archived')
  expect(await files()).toEqual(pairIn('archive'))
  // Killed between the two: the row says buffer, the file lies in the archive.
  await writeFile(join(world.folders.path('buffer'), 'A.JPG'), '')
  world.catalog.photos.setState(
    world.catalog.photos.named(world.catalog.events.current().id, 'A.JPG')!.id,
    'buffer',
  )
  await originalFilesOf(world).recover()
  expect(await files()).toEqual({ ...pairIn('buffer'), 'buffer/A-2.JPG': 0 })
})

test('an empty file that an earlier version left for a shot is removed at the next start, by its note', async () => {
  const incoming = join(world.folders.path('buffer'), '.incoming')
  await mkdir(incoming, { recursive: true })
  const note = { sha256: 'f'.repeat(64), origin: 'card:A:DCIM/100', originName: 'A.JPG', ledger: null }
  await writeFile(join(incoming, `${note.sha256}.placing.json`), JSON.stringify(note))
  await writeFile(join(world.folders.path('buffer'), 'A.JPG'), '')
  // The control: nobody knows whose this one is.
  await writeFile(join(world.folders.path('buffer'), 'B.JPG'), '')
  await createIngest(world.needs).clean()
  expect(await files()).toEqual({ 'buffer/B.JPG': 0 })
})

test('copies on their way that an earlier run left are removed, in every folder', async () => {
  const part = '.4242-1700000000000-01234567-89ab-cdef-0123-456789abcdef.part'
  for (const role of ROLES) await writeFile(join(world.folders.path(role), part), 'half')
  await originalFilesOf(world).recover()
  expect(await files()).toEqual({})
})

test('no file is ever replaced, also by two at once', async () => {
  const path = (name: string) => join(world.folders.path('buffer'), name)
  for (const name of ['one', 'two', 'there']) await writeFile(path(name), name)
  await expect(placeNew(path('one'), path('there'))).rejects.toMatchObject({ code: 'EEXIST' })
  const done = await Promise.allSettled([
    placeNew(path('one'), path('new')),
    placeNew(path('two'), path('new')),
  ])
  expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await readFile(path('new'), 'utf8')).toMatch(/^(one|two)$/)
  expect(
    (await readdir(world.folders.path('buffer'))).filter((name) => /^(one|two)$/.test(name)),
  ).toHaveLength(1)
})

test('the control: an empty file of which nobody knows whose it is keeps its place', async () => {
  const path = (name: string) => join(world.folders.path('buffer'), name)
  await writeFile(path('from'), 'bytes')
  await writeFile(path('to'), '')
  await expect(moveFile(path('from'), path('to'))).rejects.toMatchObject({ code: 'EEXIST' })
  await moveFile(path('from'), path('to'), { emptyIsOurs: true })
  expect(await readFile(path('to'), 'utf8')).toBe('bytes')
})

test('a move across disks that was cut off with the file in both places is finished', async () => {
  const path = (name: string) => join(world.folders.path('buffer'), name)
  await writeFile(path('from'), 'the same bytes')
  await writeFile(path('to'), 'the same bytes')
  await moveFile(path('from'), path('to'))
  expect(Object.keys(await files())).toEqual(['buffer/to'])
  await writeFile(path('from'), 'other bytes...')
  await expect(moveFile(path('from'), path('to'))).rejects.toMatchObject({ code: 'EEXIST' })
})
