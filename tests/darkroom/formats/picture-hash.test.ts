import { expect, test } from 'vitest'
import { createJpegHasher } from '../../../daemon/darkroom/formats/jpeg-hash.ts'
import { pictureHash } from '../../../daemon/darkroom/formats/picture-hash.ts'
import sharp from 'sharp'
import { makeJpeg, makePng, makeRaw, withExifBytes } from '../../fixtures/photos/photos.ts'

const camera = { serial: '7', camera: 'EOS RP' }
const segment = (marker: number, size: number) =>
  Buffer.concat([Buffer.from([0xff, marker, (size + 2) >> 8, (size + 2) & 255]), Buffer.alloc(size, 9)])
const behindStart = (jpeg: Buffer, part: Buffer) =>
  Buffer.concat([jpeg.subarray(0, 2), part, jpeg.subarray(2)])

test('a JPEG’s picture is the same whatever its head, its comments and what follows it say', async () => {
  const jpeg = await makeJpeg({ ...camera, seed: 1 })
  const hash = pictureHash('jpeg', jpeg)
  expect(hash).toMatch(/^[\da-f]{64}$/)
  for (const other of [
    await makeJpeg({ ...camera, seed: 1, rating: 5, orientation: 6 }),
    withExifBytes(jpeg, Buffer.alloc(60_000, 1)),
    behindStart(jpeg, segment(0xfe, 300)),
    behindStart(jpeg, segment(0xed, 300)),
    behindStart(jpeg, Buffer.concat([Buffer.of(0xff), segment(0xe1, 300)])),
    Buffer.concat([jpeg, Buffer.alloc(5000, 3)]),
    Buffer.concat([jpeg, await makeJpeg({ seed: 4, width: 90, height: 60 })]),
  ])
    expect(pictureHash('jpeg', other)).toBe(hash)
})

test('a JPEG that comes in pieces has the hash of the whole, wherever it is cut', async () => {
  const jpeg = await makeJpeg({ ...camera, seed: 1, width: 90, height: 60 })
  const progressive = await sharp(jpeg).jpeg({ progressive: true }).toBuffer()
  const trailed = Buffer.concat([
    behindStart(jpeg, Buffer.concat([Buffer.of(0xff), segment(0xe1, 300)])),
    jpeg,
  ])
  const inPieces = (file: Buffer, ...cuts: number[]) => {
    const hasher = createJpegHasher()
    // The memory is used again for every piece, as readers do it.
    const memory = Buffer.alloc(file.length)
    for (const [i, from] of [0, ...cuts].entries()) {
      const size = file.copy(memory, 0, from, cuts[i] ?? file.length)
      hasher.update(memory.subarray(0, size))
      memory.fill(0xaa)
    }
    return hasher.digest()
  }
  for (const file of [jpeg, progressive, trailed]) {
    const whole = pictureHash('jpeg', file)
    expect(whole).not.toBe('')
    for (let cut = 0; cut <= file.length; cut += 1) {
      const other = Math.min(file.length, cut + (cut % 5))
      expect([cut, inPieces(file, cut, other)]).toEqual([cut, whole])
    }
  }
})

test('what is no JPEG tells nothing while it comes, and half a head is no picture', async () => {
  const of = (file: Buffer) => {
    const hasher = createJpegHasher()
    hasher.update(file)
    return hasher.digest()
  }
  const jpeg = await makeJpeg({ seed: 1, width: 90, height: 60 })
  for (const file of [
    makeRaw(jpeg),
    await makePng(),
    Buffer.alloc(0),
    Buffer.of(0xff),
    Buffer.alloc(90, 0xff),
  ])
    expect(of(file)).toBeUndefined()
  expect(of(jpeg.subarray(0, 100))).toBe('')
  expect(of(Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(300, 7)]))).toBeUndefined()
})

test('the same of one in many scans', async () => {
  const progressive = (input: Buffer) => sharp(input).jpeg({ progressive: true }).toBuffer()
  const [one, other] = [
    await progressive(await makeJpeg({ seed: 1 })),
    await progressive(await makeJpeg({ seed: 2 })),
  ]
  const hash = pictureHash('jpeg', one)
  expect(pictureHash('jpeg', behindStart(one, segment(0xe1, 300)))).toBe(hash)
  expect(pictureHash('jpeg', other)).not.toBe(hash)
})

test('the control: one pixel, one table, or one byte of the scan make another picture', async () => {
  const jpeg = await makeJpeg({ seed: 1 })
  const hash = pictureHash('jpeg', jpeg)
  const changed = Buffer.from(jpeg)
  changed[changed.length - 40]! ^= 1
  const tables = Buffer.from(jpeg)
  tables[tables.indexOf(Buffer.of(0xff, 0xdb)) + 10]! ^= 1
  for (const other of [
    changed,
    tables,
    await makeJpeg({ seed: 2 }),
    await makeJpeg({ seed: 1, quality: 84 }),
  ])
    expect(pictureHash('jpeg', other)).not.toBe(hash)
})

test.each(['strip', 'offset', 'tag'] as const)(
  'a RAW whose picture is filed as %s is known by its data',
  async (layout) => {
    const preview = await makeJpeg({ width: 300, height: 200 })
    const hash = pictureHash('raw', makeRaw(preview, { ...camera, layout }))
    expect(
      pictureHash('raw', makeRaw(preview, { ...camera, layout, rating: 5, make: 'A longer name' })),
    ).toBe(hash)
    const other = makeRaw(await makeJpeg({ seed: 2, width: 300, height: 200 }), { ...camera, layout })
    if (layout !== 'tag') expect(pictureHash('raw', other)).not.toBe(hash)
  },
)

test('a RAW of boxes is known by what is in them', () => {
  const box = (type: string, body: Buffer) => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(body.length + 8)
    head.write(type, 4, 'latin1')
    return Buffer.concat([head, body])
  }
  const cr3 = (head: number, data: number) =>
    Buffer.concat([
      box('ftyp', Buffer.from('crx \0\0\0\x01crx isom', 'latin1')),
      box('uuid', Buffer.alloc(100, head)),
      box('mdat', Buffer.alloc(5000, data)),
    ])
  expect(pictureHash('raw', cr3(1, 7))).toBe(pictureHash('raw', cr3(2, 7)))
  expect(pictureHash('raw', cr3(1, 7))).not.toBe(pictureHash('raw', cr3(1, 8)))
})

test('a PNG and a WebP are known by their pixels', async () => {
  const one = sharp(await makePng({ seed: 1 }))
  const other = sharp(await makePng({ seed: 2 }))
  for (const kind of ['png', 'webp'] as const) {
    const plain = pictureHash(kind, await one.clone().toFormat(kind).toBuffer())
    const captioned = one
      .clone()
      .withExif({ IFD0: { Artist: 'Somebody' } })
      .toFormat(kind)
    expect(pictureHash(kind, await captioned.toBuffer())).toBe(plain)
    expect(pictureHash(kind, await other.clone().toFormat(kind).toBuffer())).not.toBe(plain)
  }
})

test('whatever the bytes are, it answers', async () => {
  const jpeg = await makeJpeg({ width: 90, height: 60 })
  const raw = makeRaw(jpeg)
  for (const kind of ['jpeg', 'png', 'webp', 'avif', 'tiff', 'raw'] as const)
    for (const file of [jpeg, raw, Buffer.alloc(0), Buffer.alloc(40, 0xff), Buffer.alloc(200, 1)])
      for (let cut = 0; cut < Math.min(file.length, 120); cut += 7)
        expect(pictureHash(kind, file.subarray(0, cut))).toMatch(/^([\da-f]{64})?$/)
})

test('an old Canon RAW’s picture is the same whatever the directories at its end say', () => {
  const header = Buffer.alloc(26)
  header.write('II\x1a\0\0\0HEAPCCDR', 'latin1')
  const heap = (seed: number) => Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * n * seed) >> 7))
  const crw = (seed: number, directory: number) =>
    Buffer.concat([header, heap(seed), Buffer.alloc(directory, directory)])
  const hash = pictureHash('raw', crw(1, 900))
  expect(pictureHash('raw', crw(1, 70_000))).toBe(hash)
  expect(pictureHash('raw', crw(2, 900))).not.toBe(hash)
})
