import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBus, type Bus } from '../../daemon/bus.ts'
import { createViews } from '../../daemon/views/views.ts'
import { Refusal } from '../../daemon/errors.ts'
import { silentLog } from '../../daemon/log.ts'
import { createUnattendedPublishing, type UnattendedPublishing } from '../../daemon/publish/unattended.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

/** A photographer alone: frames of a camera are published by themselves. The clock is a fake one. */
const CAMERA = 'camera:1'
let house: House
let bus: Bus
let part: UnattendedPublishing
/** File names, in the order in which they were handed to the publisher. */
let published: string[]
/** What the publisher answers next, before it publishes again. */
let refusals: Error[]
let marked: boolean

function begin(): void {
  const { catalog } = house
  bus = createBus({ now: Date.now, onError: (error) => expect.unreachable(String(error)) })
  part = createUnattendedPublishing({
    catalog,
    bus,
    publisher: {
      async publish({ filename }) {
        const refusal = refusals.shift()
        if (refusal) throw refusal
        published.push(filename)
        return {} as never
      },
    },
    marked: () => marked,
    changed: () => undefined,
    now: Date.now,
    log: silentLog,
  })
  part.start()
}
const views = () =>
  createViews({
    photos: house.catalog.photos,
    event: () => house.catalog.events.current(),
    renditionFile: () => '',
  })
/** A frame comes in: the row, then the bus. */
function shoot(filename: string, photo: Parameters<House['addPhoto']>[1] = {}) {
  const made = house.addPhoto(filename, { cameraId: CAMERA, marked: false, ...photo })
  bus.emit({ type: 'photo.added', photo: views().photo(made) })
  return made
}
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000)
const on = (seconds = 20) => house.catalog.unattended.set(CAMERA, seconds)

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: new Date(2026, 0, 20, 18) })
  house = await openHouse()
  published = []
  refusals = []
  marked = false
  begin()
})
afterEach(async () => {
  await part.stop()
  vi.useRealTimers()
  await house.close()
})

test('nothing is published by itself unless somebody asked for it', async () => {
  shoot('a.jpg')
  await pass(9_000)
  expect(published).toEqual([])
})

test('a new frame is published when its time is over, not before, and once', async () => {
  on()
  shoot('a.jpg')
  await pass(19)
  expect(published).toEqual([])
  await pass(1)
  expect(published).toEqual(['a.jpg'])
  await pass(9_000)
  expect(published).toEqual(['a.jpg'])
})

test('what was here before it was switched on stays for a person, and so do other cameras’ frames', async () => {
  shoot('before.jpg')
  on()
  shoot('other.jpg', { cameraId: 'camera:2' })
  shoot('nobody.jpg', { cameraId: null })
  await pass(9_000)
  expect(published).toEqual([])
})

test('a frame from before the event, which a person let in, is not published', async () => {
  on()
  shoot('old.jpg', { takenAt: house.event.startsAt - 1 })
  shoot('new.jpg', { takenAt: house.event.startsAt })
  await pass(60)
  expect(published).toEqual(['new.jpg'])
})

test.each([
  ['rejected', (id: string) => house.catalog.photos.setState(id, 'trashed')],
  ['archived', (id: string) => house.catalog.photos.setState(id, 'archived')],
  ['edited', (id: string) => house.catalog.photos.keepEdit(id, { exposure: 0.5 })],
])('a frame that was %s in time is a person’s, also when it comes back', async (_, deal) => {
  on()
  const photo = shoot('dealt.jpg')
  shoot('left.jpg')
  await pass(10)
  deal(photo.id)
  house.catalog.photos.setState(photo.id, 'buffer')
  await pass(60)
  // The control: the one that nobody touched went.
  expect(published).toEqual(['left.jpg'])
})

test('a paused event publishes nothing; what waited follows when it goes on', async () => {
  on()
  shoot('a.jpg')
  house.catalog.events.change(house.event.id, { state: 'paused' })
  part.wake()
  await pass(600)
  expect(published).toEqual([])
  house.catalog.events.change(house.event.id, { state: 'open' })
  part.wake()
  await pass(0)
  expect(published).toEqual(['a.jpg'])
})

test('a closed event publishes nothing more, not even when it is opened again', async () => {
  on()
  shoot('a.jpg')
  house.catalog.events.change(house.event.id, { state: 'closed' })
  house.catalog.events.change(house.event.id, { state: 'open' })
  part.wake()
  await pass(600)
  expect(published).toEqual([])
})

test('switching it off ends it also for what waits', async () => {
  on()
  shoot('a.jpg')
  expect(house.catalog.unattended.waiting(house.event.id, CAMERA)).toBe(1)
  house.catalog.unattended.set(CAMERA, null)
  await pass(600)
  expect(published).toEqual([])
  expect(house.catalog.unattended.waiting(house.event.id, CAMERA)).toBe(0)
})

test('what waits survives a restart, and what became due meanwhile follows at once', async () => {
  on()
  shoot('a.jpg')
  await part.stop()
  house.reopen()
  await pass(60)
  expect(published).toEqual([])
  begin()
  await pass(0)
  expect(published).toEqual(['a.jpg'])
})

test('what failed for a while is tried again; a broken picture is not', async () => {
  on()
  refusals = [new Refusal(507, 'disk_full', 'Full.'), new Refusal(507, 'disk_full', 'Full.')]
  shoot('a.jpg')
  await pass(20)
  expect(published).toEqual([])
  await pass(5 + 10)
  expect(published).toEqual(['a.jpg'])
  refusals = [new Refusal(422, 'undecodable', 'Broken.')]
  shoot('b.jpg')
  await pass(9_000)
  expect(published).toEqual(['a.jpg'])
})

test('frames that are marked in the camera are published at once, where that is wanted', async () => {
  shoot('a.jpg', { marked: true })
  marked = true
  shoot('b.jpg', { marked: true })
  shoot('c.jpg')
  shoot('d.jpg', { marked: true, takenAt: house.event.startsAt - 1 })
  await pass(1)
  expect(published).toEqual(['b.jpg'])
})

/** Marks a frame in the camera, and announces it as the camera source does. */
function mark(id: string) {
  bus.emit({ type: 'photo.changed', photo: views().photo(house.catalog.photos.mark(id, 5)) })
}
const changed = (id: string) =>
  bus.emit({ type: 'photo.changed', photo: views().photo(house.catalog.photos.byId(id)!) })

test.each<[string, (id: string) => void]>([
  [
    'marked while it lay in the trash, and restored',
    (id) => {
      house.catalog.photos.setState(id, 'trashed')
      mark(id)
      house.catalog.photos.setState(id, 'buffer')
    },
  ],
  [
    'deleted for good, marked on the card, and brought again',
    (id) => {
      house.catalog.photos.setState(id, 'trashed')
      mark(id)
      house.catalog.photos.markDeleted(id)
      house.catalog.photos.revive(id)
    },
  ],
  [
    'marked before that was switched on, and edited',
    (id) => {
      marked = false
      mark(id)
      marked = true
      house.catalog.photos.keepEdit(id, { exposure: 0.5 })
    },
  ],
  [
    'marked while the event was paused, and rated when it goes on',
    (id) => {
      house.catalog.events.change(house.event.id, { state: 'paused' })
      mark(id)
      house.catalog.events.change(house.event.id, { state: 'open' })
      house.catalog.photos.rate(id, { rating: 4 })
    },
  ],
])('a frame that was %s is a person’s', async (_, deal) => {
  marked = true
  const { id } = shoot('a.jpg')
  deal(id)
  changed(id)
  await pass(1)
  expect(published).toEqual([])
})

test('nor is one whose publishing failed published by a later change, also after a restart', async () => {
  marked = true
  const { id } = shoot('a.jpg')
  refusals = [new Refusal(507, 'disk_full', 'Full.')]
  mark(id)
  await pass(1)
  await part.stop()
  begin()
  house.catalog.photos.keepEdit(id, { exposure: 0.5 })
  changed(id)
  await pass(1)
  expect([published, refusals]).toEqual([[], []])
})

test('nor one whose mark a full disk could not take down, as long as it is full', async () => {
  marked = true
  const before = shoot('before.jpg')
  await part.stop()
  mark(before.id)
  const full = () => {
    const fault = { code: 'ERR_SQLITE_ERROR', errcode: 13 }
    throw Object.assign(new Error('database or disk is full'), fault)
  }
  const { unattended } = house.catalog
  const faults = [vi.spyOn(unattended, 'takeMark'), vi.spyOn(unattended, 'forgetMarks')]
  for (const fault of faults) fault.mockImplementation(full)
  begin()
  const meanwhile = shoot('meanwhile.jpg')
  mark(meanwhile.id)
  for (const fault of faults) fault.mockRestore()
  // The room is back: what a person does now to either is no reason.
  for (const { id } of [before, meanwhile]) {
    house.catalog.photos.keepEdit(id, { exposure: 0.5 })
    changed(id)
  }
  await pass(1)
  expect(published).toEqual([])
  mark(shoot('after.jpg').id)
  await pass(1)
  expect(published).toEqual(['after.jpg'])
})

test('the control: a mark is published at once, whatever was done to the frame before', async () => {
  marked = true
  const { id } = shoot('a.jpg')
  house.catalog.photos.keepEdit(id, { exposure: 0.5 })
  house.catalog.photos.setState(id, 'trashed')
  house.catalog.photos.setState(id, 'buffer')
  changed(id)
  mark(id)
  await pass(1)
  expect(published).toEqual(['a.jpg'])
})

test('once what was in the way is gone, what failed is tried again at once', async () => {
  on()
  refusals = Array.from({ length: 5 }, () => new Refusal(507, 'disk_full', 'The disk is full.'))
  shoot('a.jpg')
  await pass(20 + 5 + 10 + 20 + 40 + 1)
  expect([published, refusals]).toEqual([[], []])
  await pass(1)
  expect(published).toEqual([])
  part.hurry()
  await pass(0.01)
  expect(published).toEqual(['a.jpg'])
})
