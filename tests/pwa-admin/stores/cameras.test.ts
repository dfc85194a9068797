// @vitest-environment node
import { expect, test } from 'vitest'
import type { CamerasStatus, CameraView } from '../../../daemon/contract/camera.ts'
import { useCameras } from '../../../pwa-admin/stores/cameras.ts'
import { usePhotos } from '../../../pwa-admin/stores/photos.ts'
import { useSystem } from '../../../pwa-admin/stores/system.ts'
import { camera, photo, settled, status, stores } from '../fakes.ts'

const on = (...cameras: CameraView[]): CamerasStatus => ({ state: 'on', reason: null, cameras })

test('tells cameras apart only where there are two; one that is away is asked about once', async () => {
  let requests = 0
  const { offset_seconds, id, model, name, colour } = camera()
  const known = [
    { id, model, name, colour, offset_seconds },
    { id: 'camera:2', model, name: 'Away', colour: 'lime', offset_seconds },
  ] as const
  const settings = { files: 'both', jpeg_first: true, publish_marked: false, addresses: [] } as const
  stores({
    async cameras() {
      requests++
      return { ...on(), settings: { ...settings, addresses: [] }, known: [...known] }
    },
  })
  useSystem().status = status({ camera: on(camera()) })
  const cameras = useCameras()
  const [mine, other] = [photo('a', 2, { camera_id: id }), photo('b', 1, { camera_id: 'camera:2' })]
  usePhotos().change([mine])
  expect(cameras.shotBy(mine)).toBeNull()
  usePhotos().change([other, photo('c', 3, { camera_id: 'camera:2' })])
  await settled()
  expect([cameras.shotBy(mine)?.name, cameras.shotBy(other)?.name]).toEqual(['Ceremony', 'Away'])
  expect(cameras.shotBy(photo('d', 4))).toBeNull()
  expect(requests).toBe(1)
})
