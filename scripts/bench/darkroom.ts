import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import sharp from 'sharp'
import type { PhotoPage } from '../../daemon/contract/photo.ts'
import { messageOf } from '../../daemon/errors.ts'
import { paintScene } from '../../daemon/demo/scenes/scene.ts'
import { startDaemon, type BenchDaemon } from './daemon.ts'
import type { Bench, Contender } from './harness.ts'
import { checkPillow, pillow } from './pillow.ts'
import { usageOf } from './tree.ts'

const SIZES = [
  { name: '24 MP', width: 6000, height: 4000 },
  { name: '45 MP', width: 8192, height: 5464 },
] as const
const EDIT = { straighten: 2.5, crop: { x: 0.05, y: 0.05, width: 0.9, height: 0.9 }, exposure: 0.5 }
const WATERMARK = { enabled: true, type: 'text', text: 'Bench', position: 'bottom-right' }
const WARM_UP = 3
const ROUNDS = 7

/** Makes a photo as a camera would store it: a scene, the sensor's noise, and light JPEG compression. */
export async function shoot(path: string, width: number, height: number): Promise<void> {
  const scene = paintScene(7, false)
  const raw = { width: scene.width, height: scene.height, channels: 3 as const }
  const noise = { type: 'gaussian', mean: 128, sigma: 7 } as const
  const grain = await sharp({ create: { width, height, channels: 3, background: '#888', noise } })
    .blur(0.7)
    .png({ compressionLevel: 0 })
    .toBuffer()
  await sharp(scene.data, { raw })
    .resize(width, height, { kernel: 'cubic' })
    .composite([{ input: grain, blend: 'soft-light' }])
    .jpeg({ quality: 94 })
    .toFile(path)
}

/** What the daemon and its workers use while `work` runs. */
export async function spent(daemon: BenchDaemon, work: () => Promise<unknown>) {
  const before = await usageOf(daemon.pid)
  await work()
  await daemon.settled()
  const after = await usageOf(daemon.pid)
  return { tree: after.cpu - before.cpu, workers: after.children - before.children }
}

/** The most memory that daemon and workers had at once, MB. */
async function peakOf(daemon: BenchDaemon, work: () => Promise<unknown>): Promise<number> {
  let peak = 0
  let running = true
  const watching = (async () => {
    while (running) {
      peak = Math.max(peak, (await usageOf(daemon.pid)).memory)
      await wait(10)
    }
  })()
  await work().finally(() => (running = false))
  await watching
  return peak
}

/** What a print costs, against the same in Pillow and against the decoder alone. CPU milliseconds. */
export const darkroom: Bench = {
  name: 'darkroom',
  title: 'Publishing with straighten, crop, +0.5 EV, sharpening, watermark and thumb (CPU ms)',
  warmUp: WARM_UP,
  rounds: ROUNDS,
  limits: [
    ...[1 / 5, 1 / 6].map((most, i) => limit(i, 'publish, whole tree', 'Pillow', most)),
    ...[0, 1].flatMap((i) => [
      limit(i, 'publish, workers', 'Pillow', 1 / 8),
      limit(i, 'publish, whole tree', 'decode 1/2', 4),
      limit(i, 'publish, workers', 'decode 1/2', 3),
      limit(i, 'tile', 'decode 1/8', 1.3),
    ]),
    { kind: 'most', of: 'two publishes of 45 MP, peak MB', most: 600, unit: 'MB' },
  ],
  async open() {
    await checkPillow()
    const folder = await mkdtemp(join(tmpdir(), 'bench-darkroom-'))
    const daemon = await startDaemon({ photos: 0, published: 0, fresh: 0 })
    const close = async () => {
      await daemon.stop()
      await rm(folder, { recursive: true, force: true })
    }
    try {
      await daemon.call('POST', '/api/watermark-settings', WATERMARK).catch((error: unknown) => {
        console.log(`Measured without a watermark: ${messageOf(error).split('\n')[0]}`)
      })
      const contenders: Contender[] = []
      for (const [i, { name, width, height }] of SIZES.entries()) {
        const file = join(folder, `${i}.jpg`)
        await shoot(file, width, height)
        contenders.push(...(await contendersOf(daemon, folder, file, name)))
      }
      const [, large] = SIZES
      contenders.push({
        name: `two publishes of ${large.name}, peak MB`,
        run: () => peakOf(daemon, () => Promise.all([publish(daemon, 1), publish(daemon, 1)])),
      })
      return { contenders, close }
    } catch (error) {
      await close()
      throw error
    }
  },
}

function limit(size: number, of: string, to: string, most: number) {
  const { name } = SIZES[size]!
  return { kind: 'ratio' as const, of: `${name} ${of}`, to: `${name} ${to}`, most }
}

const photoName = (size: number) => `SIZE_${size}.JPG`
const publish = (daemon: BenchDaemon, size: number) =>
  daemon.call('POST', '/api/publish', { filename: photoName(size), ...EDIT, again: true })

async function contendersOf(
  daemon: BenchDaemon,
  folder: string,
  file: string,
  name: string,
): Promise<Contender[]> {
  const size = SIZES.findIndex((one) => one.name === name)
  await daemon.drop(file, photoName(size))
  const { images } = JSON.parse(await daemon.call('GET', '/api/buffer')) as PhotoPage
  const photo = images.find(({ filename }) => filename === photoName(size))!
  const target = join(folder, 'pillow.jpg')
  return [
    { name: `${name} Pillow`, run: () => pillow('publish', file, target) },
    { name: `${name} decode 1/2`, run: () => pillow(2, file, target) },
    {
      name: `${name} publish, whole tree`,
      before: () => daemon.settled(),
      run: async () => (await spent(daemon, () => publish(daemon, size))).tree,
    },
    {
      name: `${name} publish, workers`,
      before: () => daemon.settled(),
      run: async () => (await spent(daemon, () => publish(daemon, size))).workers,
    },
    { name: `${name} decode 1/8`, run: () => pillow(8, file, target) },
    {
      name: `${name} tile`,
      before: async () => {
        await daemon.settled()
        await daemon.forget()
      },
      run: async () => (await spent(daemon, () => daemon.call('GET', photo.tile))).workers,
    },
  ]
}
