import { afterEach, beforeEach, expect, test } from 'vitest'
import { createCameraSettings, type CameraSettings } from '../../daemon/decisions/camera-settings.ts'
import { createCameraRegistry } from '../../daemon/ingest/camera/registry.ts'
import { openHouse, type House } from '../fixtures/catalog.ts'

let house: House
let settings: CameraSettings
const changed: string[] = []
let woken = 0
beforeEach(async () => {
  house = await openHouse()
  changed.length = 0
  woken = 0
  const registry = createCameraRegistry(house.catalog.settings)
  registry.meet('cam', 'Nikon Z 9')
  settings = createCameraSettings({
    catalog: house.catalog,
    registry,
    unattended: { wake: () => void (woken += 1) },
    announcer: { changed: (photo) => void changed.push(typeof photo === 'string' ? photo : photo.filename) },
  })
})
afterEach(() => house.close())

test('a clock that is put right moves the photos of that camera alone, and tells of them', () => {
  const own = house.addPhoto('A.JPG', { cameraId: 'cam', takenAt: 1_000_000 })
  house.addPhoto('B.JPG', { takenAt: 1_000_000 })
  settings.changeCamera('cam', { offset_seconds: 60 })
  expect(house.catalog.photos.byId(own.id)?.takenAt).toBe(1_060_000)
  expect(changed).toEqual(['A.JPG'])
})

test('a change that the catalog does not take changes nothing of it', () => {
  const own = house.addPhoto('A.JPG', { cameraId: 'cam', takenAt: 1_000_000 })
  const broken = createCameraSettings({
    catalog: {
      ...house.catalog,
      photos: {
        ...house.catalog.photos,
        shiftTaken() {
          throw new Error('no room')
        },
      },
    },
    registry: createCameraRegistry(house.catalog.settings),
    unattended: { wake: () => undefined },
    announcer: { changed: () => undefined },
  })
  expect(() => broken.changeCamera('cam', { offset_seconds: 60, publish_after: 5 })).toThrow('no room')
  expect(house.catalog.photos.byId(own.id)?.takenAt).toBe(1_000_000)
  expect(settings.known()).toMatchObject([{ id: 'cam', offset_seconds: 0, publish_after: null }])
})

test('publishing by itself begins and ends with its setting', () => {
  settings.changeCamera('cam', { publish_after: 5 })
  expect(settings.known()).toMatchObject([{ publish_after: 5 }])
  settings.changeCamera('cam', { publish_after: null })
  expect(settings.known()).toMatchObject([{ publish_after: null }])
  expect(woken).toBe(2)
})

test('a camera that was never met is refused', () => {
  expect(() => settings.changeCamera('other', { name: 'Mine' })).toThrow(
    expect.objectContaining({ status: 404, code: 'no_such_camera' }),
  )
})

test('a broken entry among the cameras takes no other with it', () => {
  const [own] = settings.known()
  house.catalog.settings.set('cameras', JSON.stringify([{ id: 'broken' }, own]))
  expect(settings.known()).toMatchObject([{ id: 'cam', model: 'Nikon Z 9' }])
})
