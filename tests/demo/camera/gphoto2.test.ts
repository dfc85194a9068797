import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'
import {
  createVirtualCamera,
  type CameraOptions,
  type VirtualCamera,
} from '../../../daemon/demo/camera/camera.ts'
import { VENDOR } from '../../../daemon/demo/camera/codes.ts'
import { gphoto2, gphoto2Trouble, listing, waiting } from './gphoto2.ts'

const trouble = gphoto2Trouble()
// Where every test has to run, a machine that cannot run these fails them instead.
const skip = trouble !== null && process.env.CI !== 'true'
if (skip) process.stderr.write(`tests/demo/camera/gphoto2.test.ts does not run: ${trouble}.\n`)

describe.skipIf(skip)('stock libgphoto2 and the virtual camera', () => {
  let small: Buffer
  /** Over 1 MiB: fetched in blocks. */
  let large: Buffer
  let raw: Buffer
  let cameras: VirtualCamera[] = []

  beforeAll(async () => {
    small = await makeJpeg({ seed: 1, rating: 0, takenAt: '2026:01:20 19:00:00' })
    large = await makeJpeg({ seed: 2, width: 2400, height: 1600, quality: 95 })
    raw = makeRaw(small)
    expect(small.length).toBeLessThan(1024 * 1024)
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
  const currents = (output: string) => [...output.matchAll(/^Current: (.*)$/gm)].map(([, value]) => value)
  const deletions = (camera: VirtualCamera) => camera.log.filter(({ op }) => op === 'DeleteObject').length

  test('lists what is on the card, and which frames are marked', async () => {
    const camera = await start()
    camera.put(small)
    camera.put([raw, small])
    camera.protect('IMG_0002.CR3')
    const { output } = await gphoto2(camera, '--list-files')
    expect(output).toContain("3 files in folder '/store_00010001/DCIM/100VIRTL'")
    expect(listing(output).map(({ name, marked }) => [name, marked])).toEqual([
      ['IMG_0001.JPG', false],
      ['IMG_0002.CR3', true],
      ['IMG_0002.JPG', false],
    ])
  })

  test('downloads byte for byte, in one piece and in blocks, and leaves everything on the card', async () => {
    const camera = await start()
    camera.put(small)
    camera.put([raw, large])
    const { code, files } = await gphoto2(camera, '--get-all-files')
    expect(code).toBe(0)
    expect([...files.keys()].sort()).toEqual(['IMG_0001.JPG', 'IMG_0002.CR3', 'IMG_0002.JPG'])
    expect(files.get('IMG_0001.JPG')!.equals(small)).toBe(true)
    expect(files.get('IMG_0002.CR3')!.equals(raw)).toBe(true)
    expect(files.get('IMG_0002.JPG')!.equals(large)).toBe(true)
    expect(camera.log.filter(({ op }) => op === 'GetPartialObject').length).toBeGreaterThan(1)
    expect(deletions(camera)).toBe(0)
  })

  test('deletes a file for good, and the log says so', async () => {
    const camera = await start()
    camera.put([small, raw])
    await gphoto2(camera, '--folder', '/store_00010001/DCIM/100VIRTL', '--delete-file', 'IMG_0001.JPG')
    expect(deletions(camera)).toBe(1)
    expect(camera.files().map(({ name }) => name)).toEqual(['IMG_0001.CR3'])
  })

  test('hears the shutter, one event for each file of a shot', async () => {
    const camera = await start()
    const output = await waiting(camera, '2f', () => camera.shoot([raw, small]))
    expect(output).toContain('FILEADDED IMG_0001.CR3')
    expect(output).toContain('FILEADDED IMG_0001.JPG /store_00010001/DCIM/100VIRTL')
  })

  test('hears a mark, a rating and a falling battery', async () => {
    const camera = await start({ drain: 10 })
    camera.put([small])
    expect(await waiting(camera, 'FILECHANGED', () => camera.protect('IMG_0001.JPG'))).toContain(
      'IMG_0001.JPG',
    )
    expect(await waiting(camera, 'FILECHANGED', () => camera.rate('IMG_0001.JPG', 4))).toContain(
      'IMG_0001.JPG',
    )
    const { files } = await gphoto2(camera, '--get-file', '1')
    expect(files.get('IMG_0001.JPG')!.length).toBe(small.length)
    expect(files.get('IMG_0001.JPG')!.equals(small)).toBe(false)
    expect(await waiting(camera, 'batterylevel', () => camera.shoot(small))).toContain('"90%"')
  })

  test('tells the properties and sets those that may be set', async () => {
    const camera = await start({ battery: 71, iso: 400, serial: 'V-1', lens: 'VIRTUAL 50mm' })
    const config = async (...names: string[]) =>
      (await gphoto2(camera, ...names.flatMap((name) => ['--get-config', name]))).output
    const told = await config('/main/status/batterylevel', '/main/status/serialnumber', '/main/other/d001')
    expect(currents(told)).toEqual(['71%', 'V-1', 'VIRTUAL 50mm'])
    await gphoto2(camera, '--set-config', 'iso=1600')
    expect(await config('/main/imgsettings/iso')).toContain('Current: 1600')
  })

  test('as a Canon it has a lens, shots left and a capture target, and still hears the shutter', async () => {
    const vendor = VENDOR.Canon
    const camera = await start({ vendor, manufacturer: 'Canon Inc.', lens: 'RF50mm F1.8', shotsLeft: 321 })
    const config = async (...names: string[]) =>
      (await gphoto2(camera, ...names.flatMap((name) => ['--get-config', name]))).output
    const told = await config(
      '/main/status/lensname',
      '/main/status/availableshots',
      '/main/settings/capturetarget',
    )
    expect(currents(told)).toEqual(['RF50mm F1.8', '321', 'Internal RAM'])
    expect(await waiting(camera, 'FILEADDED', () => camera.shoot(small))).toContain('IMG_0001.JPG')
  })

  test('takes a picture, and not with a full card', async () => {
    const camera = await start({ capture: () => small })
    expect((await gphoto2(camera, '--capture-image')).output).toContain('DCIM/100VIRTL/IMG_0001.JPG')
    camera.fillCard()
    const { code, error } = await gphoto2(camera, '--capture-image')
    expect([code, error]).toEqual([1, -3])
    expect(() => camera.shoot(small)).toThrow('full')
    expect(camera.files()).toHaveLength(1)
  })

  test('numbers go on in the next folder after 9999', async () => {
    const camera = await start({ number: 9999 })
    camera.shoot(small)
    camera.shoot(small)
    const { output } = await gphoto2(camera, '--list-files')
    expect(output).toMatch(/100VIRTL'\.\n#1 +IMG_9999\.JPG/)
    expect(output).toMatch(/101VIRTL'\.\n#2 +IMG_0001\.JPG/)
  })

  test.each([false, true])(
    'hears the first frame of a new folder (told of the folder: %s)',
    async (folderEvents) => {
      const camera = await start({ number: 9999, folderEvents })
      const ready = camera.heard('GetObjectHandles')
      const waits = gphoto2(camera, '--wait-event-and-download=2f', '--keep', '--filename', '%f.%C')
      await ready
      camera.shoot(small)
      camera.shoot(large)
      const { files, output } = await waits
      expect(output.includes('FOLDERADDED')).toBe(folderEvents)
      expect(files.get('IMG_9999.JPG')?.equals(small)).toBe(true)
      expect(files.get('IMG_0001.JPG')?.equals(large)).toBe(true)
      expect(deletions(camera)).toBe(0)
    },
  )

  test('comes back after it was unplugged, also at another port', async () => {
    const camera = await start()
    camera.put(small)
    await camera.unplug()
    expect((await gphoto2(camera, '--list-files')).error).toBe(-7)
    const { port } = await camera.replug({ port: 0 })
    expect(camera.portString).toBe(`ptpip:127.0.0.1:${port}:${port}`)
    expect(listing((await gphoto2(camera, '--list-files')).output)).toHaveLength(1)
  })

  test('data flows no faster than the throttle allows', async () => {
    const camera = await start({ throttle: large.length * 2 })
    camera.put(large)
    const before = Date.now()
    const { files } = await gphoto2(camera, '--get-file', '1')
    // Half a second by the throttle; timers may be early by a little.
    expect(Date.now() - before).toBeGreaterThan(450)
    expect(files.get('IMG_0001.JPG')!.equals(large)).toBe(true)
  })

  test('as a program it shoots every photo that appears in its folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lep-serve-'))
    const program = fileURLToPath(new URL('../../../daemon/demo/camera/serve.ts', import.meta.url))
    const child = spawn(process.execPath, [program, '--photos', folder], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    try {
      await writeFile(join(folder, 'DEMO_0001.JPG'), small)
      const [line] = (await once(createInterface(child.stdout!), 'line')) as [string]
      const port = /^listening (\d+)$/.exec(line)![1]
      const camera = { portString: `ptpip:127.0.0.1:${port}:${port}` }
      await writeFile(join(folder, 'HALF_0003.JPG'), small.subarray(0, -2))
      await writeFile(join(folder, '.DEMO_0002.JPG'), large)
      await rename(join(folder, '.DEMO_0002.JPG'), join(folder, 'DEMO_0002.JPG'))
      const listed = async () => (await gphoto2(camera, '--list-files')).output
      await expect.poll(listed, { interval: 200 }).toContain('DEMO_0002.JPG')
      const { files } = await gphoto2(camera, '--get-all-files')
      expect([...files.keys()].sort()).toEqual(['DEMO_0001.JPG', 'DEMO_0002.JPG'])
      expect(files.get('DEMO_0002.JPG')!.equals(large)).toBe(true)
    } finally {
      child.disconnect()
      if (child.exitCode === null) await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    }
    expect(child.exitCode).toBe(0)
  })
})
