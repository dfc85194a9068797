import { open } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import sharp from 'sharp'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { pictureEnd } from '../../../daemon/darkroom/formats/entropy.ts'
import { hasZeros } from '../../../daemon/darkroom/formats/jpeg.ts'
import { checkEnd, readEnd } from '../../../daemon/darkroom/formats/whole.ts'
import { TRAILERS, withHole, withIndex, withoutEnd } from '../../fixtures/photos/broken-ends.ts'
import { settingsOf } from '../../fixtures/output-settings.ts'
import { makeJpeg, makePng, makeRaw } from '../../fixtures/photos/photos.ts'
import { writeTiff } from '../../fixtures/photos/tiff.ts'
import { openRoom } from '../room.ts'

const room = openRoom({ workers: 1 })
const inspect = async (bytes: Uint8Array) => room.darkroom.inspect(await room.file('photo', bytes))
const large = { width: 900, height: 600, quality: 92 }
const progressive = async () =>
  sharp(await makeJpeg(large))
    .jpeg({ progressive: true, quality: 92 })
    .toBuffer()

describe('a whole picture in a file that does not end as it says', () => {
  it('is taken although its index names a picture that is not there', async () => {
    const jpeg = withIndex(await makeJpeg(large), 5000)
    expect(checkEnd(jpeg)).toMatchObject({ whole: false, reason: { code: 'cut_short' } })
    expect(await inspect(jpeg)).toMatchObject({ width: 900, unfinished: true })
    expect((await room.print(jpeg)).width).toBe(900)
  })

  it.each(Object.entries(TRAILERS))('is taken with %s in the place of its end', async (_, trailer) => {
    const jpeg = withoutEnd(await makeJpeg(large))
    const file = Buffer.concat([jpeg, trailer])
    // Where another program may still write it, nobody can know.
    expect(checkEnd(file).whole).toBe(false)
    expect(await inspect(file)).toMatchObject({ width: 900, unfinished: true })
    expect((await room.print(file)).width).toBe(900)
  })

  it.each(Object.entries(TRAILERS))('is whole with %s behind its end', async (_, trailer) => {
    const seen = await inspect(Buffer.concat([await makeJpeg(large), trailer]))
    expect(seen).toMatchObject({ width: 900 })
    expect(seen).not.toHaveProperty('unfinished')
  })

  it.each(Object.entries(TRAILERS))('is refused with %s behind half a picture', async (_, trailer) => {
    const jpeg = await makeJpeg(large)
    for (const missing of [400, jpeg.length >> 1])
      await expect(inspect(Buffer.concat([jpeg.subarray(0, -missing), trailer]))).rejects.toMatchObject({
        status: 422,
        code: expect.stringMatching(/^(cut_short|middle_missing)$/),
      })
  })

  it('is told block by block', async () => {
    for (const make of [
      () => makeJpeg({ width: 17, height: 9 }),
      async () =>
        sharp(await makeJpeg(large))
          .jpeg({ chromaSubsampling: '4:4:4' })
          .toBuffer(),
      async () =>
        sharp(await makeJpeg(large))
          .greyscale()
          .jpeg()
          .toBuffer(),
    ]) {
      const jpeg = await make()
      expect(pictureEnd(jpeg)).toEqual({ at: jpeg.length - 2, isFilled: true })
      expect(pictureEnd(jpeg.subarray(0, -2))?.at).toBe(jpeg.length - 2)
      expect(pictureEnd(jpeg.subarray(0, -3))).toBe(null)
    }
  })

  it('may be a progressive JPEG or a PNG, as long as no part of the picture is missing', async () => {
    const jpeg = await progressive()
    expect(await inspect(withoutEnd(jpeg))).toMatchObject({ width: 900, unfinished: true })
    await expect(inspect(jpeg.subarray(0, -200))).rejects.toThrow('cut short')
    // The last scan is missing as a whole, which no decoder minds.
    const last = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]))
    await expect(inspect(jpeg.subarray(0, last))).rejects.toThrow('cut short')
    const png = await makePng()
    expect(await inspect(png.subarray(0, -12))).toMatchObject({ width: 600, unfinished: true })
    await expect(inspect(png.subarray(0, -2000))).rejects.toThrow('cut short')
  })

  it.each(['webp', 'tiff', 'avif'] as const)('is not a %s that was cut', async (format) => {
    const bytes = await sharp(await makeJpeg())
      .toFormat(format)
      .toBuffer()
    for (const missing of [1, 500])
      await expect(inspect(bytes.subarray(0, -missing))).rejects.toThrow('cut short')
  })
})

describe('a file whose middle is missing', () => {
  it.each([
    ['baseline', () => makeJpeg(large), 1500],
    ['baseline', () => makeJpeg(large), 8192],
    ['progressive', progressive, 8192],
  ])('is refused (%s)', async (_, make, bytes) => {
    const file = withHole(await make(), bytes)
    await expect(inspect(file)).rejects.toMatchObject({ status: 422, code: 'middle_missing' })
  })

  it('is not one with a little damage, nor one of a plain wall that is zeros in code', async () => {
    expect(await inspect(withHole(await makeJpeg(large), 200))).toMatchObject({ width: 900 })
    const create = { width: 3000, height: 3000, channels: 3, background: '#fff' } as const
    for (const options of [{}, { progressive: true }]) {
      const wall = await sharp({ create }).jpeg(options).toBuffer()
      expect(hasZeros(wall, 600, wall.length)).toBe(true)
      expect(await inspect(wall)).toMatchObject({ width: 3000 })
    }
  })

  it('is found by what the disk holds of it where zeros may be data', async () => {
    const raw = makeRaw(await makeJpeg(), { sensor: Buffer.alloc(200_000) })
    expect(await inspect(raw)).toMatchObject({ kind: 'raw' })
    const path = await room.file('sparse.dng', raw)
    const handle = await open(path, 'w')
    const sensorAt = raw.indexOf(Buffer.alloc(100_000))
    await handle.write(raw, 0, sensorAt, 0)
    await handle.write(raw, sensorAt + 150_000, raw.length - sensorAt - 150_000, sensorAt + 150_000)
    await handle.close()
    expect(await readEnd(path)).toMatchObject({ whole: false, reason: { code: 'middle_missing' } })
    await expect(room.darkroom.inspect(path)).rejects.toMatchObject({ code: 'middle_missing' })
  })

  it('finds rows of zeros wherever they lie', () => {
    for (const at of [0, 1, 511, 512, 3000]) {
      const bytes = Buffer.alloc(6000, 1).fill(0, at, at + 1024)
      expect(hasZeros(bytes, 0, 6000)).toBe(true)
      bytes[at + 500] = 1
      expect(hasZeros(bytes, 0, 6000)).toBe(false)
    }
  })
})

describe('a RAW with nothing but a small preview', () => {
  const sensor = { width: 6000, height: 4000 }
  it.each(['strip', 'offset', 'tag'] as const)(
    'is taken, says so, and is not published (%s)',
    async (layout) => {
      const raw = makeRaw(await makeJpeg({ width: 160, height: 120 }), { layout, sensorSize: sensor })
      expect(await inspect(raw)).toMatchObject({ kind: 'raw', width: 160, smallPreview: true })
      const path = await room.file('a.dng', raw)
      const source = { path, sha256: 'b'.repeat(64) }
      await expect(
        room.darkroom.print(source, NEUTRAL, [{ name: 'web', path: `${path}.jpg` }], settingsOf()),
      ).rejects.toMatchObject({ status: 422, code: 'raw_small_preview', params: { width: 160, height: 120 } })
      // The app shows what there is.
      expect((await room.print(raw)).width).toBe(160)
    },
  )

  it('is none where the preview was meant to be looked at, or the sensor is as small', async () => {
    const good = makeRaw(await makeJpeg({ width: 1616, height: 1080 }), { sensorSize: sensor })
    const old = makeRaw(await makeJpeg({ width: 640, height: 480 }), {
      sensorSize: { width: 640, height: 480 },
    })
    for (const raw of [good, old, makeRaw(await makeJpeg({ width: 160, height: 120 }))])
      expect(await inspect(raw)).not.toHaveProperty('smallPreview')
  })
})

describe('a TIFF is no RAW', () => {
  const page = (compression: number, photometric = 0) =>
    writeTiff([
      { tag: 0x0100, type: 3, value: [64] },
      { tag: 0x0101, type: 3, value: [8] },
      { tag: 0x0102, type: 3, value: [1] },
      { tag: 0x0103, type: 3, value: [compression] },
      { tag: 0x0106, type: 3, value: [photometric] },
      { tag: 0x0111, type: 4, value: { blob: Buffer.alloc(64, 0x55) } },
      { tag: 0x0116, type: 3, value: [8] },
      { tag: 0x0117, type: 4, value: [64] },
    ])

  it('when it is a fax: it is decoded', async () => {
    const fax = await sharp(await makeJpeg())
      .greyscale()
      .threshold()
      .toColourspace('b-w')
      .tiff({ compression: 'ccittfax4', bitdepth: 1 })
      .toBuffer()
    expect(await inspect(fax)).toMatchObject({ kind: 'tiff', width: 600, height: 400 })
    expect((await room.print(fax)).width).toBe(600)
  })

  it.each([34661, 34712, 34925, 50000, 34676])(
    'when its compression is %i: its kind is refused by name',
    async (compression) => {
      await expect(inspect(page(compression))).rejects.toMatchObject({ status: 422, code: 'tiff_kind' })
    },
  )

  it('and a RAW without a preview stays one', async () => {
    await expect(
      inspect(makeRaw(Buffer.alloc(3000, 1), { sensorSize: { width: 60, height: 40 } })),
    ).rejects.toMatchObject({ code: 'raw_without_preview' })
  })
})
