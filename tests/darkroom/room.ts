import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll } from 'vitest'
import { NEUTRAL } from '../../daemon/contract/recipe.ts'
import { createDarkroom, type Darkroom, type RenditionName } from '../../daemon/darkroom/darkroom.ts'
import { createSharedWorkers } from '../fixtures/photos/shared-workers.ts'
import { silentLog } from '../../daemon/log.ts'

export interface Pixels {
  readonly width: number
  readonly height: number
  /** The mean RGB of the square of 7 x 7 pixels around a point given in 0..1 of the sides. */
  at(x: number, y: number): [number, number, number]
  /** The darkest value of any channel anywhere. */
  readonly darkest: number
}

export async function pixelsOf(path: string): Promise<Pixels> {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const { width, height } = info
  return {
    width,
    height,
    darkest: data.reduce((least, value) => Math.min(least, value), 255),
    at(x, y) {
      const centre = [Math.round(x * (width - 1)), Math.round(y * (height - 1))] as const
      const sum = [0, 0, 0]
      let count = 0
      for (let v = Math.max(0, centre[1] - 3); v <= Math.min(height - 1, centre[1] + 3); v++) {
        for (let u = Math.max(0, centre[0] - 3); u <= Math.min(width - 1, centre[0] + 3); u++) {
          for (let c = 0; c < 3; c++) sum[c]! += data[(v * width + u) * 3 + c]!
          count += 1
        }
      }
      return sum.map((value) => value / count) as [number, number, number]
    },
  }
}

/** A darkroom for one test file, with a folder that goes away with it. */
export function openRoom(options: { workers?: number; deadlineMs?: number } = {}) {
  const room = {} as {
    folder: string
    darkroom: Darkroom
    file(name: string, bytes: Uint8Array): Promise<string>
    /** Prints bytes with an Edit and opens the result. */
    print(
      bytes: Uint8Array,
      edit?: Partial<typeof NEUTRAL>,
      name?: RenditionName,
    ): Promise<Pixels & { path: string; bytes: number; thumbhash: string }>
  }
  let count = 0
  beforeAll(async () => {
    room.folder = await mkdtemp(join(tmpdir(), 'lep-darkroom-'))
    room.darkroom = createDarkroom({
      cacheFolder: join(room.folder, 'cache'),
      log: silentLog,
      createWorkers: createSharedWorkers,
      ...options,
    })
    await room.darkroom.start()
  })
  afterAll(async () => {
    await room.darkroom.stop()
    await rm(room.folder, { recursive: true })
  })
  room.file = async (name, bytes) => {
    const path = join(room.folder, `${++count}-${name}`)
    await writeFile(path, bytes)
    return path
  }
  room.print = async (bytes, edit = {}, name = 'web') => {
    const path = await room.file('original', bytes)
    const to = `${path}.${name}`
    const source = { path, sha256: 'a'.repeat(64) }
    const [rendered] = await room.darkroom.print(source, { ...NEUTRAL, ...edit }, [{ name, path: to }])
    return { ...(await pixelsOf(to)), ...rendered! }
  }
  return room
}
