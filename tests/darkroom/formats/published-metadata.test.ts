import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { readCredits } from '../../../daemon/darkroom/formats/credits.ts'
import { writeExif, withSegments } from '../../../daemon/darkroom/formats/exif.ts'
import { exiftoolTrouble, readTags, secretsIn, tagsBeyond } from '../../fixtures/photos/exiftool.ts'
import { settingsOf } from '../../fixtures/output-settings.ts'
import { makeJpeg, makeRaw, withExifBytes } from '../../fixtures/photos/photos.ts'
import { writeTiff, type Entry } from '../../fixtures/photos/tiff.ts'
import { openRoom } from '../room.ts'

const room = openRoom({ workers: 1 })
const { full } = settingsOf()
const finish = settingsOf({ full: { ...full, enabled: true } })
const named = settingsOf({ artist: '王小明', copyright: '© 2026 王小明攝影' })

const ascii = (tag: number, value: string): Entry => ({
  tag,
  type: 2,
  value: Buffer.from(value).toString('latin1'),
})
const GPS: Entry[] = [
  ascii(1, 'N'),
  { tag: 2, type: 5, value: [25, 1, 1, 1, 5880, 100] },
  ascii(3, 'E'),
  { tag: 4, type: 5, value: [121, 1, 33, 1, 5544, 100] },
]
/** All that a camera may write, secrets and all. */
const tags = (names: Entry[] = [ascii(0x013b, 'Tyler'), ascii(0x8298, 'Tyler 2023')]): Entry[] => [
  ascii(0x010f, 'Canon'),
  ascii(0x0110, 'Canon EOS R5'),
  ...names,
  {
    tag: 0x8769,
    type: 4,
    value: [
      { tag: 0x829a, type: 5, value: [1, 160] },
      { tag: 0x829d, type: 5, value: [56, 10] },
      { tag: 0x8827, type: 3, value: [320] },
      ascii(0x9003, '2026:11:20 19:45:30'),
      ascii(0x9011, '+08:00'),
      ascii(0x9291, '123'),
      { tag: 0x920a, type: 5, value: [85, 1] },
      { tag: 0x927c, type: 7, value: [...Buffer.from('Canon secret maker note 99887766')] },
      { tag: 0x9286, type: 7, value: [...Buffer.from('ASCII\0\0\0usercomment of a person')] },
      ascii(0xa430, 'Owner Name'),
      ascii(0xa431, 'BODY-99887766'),
      ascii(0xa433, 'Canon'),
      ascii(0xa434, 'RF85mm F1.2 L USM'),
      ascii(0xa435, 'LENS-11223344'),
    ],
  },
  { tag: 0x8825, type: 4, value: GPS },
]
const XMP =
  'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="25,1.98N"/></rdf:RDF></x:xmpmeta>'
const EXTENDED = `http://ns.adobe.com/xmp/extension/\0${'A'.repeat(32)}\0\0\x01\0\0\0\0\0<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:aux="http://ns.adobe.com/exif/1.0/aux/"><rdf:Description exif:GPSLongitude="121,33E" aux:SerialNumber="XMP-44556677"/></rdf:RDF>`
/** A caption that may go out, and a sub-location, a place and a number that may not. */
const dataset = (number: number, value: string) =>
  `\x1c\x02${String.fromCharCode(number)}\0${String.fromCharCode(value.length)}${value}`
const IIM = dataset(120, 'Finish line') + dataset(92, 'GPS 25.03N') + dataset(103, 'IIM-66778899')
const segment = (marker: number, body: string) => {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, Buffer.from(body, 'latin1')])
}
async function secretive(entries = tags()): Promise<Buffer> {
  const jpeg = withExifBytes(await makeJpeg({ width: 900, height: 600 }), writeTiff(entries))
  const photoshop = `Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0${String.fromCharCode(IIM.length)}${IIM}`
  const secrets = [segment(0xe1, XMP), segment(0xe1, EXTENDED), segment(0xed, photoshop)]
  return Buffer.concat([jpeg.subarray(0, 2), ...secrets, jpeg.subarray(2)])
}

const NAMES = ['tile', 'preview', 'thumb', 'view', 'web', 'full'] as const

async function printAll(
  original: Buffer,
  how = finish,
  words = {},
): Promise<Record<(typeof NAMES)[number], string>> {
  const path = await room.file('original.jpg', original)
  const outputs = NAMES.map((name) => ({
    name,
    path: `${path}.${name}.${['thumb', 'view'].includes(name) ? 'webp' : 'jpg'}`,
  }))
  const published = outputs.filter(({ name }) => name !== 'tile' && name !== 'preview')
  const shown = outputs.filter((output) => !published.includes(output))
  const source = { path, sha256: 'a' }
  await room.darkroom.print(source, NEUTRAL, published, how, words)
  await room.darkroom.print(source, NEUTRAL, shown)
  return Object.fromEntries(outputs.map((output) => [output.name, output.path])) as never
}

describe.skipIf(exiftoolTrouble !== null && process.env.CI !== 'true')('by another reader (ExifTool)', () => {
  const KEPT = {
    'IFD0:Make': 'Canon',
    'IFD0:Model': 'Canon EOS R5',
    'IFD0:Artist': 'Tyler',
    'IFD0:Copyright': 'Tyler 2023',
    'ExifIFD:ExposureTime': 0.00625,
    'ExifIFD:FNumber': 5.6,
    'ExifIFD:ISO': 320,
    'ExifIFD:DateTimeOriginal': '2026:11:20 19:45:30',
    'ExifIFD:OffsetTimeOriginal': '+08:00',
    'ExifIFD:FocalLength': 85,
    'ExifIFD:LensModel': 'RF85mm F1.2 L USM',
    'ExifIFD:ColorSpace': 1,
    'XMP-dc:Description': 'Finish line',
    'IPTC:Caption-Abstract': 'Finish line',
    'XMP-dc:Subject': 'final',
    'IPTC:Keywords': 'final',
    'XMP-dc:Creator': 'Tyler',
    'IPTC:By-line': 'Tyler',
    'ICC_Profile:ProfileDescription': 'sRGB',
  }

  it.each(['JPEG', 'RAW'] as const)(
    'what came from a %s says what it may, and nothing else',
    async (kind) => {
      const original =
        kind === 'JPEG'
          ? await secretive()
          : makeRaw(await secretive(), { serial: 'RAW-55667788', gps: true, takenAt: new Date() })
      const [before] = await readTags([await room.file(`before.${kind === 'RAW' ? 'dng' : 'jpg'}`, original)])
      // The control: this reader does find the secrets.
      expect(secretsIn(before!).join()).toMatch(/GPSLatitude.*Serial|Serial.*GPSLatitude/s)

      const printed = await printAll(original, finish, { caption: 'Finish line', keywords: ['final'] })
      const read = await readTags(NAMES.map((name) => printed[name]))
      for (const [i, name] of NAMES.entries()) {
        const found = read[i]!
        expect(secretsIn(found), name).toEqual([])
        expect(found['ExifTool:Warning'], name).toBeUndefined()
        if (name === 'web' || name === 'full') expect(found, name).toMatchObject(KEPT)
        else expect(tagsBeyond(found), name).toEqual([])
        const bytes = (await readFile(printed[name])).toString('latin1')
        for (const secret of [
          '99887766',
          '11223344',
          '55667788',
          '44556677',
          '66778899',
          'Owner Name',
          'GPS',
          'usercomment',
        ])
          expect(bytes.includes(secret), `${name} ${secret}`).toBe(false)
      }
    },
  )

  it('the names of the settings stand in for those that nobody wrote, and only for those', async () => {
    const nobody = await printAll(await secretive(tags([])), named)
    const somebody = await printAll(await secretive(), named)
    const [unsigned, signed] = await readTags([nobody.web, somebody.web])
    expect(unsigned).toMatchObject({ 'IFD0:Artist': '王小明', 'IFD0:Copyright': '© 2026 王小明攝影' })
    expect(signed).toMatchObject({ 'IFD0:Artist': 'Tyler', 'IFD0:Copyright': 'Tyler 2023' })
  })

  it('a picture that says nothing gets no invented date, only what it is', async () => {
    const printed = await printAll(await makeJpeg())
    const [web] = await readTags([printed.web])
    const tags = tagsBeyond(web!).filter((tag) => !tag.startsWith('ICC'))
    expect(tags.sort()).toEqual(
      ['ColorSpace', 'ExifImageHeight', 'ExifImageWidth', 'ExifVersion'].map((tag) => `ExifIFD:${tag}`),
    )
  })
})

it('every published JPEG can still be decoded, and carries the sRGB profile', async () => {
  const { web, full } = await printAll(await secretive())
  for (const path of [web, full]) {
    const { icc, width } = await sharp(path).metadata()
    expect(icc?.length).toBeGreaterThan(300)
    expect(width).toBe(900)
    await sharp(path, { failOn: 'warning' }).stats()
  }
})

describe('reading and writing', () => {
  it('what was written is read again', () => {
    const credits = {
      make: 'Maker',
      model: 'Model',
      lens: 'Lens',
      takenAt: '2026:01:02 03:04:05',
      exposureTime: [1, 250],
      exposureBias: [-1, 3],
      iso: 100,
      artist: '名字',
    } as const
    const exif = writeExif(credits, { width: 2, height: 1 })
    expect(readCredits(exif)).toEqual(credits)
  })

  it('whatever stands in the tags, nothing is thrown and nothing strange is kept', () => {
    const odd = writeTiff([
      ascii(0x010f, 'A\x01B\x02'),
      { tag: 0x0110, type: 3, value: [7] },
      { tag: 0x8769, type: 4, value: [{ tag: 0x829a, type: 5, value: [1, 0] }, ascii(0x9003, 'yesterday')] },
    ])
    expect(readCredits(odd)).toEqual({ make: 'A B' })
    for (let cut = 0; cut < odd.length; cut += 3) readCredits(odd.subarray(0, cut))
    expect(readCredits(undefined)).toEqual({})
  })

  it('segments are put where readers look for them', async () => {
    const jpeg = withSegments(await makeJpeg(), { exif: writeExif({}, { width: 1, height: 1 }) })
    expect(jpeg.subarray(0, 4)).toEqual(Buffer.from([0xff, 0xd8, 0xff, 0xe1]))
    expect((await sharp(jpeg).metadata()).exif).toBeDefined()
  })
})
