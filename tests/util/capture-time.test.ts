import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCapture } from '../../daemon/darkroom/formats/metadata.ts'
import { takenAtOf } from '../../daemon/util/capture-time.ts'
import { readTakenAt } from '../../daemon/ingest/tree/dates.ts'
import { makeJpeg, withExifBytes } from '../fixtures/photos/photos.ts'
import { writeTiff, type Entry } from '../fixtures/photos/tiff.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lep-taken-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** Reads with both readers, which must agree: the one that sorts a card and the one that makes the Photo. */
async function read(jpeg: Buffer): Promise<number | null> {
  const path = join(dir, 'frame.jpg')
  await writeFile(path, jpeg)
  const { takenAt } = readCapture(jpeg)
  expect(await readTakenAt(path)).toBe(takenAt)
  return takenAt
}

const text = (tag: number, value: string): Entry => ({ tag, type: 2, value })
const local = (hour: number, minute = 0, second = 0, ms = 0) =>
  new Date(2026, 10, 28, hour, minute, second, ms).getTime()
const exif = async (main: Entry[], sub: Entry[]) =>
  withExifBytes(await makeJpeg(), writeTiff([...main, { tag: 0x8769, type: 4, value: sub }]))

function iptc(jpeg: Buffer, day: string, time: string): Buffer {
  const set = (n: number, value: string) =>
    Buffer.concat([Buffer.from([0x1c, 2, n, 0, value.length]), Buffer.from(value)])
  const sets = Buffer.concat([set(55, day), ...(time ? [set(60, time)] : [])])
  const block = Buffer.concat([
    Buffer.from('Photoshop 3.0\0' + '8BIM', 'latin1'),
    Buffer.from([4, 4, 0, 0, 0, 0, 0, sets.length]),
    sets,
    Buffer.alloc(sets.length % 2),
  ])
  const head = Buffer.from([0xff, 0xed, 0, 0])
  head.writeUInt16BE(block.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, block, jpeg.subarray(2)])
}

const xmp = async (attributes: string, jpeg?: Buffer) =>
  sharp(jpeg ?? (await makeJpeg()))
    .withXmp(
      `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" ${attributes}/></rdf:RDF></x:xmpmeta>`,
    )
    .toBuffer()

describe('the time of a shot is read', () => {
  it('from DateTimeDigitized, with its own fraction and zone', async () => {
    const jpeg = await exif(
      [text(0x0132, '2026:12:01 00:00:00')],
      [text(0x9004, '2026:11:28 10:00:00'), text(0x9012, '+08:00'), text(0x9292, '25'), text(0x9291, '99')],
    )
    expect(await read(jpeg)).toBe(Date.UTC(2026, 10, 28, 2, 0, 0, 250))
  })

  it('from DateTime where there is nothing better', async () => {
    const jpeg = await exif(
      [text(0x0132, '2026:11:28 10:00:00')],
      [text(0x9010, '-03:30'), text(0x9290, '5')],
    )
    expect(await read(jpeg)).toBe(Date.UTC(2026, 10, 28, 13, 30, 0, 500))
  })

  it('from the next tag where one is empty or zeros', async () => {
    for (const nothing of ['0000:00:00 00:00:00', '    :  :     :  :  ', '']) {
      const jpeg = await exif([], [text(0x9003, nothing), text(0x9004, '2026:11:28 10:00:00')])
      expect(await read(jpeg)).toBe(local(10))
    }
  })

  it.each([
    ['exif:DateTimeOriginal="2026-11-28T10:00:00.25+08:00"', Date.UTC(2026, 10, 28, 2, 0, 0, 250)],
    ['photoshop:DateCreated="2026-11-28T10:00:00Z"', Date.UTC(2026, 10, 28, 10)],
    ['xmp:CreateDate="2026-11-28T10:00:00"', local(10)],
    ['xmp:CreateDate="2026-11-28T10:00:00" photoshop:DateCreated="2026-11-28T09:00:00"', local(9)],
  ])('from XMP: %s', async (attributes, at) => {
    expect(await read(await xmp(attributes))).toBe(at)
  })

  it('from IPTC, in two parts', async () => {
    const jpeg = await makeJpeg()
    expect(await read(iptc(jpeg, '20261128', '101530+0100'))).toBe(Date.UTC(2026, 10, 28, 9, 15, 30))
    expect(await read(iptc(jpeg, '20261128', '101530'))).toBe(local(10, 15, 30))
    // A day without a time is no moment.
    expect(await read(iptc(jpeg, '20261128', ''))).toBe(null)
  })

  it('from words that lie behind a large thumbnail', async () => {
    const head = Buffer.from([0xff, 0xe2, 0xea, 0x62])
    const padded = Buffer.concat([
      (await makeJpeg()).subarray(0, 2),
      head,
      Buffer.alloc(60_000),
      head,
      Buffer.alloc(60_000),
    ])
    const behind = iptc(await makeJpeg(), '20261128', '101530+0000').subarray(2)
    expect(await read(Buffer.concat([padded, behind]))).toBe(Date.UTC(2026, 10, 28, 10, 15, 30))
  })
})

describe('a date', () => {
  it.each([
    ['2026-11-28T10:00:00Z', Date.UTC(2026, 10, 28, 10)],
    ['2026-11-28 10:00:00+08:00', Date.UTC(2026, 10, 28, 2)],
    ['2026:11:28 10:00:00-0330', Date.UTC(2026, 10, 28, 13, 30)],
    ['2026/11/28 10:00:00', local(10)],
    ['2026.11.28 10:00:00.5', local(10, 0, 0, 500)],
    [' 2026:11:28  10:00:00 ', local(10)],
  ])('may be spelt %j', (date, at) => expect(takenAtOf([{ date }])).toBe(at))

  it.each([
    '2026:11:28 24:00:00', '2026:11:28 10:60:00', '2026:11:31 10:00:00', '2026:00:10 10:00:00', '0000:00:00 00:00:00', '1980:01:01 00:00:00',
    '2026-11-28', '28.11.2026 10:00:00', '',
  ])('is none when it is %j', (date) => expect(takenAtOf([{ date }])).toBe(null)) // prettier-ignore

  it('goes by the zone that stands in it, then by the one beside it, and by none that is on no map', () => {
    const at = (date: string, offset: string) => takenAtOf([{ date, offset }])
    expect(at('2026:11:28 10:00:00+02:00', '+08:00')).toBe(Date.UTC(2026, 10, 28, 8))
    expect(at('2026:11:28 10:00:00', '+08:00')).toBe(Date.UTC(2026, 10, 28, 2))
    expect(at('2026:11:28 10:00:00', 'Z')).toBe(Date.UTC(2026, 10, 28, 10))
    expect(at('2026:11:28 10:00:00', '+99:00')).toBe(local(10))
    expect(at('2026:11:28 10:00:00', '   :  ')).toBe(local(10))
  })
})
