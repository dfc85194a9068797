import { createReadStream } from 'node:fs'
import { readFile, rename, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createIngest } from '../../../daemon/ingest/intake/ingest.ts'
import type { Take } from '../../../daemon/ingest/source.ts'
import { createCards } from '../../../daemon/ingest/card/cards.ts'
import { makeJpeg, makeRaw, truncate } from '../../fixtures/photos/photos.ts'
import { snapshot, until } from '../world.ts'
import { names, small, useReader } from './reader.ts'

const { world, today, frame, open } = useReader()
const lastWeek = (seconds: number) => new Date(today(seconds).getTime() - 7 * 86_400_000)

test('a card with old frames, new ones, a RAW pair, a truncated one and a duplicate, taken away in mid copy', async () => {
  const card = 'parked/EOS_DIGITAL/DCIM/100EOS'
  for (const [n, name] of names('OLD', 100).entries()) await frame(`${card}/${name}`, n, lastWeek(n))
  for (const [n, name] of names('IMG', 20).entries()) await frame(`${card}/${name}`, 200 + n, today(n * 10))
  await world.put(
    `${card}/IMG_0005.DNG`,
    makeRaw(await makeJpeg({ ...small, seed: 300 }), { takenAt: today(40), serial: '77' }),
    today(40),
  )
  await world.put(
    `${card}/CUT_0001.JPG`,
    truncate(await makeJpeg({ ...small, seed: 400, takenAt: today(500) })),
    today(500),
  )
  const duplicate = await readFile(world.path(card, 'IMG_0003.JPG'))
  await world.put(`parked/EOS_DIGITAL/DCIM/101EOS/IMG_0003.JPG`, duplicate, today(20))
  await world.put(`${card}/._IMG_0001.JPG`, Buffer.from('x'), today(0))
  const before = await snapshot(world.path('parked/EOS_DIGITAL'))

  // The eighth frame's check is held, so that the card surely leaves while copies are under way.
  let inspected = 0
  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const inspect = async (path: string) => {
    inspected += 1
    if (inspected === 8) reached.resolve()
    if (inspected >= 8) await gate.promise
    return world.needs.inspect(path)
  }
  const { start, card: status, answer } = open({ inspect })
  await start()
  const mount = world.path('cards/EOS_DIGITAL')
  await rename(world.path('parked/EOS_DIGITAL'), mount)
  await reached.promise
  expect(status()).toMatchObject({ state: 'copying', safe_to_eject: false, offer: { count: 100 } })
  await rename(mount, world.path('parked/EOS_DIGITAL'))
  gate.resolve()
  await until(() => expect(status()).toMatchObject({ state: 'away', safe_to_eject: false, offer: null }))
  expect(status().message).toMatch(/taken out before everything was copied/)
  expect(world.photos().length).toBeLessThan(20)
  await until(async () => expect(await world.parts()).toEqual([]))

  await rename(world.path('parked/EOS_DIGITAL'), mount)
  await until(() => expect(status()).toMatchObject({ state: 'done', safe_to_eject: true, message: null }))
  expect(status()).toMatchObject({
    label: 'EOS_DIGITAL',
    total: 23,
    done: 23,
    offer: { count: 100, from: lastWeek(0).toISOString(), to: lastWeek(99).toISOString() },
  })
  expect(status().bytes_done).toBe(status().bytes_total)
  expect(world.names()).toEqual(names('IMG', 20))
  expect(world.photos().filter(({ raw }) => raw)).toMatchObject([
    { filename: 'IMG_0005.JPG', raw: { filename: 'IMG_0005.DNG' } },
  ])
  expect(world.notices.filter(({ type }) => type === 'photo.added')).toHaveLength(20)
  expect(world.skipped()).toEqual({
    'EOS_DIGITAL/DCIM/100EOS/CUT_0001.JPG': expect.stringContaining('cut short'),
    'EOS_DIGITAL/DCIM/100EOS/._IMG_0001.JPG': expect.stringContaining('system file'),
  })
  expect(await snapshot(mount)).toEqual(before)

  answer(status().id, 'take')
  await until(() => expect(world.photos()).toHaveLength(120))
  await until(() =>
    expect(status()).toMatchObject({ state: 'done', offer: null, total: 123, safe_to_eject: true }),
  )
  expect(await snapshot(mount)).toEqual(before)
})

test('the oldest frames come first', async () => {
  await frame('cards/A/DCIM/100/B.JPG', 1, today(30))
  await frame('cards/A/DCIM/100/A.JPG', 2, today(10))
  await frame('cards/A/dcim/99/C.JPG'.replace('dcim', 'DCIM'), 3, today(20))
  const order: string[] = []
  const ingest = createIngest(world.needs)
  const take: Take = (from, shot, signal) => {
    order.push(shot.filename)
    return ingest.take(from, shot, signal)
  }
  const cards = createCards({ ...world.sourceNeeds(take), roots: [world.path('cards')], every: 50 })
  cards.start()
  await until(() => expect(world.photos()).toHaveLength(3))
  await cards.stop()
  expect(order).toEqual(['A.JPG', 'C.JPG', 'B.JPG'])
})

test('older frames that a person leaves are not asked about again, also after a restart', async () => {
  await frame('cards/A/DCIM/100/OLD.JPG', 1, lastWeek(0))
  await frame('cards/A/DCIM/100/NEW.JPG', 2, today(0))
  const first = open()
  await first.start()
  await until(() => expect(first.card()).toMatchObject({ state: 'done', offer: { count: 1 } }))
  first.answer(first.card().id, 'leave')
  expect(first.card().offer).toBe(null)
  await first.stop()
  const second = open()
  await second.start()
  await until(() => expect(second.card()).toMatchObject({ state: 'done', offer: null, total: 1, done: 1 }))
  expect(world.names()).toEqual(['NEW.JPG'])
})

test.each([
  ['whole hours west', -9 * 3600],
  ['a zone of quarters east', 5.75 * 3600],
])('a card that was read in another zone, %s, is neither copied nor asked about again', async (_, by) => {
  const card = 'cards/EOS/DCIM/100EOS'
  const at: [string, Date][] = [
    ...names('OLD', 3).map((name, n): [string, Date] => [name, lastWeek(n)]),
    ...names('IMG', 4).map((name, n): [string, Date] => [name, today(43_200 + n * 60)]),
  ]
  for (const [n, [name, when]] of at.entries()) await frame(`${card}/${name}`, n, when)
  const first = open()
  await first.start()
  await until(() => expect(first.card()).toMatchObject({ done: 4, offer: { count: 3 } }))
  first.answer(first.card().id, 'leave')
  await until(() => expect(first.card()).toMatchObject({ state: 'done', offer: null }))
  await first.stop()
  for (const [name, when] of at) {
    const shifted = new Date(when.getTime() + by * 1000)
    await utimes(world.path(card, name), shifted, shifted)
  }
  let read = 0
  const inspect = (path: string) => {
    read += 1
    return world.needs.inspect(path)
  }
  const again = open({ inspect })
  await again.start()
  await until(() => expect(again.card()).toMatchObject({ state: 'done', done: 4, offer: null }))
  expect([read, world.photos().length]).toEqual([0, 4])
})

test('frames under the names and of the size of others, at other minutes, are taken', async () => {
  const card = 'cards/EOS/DCIM/100EOS'
  const same = await makeJpeg({ ...small, serial: '77' })
  const write = async (seed: number, seconds: number) => {
    for (const [n, name] of names('IMG', 3).entries()) {
      const bytes = await makeJpeg({ ...small, seed: seed + n, takenAt: today(seconds + n), serial: '77' })
      const padded = Buffer.concat([bytes, Buffer.alloc(Math.max(0, 2 * same.length - bytes.length))])
      await world.put(`${card}/${name}`, padded, today(seconds + n))
    }
  }
  await write(1, 3600)
  const first = open()
  await first.start()
  await until(() => expect(first.card()).toMatchObject({ state: 'done', done: 3 }))
  // The counter began again, seven minutes and something later.
  await write(50, 3600 + 433)
  first.rescan()
  await until(() => expect(world.photos()).toHaveLength(6))
})

test('a question that nobody answered is asked again after a restart; nothing is taken meanwhile', async () => {
  await frame('cards/A/DCIM/100/OLD.JPG', 1, lastWeek(0))
  for (let n = 0; n < 2; n += 1) {
    const sources = open()
    await sources.start()
    await until(() => expect(sources.card()).toMatchObject({ state: 'done', offer: { count: 1 } }))
    await sources.stop()
  }
  expect(world.photos()).toEqual([])
})

test('an old RAW and its JPEG count as one in the question', async () => {
  const jpeg = await frame('cards/A/DCIM/100/OLD.JPG', 1, lastWeek(0))
  await world.put('cards/A/DCIM/100/OLD.DNG', makeRaw(jpeg, { takenAt: lastWeek(0) }), lastWeek(0))
  const sources = open()
  await sources.start()
  await until(() => expect(sources.card().offer).toMatchObject({ count: 1 }))
})

test('a frame without a date in it goes by the time of its file', async () => {
  await world.put('cards/A/DCIM/100/OLD.JPG', await makeJpeg({ ...small, seed: 1 }), lastWeek(0))
  await world.put('cards/A/DCIM/100/NEW.JPG', await makeJpeg({ ...small, seed: 2 }), today(0))
  const sources = open()
  await sources.start()
  await until(() => expect(sources.card()).toMatchObject({ state: 'done', offer: { count: 1 } }))
  expect(world.names()).toEqual(['NEW.JPG'])
})

test('what went into an earlier Event of the same day is offered, not taken again', async () => {
  await frame('cards/A/DCIM/100/IMG.JPG', 1, today(10))
  const sources = open()
  await sources.start()
  await until(() => expect(world.names()).toEqual(['IMG.JPG']))
  world.catalog.events.open('Second', () => world.folders.paths)
  sources.rescan()
  await until(() => expect(sources.card()).toMatchObject({ state: 'done', offer: { count: 1 } }))
  expect(world.photos()).toEqual([])
})

test('two cards of one name in two readers are two cards', async () => {
  await frame('cards/CARD/DCIM/100/A.JPG', 1, today(0))
  await frame('reader/CARD/DCIM/100/B.JPG', 2, today(0))
  const sources = open({ cardRoots: [world.path('cards'), world.path('reader'), world.path('none')] })
  await sources.start()
  await until(() => expect(world.names()).toEqual(['A.JPG', 'B.JPG']))
  const ids = sources.status().map(({ id }) => id)
  expect(new Set(ids).size).toBe(2)
})

test('a folder without DCIM is no card, and DCIM may be written in any case', async () => {
  await frame('cards/DISK/Photos/A.JPG', 1, today(0))
  await frame('cards/CARD/Dcim/100/B.JPG', 2, today(0))
  const sources = open()
  await sources.start()
  await until(() => expect(sources.card()).toMatchObject({ label: 'CARD', state: 'done', total: 1 }))
  expect(world.names()).toEqual(['B.JPG'])
})

test('the same bytes from a card and an upload at once are one photo', async () => {
  const bytes = await frame('parked/A/DCIM/100/A.JPG', 1, today(0))
  const reached = Promise.withResolvers<void>()
  let waiting = 0
  const inspect = async (path: string) => {
    waiting += 1
    if (waiting === 2) reached.resolve()
    await reached.promise
    return world.needs.inspect(path)
  }
  const sources = open({ inspect })
  await sources.start()
  await rename(world.path('parked/A'), world.path('cards/A'))
  const stream = createReadStream(world.path('cards/A/DCIM/100/A.JPG'))
  const uploaded = await sources.upload({ filename: 'from-phone.jpg', stream })
  await until(() => expect(sources.card().safe_to_eject).toBe(true))
  expect(waiting).toBe(2)
  expect(world.photos()).toMatchObject([{ id: uploaded.photo.id, main: { bytes: bytes.length } }])
  expect(await world.files()).toHaveLength(1)
})

test('a file that changed on the card under the same name is another frame', async () => {
  await frame('cards/A/DCIM/100/A.JPG', 1, today(0))
  const sources = open()
  await sources.start()
  await until(() => expect(world.names()).toEqual(['A.JPG']))
  await frame('cards/A/DCIM/100/A.JPG', 2, today(60))
  await utimes(join(world.path('cards/A/DCIM/100'), 'A.JPG'), today(60), today(60))
  sources.rescan()
  await until(() => expect(world.names()).toEqual(['A-2.JPG', 'A.JPG']))
})
