import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkEnd, readEnd } from '../../../daemon/darkroom/formats/whole.ts'
import {
  makeHeicLike,
  makeJpeg,
  makePng,
  makeRaw,
  makeVideoLike,
  truncate,
} from '../../fixtures/photos/photos.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lep-whole-'))
})
afterAll(() => rm(folder, { recursive: true }))

const scene = () => sharp({ create: { width: 300, height: 200, channels: 3, background: '#a52' } })
const makers = {
  'jpeg, baseline': () => makeJpeg({ takenAt: new Date() }),
  'jpeg, progressive': async () =>
    sharp(await makeJpeg())
      .jpeg({ progressive: true })
      .toBuffer(),
  png: () => makePng(),
  webp: () => scene().webp({ lossless: true }).toBuffer(),
  tiff: () => scene().tiff().toBuffer(),
  avif: () => scene().avif({ effort: 0 }).toBuffer(),
  raw: async () => makeRaw(await makeJpeg()),
  heic: async () => makeHeicLike(),
} as const

describe.each(Object.entries(makers))('%s', (name, make) => {
  it('is told by its content and found whole, and cut anywhere it is not', async () => {
    const bytes = await make()
    const kind = name.split(',')[0]
    const path = join(folder, 'name-proves-nothing.txt')
    await writeFile(path, bytes)
    expect(await readEnd(path)).toEqual({ kind, whole: true })
    for (const missing of [1, 2, 30, bytes.length >> 1, bytes.length - 20]) {
      await writeFile(path, truncate(bytes, missing))
      const end = await readEnd(path)
      expect(end.whole, `${missing} bytes missing`).toBe(false)
      expect(end.reason?.message).toMatch(/cut short|not a picture/)
    }
  })
})

describe('a JPEG', () => {
  it('may be followed by other bytes', async () => {
    expect(checkEnd(Buffer.concat([await makeJpeg(), Buffer.alloc(5000)]))).toMatchObject({ whole: true })
  })

  it('is not whole because its embedded thumbnail is', async () => {
    const jpeg = await makeJpeg()
    const app1 = Buffer.from([0xff, 0xe1, 0, 0, ...Buffer.from('Thumb\0')])
    const thumb = await makeJpeg({ width: 60, height: 40 })
    app1.writeUInt16BE(thumb.length + app1.length - 2, 2)
    const file = Buffer.concat([jpeg.subarray(0, 2), app1, thumb, jpeg.subarray(2)])
    expect(checkEnd(file).whole).toBe(true)
    expect(checkEnd(truncate(file)).whole).toBe(false)
  })

  it('with an index of further pictures needs them too', async () => {
    const jpeg = await makeJpeg()
    const second = await makeJpeg({ width: 160, height: 120 })
    // CIPA DC-007: a TIFF with one entry, B002, of 16 bytes a picture; offsets count from the TIFF.
    const index = Buffer.alloc(8 + 2 + 12 + 4 + 32)
    index.write('II*\0', 0, 'latin1')
    index.writeUInt32LE(8, 4)
    index.writeUInt16LE(1, 8)
    index.writeUInt16LE(0xb002, 10)
    index.writeUInt16LE(7, 12)
    index.writeUInt32LE(32, 14)
    index.writeUInt32LE(26, 18)
    const head = Buffer.from([0xff, 0xe2, 0, 0, ...Buffer.from('MPF\0')])
    head.writeUInt16BE(head.length - 2 + index.length, 2)
    const main = Buffer.concat([jpeg.subarray(0, 2), head, index, jpeg.subarray(2)])
    main.writeUInt32LE(second.length, 10 + 26 + 16 + 4)
    main.writeUInt32LE(main.length - 10, 10 + 26 + 16 + 8)
    const file = Buffer.concat([main, second])
    expect(checkEnd(file).whole).toBe(true)
    expect(checkEnd(truncate(file, 1)).whole).toBe(false)
  })
})

it('says in plain words what it will not take', async () => {
  const reasons = {
    '': 'the file is empty',
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>': 'SVG drawings are not supported',
    '%PDF-1.7 ': 'PDF documents are not supported',
    GIF89a: 'GIF pictures are not supported',
    'hello there': 'this is not a picture file that we know',
  }
  for (const [content, reason] of Object.entries(reasons)) {
    const path = join(folder, 'photo.jpg')
    await writeFile(path, content)
    expect(await readEnd(path)).toMatchObject({ kind: 'unknown', whole: false, reason: { message: reason } })
  }
})

it('knows a video without reading it', async () => {
  const path = join(folder, 'clip.mp4')
  await writeFile(path, makeVideoLike())
  expect((await readEnd(path)).kind).toBe('video')
})

it('answers whatever the bytes are', async () => {
  const originals = await Promise.all(Object.values(makers).map((make) => make()))
  let state = 12345
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state % below
  }
  for (const original of originals) {
    for (let round = 0; round < 150; round++) {
      const bytes = Buffer.from(original)
      const reach = round % 2 ? bytes.length : Math.min(200, bytes.length)
      for (let i = 0; i < 1 + random(20); i++) bytes[random(reach)] = random(4) ? random(256) : 0xff
      const end = checkEnd(bytes.subarray(0, 1 + random(bytes.length)))
      expect(typeof end.whole).toBe('boolean')
    }
  }
})
