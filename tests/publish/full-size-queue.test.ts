import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { ManifestHead } from '../../daemon/contract/manifest.ts'
import { settingsOf } from '../fixtures/output-settings.ts'
import { isThere, usePublisher } from './rig.ts'

/** Full sizes beside the web sizes: made when they are wanted, and gone with what they belong to. */

const { rig, house, publisher, fullSizes, draw, openPublisher, web, trash, shoot, publish } = usePublisher()

const withFull = () => {
  const { full } = settingsOf()
  return { key: 'full', settings: settingsOf({ full: { ...full, enabled: true } }) }
}
const fullOf = (name: string) => house.catalog.publications.byName(house.event.id, name)?.fullBytes

test('a full size follows when it is wanted: in its folder, in the manifest and on its way, and it leaves with the rest', async () => {
  rig.finished = withFull()
  await publish(await shoot('IMG_1.JPG'))
  await fullSizes.idle()
  expect(await readFile(web('full/IMG_1.jpg'), 'utf8')).toMatch('pixels')
  const { recent } = JSON.parse(await readFile(web('manifest.json'), 'utf8')) as ManifestHead
  expect(recent[0]).toMatchObject({ has: { web: true, full: true }, fullBytes: 8 })
  const lanes = house.catalog.uploads.due(Date.now(), 10).map(({ lane, key }) => `${lane} ${key}`)
  expect(lanes).toContain('full full/IMG_1.jpg')
  await publisher.unpublish('IMG_1.jpg')
  expect(await isThere(web('full/IMG_1.jpg'))).toBe(false)
  // Nothing leaves the bucket before there was time to think again.
  const queued = () =>
    house.catalog.uploads.due(Date.now() + 60_000, 10).map(({ lane, key }) => `${lane} ${key}`)
  expect(queued()).toContain('removal full/IMG_1.jpg')
  expect(queued()).not.toContain('full full/IMG_1.jpg')
  await publisher.undoUnpublish('IMG_1.jpg')
  expect(await readFile(web('full/IMG_1.jpg'), 'utf8')).toMatch('pixels')
  expect(queued()).toContain('full full/IMG_1.jpg')
  expect(queued()).not.toContain('removal full/IMG_1.jpg')
})

test('without it nothing of a full size is made', async () => {
  await publish(await shoot('IMG_1.JPG'))
  await fullSizes.idle()
  expect(rig.prints).toBe(1)
  expect(await isThere(web('full'))).toBe(false)
  expect(fullOf('IMG_1.jpg')).toBeNull()
})

test('a photo that is taken out while its full size is made leaves none behind', async () => {
  rig.finished = withFull()
  const name = await shoot('IMG_1.JPG')
  const started = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  rig.print = async (source, edit, outputs, finish) => {
    if (outputs[0]?.name === 'full') {
      started.resolve()
      await go.promise
    }
    return draw(source, edit, outputs, finish)
  }
  await publish(name)
  await started.promise
  await publisher.unpublish('IMG_1.jpg')
  go.resolve()
  await fullSizes.idle()
  expect(await isThere(web('full/IMG_1.jpg'))).toBe(false)
  expect(await isThere(trash('published/IMG_1.jpg'))).toBe(true)
})

test('a full size that a stop left out is made at the next start, unless the watermark is another one by then', async () => {
  rig.finished = withFull()
  rig.print = async (source, edit, outputs, finish) => {
    if (outputs[0]?.name === 'full') throw new Error('the lights went out')
    return draw(source, edit, outputs, finish)
  }
  await publish(await shoot('IMG_1.JPG'))
  await fullSizes.idle()
  expect(fullOf('IMG_1.jpg')).toBe(0)
  rig.print = draw
  await openPublisher().recoverFullSizes()
  await fullSizes.idle()
  expect(fullOf('IMG_1.jpg')).toBeGreaterThan(0)

  house.catalog.publications.setFull(house.catalog.publications.byName(house.event.id, 'IMG_1.jpg')!.id, 0)
  rig.finished = { ...rig.finished, key: 'another' }
  await openPublisher().recoverFullSizes()
  expect(fullOf('IMG_1.jpg')).toBeNull()
})

test('on a disk with little room none is made, and it follows once there is room', async () => {
  rig.finished = withFull()
  rig.isTight = true
  await publish(await shoot('IMG_1.JPG'))
  await fullSizes.idle()
  expect([fullOf('IMG_1.jpg'), await isThere(web('IMG_1.jpg')), rig.prints]).toEqual([0, true, 1])
  rig.isTight = false
  await publisher.recoverFullSizes()
  await fullSizes.idle()
  expect(fullOf('IMG_1.jpg')).toBe(8)
})
