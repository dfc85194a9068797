import { writeFile } from 'node:fs/promises'
import { fromRaster } from '../../darkroom/pixels/picture.ts'
import { turn } from '../../darkroom/pixels/pixels.ts'
import { paintScene } from './scene.ts'

/** Makes a made-up photo of an evening, with the tags a camera would give it. */
export async function make(path: string, seed: number, takenAt: Date): Promise<void> {
  const portrait = seed % 4 === 1
  const painted = paintScene(seed, portrait)
  // A camera held upright stores the picture lying and says so: half of the portraits each way.
  const orientation = portrait ? (seed % 8 === 1 ? 6 : 8) : 1
  const stored = turn(painted, portrait ? (orientation === 6 ? 8 : 6) : 1)
  const two = (n: number) => String(n).padStart(2, '0')
  const day = [takenAt.getFullYear(), two(takenAt.getMonth() + 1), two(takenAt.getDate())].join(':')
  const time = [takenAt.getHours(), takenAt.getMinutes(), takenAt.getSeconds()].map(two).join(':')
  const ahead = -takenAt.getTimezoneOffset()
  const zone = `${ahead < 0 ? '-' : '+'}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`
  const photo = await fromRaster(stored)
    .withExif({
      IFD0: { Make: 'Demo', Model: 'Demo Camera' },
      IFD2: {
        DateTimeOriginal: `${day} ${time}`,
        SubSecTimeOriginal: String(takenAt.getMilliseconds()).padStart(3, '0'),
        OffsetTimeOriginal: zone,
        BodySerialNumber: 'DEMO-1',
      },
    })
    .withMetadata({ orientation })
    .jpeg({ quality: 90 })
    .toBuffer()
  await writeFile(path, photo)
}
