import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import {
  createVirtualCamera,
  type CameraOptions,
  type VirtualCamera,
} from '../../../daemon/demo/camera/camera.ts'
import type { FaultDetails, FaultKind } from '../../../daemon/demo/camera/faults.ts'
import { gphoto2, gphoto2Trouble, listing, waiting } from './gphoto2.ts'

const trouble = gphoto2Trouble()
// Where every test has to run, a machine that cannot run these fails them instead.
const skip = trouble !== null && process.env.CI !== 'true'
if (skip) process.stderr.write(`tests/demo/camera/gphoto2-faults.test.ts does not run: ${trouble}.\n`)

describe.skipIf(skip)('what stock libgphoto2 makes of each fault', () => {
  let small: Buffer
  /** Over 1 MiB: fetched in blocks. */
  let large: Buffer
  let cameras: VirtualCamera[] = []

  beforeAll(async () => {
    small = await makeJpeg({ seed: 1 })
    large = await makeJpeg({ seed: 2, width: 2400, height: 1600, quality: 95 })
    expect(large.length).toBeGreaterThan(1024 * 1024)
  })
  afterEach(async () => {
    await Promise.all(cameras.map((camera) => camera.stop()))
    cameras = []
  })

  async function start(options: CameraOptions = {}): Promise<VirtualCamera> {
    const camera = createVirtualCamera(options)
    cameras.push(camera)
    await camera.start()
    return camera
  }
  const get = (camera: VirtualCamera) => gphoto2(camera, '--get-file', '1')
  async function withOne(): Promise<VirtualCamera> {
    const camera = await start()
    camera.put(large)
    return camera
  }

  /** What gphoto2 makes of it; the next call works. */
  async function failing(kind: FaultKind, details: FaultDetails): Promise<number | null> {
    const camera = await withOne()
    camera.faults.next(kind, details)
    const failed = await get(camera)
    expect(failed.files.size).toBe(0)
    expect(camera.faults.fired.map((fault) => fault.kind)).toEqual([kind])
    expect((await get(camera)).files.get('IMG_0001.JPG')?.equals(large)).toBe(true)
    return failed.error
  }

  test.each([
    ['drop', {}, -1],
    ['drop', { when: 'request', op: 'GetObjectInfo' }, -1],
    ['busy', { op: 'GetPartialObject' }, -110],
  ] as const)('%s %j ends the call with an error, once', async (kind, details, error) => {
    expect(await failing(kind, details)).toBe(error)
  })

  test("a stall and a short read end the call with libgphoto2's own timeout", async () => {
    const stall = failing('stall', { op: 'GetPartialObject', ms: 20_000 })
    expect(await Promise.all([stall, failing('short-read', {})])).toEqual([-10, -10])
  })

  test('a short stall is waited out', async () => {
    const camera = await withOne()
    camera.faults.next('stall', { op: 'GetPartialObject', ms: 300 })
    expect((await get(camera)).files.get('IMG_0001.JPG')?.equals(large)).toBe(true)
  })

  test('a quiet short read is taken for the whole file: success proves nothing', async () => {
    const camera = await start()
    camera.put(small)
    camera.faults.next('short-read', { quiet: true, bytes: 1000 })
    const { code, files } = await get(camera)
    expect(code).toBe(0)
    expect(files.get('IMG_0001.JPG')).toHaveLength(1000)
  })

  test('an event to a busy camera is lost with an error, a lost event without a word; both are in the next listing', async () => {
    const camera = await start()
    camera.put(small)
    camera.faults.next('busy', { op: 'GetObjectInfo' })
    expect(await waiting(camera, '5s', () => camera.shoot(small))).toContain('-110')
    camera.faults.next('lost-event')
    const output = await waiting(camera, '300ms', () => camera.shoot(small))
    expect(output).not.toContain('FILEADDED')
    expect(listing((await gphoto2(camera, '--list-files')).output)).toHaveLength(3)
  })

  test('a name comes again in another folder, or after the first was deleted', async () => {
    const camera = await start()
    camera.shoot(small)
    camera.faults.next('duplicate-name')
    camera.shoot(large)
    const paths = () => camera.files().map(({ folder, name }) => `${folder}/${name}`)
    expect(paths()).toEqual(['DCIM/100VIRTL/IMG_0001.JPG', 'DCIM/101VIRTL/IMG_0001.JPG'])
    camera.faults.next('duplicate-name', { removed: true })
    const [again] = camera.shoot(small)
    expect(paths()).toEqual(['DCIM/100VIRTL/IMG_0001.JPG', 'DCIM/101VIRTL/IMG_0001.JPG'])
    expect(again!.handle).not.toBe(camera.files()[0]!.handle)
    const { files } = await gphoto2(camera, '--get-all-files', '--filename', '%n-%f.%C')
    expect(files.size).toBe(2)
  })

  test('a clock an hour off shows in the date of the one frame', async () => {
    const camera = await start()
    camera.shoot(small)
    camera.faults.next('clock')
    camera.shoot(small)
    const [first, second] = listing((await gphoto2(camera, '--list-files')).output)
    expect(Math.abs(second!.seconds - first!.seconds - 3600)).toBeLessThan(10)
  })
})
