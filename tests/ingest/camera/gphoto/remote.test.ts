import process from 'node:process'
import { afterEach, expect, test } from 'vitest'
import { FAULT, WIFI_MODEL } from '../../../../daemon/ingest/camera/port.ts'
import {
  createRemoteGphoto,
  type RemoteGphoto,
  type RemoteLimits,
} from '../../../../daemon/ingest/camera/gphoto/remote.ts'
import { silentLog } from '../../../../daemon/log.ts'
import { LIBRARY, withLibgphoto2 } from '../../../fixtures/camera/libgphoto2.ts'
import { createVirtualCamera, type VirtualCamera } from '../../../../daemon/demo/camera/camera.ts'

withLibgphoto2('a camera process', () => {
  const ends: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  async function virtual(): Promise<VirtualCamera> {
    const camera = createVirtualCamera()
    await camera.start()
    ends.push(() => camera.stop())
    return camera
  }

  /** A clock that goes only on demand: what a busy machine takes for starting is nobody's silence. */
  function createClock() {
    let at = 0
    let since: number | null = null
    const now = () => (since === null ? at : at + performance.now() - since)
    return {
      now,
      go: () => void (since ??= performance.now()),
      stop() {
        at = now()
        since = null
      },
      /** @param ms milliseconds */
      skip: (ms: number) => void (at += ms),
    }
  }

  function remote(limits: Partial<RemoteLimits> = {}, now?: () => number): RemoteGphoto {
    const gphoto = createRemoteGphoto({ library: LIBRARY, log: silentLog, limits, ...(now && { now }) })
    ends.push(() => gphoto.stop())
    return gphoto
  }
  const lost = { code: FAULT.processLost }

  test('that crashes takes its calls along and is replaced; another one does not notice', async () => {
    const [one, two] = [await virtual(), await virtual()]
    const [first, second] = [remote(), remote()]
    const camera = await first.open(WIFI_MODEL, one.portString)
    const other = await second.open(WIFI_MODEL, two.portString)
    const waits = camera.waitForEvent(30_000)
    const goesOn = other.waitForEvent(30_000)
    process.kill(first.pid!, 'SIGKILL')
    await expect(waits).rejects.toMatchObject(lost)
    await expect(camera.storages()).rejects.toMatchObject(lost)
    const again = await first.open(WIFI_MODEL, one.portString)
    expect(await again.getConfigValue('batterylevel')).toBe('100%')
    expect(first.replaced).toBe(1)
    two.shoot(Buffer.from([0xff, 0xd8, 1, 2, 0xff, 0xd9]))
    expect(await goesOn).toMatchObject({ type: 'fileAdded', name: 'IMG_0001.JPG' })
    expect(second.replaced).toBe(0)
  })

  test('that stops answering is ended', async () => {
    const camera = await virtual()
    const clock = createClock()
    const gphoto = remote({ quiet: 1200 }, clock.now)
    const open = await gphoto.open(WIFI_MODEL, camera.portString)
    const { pid } = gphoto
    process.kill(pid!, 'SIGSTOP')
    clock.go()
    await expect(open.storages()).rejects.toMatchObject(lost)
    clock.stop()
    await gphoto.open(WIFI_MODEL, camera.portString)
    expect(gphoto.pid).not.toBe(pid)
  })

  test('that hangs in a call is ended, but not one that waits for an event as long as it was told', async () => {
    const camera = await virtual()
    const clock = createClock()
    const gphoto = remote({ quiet: 2000 }, clock.now)
    const open = await gphoto.open(WIFI_MODEL, camera.portString)
    clock.go()
    expect(await open.waitForEvent(3000)).toEqual({ type: 'timeout' })
    camera.faults.next('stall')
    const heard = camera.log.length
    const answer = open.storages()
    const hung = expect(answer).rejects.toMatchObject({ ...lost, message: expect.stringContaining('hung') })
    await expect.poll(() => camera.log.length).toBeGreaterThan(heard)
    // The library gives a silent camera up after 2.5 s by itself: the half of what it may be quiet is over at once.
    clock.skip(1000)
    await hung
  })

  test('that grows past its limit is replaced', async () => {
    const camera = await virtual()
    const gphoto = remote({ memory: 20 * 1024 * 1024 })
    const open = await gphoto.open(WIFI_MODEL, camera.portString)
    await expect(open.waitForEvent(30_000)).rejects.toMatchObject({
      ...lost,
      message: expect.stringMatching(/grew to \d+ MB/),
    })
  })

  test('says that a library is none', async () => {
    const gphoto = createRemoteGphoto({ library: '/nowhere/libgphoto2.so', log: silentLog })
    ends.push(() => gphoto.stop())
    await expect(gphoto.list()).rejects.toMatchObject({ code: FAULT.library })
  })

  test('sets a body to keep its frames on the card, and tells when a setting is not there', async () => {
    const { VENDOR } = await import('../../../../daemon/demo/camera/codes.ts')
    const camera = createVirtualCamera({ vendor: VENDOR.Canon, manufacturer: 'Canon' })
    await camera.start()
    ends.push(() => camera.stop())
    const open = await remote().open(WIFI_MODEL, camera.portString)
    // libgphoto2 remembers the choice for this computer, so an earlier run's may be the first.
    await open.setConfigValue('capturetarget', 'Internal RAM')
    expect(await open.getConfigValue('capturetarget')).toBe('Internal RAM')
    await open.setConfigValue('capturetarget', 'Memory card')
    expect(await open.getConfigValue('capturetarget')).toBe('Memory card')
    expect(await open.getConfigValue('no-such-setting')).toBe(null)
    await expect(open.setConfigValue('no-such-setting', 'x')).rejects.toMatchObject({
      code: FAULT.badParameters,
    })
  })
})
