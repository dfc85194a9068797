import { expect, test } from 'vitest'
import { withLibgphoto2 } from '../../fixtures/camera/libgphoto2.ts'
import { until } from '../world.ts'
import { useRig } from './rig.ts'

/** A camera that goes away, hangs, fills up or has to wait: what is said of it, and that its frames come all the
 * same. */

withLibgphoto2('a tethered camera', () => {
  const { rig, frames, names, come } = useRig()

  test('a frame survives a drop, a stall, a busy camera and a short read in its transfer', async () => {
    const camera = await rig.camera()
    await rig.tether()
    const shot: string[] = []
    for (const kind of ['drop', 'stall', 'busy', 'short-read'] as const) {
      const [n, fired] = [shot.length, camera.faults.fired.length]
      camera.faults.next(kind, { op: ['GetObject', 'GetPartialObject'], ms: 4000 })
      for (const frame of [frames.frame(n + 1, { bytes: 300_000 }), frames.frame(n + 2)])
        shot.push(camera.shoot(frame)[0]!.name)
      await come(...shot)
      expect(camera.faults.fired.slice(fired).map((fault) => fault.kind)).toEqual([kind])
    }
  })

  test('comes back by itself at another port, with what was shot meanwhile', async () => {
    const camera = await rig.camera()
    const sources = await rig.tether()
    camera.shoot(frames.frame(1))
    await come('IMG_0001.JPG')
    await camera.unplug()
    await rig.see({ state: 'reconnecting' })
    expect(rig.view().trouble).toMatchObject({ code: 'dropped' })
    expect(sources.status()[0]).toMatchObject({ state: 'away' })
    await rig.see({ state: 'asleep' })
    camera.put(frames.frame(2))
    await camera.replug({ port: 0 })
    await come('IMG_0001.JPG', 'IMG_0002.JPG')
    await rig.see({ state: 'connected', trouble: null })
    expect(rig.registry.list()).toHaveLength(1)
  })

  test('says that a card cannot be listed, instead of that the camera is asleep, until it can', async () => {
    const damaged = new Set(['IMG_0002.JPG'])
    const camera = await rig.camera({ damaged })
    for (let n = 1; n <= 3; n += 1) camera.put(frames.frame(n))
    await rig.tether()
    await until(() =>
      expect(rig.view()).toMatchObject({ state: 'reconnecting', trouble: { code: 'unlisted' } }),
    )
    // Long after a camera that says nothing counts as asleep.
    await until(() => expect(new Set(camera.log.map(({ session }) => session)).size).toBeGreaterThan(4))
    expect(rig.view().state).not.toBe('asleep')
    damaged.clear()
    await come('IMG_0001.JPG', 'IMG_0002.JPG', 'IMG_0003.JPG')
    await rig.see({ state: 'connected', trouble: null })
  })

  test('two cameras have their own processes, names and colours', async () => {
    const first = await rig.camera({ serial: 'A1', model: 'Body' })
    const second = await rig.camera({ serial: 'B2', model: 'Body' })
    await rig.tether()
    first.shoot(frames.frame(1))
    second.shoot(frames.frame(2))
    await come('IMG_0001-2.JPG', 'IMG_0001.JPG')
    const [one, two] = rig.registry.list()
    expect([one!.name, two!.name].sort()).toEqual(['Body', 'Body 2'])
    expect(one!.colour).not.toBe(two!.colour)
    expect(new Set(rig.world.photos().map(({ cameraId }) => cameraId))).toEqual(
      new Set(['camera:A1', 'camera:B2']),
    )
  })

  test('reports what the body reports, releases its shutter, says that the card is full, and what the shutter answers then', async () => {
    let n = 0
    const camera = await rig.camera({ capture: () => frames.frame(++n), battery: 64, lens: 'RF 50mm' })
    const sources = await rig.tether()
    await until(() =>
      expect(rig.view().readouts).toMatchObject({
        battery: 64,
        mode: 'M',
        iso: '800',
        aperture: 'f/2.8',
        shutter: '1/250',
      }),
    )
    await sources.shoot(rig.view().id)
    await come('IMG_0001.JPG')
    camera.setBattery(12)
    await until(() => expect(rig.view().readouts?.battery).toBe(12))
    camera.fillCard()
    await rig.see({ state: 'card_full' })
    await expect(sources.shoot(rig.view().id)).rejects.toMatchObject({ status: 409, code: 'shutter_refused' })
    camera.fillCard(false)
    await rig.see({ state: 'connected' })
  })

  test('waits while the Event is paused, says how much waits, and goes on', async () => {
    const camera = await rig.camera()
    const { events } = rig.world.catalog
    const sources = await rig.tether()
    events.change(events.current().id, { state: 'paused' })
    camera.shoot(frames.frame(1))
    await until(() => expect(sources.status()[0]).toMatchObject({ state: 'waiting' }))
    expect(sources.status()[0]!.message).toContain('1 photo waits in the camera')
    expect(names()).toEqual([])
    events.change(events.current().id, { state: 'open' })
    sources.rescan()
    await come('IMG_0001.JPG')
  })
})
