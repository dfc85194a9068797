import sharp from 'sharp'
import ExifReader from 'exifreader'
import { expect, test } from 'vitest'
import { readCredits } from '../../../daemon/darkroom/formats/credits.ts'
import { readCreators } from '../../../daemon/darkroom/formats/named.ts'
import { withSegments } from '../../../daemon/darkroom/formats/exif.ts'
import { wordBlocks } from '../../../daemon/darkroom/words/written.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { writeTiff, type Entry } from '../../fixtures/photos/tiff.ts'

const xmp = (inside: string) =>
  Buffer.from(
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description>${inside}</rdf:Description></rdf:RDF></x:xmpmeta>`,
  )
const dataset = (number: number, value: string | Buffer) => {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([0x1c, 2, number, bytes.length >> 8, bytes.length & 255]), bytes])
}
/** As Photoshop files it, behind a resource of another kind whose bytes look like a name. */
function photoshop(iptc: Buffer): Buffer {
  const resource = (id: number, name: string, body: Buffer) => {
    const head = Buffer.from([0x38, 0x42, 0x49, 0x4d, id >> 8, id & 255, name.length, ...Buffer.from(name)])
    const named = head.length % 2 === 0 ? head : Buffer.concat([head, Buffer.alloc(1)])
    const size = Buffer.alloc(4)
    size.writeUInt32BE(body.length)
    return Buffer.concat([named, size, body, Buffer.alloc(body.length % 2)])
  }
  return Buffer.concat([resource(0x040c, 'xy', dataset(80, 'Nobody')), resource(0x0404, '', iptc)])
}

test.each([
  [
    'a list',
    '<dc:creator><rdf:Seq><rdf:li>Mei</rdf:li><rdf:li xml:lang="en">Tom &amp; &#x738B;</rdf:li></rdf:Seq></dc:creator>',
    'Mei; Tom & 王',
  ],
  ['one', '<dc:creator> Mei </dc:creator>', 'Mei'],
  ['an empty list', '<dc:creator><rdf:Seq/></dc:creator>', undefined],
  ['none', '<dc:rights>Mei</dc:rights>', undefined],
  ['one that does not end', '<dc:creator><rdf:Seq><rdf:li>Mei', undefined],
])('XMP with %s', (_, inside, names) => {
  expect(readCreators({ xmp: xmp(inside) })).toBe(names)
})

test('IPTC by-lines, among Photoshop’s resources or alone, in UTF-8 or Latin-1', () => {
  const iptc = Buffer.concat([
    dataset(5, 'A title'),
    dataset(80, '王小明'),
    dataset(80, Buffer.from('J\xfcrgen', 'latin1')),
  ])
  expect(readCreators({ iptc: photoshop(iptc) })).toBe('王小明; Jürgen')
  expect(readCreators({ iptc })).toBe('王小明; Jürgen')
  expect(readCreators({ iptc: photoshop(dataset(5, 'A title')) })).toBeUndefined()
  expect(readCreators({ iptc: Buffer.from([0x1c, 2, 80, 0xff, 0xff, 1]) })).toBeUndefined()
})

test('EXIF goes before both, and what Windows writes after them', () => {
  const beside = { xmp: xmp('<dc:creator>Mei</dc:creator>') }
  const windows: Entry = { tag: 0x9c9d, type: 7, value: [...Buffer.from('Tom\0', 'utf16le')] }
  expect(readCredits(writeTiff([{ tag: 0x013b, type: 2, value: 'Ann' }]), undefined, beside).artist).toBe(
    'Ann',
  )
  expect(readCredits(writeTiff([windows]), undefined, beside).artist).toBe('Mei')
  expect(readCredits(writeTiff([windows])).artist).toBe('Tom')
  // An artist of nothing but blanks is nobody.
  expect(readCredits(writeTiff([{ tag: 0x013b, type: 2, value: '   ' }]), undefined, beside).artist).toBe(
    'Mei',
  )
  expect(readCredits(undefined, undefined, {}).artist).toBeUndefined()
})

test('what is written another reader reads, whatever it is called', async () => {
  const name = 'A <b> & "C"; 王小明'
  const jpeg = withSegments(await makeJpeg(), wordBlocks({ creator: name }))
  const tags = ExifReader.load(jpeg, { expanded: true })
  const creators = tags.xmp?.['creator']?.value as unknown as { value: string }[]
  expect(creators.map(({ value }) => value)).toEqual(['A <b> & "C"', '王小明'])
  const { xmp: packet } = await sharp(jpeg).metadata()
  expect(readCreators({ xmp: packet })).toBe(name)
})
