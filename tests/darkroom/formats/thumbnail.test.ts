import sharp from 'sharp'
import { expect, it } from 'vitest'
import { exifThumbnail } from '../../../daemon/darkroom/formats/thumbnail.ts'
import { chart, makeJpeg, withExifBytes } from '../../fixtures/photos/photos.ts'
import { writeTiff } from '../../fixtures/photos/tiff.ts'
import { openRoom } from '../room.ts'

const room = openRoom({ workers: 1 })

/** A camera's file: the photo, and in its EXIF block a small one. */
async function camera(photo: Buffer, small: Buffer, orientation: number): Promise<Buffer> {
  const tiff = writeTiff([
    { tag: 0x0112, type: 3, value: [orientation] },
    {
      tag: 0x014a,
      type: 4,
      value: [
        { tag: 0x0201, type: 4, value: { blob: small } },
        { tag: 0x0202, type: 4, value: [small.length] },
      ],
    },
  ])
  return withExifBytes(photo, tiff)
}

it('finds the small picture in the first bytes and stands it upright', async () => {
  const small = await sharp(await chart({ width: 160, height: 120 }))
    .rotate(270)
    .jpeg()
    .toBuffer()
  const file = await camera(await makeJpeg({ width: 400, height: 300 }), small, 6)
  const found = exifThumbnail(file.subarray(0, 132 * 1024))!
  expect(await sharp(found).metadata()).toMatchObject({ width: 120, height: 160, orientation: 6 })
  const { data, info } = await sharp(found).rotate().raw().toBuffer({ resolveWithObject: true })
  expect([info.width, info.height]).toEqual([160, 120])
  // The chart's red corner is at the upper left when it stands right.
  expect(data[(10 * 160 + 10) * 3]).toBeGreaterThan(180)
  expect(data[(10 * 160 + 10) * 3 + 1]).toBeLessThan(80)
})

it('finds none where there is none, and whatever the bytes are it answers', async () => {
  expect(exifThumbnail(await makeJpeg({ width: 64, height: 48, orientation: 6 }))).toBeNull()
  expect(exifThumbnail(Buffer.from('no picture at all'))).toBeNull()
  const small = await makeJpeg({ width: 64, height: 48 })
  const file = await camera(await makeJpeg({ width: 64, height: 48 }), small, 1)
  for (let at = 0; at < file.length; at += 97) {
    const broken = Buffer.from(file)
    broken[at] = broken[at]! ^ 0xff
    expect(() => exifThumbnail(broken)).not.toThrow()
    expect(() => exifThumbnail(file.subarray(0, at))).not.toThrow()
  }
})

it('takes a camera file in by its structure and headers: damage there is refused all the same', async () => {
  const small = await makeJpeg({ width: 64, height: 48 })
  const file = await camera(await makeJpeg({ width: 400, height: 300, seed: 2 }), small, 1)
  expect(await room.darkroom.inspect(await room.file('good', file))).toMatchObject({ width: 400 })
  const garbage = Buffer.from(file)
  const table = garbage.lastIndexOf(Buffer.from([0xff, 0xc4]))
  garbage.fill(0xfe, table + 5, table + 20)
  const damaged = room.darkroom.inspect(await room.file('garbage', garbage))
  await expect(damaged).rejects.toMatchObject({ status: 422, code: 'undecodable' })
  const cut = room.darkroom.inspect(await room.file('cut', file.subarray(0, file.length - 2000)))
  await expect(cut).rejects.toMatchObject({ status: 422, code: 'cut_short' })
})
