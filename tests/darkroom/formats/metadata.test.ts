import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readCapture, readZonedCapture } from '../../../daemon/darkroom/formats/metadata.ts'
import { makeJpeg, makePng, makeRaw, withExifBytes } from '../../fixtures/photos/photos.ts'
import { writeTiff } from '../../fixtures/photos/tiff.ts'

const NOTHING = { takenAt: null, camera: null, serial: null, rating: 0 }

it('reads what a camera wrote', async () => {
  const takenAt = new Date('2026-11-20T19:45:30.123Z')
  const jpeg = await makeJpeg({ takenAt, make: 'SONY', camera: 'ILCE-7M4', serial: '0098', rating: 4 })
  expect(readCapture(jpeg)).toEqual({
    takenAt: takenAt.getTime(),
    camera: 'SONY ILCE-7M4',
    serial: '0098',
    rating: 4,
  })
})

it('reads how a shot was exposed, as one number at ISO 100', async () => {
  const ev = async (f: number, time: readonly [number, number], iso: number) =>
    readZonedCapture(await makeJpeg({ exposure: { f, time, iso } })).exposureValue
  expect(await ev(2.8, [1, 250], 800)).toBeCloseTo(Math.log2(7.84 * 250) - 3, 6)
  // The same light on the sensor is the same number; twice as much is one less.
  expect(await ev(2, [1, 500], 800)).toBeCloseTo((await ev(2, [1, 250], 400))!, 6)
  expect((await ev(4, [1, 60], 100))! - (await ev(4, [1, 30], 100))!).toBeCloseTo(1, 6)
  for (const nothing of [
    ev(0, [1, 60], 100),
    ev(4, [0, 60], 100),
    ev(4, [1, 0], 100),
    ev(4, [1, 60], 0),
    ev(4, [1, 60], 65_535),
  ])
    expect(await nothing).toBeUndefined()
  const raw = makeRaw(await makeJpeg(), { exposure: { f: 4, time: [1, 4], iso: 100 } })
  expect(readZonedCapture(raw).exposureValue).toBeCloseTo(6, 6)
})

it('reads a time without an offset in the local zone', async () => {
  const jpeg = await makeJpeg({ takenAt: '2026:07:01 22:10:05' })
  expect(readCapture(jpeg).takenAt).toBe(new Date(2026, 6, 1, 22, 10, 5).getTime())
})

it('reads an offset west of Greenwich', () => {
  const exif = writeTiff([
    {
      tag: 0x8769,
      type: 4,
      value: [
        { tag: 0x9003, type: 2, value: '2026:07:01 22:10:05' },
        { tag: 0x9011, type: 2, value: '-03:30' },
      ],
    },
  ])
  const jpeg = withExifBytes(Buffer.from([0xff, 0xd8, 0xff, 0xd9]), exif)
  expect(readCapture(jpeg).takenAt).toBe(Date.UTC(2026, 6, 2, 1, 40, 5))
})

it.each([
  '0000:00:00 00:00:00',
  '2026:13:01 10:00:00',
  '2026:02:30 10:00:00',
  '1904:01:01 00:00:00',
  'soon',
  '',
])('takes %j for no date', async (takenAt) => {
  expect(readCapture(await makeJpeg({ takenAt })).takenAt).toBeNull()
})

it.each([
  ['Canon', 'Canon EOS RP', 'Canon EOS RP'],
  ['NIKON CORPORATION', 'NIKON D90', 'NIKON D90'],
  ['SONY', 'ILCE-6400', 'SONY ILCE-6400'],
  [undefined, 'GR III  ', 'GR III'],
  ['Apple', undefined, 'Apple'],
])('names the camera %s + %s', async (make, camera, expected) => {
  const jpeg = await makeJpeg({ ...(make && { make }), ...(camera && { camera }) })
  expect(readCapture(jpeg).camera).toBe(expected)
})

it('reads a rating from XMP', async () => {
  const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3"/></rdf:RDF></x:xmpmeta>`
  const jpeg = await sharp(await makeJpeg())
    .withXmp(xmp)
    .toBuffer()
  expect(readCapture(jpeg).rating).toBe(3)
})

describe('hostile tags', () => {
  it('are nothing at all', async () => {
    const jpeg = await makeJpeg()
    for (const block of [
      Buffer.alloc(0),
      Buffer.alloc(600, 0xff),
      Buffer.from('II*\0\xff\xff\xff\xff', 'latin1'),
      Buffer.from('MM\0*\0\0\0\x08\xff\xff', 'latin1'),
    ]) {
      expect(readCapture(withExifBytes(jpeg, block))).toEqual(NOTHING)
    }
    expect(readCapture(Buffer.from('not a picture'))).toEqual(NOTHING)
    expect(readCapture(await makePng())).toEqual(NOTHING)
  })

  it('never throw, whichever bytes are wrong', async () => {
    const good = await makeJpeg({ takenAt: new Date(), make: 'Canon', camera: 'R5', serial: '1', gps: true })
    let state = 99
    const random = (below: number) => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % below
    for (let round = 0; round < 300; round++) {
      const bytes = Buffer.from(good)
      for (let i = 0; i < 6; i++) bytes[12 + random(400)] = random(256)
      expect(Object.keys(readCapture(bytes))).toEqual(Object.keys(NOTHING))
    }
  })

  it('lose their control characters', async () => {
    const jpeg = await makeJpeg({ camera: 'EOS\x01\x02 R\x1b[31m', serial: '  ' })
    expect(readCapture(jpeg)).toMatchObject({ camera: 'EOS  R [31m', serial: null })
  })
})

it('knows the zone of a camera that says it, and no other', async () => {
  const zoned = await makeJpeg({ takenAt: new Date(1_780_000_000_000) })
  expect(readZonedCapture(zoned).offset).toBe(0)
  const silent = await makeJpeg({ takenAt: '2026:07:01 22:10:05' })
  expect(readZonedCapture(silent)).not.toHaveProperty('offset')
  const swap = (zone: string) =>
    readZonedCapture(Buffer.from(zoned.toString('latin1').replace('+00:00', zone), 'latin1'))
  expect(swap('+08:00').offset).toBe(480)
  expect(swap('-03:30').offset).toBe(-210)
  expect(swap('+99:00')).not.toHaveProperty('offset')
})
