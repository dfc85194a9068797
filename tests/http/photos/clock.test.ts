import { afterEach, beforeEach, expect, test } from 'vitest'
import { withKnownCamera } from '../../fixtures/camera/camera-registry.ts'
import { startDaemon, type RunningDaemon } from '../../fixtures/daemon.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'

/** The machine's clock is set while something waits: waiting goes by another one. */
const CAMERA = 'camera:1'
const HOUR = 3600_000
let set = 0
let daemon: RunningDaemon
beforeEach(async () => {
  set = 0
  const data = await withKnownCamera(CAMERA, 'Canon EOS R5', 'SN1')
  daemon = await startDaemon([], data, { now: () => Date.now() + set })
})
afterEach(() => daemon.end())

const live = async () =>
  (await daemon.get('/api/live')).body.images.map((one: { original: string }) => one.original) as string[]
const photo = (seed: number) => makeJpeg({ seed, width: 300, height: 200, takenAt: new Date() })

test.each([
  ['back', -HOUR],
  ['forth', HOUR],
])('the publish delay is as long as it was when the clock is set %s', async (_, by) => {
  await daemon.drop('IMG_1.JPG', await photo(1))
  await daemon.drop('IMG_2.JPG', await photo(2))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG', hold: 1 })
  await daemon.post('/api/publish', { filename: 'IMG_2.JPG', hold: 30 })
  set = by
  await expect.poll(live).toEqual(['IMG_1.JPG'])
  const { images } = (await daemon.get('/api/buffer')).body
  const two = images.find(({ filename }: { filename: string }) => filename === 'IMG_2.JPG')
  expect(two.progress.left_ms).toBeGreaterThan(20_000)
  expect(two.progress.left_ms).toBeLessThanOrEqual(30_000)
})

test('a restart with the clock set back does not make a publish delay longer than any is', async () => {
  set = HOUR
  daemon = await daemon.restart()
  await daemon.drop('IMG_1.JPG', await photo(1))
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG', hold: 30 })
  await daemon.stop()
  set = 0
  daemon = await startDaemon([], daemon.data, { now: () => Date.now() + set })
  const [{ progress }] = (await daemon.get('/api/buffer')).body.images
  expect(progress.left_ms).toBeLessThanOrEqual(30_000)
})

test('a restart after the clock was set forth sends nothing out before its delay is over', async () => {
  await daemon.drop('IMG_1.JPG', await photo(1))
  set = 3 * HOUR
  const codes = async () =>
    (await daemon.get('/api/status')).body.warnings.map(({ code }: { code: string }) => code) as string[]
  await expect.poll(codes).toContain('clock_forward')
  await daemon.post('/api/publish', { filename: 'IMG_1.JPG', hold: 30 })
  daemon = await daemon.restart()
  const [{ progress }] = (await daemon.get('/api/buffer')).body.images
  expect(progress.state).toBe('held')
  expect(progress.left_ms).toBeGreaterThan(10_000)
})
