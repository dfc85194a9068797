import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { withLibgphoto2 } from '../../fixtures/camera/libgphoto2.ts'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'
import type { VirtualCamera } from '../../../daemon/demo/camera/camera.ts'
import { bytesOf } from '../../../daemon/demo/camera/storage.ts'
import type { Sources } from '../../../daemon/ingest/sources.ts'
import { until } from '../world.ts'
import { useRig } from './rig.ts'

const DAY = 86_400_000

withLibgphoto2('a tethered camera', () => {
  const { rig, frames, names, come } = useRig()
  /** The names of files in the order in which the camera was asked for them. */
  const fetched = (camera: VirtualCamera) =>
    camera.log
      .filter(({ op }) => op === 'GetObject')
      .map(({ params }) => camera.files().find(({ handle }) => handle === params[0])!.name)

  /** The folder that the frames come into may be listed before it. */
  const sourceOf = (sources: Sources) => sources.status().find(({ kind }) => kind === 'camera')

  test('goes on in one session with a body whose second slot says nothing of itself', async () => {
    const camera = await rig.camera({ muteStorages: [0x00020001] })
    await rig.tether()
    for (let n = 1; n <= 4; n += 1) camera.shoot(frames.frame(n))
    await until(() => expect(names()).toHaveLength(4))
    const asked = () =>
      camera.log.filter(({ op, params }) => op === 'GetStorageInfo' && params[0] === 0x00020001)
    // The room is looked at again and again.
    await until(() => expect(asked().length).toBeGreaterThan(3))
    expect(new Set(asked().map(({ session }) => session)).size).toBe(1)
    await rig.see({ state: 'connected' })
  })

  test('brings what is shot, byte for byte, in one piece and in blocks, a RAW and its JPEG as one photo of the camera that shot it, and deletes nothing', async () => {
    const camera = await rig.camera({ model: 'EOS Virtual' })
    await rig.tether()
    const shot = [frames.frame(1), frames.frame(2, { bytes: 1_500_000 })].map(
      (frame) => camera.shoot(frame)[0]!,
    )
    await come('IMG_0001.JPG', 'IMG_0002.JPG')
    for (const { name, bytes } of shot)
      expect(await readFile(rig.world.path('photos_buffer', name))).toEqual(Buffer.from(bytesOf(bytes)))
    camera.shoot(frames.frame(3, { raw: true }))
    await until(() => expect(rig.world.photos()[2]?.raw?.filename).toBe('IMG_0003.CR3'))
    expect(rig.world.photos()).toMatchObject(
      [1, 2, 3].map((n) => ({ filename: `IMG_000${n}.JPG`, cameraId: 'camera:0123456789' })),
    )
    expect(camera.log.map(({ op }) => op)).not.toContain('DeleteObject')
    expect(camera.files()).toHaveLength(4)
    expect(rig.registry.list()).toMatchObject([
      { id: 'camera:0123456789', name: 'EOS Virtual', colour: 'sky' },
    ])
  })

  test('fetches what was shot before it was connected, the marked frame among the first', async () => {
    const camera = await rig.camera()
    for (let n = 1; n <= 9; n += 1) camera.put(frames.frame(n))
    camera.protect('IMG_0008.JPG')
    await rig.tether()
    await until(() => expect(names()).toHaveLength(9))
    expect(fetched(camera)).toHaveLength(9)
    // Three are begun at once, and one of the other two may come to the camera before it.
    expect(fetched(camera).indexOf('IMG_0008.JPG')).toBeLessThan(3)
    expect(rig.world.photos().filter(({ marked }) => marked)).toMatchObject([{ filename: 'IMG_0008.JPG' }])
  })

  test('puts frames with stars in front, and shows that they are marked', async () => {
    const camera = await rig.camera()
    const picture = { width: 90, height: 60, serial: '0123456789' }
    for (let n = 1; n <= 9; n += 1)
      camera.put(await makeJpeg({ ...picture, seed: n, rating: n === 9 ? 4 : 0 }))
    await rig.tether()
    await until(() => expect(names()).toHaveLength(9))
    // Three are begun before any star is read; then it comes to the camera with two others.
    expect(fetched(camera).indexOf('IMG_0009.JPG')).toBeLessThan(6)
    expect(rig.world.photos()[8]).toMatchObject({ filename: 'IMG_0009.JPG', marked: true, rating: 4 })
  })

  test('hears of a mark that is set after the frame came, or while it is away, without taking the frame again', async () => {
    const camera = await rig.camera()
    await rig.tether()
    const bytes = await makeJpeg({ width: 90, height: 60, rating: 0, serial: '0123456789' })
    camera.shoot(bytes)
    camera.shoot(frames.frame(2))
    await come('IMG_0001.JPG', 'IMG_0002.JPG')
    camera.rate('IMG_0001.JPG', 5)
    camera.protect('IMG_0002.JPG')
    await until(() =>
      expect(rig.world.photos().map(({ marked, rating }) => [marked, rating])).toEqual([
        [true, 5],
        [true, 0],
      ]),
    )
    camera.shoot(await makeJpeg({ width: 90, height: 60, rating: 0, serial: '0123456789', seed: 3 }))
    await come('IMG_0001.JPG', 'IMG_0002.JPG', 'IMG_0003.JPG')
    await camera.unplug()
    await rig.see({ state: 'reconnecting' })
    camera.rate('IMG_0003.JPG', 3)
    await camera.replug()
    await until(() => expect(rig.world.photos()[2]).toMatchObject({ marked: true, rating: 3 }))
    expect(names()).toEqual(['IMG_0001.JPG', 'IMG_0002.JPG', 'IMG_0003.JPG'])
  })

  test('offers what is older than the Event, and takes it when asked', async () => {
    const camera = await rig.camera()
    camera.put([{ bytes: frames.frame(1) as Buffer, takenAt: new Date(Date.now() - 9 * DAY) }])
    camera.put(frames.frame(2))
    const sources = await rig.tether()
    await come('IMG_0002.JPG')
    await until(() => expect(sourceOf(sources)).toMatchObject({ offer: { count: 1 } }))
    sources.answer(sourceOf(sources)!.id, 'take')
    await come('IMG_0001.JPG', 'IMG_0002.JPG')
  })

  test('takes what a connected camera shoots whatever its clock says, also after a restart', async () => {
    const camera = await rig.camera({ clockOffset: -400 * DAY })
    camera.put({ bytes: frames.frame(1) as Buffer, takenAt: new Date(Date.now() - 401 * DAY) })
    await rig.tether()
    camera.shoot(frames.frame(2))
    await come('IMG_0002.JPG')
    const sources = await rig.tether()
    await sources.stop()
    camera.put(frames.frame(3))
    const again = await rig.tether()
    await come('IMG_0002.JPG', 'IMG_0003.JPG')
    await until(() => expect(sourceOf(again)).toMatchObject({ offer: { count: 1 } }))
  })

  test('finds a frame that it was never told of, by the gap in the numbers; a new frame under an old name is a photo of its own', async () => {
    const camera = await rig.camera()
    await rig.tether()
    camera.shoot(frames.frame(1))
    camera.faults.next('lost-event')
    camera.shoot(frames.frame(2))
    camera.shoot(frames.frame(3))
    await come('IMG_0001.JPG', 'IMG_0002.JPG', 'IMG_0003.JPG')
    camera.faults.next('duplicate-name', { removed: true })
    camera.shoot(frames.frame(4))
    await come('IMG_0001.JPG', 'IMG_0002.JPG', 'IMG_0003-2.JPG', 'IMG_0003.JPG')
  })

  test('a control: without catching up that frame never comes', async () => {
    const camera = await rig.camera()
    await rig.tether({ catchesUp: false })
    camera.shoot(frames.frame(1))
    camera.faults.next('lost-event')
    camera.shoot(frames.frame(2))
    camera.shoot(frames.frame(3))
    await come('IMG_0001.JPG', 'IMG_0003.JPG')
    const { length } = camera.log
    // Several looks at the card later: longer than a gap is borne.
    await until(() =>
      expect(camera.log.slice(length).filter(({ op }) => op === 'GetStorageInfo').length).toBeGreaterThan(6),
    )
    expect(names()).toEqual(['IMG_0001.JPG', 'IMG_0003.JPG'])
  })

  test('puts a clock right for order and display, and leaves the file alone', async () => {
    const camera = await rig.camera()
    await rig.tether()
    const takenAt = new Date('2026-01-20T10:00:00Z')
    const bytes = await makeJpeg({ width: 90, height: 60, takenAt })
    rig.registry.changeCamera('camera:0123456789', { offset_seconds: 3600 })
    camera.shoot(bytes)
    await come('IMG_0001.JPG')
    expect(rig.world.photos()[0]!.takenAt).toBe(takenAt.getTime() + 3_600_000)
    expect(await readFile(rig.world.path('photos_buffer', 'IMG_0001.JPG'))).toEqual(bytes)
  })

  test('fetches only JPEGs, or only RAWs, when so asked', async () => {
    rig.registry.change({ files: 'jpeg' })
    const camera = await rig.camera()
    await rig.tether()
    camera.shoot(frames.frame(1, { raw: true }))
    await come('IMG_0001.JPG')
    await rig.see({ state: 'connected' })
    rig.registry.change({ files: 'raw' })
    camera.shoot(frames.frame(2, { raw: true }))
    await come('IMG_0001.JPG', 'IMG_0002.CR3')
    await rig.see({ state: 'connected' })
    expect(rig.world.photos().map(({ raw }) => raw)).toEqual([null, null])
  })

  test('lists a file that is no whole photo with the reason, and goes on', async () => {
    const camera = await rig.camera()
    await rig.tether()
    const whole = Buffer.from(frames.frame(1) as Buffer)
    camera.shoot({ bytes: whole.subarray(0, whole.length - 900), name: 'IMG_0001.JPG' })
    camera.shoot({ bytes: makeRaw(whole), name: 'MVI_0002.MP4' })
    camera.shoot({ bytes: whole, name: 'IMG_0003.JPG' })
    await come('IMG_0003.JPG')
    await until(() =>
      expect(Object.keys(rig.world.skipped())).toEqual(
        expect.arrayContaining([
          expect.stringContaining('IMG_0001.JPG'),
          expect.stringContaining('MVI_0002.MP4'),
        ]),
      ),
    )
  })
})
