import { afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createCameraRegistry } from '../../../daemon/ingest/camera/registry.ts'
import { tempFolder } from '../../fixtures/catalog.ts'
import { mountSmallDisk } from '../../fixtures/disk/small-disk.ts'
import { makeJpeg, makeRaw, makeVideoLike, truncate } from '../../fixtures/photos/photos.ts'
import { until, useWorld } from '../world.ts'
import { testCertificate } from '../../fixtures/ftp/certificate.ts'
import { openRig, type FtpRig } from './rig.ts'

const { world, another } = useWorld()
let rig: FtpRig
let secure: Awaited<ReturnType<typeof testCertificate>>
let later: Date
beforeAll(async () => {
  secure = await testCertificate()
})
afterEach(() => rig.close())

/** A frame of after the Event's start. */
const frame = (seed: number, more: Parameters<typeof makeJpeg>[0] = {}) => {
  later = new Date(Date.now() + 60_000)
  return makeJpeg({ seed, width: 120, height: 80, takenAt: later, ...more })
}
const status = () => rig.sources.status().find(({ id }) => id === rig.login.id)!

test('226 comes after the commit, by every way to open data, plain and encrypted', async () => {
  rig = await openRig(world, { secure })
  const client = await rig.client()
  for (const [n, mode] of (['PASV', 'EPSV', 'PORT', 'EPRT'] as const).entries()) {
    expect(await client.store(`IMG_${n}.JPG`, await frame(n), { mode })).toMatchObject({ code: 226 })
    expect(world.names()).toHaveLength(n + 1)
  }
  const other = await rig.stranger()
  await other.encrypt()
  expect(await other.login(rig.login.user, rig.login.password)).toMatchObject({ code: 230 })
  expect(await other.store('IMG_8.JPG', await frame(8), { mode: 'EPSV' })).toMatchObject({ code: 226 })
  expect(await other.store('IMG_9.JPG', await frame(9), { mode: 'PORT' })).toMatchObject({ code: 226 })
  const bytes = await readFile(join(world.folders.path('buffer'), 'IMG_9.JPG'))
  expect(bytes.equals(await makeJpeg({ seed: 9, width: 120, height: 80, takenAt: later }))).toBe(true)
  expect(world.photos()[0]).toMatchObject({ cameraId: rig.login.id })
  expect(rig.sources.ftp()!.cameras[0]).toMatchObject({ frames: 6, tls: true, receiving: 0 })
  expect(status()).toMatchObject({ total: 6, done: 6, label: 'Camera 2' })
})

test('a transfer that breaks leaves nothing to see, and REST goes on where it was', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  const bytes = await frame(1, { width: 900, height: 600 })
  const half = bytes.length >> 1
  expect(await client.store('IMG_1.JPG', bytes, { stop: half })).toMatchObject({ code: 426 })
  expect([world.names(), await world.files()]).toEqual([[], []])
  const { text } = await client.ask('SIZE IMG_1.JPG')
  const here = Number(text)
  expect(here).toBeLessThanOrEqual(half)
  expect((await client.ask(`REST ${here}`)).code).toBe(350)
  expect(await client.store('IMG_1.JPG', bytes.subarray(here))).toMatchObject({ code: 226 })
  const saved = await readFile(join(world.folders.path('buffer'), 'IMG_1.JPG'))
  expect(saved.equals(bytes)).toBe(true)
  // The answer was lost: all of it is here, and nothing is left to send.
  await client.ask(`REST ${bytes.length}`)
  expect(await client.store('IMG_1.JPG', Buffer.alloc(0))).toMatchObject({ code: 226 })
  await client.ask('REST 5')
  expect(await client.store('IMG_2.JPG', bytes)).toMatchObject({ code: 554 })
  expect(world.names()).toEqual(['IMG_1.JPG'])
})

test('an early end is noticed though nothing broke, and APPE brings the rest', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  const bytes = await frame(1)
  const half = bytes.length >> 1
  expect(await client.store('IMG_1.JPG', bytes, { stop: half, how: 'fin' })).toMatchObject({ code: 426 })
  expect(world.skipped()).toEqual({})
  expect(await client.store('IMG_1.JPG', bytes.subarray(half), { verb: 'APPE' })).toMatchObject({ code: 226 })
  await client.ask(`ALLO ${bytes.length + 1}`)
  expect(await client.store('IMG_3.JPG', bytes)).toMatchObject({ code: 426 })
  expect(await client.ask('DELE IMG_3.JPG')).toMatchObject({ code: 250 })
  expect(world.names()).toEqual(['IMG_1.JPG'])
})

test('a file that is cut short on the camera too is set aside, and not asked for for ever', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  const bytes = truncate(await frame(1))
  expect(await client.store('IMG_1.JPG', bytes)).toMatchObject({ code: 426 })
  expect(await client.store('IMG_1.JPG', bytes)).toMatchObject({ code: 553 })
  expect(Object.keys(world.skipped())).toEqual(['Camera 2/IMG_1.JPG'])
})

test('what is no photo is refused in words, before or after it came', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  expect(await client.store('MVI_1.MP4', makeVideoLike())).toMatchObject({
    code: 553,
    text: expect.stringContaining('video'),
  })
  expect(await client.store('IMG_1.JPG', Buffer.from('hello, not a photo'))).toMatchObject({ code: 553 })
  expect(await client.store('._IMG_1.JPG', await frame(1))).toMatchObject({ code: 553 })
  expect(await client.store('a.tmp', Buffer.from('hello, not a photo'))).toMatchObject({ code: 553 })
  expect(world.names()).toEqual([])
})

test('RAW and JPEG are one photo in any order; the same again is one; other bytes are kept beside', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  const jpeg = await frame(1, { camera: 'EOS R5', serial: '7' })
  const raw = makeRaw(await makeJpeg({ seed: 1, takenAt: later, camera: 'EOS R5', serial: '7' }), {
    takenAt: later,
    camera: 'EOS R5',
    serial: '7',
  })
  expect(await client.store('IMG_1.JPG', jpeg)).toMatchObject({ code: 226 })
  expect(await client.store('IMG_1.CR2', raw)).toMatchObject({ code: 226 })
  expect(world.photos()).toHaveLength(1)
  expect(world.photos()[0]!.raw).not.toBe(null)
  expect(await client.store('IMG_1.JPG', jpeg)).toMatchObject({
    code: 226,
    text: expect.stringContaining('already'),
  })
  expect(await client.store('IMG_1.JPG', await frame(2))).toMatchObject({ code: 226 })
  expect(world.names()).toHaveLength(2)
})

test('a temporary name ends under the final one, and without one under what the file is', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  expect(await client.store('.IMG_1.JPG.part', await frame(1))).toMatchObject({ code: 226 })
  expect(world.names()).toEqual([])
  expect(await client.ask('RNFR .IMG_1.JPG.part')).toMatchObject({ code: 350 })
  expect(await client.ask('RNTO IMG_1.JPG')).toMatchObject({ code: 250 })
  expect(world.names()).toEqual(['IMG_1.JPG'])
  await client.store('IMG_5.JPG', await frame(5))
  await client.ask('RNFR IMG_5.JPG')
  expect(await client.ask('RNTO Ann_5.JPG')).toMatchObject({ code: 250 })
  expect(world.names()).toEqual(['Ann_5.JPG', 'IMG_1.JPG'])
  await client.store('IMG_7.JPG.tmp', await frame(7))
  await client.store('upload', await frame(8))
  expect(await client.ask('RNTO x.JPG')).toMatchObject({ code: 503 })
  await client.ask('QUIT')
  await until(() => expect(world.names()).toEqual(['Ann_5.JPG', 'IMG_1.JPG', 'IMG_7.JPG', 'upload.jpg']))
  expect(await world.files()).toEqual(world.names())
})

test('what waits for its name survives a restart', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  await client.store('IMG_1.JPG.part', await frame(1))
  world.catalog.events.change(world.catalog.events.current().id, { state: 'paused' })
  await rig.sources.stop()
  world.catalog.events.change(world.catalog.events.current().id, { state: 'open' })
  const again = world.sources()
  await again.start()
  await again.stop()
  expect(world.names()).toEqual([])
  const sources = world.sources({ ftp: rig.options })
  await sources.start()
  await until(() => expect(world.names()).toEqual(['IMG_1.JPG']))
})

test('a paused event takes nothing, and says so', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  const { events } = world.catalog
  events.change(events.current().id, { state: 'paused' })
  expect(await client.store('IMG_1.JPG', await frame(1))).toMatchObject({ code: 450 })
  expect(status()).toMatchObject({ state: 'waiting', code: 'paused_ftp' })
  events.change(events.current().id, { state: 'open' })
  expect(await client.store('IMG_1.JPG', await frame(1))).toMatchObject({ code: 226 })
  expect(status()).toMatchObject({ message: null })
})

test('frames of before the event wait for an answer', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  const old = await frame(1, { takenAt: new Date('2020-01-01T10:00:00Z') })
  const older = await frame(2, { takenAt: new Date('2019-01-01T10:00:00Z') })
  expect(await client.store('IMG_1.JPG', old)).toMatchObject({ code: 450 })
  expect(await client.store('IMG_1.JPG', old)).toMatchObject({ code: 450 })
  expect(status().offer).toMatchObject({ count: 1, from: '2020-01-01T10:00:00.000Z' })
  rig.sources.answer(rig.login.id, 'leave')
  expect(status().offer).toBe(null)
  expect(await client.store('IMG_1.JPG', old)).toMatchObject({ code: 550 })
  expect(await client.store('IMG_2.JPG', older)).toMatchObject({ code: 550 })
  const between = await frame(3, { takenAt: new Date('2021-01-01T10:00:00Z') })
  expect(await client.store('IMG_3.JPG', between)).toMatchObject({ code: 450 })
  rig.sources.answer(rig.login.id, 'take')
  expect(await client.store('IMG_3.JPG', between)).toMatchObject({ code: 226 })
  expect(await client.store('IMG_1.JPG', old)).toMatchObject({ code: 226 })
})

test('what was taken can neither be read, nor removed, nor seen by another camera', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  await client.ask('MKD 2026-11-30')
  await client.ask('CWD 2026-11-30')
  await client.store('IMG_1.JPG', await frame(1))
  expect(await client.list('NLST')).toBe('IMG_1.JPG\r\n')
  expect(await client.list('LIST -a /')).toMatch(/^drwx.* 2026-11-30\r\n$/)
  expect(await client.list('MLSD')).toMatch(/^type=file;size=\d+;perm=;modify=\d{14}; IMG_1\.JPG\r\n$/)
  expect(await client.ask('RETR IMG_1.JPG')).toMatchObject({ code: 550 })
  expect(await client.ask('DELE IMG_1.JPG')).toMatchObject({ code: 550 })
  expect(await client.ask('MFMT 20261130101112 IMG_1.JPG')).toMatchObject({ code: 213 })
  expect(await client.ask('MDTM IMG_1.JPG')).toMatchObject({ code: 213, text: '20261130101112' })
  const other = rig.options.logins.add({ name: 'Other' })
  const second = await rig.stranger()
  await second.login(other.user, other.password)
  expect(await second.list('LIST')).toBe('')
  expect(await second.ask('SIZE /2026-11-30/IMG_1.JPG')).toMatchObject({ code: 550 })
  expect(await second.ask('CWD ../../etc')).toMatchObject({ code: 550 })
  expect(world.names()).toEqual(['IMG_1.JPG'])
})

test('a full disk is 452, nothing half stays on it, and the next try is taken once there is room', async (context) => {
  const buffer = await tempFolder()
  onTestFinished(() => rm(buffer, { recursive: true, force: true }))
  await mountSmallDisk(context, buffer, '1m')
  const filler = join(buffer, '.filler')
  await another({ buffer })
  rig = await openRig(world)
  await writeFile(filler, Buffer.alloc(900_000))
  const client = await rig.client()
  const bytes = await frame(1, { width: 900, height: 600, quality: 100 })
  expect(bytes.length).toBeGreaterThan(150_000)
  expect(await client.store('IMG_1.JPG', bytes)).toMatchObject({ code: 452 })
  expect(await client.store('IMG_1.JPG.part', bytes)).toMatchObject({ code: 452 })
  expect(status()).toMatchObject({ state: 'waiting', code: 'disk_full' })
  expect([world.names(), await world.parts()]).toEqual([[], []])
  await rm(filler)
  expect(await client.store('IMG_1.JPG', bytes)).toMatchObject({ code: 226 })
  expect(status()).toMatchObject({ message: null })
})

test('what was sent in an event is not there in the next one, and a slow clock is put right first', async () => {
  rig = await openRig(world)
  const client = await rig.client()
  expect(await client.store('IMG_1.JPG', await frame(1))).toMatchObject({ code: 226 })
  expect(await client.ask('SIZE IMG_1.JPG')).toMatchObject({ code: 213 })
  const { events } = world.catalog
  const { folders } = events.current()
  events.open('Next', () => folders)
  expect(await client.ask('SIZE IMG_1.JPG')).toMatchObject({ code: 550 })
  const slow = await frame(2, { takenAt: new Date(events.current().startsAt - 3600_000) })
  expect(await client.store('IMG_2.JPG', slow)).toMatchObject({ code: 450 })
  createCameraRegistry(world.catalog.settings).changeCamera(rig.login.id, { offset_seconds: 7200 })
  expect(await client.store('IMG_2.JPG', slow)).toMatchObject({ code: 226 })
})
