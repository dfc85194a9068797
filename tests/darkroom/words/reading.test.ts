import { describe, expect, it } from 'vitest'
import { rawBlocks } from '../../../daemon/darkroom/formats/credits.ts'
import { inspect } from '../../../daemon/darkroom/render.ts'
import { readBrought } from '../../../daemon/darkroom/words/brought.ts'
import { iimDatasets, imageResources } from '../../../daemon/darkroom/words/iim.ts'
import { segmentOf } from '../../../daemon/darkroom/words/segments.ts'
import { wordBlocks, writtenWords } from '../../../daemon/darkroom/words/written.ts'
import { readXmp } from '../../../daemon/darkroom/words/xmp-read.ts'
import { captureOne, darktable, lightroom, photoMechanic } from '../../fixtures/sidecars.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { openRoom } from '../room.ts'
import { EVERYTHING } from './everything.ts'

const room = openRoom({ workers: 1 })

describe('what programs write', () => {
  it('Lightroom', () => {
    expect(
      readXmp(lightroom({ rating: '4', label: 'Rot', pick: '1' }, 'At the &lt;line&gt; &#x5C0F;')),
    ).toEqual({
      words: { caption: 'At the <line> 小', keywords: ['finish', '團體'], city: 'Taipei' },
      rating: 4,
      label: 'Rot',
      pick: true,
    })
    expect(readXmp(lightroom({ rating: '5', pick: '-1' }))).toMatchObject({ rating: -1, pick: false })
    expect(readXmp(lightroom())).toEqual({ words: { keywords: ['finish', '團體'], city: 'Taipei' } })
  })
  it('Capture One', () => {
    expect(readXmp(captureOne(2, 'Green'))).toEqual({
      words: { headline: 'A headline' },
      rating: 2,
      label: 'Green',
    })
  })
  it('Photo Mechanic', () => {
    expect(readXmp(photoMechanic(true, 'one\ntwo'))).toEqual({
      words: { caption: 'one\ntwo', creator: '王小明; Ann Lee', persons: ['陳大文'] },
      rating: 3,
      pick: true,
    })
  })
  it('darktable', () => {
    expect(readXmp(darktable(-1, 3))).toEqual({ words: {}, rating: -1, label: 'Blue' })
  })
})

describe('files', () => {
  it('say in XMP and in IIM what was written into them, also after another inspection', async () => {
    const path = await room.file('said.jpg', writtenWords(await makeJpeg(), EVERYTHING).jpeg)
    expect((await inspect(path)).brought).toEqual({ words: EVERYTHING })
    // The control: a picture that says nothing brings nothing.
    expect((await inspect(await room.file('none.jpg', await makeJpeg()))).brought).toBeUndefined()
  })
  it('a JPEG says more than its packet holds in pieces that the packet names, and a CR3 in a box', async () => {
    const guid = 'ABCDEF0123456789ABCDEF0123456789'
    const packet = lightroom({ rating: '4' }, 'short').replace(
      'xmp:Rating',
      `xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="${guid}" xmp:Rating`,
    )
    const more = Buffer.from(captureOne(1, 'Green'))
    const piece = (name: string, at: number, bytes: Buffer) => {
      const places = Buffer.alloc(8)
      places.writeUInt32BE(more.length)
      places.writeUInt32BE(at, 4)
      return segmentOf(0xe1, `http://ns.adobe.com/xmp/extension/\0${name}`, places, bytes)
    }
    const [first, second] = [more.subarray(0, 300), more.subarray(300)]
    const plain = await makeJpeg()
    const jpegOf = (...parts: Buffer[]) =>
      Buffer.concat([
        plain.subarray(0, 2),
        segmentOf(0xe1, 'http://ns.adobe.com/xap/1.0/\0', Buffer.from(packet)),
        ...parts,
        plain.subarray(2),
      ])
    const read = async (name: string, jpeg: Buffer) => (await inspect(await room.file(name, jpeg))).brought
    const whole = jpegOf(piece(guid, 300, second), piece('F'.repeat(32), 0, first), piece(guid, 0, first))
    expect(await read('more.jpg', whole)).toMatchObject({
      label: 'Green',
      words: { caption: 'short', headline: 'A headline' },
    })
    // The control: pieces that are not all there say nothing.
    expect(await read('less.jpg', jpegOf(piece(guid, 300, second)))).not.toHaveProperty('label')

    const box = (type: string, ...parts: Buffer[]) => {
      const head = Buffer.alloc(8)
      head.writeUInt32BE(8 + Buffer.concat(parts).length)
      head.write(type, 4, 'latin1')
      return Buffer.concat([head, ...parts])
    }
    const uuid = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex')
    const cr3 = [
      box('ftyp', Buffer.from('crx \0\0\0\0')),
      box('uuid', uuid, Buffer.from(captureOne(5, 'Red'))),
    ]
    expect(readBrought(rawBlocks(Buffer.concat(cr3)))).toMatchObject({ rating: 5, label: 'Red' })
  })
  it('a rating of -1 is no star, and is told', async () => {
    const xmp = Buffer.from(darktable(-1, 0))
    expect(readBrought({ xmp })).toMatchObject({ rating: -1 })
  })
  it('IIM counts alone, in UTF-8 or Latin-1, and before older XMP', () => {
    const { bytes } = iimDatasets({ caption: 'Zürich 決賽', keywords: ['a', 'b'] })
    expect(readBrought({ iptc: imageResources(bytes) }).words).toEqual({
      caption: 'Zürich 決賽',
      keywords: ['a', 'b'],
    })
    const latin = Buffer.from('\x1c\x02\x78\x00\x06Z\xfcrich', 'latin1')
    expect(readBrought({ iptc: latin }).words).toEqual({ caption: 'Zürich' })
    const { xmp } = wordBlocks({ caption: 'from XMP', city: 'Rome' })
    const step = imageResources(iimDatasets({ caption: 'from IIM' }).bytes)
    expect(readBrought({ xmp, iptc: step }).words).toEqual({ caption: 'from XMP', city: 'Rome' })
    // Another program wrote other datasets and left the digest as it was.
    const later = Buffer.concat([
      imageResources(iimDatasets({ caption: 'later one' }).bytes).subarray(0, -28),
      step.subarray(-28),
    ])
    expect(readBrought({ xmp, iptc: later }).words).toEqual({ caption: 'later one', city: 'Rome' })
  })
  it('broken blocks bring nothing, wherever they end', () => {
    const { xmp, photoshop } = wordBlocks(EVERYTHING)
    for (let end = 0; end < xmp!.length; end += 97) readBrought({ xmp: xmp!.subarray(0, end) })
    for (let end = 0; end < photoshop!.length; end += 31) readBrought({ iptc: photoshop!.subarray(0, end) })
    const bomb = Buffer.from(
      '<!DOCTYPE a [<!ENTITY b "cccc">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>',
    )
    expect(readBrought({ xmp: bomb })).toEqual({ words: {} })
  })
})
