import { readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { createDemoPhotos } from '../../daemon/demo/demo-photos.ts'
import { paintScene } from '../../daemon/demo/scenes/scene.ts'
import { openRoom } from '../darkroom/room.ts'

const room = openRoom()
const takenAt = new Date(2026, 10, 20, 21, 4, 9, 50)

/** To paint one takes a second: each is painted once for all tests. */
const scenes = new Map<string, ReturnType<typeof paintScene>>()
function scene(seed: number, portrait: boolean) {
  const name = `${seed} ${portrait}`
  const painted = scenes.get(name) ?? paintScene(seed, portrait)
  scenes.set(name, painted)
  return painted
}

it('paints the same picture from the same seed, and others from others', () => {
  const lying = [0, 1].map((seed) => Buffer.from(scene(seed, false).data))
  expect(Buffer.from(paintScene(1, false).data).equals(lying[1]!)).toBe(true)
  expect(new Set(lying.map((data) => data.subarray(0, 30_000).toString('latin1'))).size).toBe(2)
  const { width, height, data } = scene(1, true)
  expect([width, height, data.length]).toEqual([1200, 1800, 1200 * 1800 * 3])
})

it('paints pictures with shadows and lights, not a flat colour', async () => {
  const { data, width, height } = scene(0, false)
  const { channels } = await sharp(data, { raw: { width, height, channels: 3 } }).stats()
  for (const { min, max, stdev } of channels) {
    expect(min).toBeLessThan(25)
    expect(max).toBeGreaterThan(200)
    expect(stdev).toBeGreaterThan(20)
  }
})

it('writes photos as a camera would: dated, named, and lying down when it was held upright', async () => {
  const orientations = new Set<number | undefined>()
  for (const seed of [0, 1, 5]) {
    const path = join(room.folder, `DEMO_${seed}.JPG`)
    await createDemoPhotos(room.darkroom)(seed, path, takenAt)
    const inspection = await room.darkroom.inspect(path)
    expect(inspection).toMatchObject({ kind: 'jpeg', camera: 'Demo Camera', takenAt: takenAt.getTime() })
    expect([inspection.width, inspection.height]).toEqual(seed === 0 ? [1800, 1200] : [1200, 1800])
    const stored = await sharp(path).metadata()
    expect([stored.width, stored.height]).toEqual([1800, 1200])
    orientations.add(stored.orientation)
    const { width, height, data } = scene(seed, seed !== 0)
    const painted = sharp(data, { raw: { width, height, channels: 3 } }).resize(30, 30, { fit: 'fill' })
    const shown = sharp(path).autoOrient().resize(30, 30, { fit: 'fill' })
    const [a, b] = [await painted.raw().toBuffer(), await shown.raw().toBuffer()]
    expect(a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length).toBeLessThan(4)
  }
  expect(orientations).toEqual(new Set([1, 6, 8]))
})

it('never writes over a file and leaves nothing half-written', async () => {
  const path = await room.file('taken.jpg', Buffer.from('mine'))
  await writeFile(path, 'mine')
  await expect(createDemoPhotos(room.darkroom)(2, path, takenAt)).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await readFile(path, 'utf8')).toBe('mine')
  expect((await readdir(dirname(path))).filter((name) => name.endsWith('.part'))).toEqual([])
})
