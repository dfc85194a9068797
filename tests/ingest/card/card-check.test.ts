import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { folderIds } from '../../../daemon/catalog/catalog.ts'
import type { CardReport } from '../../../daemon/contract/card-check.ts'
import { checkCard, type CheckNeeds } from '../../../daemon/ingest/card-check/check.ts'
import { createIngest } from '../../../daemon/ingest/intake/ingest.ts'
import { makeJpeg, makeRaw, makeVideoLike, type Picture } from '../../fixtures/photos/photos.ts'
import { never, snapshot, until } from '../world.ts'
import { small, useReader } from './reader.ts'

/** What a check says of a card: nothing is believed but the bytes that were read back. */

const { world, today, frame, open } = useReader()
let ingest: ReturnType<typeof createIngest>
beforeEach(() => {
  ingest = createIngest(world.needs)
})

const CARD = () => world.path('cards/A')
const check = (change: Partial<CheckNeeds> = {}, told?: (report: CardReport) => void, folder = CARD()) => {
  const { catalog, folders, inspect } = world.needs
  const ids = folderIds(world.catalog.settings)
  const needs = { catalog, folders, inspect, ids, isOnSecondCopy: async () => null, ...change }
  return checkCard(needs, folder, never(), told)
}
const taking = (change: Partial<CheckNeeds> = {}) => check({ take: ingest.take, ...change })
const whatOf = ({ frames }: CardReport) =>
  Object.fromEntries(frames.map(({ path, what }) => [path.split('/').at(-1), what]))
const buffer = (name: string) => join(world.folders.path('buffer'), name)
const picture = (change: Picture) => makeJpeg({ ...small, serial: '77', takenAt: today(1), ...change })
/** Frames on the card that are with us, too. */
async function taken(...names: string[]): Promise<void> {
  for (const [n, name] of names.entries()) await frame(`cards/A/DCIM/100/${name}`, n, today(n))
  await taking()
}

test('each frame is said to be what became of it, and the card is only read', async () => {
  await taken('HERE.JPG', 'TRASHED.JPG', 'DELETED.JPG', 'ARCHIVED.JPG')
  const { photos } = world.catalog
  const id = (name: string) => photos.named(world.catalog.events.current().id, name)!.id
  for (const name of ['TRASHED.JPG', 'DELETED.JPG'])
    await rename(buffer(name), join(world.folders.path('trash'), name))
  await rename(buffer('ARCHIVED.JPG'), join(world.folders.path('archive'), 'ARCHIVED.JPG'))
  photos.setState(id('ARCHIVED.JPG'), 'archived')
  photos.setState(id('TRASHED.JPG'), 'trashed')
  photos.markDeleted(id('DELETED.JPG'))
  await rm(join(world.folders.path('trash'), 'DELETED.JPG'))
  await frame('cards/A/DCIM/100/OLD.JPG', 9, today(-60))
  await world.put('cards/A/DCIM/100/HALF.JPG', (await picture({ seed: 8 })).subarray(0, 900), today(8))
  await world.put('cards/A/DCIM/100/MOV.MP4', makeVideoLike())
  await world.put('cards/A/PRIVATE/M4ROOT/CLIP/C1.MP4', makeVideoLike())
  await world.put('cards/A/PRIVATE/M4ROOT/THMBNL/C1.JPG', await picture({ seed: 7 }))
  await world.put('cards/A/DCIM/100/._HERE.JPG', Buffer.from('x'))
  await world.put('cards/A/DCIM/100/HERE.XMP', Buffer.from('x'))
  const before = await snapshot(CARD())
  const report = await check()
  expect(whatOf(report)).toEqual({
    'HERE.JPG': 'here',
    'ARCHIVED.JPG': 'here',
    'TRASHED.JPG': 'rejected',
    'DELETED.JPG': 'deleted',
    'HALF.JPG': 'set_aside',
  })
  expect(report.frames.find(({ what }) => what === 'set_aside')?.reason?.code).toBe('cut_short')
  expect(report).toMatchObject({ safe: true, state: 'done', message: null, total: 5, done: 5 })
  expect(report.counts).toMatchObject({ before: 1, videos: 2, outside: 1, set_aside: 1 })
  expect(await snapshot(CARD())).toEqual(before)
})

test('what is missing is said, and taken in where that can be; then the card is safe', async () => {
  await taken('A.JPG')
  const path = 'cards/A/DCIM/101/A.JPG'
  const bytes = await frame(path, 5, today(5))
  const alone = await check()
  expect(alone).toMatchObject({
    safe: false,
    counts: { here: 1, missing: 1 },
    message: { code: 'check_not_safe' },
  })
  const report = await taking()
  expect(report).toMatchObject({ safe: true, counts: { here: 2, missing: 0, taken_now: 1 } })
  const second = report.frames.find(({ taken_now }) => taken_now)!
  expect(await readFile(buffer(second.filename!))).toEqual(bytes)
})

test('an event that takes nothing leaves it missing, with the reason', async () => {
  await frame('cards/A/DCIM/100/A.JPG', 1, today(1))
  const { events } = world.catalog
  events.change(events.current().id, { state: 'paused' })
  const report = await taking()
  expect(report).toMatchObject({ safe: false, counts: { missing: 1 } })
  expect(report.frames[0]?.reason?.code).toBe('event_paused')
})

const GONE: Record<string, (name: string) => Promise<unknown>> = {
  'is gone': (name) => rm(buffer(name)),
  'is a link to the card': async (name) => {
    await rm(buffer(name))
    await symlink(join(CARD(), 'DCIM/100', name), buffer(name))
  },
  'has other bytes of the same length and time': async (name) => {
    const bytes = await readFile(buffer(name))
    bytes[bytes.length >> 1]! ^= 1
    await writeFile(buffer(name), bytes)
    await utimes(buffer(name), today(0), today(0))
  },
}

test.each(Object.keys(GONE))('a photo whose file %s is missing, whatever its row says', async (how) => {
  await taken('A.JPG')
  const bytes = await readFile(join(CARD(), 'DCIM/100/A.JPG'))
  await GONE[how]!('A.JPG')
  expect(await check()).toMatchObject({ safe: false, counts: { here: 0, missing: 1 } })
  // A control: the row alone would have said that it is here.
  const { originals, events } = world.catalog
  const sha256 = (await check()).frames[0]!.sha256!
  expect(originals.bySha(events.current().id, sha256)).toMatchObject({ lost: false })
  if (how !== 'is gone' && how !== 'is a link to the card')
    expect(await check({ hash: async () => sha256 })).toMatchObject({ safe: true })
  // It comes again from the card.
  expect(await taking()).toMatchObject({ safe: true, counts: { here: 1, taken_now: 1 } })
  expect(await readFile(buffer('A.JPG'))).toEqual(bytes)
})

test('a copy that was given stars in the camera is the same frame, also while nothing is taken', async () => {
  await taken('A.JPG')
  await world.put(
    'cards/A/DCIM/100/A.JPG',
    await makeJpeg({ ...small, seed: 0, takenAt: today(0), serial: '77', rating: 4 }),
    today(9),
  )
  const { events } = world.catalog
  events.change(events.current().id, { state: 'closed' })
  expect(await taking()).toMatchObject({ safe: true, counts: { here: 1, missing: 0 } })
  // Its own file must be there all the same.
  await rm(buffer('A.JPG'))
  expect(await check()).toMatchObject({ safe: false, counts: { missing: 1 } })
})

test('the RAW and the JPEG of a frame are two files, and the RAW of a deleted one is deleted with it', async () => {
  const jpeg = await picture({ seed: 3 })
  const raw = makeRaw(await picture({ seed: 3, width: 1700, height: 1200 }), {
    takenAt: today(1),
    serial: '77',
  })
  await world.put('cards/A/DCIM/100/P.JPG', jpeg, today(1))
  await taking()
  await world.put('cards/A/DCIM/100/P.CR2', raw, today(1))
  expect(whatOf(await check())).toEqual({ 'P.JPG': 'here', 'P.CR2': 'missing' })
  const [photo] = world.photos()
  world.catalog.photos.markDeleted(photo!.id)
  await rm(buffer('P.JPG'))
  const report = await check()
  expect(whatOf(report)).toEqual({ 'P.JPG': 'deleted', 'P.CR2': 'deleted' })
  expect(report.safe).toBe(true)
})

test('same names with other bytes in another folder, a second folder of pictures and names of any bytes are each looked at', async () => {
  await taken('A.JPG')
  await frame('cards/A/DCIM/999/A.JPG', 20, today(20))
  await frame('cards/A/dcim/100/A.JPG', 21, today(21))
  const odd = Buffer.concat([Buffer.from(`${CARD()}/DCIM/100/Gr`), Buffer.from([0xfc]), Buffer.from('n.JPG')])
  await writeFile(odd, await picture({ seed: 22, takenAt: today(22) }))
  expect((await check()).counts).toMatchObject({ here: 1, missing: 3 })
  expect(await taking()).toMatchObject({ safe: true, counts: { here: 4, taken_now: 3 } })
})

test('frames of another event are kept there', async () => {
  await taken('A.JPG')
  const { events } = world.catalog
  const paths = Object.fromEntries(
    Object.keys(world.folders.paths).map((role) => [role, world.path('next', role)]),
  ) as typeof world.folders.paths
  const starts = events.current().startsAt
  const prepared = await world.folders.prepare(paths)
  prepared.record()
  events.open('Next', () => paths)
  events.change(events.current().id, { startsAt: starts - 1000 } as never)
  prepared.enter()
  expect((await check()).counts).toMatchObject({ missing: 0, unread: 0 })
})

const TROUBLE: Record<string, { does: () => void; counts: object; state: string }> = {
  'a frame that vanishes is unread': {
    does: () => rmSync(join(CARD(), 'DCIM/100/B.JPG')),
    counts: { unread: 1 },
    state: 'done',
  },
  'a frame that changes is unread': {
    does: () => writeFileSync(join(CARD(), 'DCIM/100/B.JPG'), 'other'),
    counts: { unread: 1 },
    state: 'done',
  },
  'a frame that appears is unread': {
    does: () => writeFileSync(join(CARD(), 'DCIM/100/C.JPG'), 'new'),
    counts: { unread: 1 },
    state: 'done',
  },
  'a card that is pulled is not safe': {
    does: () => renameSync(CARD(), world.path('pulled')),
    counts: { unread: 2 },
    state: 'stopped',
  },
}

test.each(Object.entries(TROUBLE))('%s', async (_, { does, counts, state }) => {
  await taken('A.JPG', 'B.JPG')
  expect((await check()).safe).toBe(true)
  let once = does
  const report = await check({}, () => {
    once()
    once = () => undefined
  })
  expect(report).toMatchObject({ safe: false, state, counts })
})

test('an empty folder, a card of another time and a folder that is away are never safe', async () => {
  await mkdir(join(CARD(), 'DCIM'), { recursive: true })
  expect(await check()).toMatchObject({ safe: false, message: { code: 'check_nothing' } })
  await frame('cards/A/DCIM/100/OLD.JPG', 9, today(-60))
  expect(await check()).toMatchObject({ safe: false, counts: { before: 1 } })
  await taken('A.JPG')
  await rename(world.folders.path('buffer'), world.path('away'))
  await mkdir(world.folders.path('buffer'))
  await writeFile(buffer('A.JPG'), await readFile(join(CARD(), 'DCIM/100/A.JPG')))
  const report = await check()
  expect(report).toMatchObject({ safe: false, counts: { unread: 1 } })
  expect(report.frames[0]?.reason?.code).toBe('check_folder_away')
})

test('our own folders are no card, and a card that holds them is never safe', async () => {
  await taken('A.JPG')
  await expect(check({}, undefined, world.folders.path('buffer'))).rejects.toMatchObject({
    code: 'check_own_folder',
  })
  await expect(check({}, undefined, world.path('nowhere'))).rejects.toMatchObject({ code: 'no_such_folder' })
  await world.put('DCIM/100/A.JPG', await readFile(join(CARD(), 'DCIM/100/A.JPG')))
  expect(await check({}, undefined, world.path())).toMatchObject({
    safe: false,
    message: { code: 'check_holds_ours' },
  })
})

test('the second copy is waited for', async () => {
  await taken('A.JPG')
  expect(await check({ isOnSecondCopy: async () => false })).toMatchObject({
    safe: false,
    counts: { second_copy_waits: 1 },
    message: { code: 'check_second_copy' },
  })
  expect(await check({ isOnSecondCopy: async () => true })).toMatchObject({ safe: true })
})

test('a card may be taken out once the second copy is made, too', async () => {
  await frame('cards/A/DCIM/100/A.JPG', 1, today(0))
  let waits = 1
  const sources = open({ secondCopyWaits: () => waits })
  await sources.start()
  await until(() =>
    expect(sources.card()).toMatchObject({
      safe_to_eject: false,
      state: 'waiting',
      code: 'second_copy_waits',
      params: { n: 1 },
      done: 1,
    }),
  )
  waits = 0
  expect(sources.card()).toMatchObject({ safe_to_eject: true, state: 'done', message: null })
})

test('a card in a reader is checked by its name, and what was found is forgotten with it', async () => {
  await frame('cards/A/DCIM/100/A.JPG', 1, today(0))
  const sources = open()
  await sources.start()
  await until(() => expect(sources.card().safe_to_eject).toBe(true))
  await rm(buffer('A.JPG'))
  sources.checkCard(sources.card().id)
  await until(() => expect(sources.card().check).toMatchObject({ safe: true, counts: { here: 1 } }))
  expect(await world.files()).toEqual(['A.JPG'])
  await rename(CARD(), world.path('parked'))
  await until(() => expect(sources.checks.report(CARD())).toBeUndefined())
})
