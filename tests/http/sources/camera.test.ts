import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CameraReply } from '../../../daemon/contract/camera.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { createFrames, type FrameMaker } from '../../fixtures/photos/frames.ts'
import { withLibgphoto2 } from '../../fixtures/camera/libgphoto2.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { createVirtualCamera, type VirtualCamera } from '../../../daemon/demo/camera/camera.ts'

test('without cameras the status says so, and nothing can be released', async () => {
  const daemon = await startDaemon()
  try {
    const { body } = await daemon.get('/api/camera')
    expect(body).toMatchObject({ state: 'off', cameras: [], known: [], settings: { publish_marked: false } })
    const refused = await daemon.post('/api/camera', { action: 'shoot', id: 'camera:1' })
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'no_cameras' } } })
  } finally {
    await daemon.end()
  }
})

withLibgphoto2('cameras over the API', () => {
  let camera: VirtualCamera
  let daemon: RunningDaemon
  let frames: FrameMaker
  beforeAll(async () => {
    frames = await createFrames('0123456789')
  })
  beforeEach(async () => {
    let n = 0
    camera = createVirtualCamera({ capture: () => frames.frame(++n) })
    await camera.start()
    daemon = await startDaemon(['--camera-port', camera.portString])
  })
  afterEach(async () => {
    await daemon.end()
    await camera.stop()
  })
  const id = 'camera:0123456789'

  /** A socket that has heard that the camera is connected. */
  async function connected() {
    const live = await daemon.socket()
    await live.notice('status.changed', ({ status }) => status.camera.cameras[0]?.state === 'connected')
    return live
  }

  test('tell what they report, and release their shutters', async () => {
    const live = await connected()
    const { body } = await daemon.get('/api/camera')
    expect(body).toMatchObject({ state: 'on', cameras: [{ id, connection: 'wifi', can_shoot: true }] })
    expect((await daemon.post('/api/camera', { action: 'shoot', id })).status).toBe(200)
    const { photo } = await live.notice('photo.added')
    expect(photo).toMatchObject({ filename: 'IMG_0001.JPG', camera_id: id })
    const unknown = await daemon.post('/api/camera', { action: 'shoot', id: 'camera:2' })
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'no_such_camera' } } })
  })

  test('can be named, and their clocks put right afterwards', async () => {
    const live = await connected()
    camera.shoot(frames.frame(1))
    const { photo } = await live.notice('photo.added')
    const change = { action: 'camera', id, name: 'Second body', colour: 'teal', offset_seconds: -90 }
    const { body } = await daemon.post('/api/camera', change)
    expect((body as CameraReply).known).toMatchObject([
      { id, name: 'Second body', colour: 'teal', offset_seconds: -90 },
    ])
    const { photo: moved } = await live.notice('photo.changed')
    expect(moved.timestamp).toBe(photo.timestamp - 90)
    camera.shoot(frames.frame(2))
    await live.notice('photo.added', ({ photo }) => photo.filename === 'IMG_0002.JPG')
    expect((await daemon.post('/api/camera', { action: 'camera', id: 'camera:2', name: 'x' })).status).toBe(
      404,
    )
  })

  test('publish marked frames at once where the owner wants it, and no others', async () => {
    const live = await connected()
    const marked = (seed: number) => makeJpeg({ seed, width: 90, height: 60, rating: 5, takenAt: new Date() })
    camera.shoot(await marked(1))
    await live.notice('photo.added')
    await daemon.post('/api/camera', { action: 'settings', publish_marked: true })
    const old = { seed: 2, width: 90, height: 60, rating: 5, takenAt: new Date(Date.now() - 9 * 86_400_000) }
    camera.shoot(await makeJpeg(old))
    camera.shoot(frames.frame(3))
    camera.shoot(await marked(4))
    const { publication } = await live.notice('publication.live')
    expect(publication.original).toBe('IMG_0004.JPG')
    // What a person took out again stays out, whatever else happens to it.
    await daemon.post('/api/unpublish', { filename: publication.filename })
    await live.notice('publication.gone')
    await daemon.post('/api/rate', { filename: 'IMG_0004.JPG', rating: 3 })
    await live.notice('photo.changed', ({ photo }) => photo.rating === 3)
    camera.shoot(await marked(5))
    await live.notice('publication.live', (notice) => notice.publication.original === 'IMG_0005.JPG')
    const { body } = await daemon.get('/api/live')
    expect(body.images.map(({ original }: { original: string }) => original)).toEqual(['IMG_0005.JPG'])
  })

  test('refuse what is no setting of theirs', async () => {
    for (const wrong of [
      { action: 'settings', files: 'all' },
      { action: 'settings', addresses: ['camera.local'] },
      { action: 'camera', id, colour: 'red' },
      { action: 'delete', id },
      { action: 'shoot' },
    ])
      expect((await daemon.post('/api/camera', wrong)).status).toBe(400)
  })
})
