import { describe, expect, it } from 'vitest'
import { inspect } from '../../../daemon/darkroom/render.ts'
import { readBrought } from '../../../daemon/darkroom/words/brought.ts'
import { iimDatasets, imageResources } from '../../../daemon/darkroom/words/iim.ts'
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
