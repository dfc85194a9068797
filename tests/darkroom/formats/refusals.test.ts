import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import {
  makeHeicLike,
  makeJpeg,
  makeVideoLike,
  truncate,
  withExifBytes,
} from '../../fixtures/photos/photos.ts'
import { openRoom } from '../room.ts'

const room = openRoom()

/** Writes other sides into a JPEG's frame header; its data stays as it was. */
function claimSize(jpeg: Buffer, width: number, height: number): Buffer {
  const bytes = Buffer.from(jpeg)
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]))
  bytes.writeUInt16BE(height, frame + 5)
  bytes.writeUInt16BE(width, frame + 7)
  return bytes
}

/** Whole by its markers, but its quantisation tables have another number than the frame asks for. */
async function garbled(): Promise<Buffer> {
  const jpeg = await makeJpeg()
  for (let at = jpeg.indexOf(DQT); at >= 0; at = jpeg.indexOf(DQT, at + 1)) jpeg[at + 4] = 3
  return jpeg
}
const DQT = Buffer.from([0xff, 0xdb])

describe('inspect refuses', () => {
  it.each([
    ['zero bytes', async () => Buffer.alloc(0), 'the file is empty'],
    ['half a photo', async () => truncate(await makeJpeg(), 15_000), 'the file is cut short'],
    [
      'a photo cut by 2 kB',
      async () => truncate(await makeJpeg({ quality: 95 }), 2048),
      'the file is cut short',
    ],
    ['HEIC', async () => makeHeicLike(), 'HEIC pictures are not supported; set the camera or phone to JPEG'],
    ['a video', async () => makeVideoLike(), 'videos are not supported'],
    [
      'SVG',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'SVG drawings are not supported',
    ],
    [
      'more pixels than memory is for',
      async () => claimSize(await makeJpeg(), 20_000, 14_000),
      'the picture has 280 million pixels; at most 268 million are taken',
    ],
    ['a photo that no decoder can read', garbled, 'the picture is damaged and cannot be decoded'],
  ])('%s, in plain words', async (_, make, reason) => {
    const refusal: unknown = await room.darkroom
      .inspect(await room.file('photo.jpg', await make()))
      .catch((error: unknown) => error)
    expect(refusal).toMatchObject({ name: 'Refusal', status: 422 })
    expect((refusal as Error).message).toContain(reason)
  })

  it('a photo cut by 2 kB, which the decoder alone would take', async () => {
    const cut = truncate(await makeJpeg({ quality: 95 }), 300)
    const decoded = await sharp(cut, { failOn: 'none' }).raw().toBuffer({ resolveWithObject: true })
    expect(decoded.info.width).toBe(600)
    await expect(room.darkroom.inspect(await room.file('cut.jpg', cut))).rejects.toThrow('cut short')
  })
})

describe('inspect takes', () => {
  it.each(['png', 'webp', 'tiff', 'avif'] as const)('%s', async (kind) => {
    const bytes = await sharp(await makeJpeg())
      .toFormat(kind)
      .toBuffer()
    expect(await room.darkroom.inspect(await room.file(`a.${kind}`, bytes))).toMatchObject({
      kind,
      width: 600,
      height: 400,
    })
    expect((await room.print(bytes)).width).toBe(600)
  })

  it('grey, 16-bit, CMYK and transparent pictures, and prints them in colour', async () => {
    const jpeg = await makeJpeg()
    for (const bytes of [
      await sharp(jpeg).greyscale().jpeg().toBuffer(),
      await sharp(jpeg).toColourspace('rgb16').png().toBuffer(),
      await sharp(jpeg).toColourspace('grey16').png().toBuffer(),
      await sharp(jpeg).toColourspace('cmyk').jpeg().toBuffer(),
      await sharp(jpeg).ensureAlpha(0.5).png().toBuffer(),
    ]) {
      const { path } = await room.print(bytes, { straighten: 2, exposure: 0.3 })
      expect(await sharp(path).metadata()).toMatchObject({ channels: 3, space: 'srgb' })
    }
  })

  it('a photo whose EXIF is garbage', async () => {
    const jpeg = withExifBytes(await makeJpeg(), Buffer.alloc(2000, 0xfe))
    expect(await room.darkroom.inspect(await room.file('a.jpg', jpeg))).toMatchObject({
      kind: 'jpeg',
      width: 600,
      takenAt: null,
    })
  })

  it('a photo with a little damage inside: a person can still judge it', async () => {
    const jpeg = await makeJpeg({ width: 1200, height: 800, quality: 95 })
    jpeg.fill(0x00, jpeg.length >> 1, (jpeg.length >> 1) + 200)
    expect(await room.darkroom.inspect(await room.file('a.jpg', jpeg))).toMatchObject({ width: 1200 })
  })
})
