import { describe, expect, it } from 'vitest'
import { findEmbedded } from '../../../daemon/darkroom/formats/embedded.ts'
import { readCapture } from '../../../daemon/darkroom/formats/metadata.ts'
import { checkEnd } from '../../../daemon/darkroom/formats/whole.ts'
import { makeJpeg, makeRaw } from '../../fixtures/photos/photos.ts'
import { writeTiff } from '../../fixtures/photos/tiff.ts'
import { openRoom } from '../room.ts'

const room = openRoom({ workers: 1 })
const takenAt = new Date('2026-05-04T18:30:15.250Z')

describe.each(['strip', 'offset', 'tag'] as const)('a RAW with its JPEG filed as %s', (layout) => {
  it('gives that JPEG byte for byte', async () => {
    const jpeg = await makeJpeg({ width: 1200, height: 800, seed: 7 })
    const raw = makeRaw(jpeg, { layout, orientation: 8 })
    expect(checkEnd(raw)).toEqual({ kind: 'raw', whole: true })
    const found = findEmbedded(raw)
    expect(found).toMatchObject({ width: 1200, height: 800, orientation: 8 })
    expect(found?.jpeg.equals(jpeg)).toBe(true)
  })
})

it('takes the larger of two JPEGs, and the one inside wins the orientation', async () => {
  const small = await makeJpeg({ width: 160, height: 120 })
  const large = await makeJpeg({ width: 900, height: 600, orientation: 3 })
  const raw = Buffer.concat([makeRaw(small, { orientation: 6 }), large])
  expect(findEmbedded(raw)).toMatchObject({ width: 900, height: 600, orientation: 3 })
})

function box(type: string, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length + 8, 0)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}

it('finds the JPEG of a CR3, and reads its tags from its boxes', async () => {
  const jpeg = await makeJpeg({ width: 1100, height: 700 })
  const main = writeTiff([
    { tag: 0x010f, type: 2, value: 'Canon' },
    { tag: 0x0110, type: 2, value: 'Canon EOS R5' },
    { tag: 0x0112, type: 3, value: [6] },
  ])
  const exif = writeTiff([
    { tag: 0x9003, type: 2, value: '2026:05:04 20:30:15' },
    { tag: 0x9011, type: 2, value: '+02:00' },
    { tag: 0x9291, type: 2, value: '25' },
    { tag: 0xa431, type: 2, value: '0420' },
  ])
  const cr3 = Buffer.concat([
    box('ftyp', Buffer.from('crx \0\0\0\x01crx isom', 'latin1')),
    box('moov', box('uuid', Buffer.alloc(16, 1), box('CMT1', main), box('CMT2', exif))),
    box('mdat', Buffer.alloc(500, 3), jpeg, Buffer.alloc(3000, 4)),
  ])
  expect(checkEnd(cr3)).toEqual({ kind: 'raw', whole: true })
  expect(findEmbedded(cr3)).toMatchObject({ width: 1100, height: 700, orientation: 6 })
  expect(readCapture(cr3)).toEqual({
    camera: 'Canon EOS R5',
    serial: '0420',
    rating: 0,
    takenAt: takenAt.getTime(),
  })
  const path = await room.file('a.cr3', cr3)
  expect(await room.darkroom.inspect(path)).toMatchObject({ kind: 'raw', width: 700, height: 1100 })
})

it('finds the JPEG of a RAF by its header', async () => {
  const jpeg = await makeJpeg({ width: 1000, height: 700, takenAt, make: 'FUJIFILM', camera: 'X-T5' })
  const header = Buffer.alloc(148)
  header.write('FUJIFILMCCD-RAW 0201', 'latin1')
  header.writeUInt32BE(148, 84)
  header.writeUInt32BE(jpeg.length, 88)
  header.writeUInt32BE(148 + jpeg.length, 100)
  header.writeUInt32BE(4000, 104)
  const raf = Buffer.concat([header, jpeg, Buffer.alloc(4000, 9)])
  expect(checkEnd(raf).whole).toBe(true)
  expect(checkEnd(raf.subarray(0, -1)).whole).toBe(false)
  expect(await room.darkroom.inspect(await room.file('a.raf', raf))).toMatchObject({
    kind: 'raw',
    width: 1000,
    camera: 'FUJIFILM X-T5',
    takenAt: takenAt.getTime(),
  })
})

it('inspects and prints a RAW by what it holds', async () => {
  const jpeg = await makeJpeg({ width: 1200, height: 800 })
  const raw = makeRaw(jpeg, { orientation: 6, takenAt, serial: '77', make: 'NIKON', camera: 'NIKON Z 6' })
  expect(await room.darkroom.inspect(await room.file('a.nef', raw))).toEqual({
    kind: 'raw',
    width: 800,
    height: 1200,
    takenAt: takenAt.getTime(),
    offset: 0,
    camera: 'NIKON Z 6',
    serial: '77',
    rating: 0,
    picture: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  })
  const { width, height } = await room.print(raw)
  expect([width, height]).toEqual([800, 1200])
})

it('refuses a RAW that holds no JPEG', async () => {
  const raw = makeRaw(Buffer.alloc(3000, 1))
  await expect(room.darkroom.inspect(await room.file('a.dng', raw))).rejects.toMatchObject({
    status: 422,
    code: 'raw_without_preview',
  })
})
