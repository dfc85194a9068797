import { mkdir, rm } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { mountSmallDisk } from '../../fixtures/disk/small-disk.ts'
import { makeWorld, openDarkroom, until, type World } from '../world.ts'

test('a full disk: nothing is acknowledged, the card says why it waits, and all are taken once there is room', async (context) => {
  const darkroom = await openDarkroom()
  onTestFinished(() => darkroom.stop())
  const outer: World = await makeWorld(darkroom)
  onTestFinished(() => outer.close())
  const disk = outer.path('disk')
  const small = await mountSmallDisk(context, disk, '1m')
  await rm(outer.path('inner'), { recursive: true, force: true })
  await mkdir(outer.path('inner'))
  const world = await makeWorld(darkroom, { dir: outer.path('inner'), buffer: `${disk}/photos_buffer` })
  onTestFinished(() => world.close())
  let bytes = 0
  const start = world.catalog.events.current().startsAt
  for (let seed = 0; seed < 12; seed += 1) {
    const photo = await makeJpeg({ seed, width: 1800, height: 1200, takenAt: new Date(start + seed * 1000) })
    bytes += photo.length
    await world.put(`cards/A/DCIM/100/IMG_${seed}.JPG`, photo)
  }
  expect(bytes).toBeGreaterThan(1.2e6)
  const sources = world.sources({ cardRoots: [world.path('cards')] })
  const card = () => sources.status().find(({ kind }) => kind === 'card')
  await sources.start()
  await until(() =>
    expect(card()).toMatchObject({ state: 'waiting', message: expect.stringContaining('is full') }),
  )
  expect(card()).toMatchObject({ safe_to_eject: false })
  expect(world.photos().length).toBeLessThan(12)
  const full = await sources
    .upload({ filename: 'phone.jpg', stream: once(Buffer.alloc(2e6)) })
    .catch((error: unknown) => error)
  expect(full).toMatchObject({ status: 507, code: 'disk_full' })
  expect(world.names()).not.toContain('phone.jpg')

  await small.resize('64m')
  await until(() =>
    expect(card()).toMatchObject({ state: 'done', safe_to_eject: true, message: null, done: 12 }),
  )
  expect(world.photos()).toHaveLength(12)
  expect(await world.files()).toHaveLength(12)
  expect(await world.parts()).toEqual([])
})

async function* once(bytes: Uint8Array) {
  yield bytes
}
