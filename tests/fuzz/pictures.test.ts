import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, expect, test } from 'vitest'
import { readCredits } from '../../daemon/darkroom/formats/credits.ts'
import { findEmbedded } from '../../daemon/darkroom/formats/embedded.ts'
import { pictureEnd } from '../../daemon/darkroom/formats/entropy.ts'
import { walkJpeg } from '../../daemon/darkroom/formats/jpeg.ts'
import { createJpegHasher } from '../../daemon/darkroom/formats/jpeg-hash.ts'
import { readZonedCapture } from '../../daemon/darkroom/formats/metadata.ts'
import { readCreators } from '../../daemon/darkroom/formats/named.ts'
import { pictureHash } from '../../daemon/darkroom/formats/picture-hash.ts'
import { sniff } from '../../daemon/darkroom/formats/sniff.ts'
import { exifThumbnail } from '../../daemon/darkroom/formats/thumbnail.ts'
import { checkEnd } from '../../daemon/darkroom/formats/whole.ts'
import { tries } from '../fixtures/faults/fuzzed.ts'
import { makeHeicLike, makeJpeg, makePng, makeRaw, makeVideoLike } from '../fixtures/photos/photos.ts'
import { changed, changes } from '../fixtures/photos/structure.ts'

let files: Buffer[]
beforeAll(async () => {
  const size = { width: 96, height: 64 }
  const jpeg = await makeJpeg({
    ...size,
    gps: true,
    make: 'Maker',
    camera: 'Model',
    takenAt: new Date(0),
    orientation: 6,
  })
  const from = (seed: number) => makeJpeg({ ...size, seed }).then((bytes) => sharp(bytes))
  files = [
    jpeg,
    await (await from(2)).jpeg({ progressive: true }).withIccProfile('p3').toBuffer(),
    await makePng(size),
    await (await from(4)).webp().toBuffer(),
    await (await from(5)).tiff({ compression: 'lzw' }).toBuffer(),
    makeRaw(jpeg, { layout: 'strip' }),
    makeRaw(jpeg, { layout: 'offset' }),
    makeRaw(jpeg, { layout: 'tag' }),
    makeHeicLike(),
    makeVideoLike(),
  ]
})

/** Everything that reads a file's bytes before a decoder does. @throws where one of them does, or contradicts itself */
function readAll(bytes: Buffer): void {
  const { kind, whole, reason } = checkEnd(bytes)
  if (!whole) expect(reason?.message).toBeTruthy()
  const capture = readZonedCapture(bytes)
  expect([0, 1, 2, 3, 4, 5]).toContain(capture.rating)
  if (capture.takenAt !== null) expect(Number.isSafeInteger(capture.takenAt)).toBe(true)
  readCredits(bytes, bytes)
  readCreators({ xmp: bytes, iptc: bytes })
  exifThumbnail(bytes)
  const hash = pictureHash(kind === 'unknown' ? sniff(bytes) : kind, bytes)
  expect(hash).toMatch(/^([\da-f]{64})?$/)
  const walk = walkJpeg(bytes)
  if (walk?.end) expect(walk.end).toBeLessThanOrEqual(bytes.length)
  if (kind === 'jpeg') pictureEnd(bytes)
  if (kind === 'raw') {
    const embedded = findEmbedded(bytes)
    if (embedded) expect(walkJpeg(embedded.jpeg)).not.toBe(null)
  }
}

test('a picture whose structure is broken has an answer from everything that reads it', () => {
  fc.assert(
    fc.property(fc.nat({ max: 9 }), changes, (n, all) => readAll(changed(files[n]!, all))),
    tries(2000, 10_000),
  )
})

test('a JPEG that comes in pieces has the hash that it has as a whole', () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(fc.nat({ max: 1 }), fc.array(changes, { maxLength: 1 }), pieces, (n, all, sizes) => {
      const bytes = changed(files[n]!, all.flat())
      const hasher = createJpegHasher()
      for (let at = 0, k = 0; at < bytes.length; k += 1) {
        const size = sizes[k % sizes.length]!
        // What held a piece is written over before the next.
        const piece = Buffer.from(bytes.subarray(at, at + size))
        hasher.update(piece)
        piece.fill(0)
        at += size
      }
      const whole = createJpegHasher()
      whole.update(bytes)
      expect(hasher.digest()).toBe(whole.digest())
    }),
    tries(500, 5000),
  )
})

test('the control: the changes meet the structure, and a reader that believes a length fails', () => {
  const kinds = new Set<string>()
  const trusting = (bytes: Buffer) => {
    for (let at = 2; bytes[at] === 0xff && bytes[at + 1] !== 0xda;) at += 2 + bytes.readUInt16BE(at + 2)
  }
  expect(() =>
    fc.assert(
      fc.property(changes, (all) => {
        const bytes = changed(files[0]!, all)
        kinds.add(checkEnd(bytes).reason?.code ?? 'whole')
        trusting(bytes)
      }),
      { ...tries(500, 500), seed: 1 },
    ),
  ).toThrow(/seed: 1/)
  for (let seed = 0; seed < 300; seed += 1)
    kinds.add(
      checkEnd(changed(files[0]!, fc.sample(changes, { numRuns: 1, seed })[0]!)).reason?.code ?? 'whole',
    )
  expect([...kinds]).toEqual(expect.arrayContaining(['whole', 'cut_short']))
})
