import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NEUTRAL } from '../../../daemon/contract/recipe.ts'
import { fitting } from '../../../daemon/darkroom/words/iim.ts'
import { mergedSidecar, sidecarXmp } from '../../../daemon/darkroom/words/sidecar.ts'
import { tidyWords } from '../../../daemon/darkroom/words/words.ts'
import { writtenWords } from '../../../daemon/darkroom/words/written.ts'
import { UnreadableXmp } from '../../../daemon/darkroom/words/xmp-merge.ts'
import { exiftoolTrouble, readTags } from '../../fixtures/photos/exiftool.ts'
import { makeJpeg } from '../../fixtures/photos/photos.ts'
import { EVERYTHING } from './everything.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lep-words-'))
})
afterAll(() => rm(folder, { recursive: true }))
const file = async (name: string, bytes: Buffer | string) => {
  await writeFile(join(folder, name), bytes)
  return join(folder, name)
}
const IN_XMP = {
  'XMP-photoshop:Headline': EVERYTHING.headline,
  'XMP-dc:Title': EVERYTHING.headline,
  'XMP-dc:Description': EVERYTHING.caption,
  'XMP-dc:Subject': EVERYTHING.keywords,
  'XMP-dc:Creator': ['王小明', 'Ann Lee'],
  'XMP-photoshop:Credit': EVERYTHING.credit,
  'XMP-photoshop:Source': EVERYTHING.source,
  'XMP-dc:Rights': EVERYTHING.copyright,
  'XMP-xmpRights:UsageTerms': EVERYTHING.usageTerms,
  'XMP-photoshop:City': EVERYTHING.city,
  'XMP-photoshop:Country': EVERYTHING.country,
  'XMP-iptcExt:Event': EVERYTHING.event,
  'XMP-iptcExt:PersonInImage': EVERYTHING.persons,
}
const IN_IIM = {
  'IPTC:CodedCharacterSet': '\x1b%G',
  'IPTC:Headline': EVERYTHING.headline,
  'IPTC:Keywords': EVERYTHING.keywords,
  'IPTC:By-line': ['王小明', 'Ann Lee'],
  'IPTC:Credit': EVERYTHING.credit,
  'IPTC:Source': EVERYTHING.source,
  'IPTC:CopyrightNotice': EVERYTHING.copyright,
  'IPTC:City': EVERYTHING.city,
  'IPTC:Country-PrimaryLocationName': EVERYTHING.country,
}
const EXISTING = `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<r:Description r:about="" xmlns:xap="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
 xmlns:own="https://example.org/own/" xap:Rating="1" xap:CreatorTool="Other" crs:Exposure2012="+0.50" own:note="kept">
 <crs:MaskGroup><r:Seq><r:li crs:What="Mask/Image">deep</r:li></r:Seq></crs:MaskGroup>
</r:Description>
<r:Description r:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
 <dc:description><r:Alt><r:li xml:lang="x-default">old</r:li><r:li xml:lang="de">alt</r:li></r:Alt></dc:description>
 <dc:title><r:Alt><r:li xml:lang="x-default">REF-1</r:li></r:Alt></dc:title>
</r:Description></r:RDF></x:xmpmeta>
<?xpacket end="w"?>`

describe.skipIf(exiftoolTrouble !== null && process.env.CI !== 'true')('by another reader (ExifTool)', () => {
  it('a JPEG says all Words in XMP, and in IIM what fits there, cut at a character', async () => {
    const { jpeg, cut } = writtenWords(await makeJpeg(), EVERYTHING)
    expect(cut).toEqual(['caption'])
    const [tags] = await readTags([await file('full.jpg', jpeg)])
    expect(tags).toMatchObject({ ...IN_XMP, ...IN_IIM })
    const short = tags!['IPTC:Caption-Abstract'] as string
    expect(EVERYTHING.caption.startsWith(short)).toBe(true)
    expect(Buffer.byteLength(short)).toBeGreaterThan(1996)
    expect(tags!['ExifTool:Warning']).toBeUndefined()
    // Written again, and with less, it has each once, and nothing is lost.
    const again = writtenWords(jpeg, { caption: 'short', keywords: ['one'] })
    const [after] = await readTags([await file('again.jpg', again.jpeg)])
    expect(after).toMatchObject({
      ...IN_XMP,
      ...IN_IIM,
      'XMP-dc:Description': 'short',
      'IPTC:Caption-Abstract': 'short',
      'XMP-dc:Subject': 'one',
      'IPTC:Keywords': 'one',
    })
    expect(after!['Photoshop:IPTCDigest']).toBe(after!['File:CurrentIPTCDigest'])
  })

  it('a whole sidecar, and one that other programs wrote into', async () => {
    const developed = {
      edit: { ...NEUTRAL, crop: { x: 0.1, y: 0.2, width: 0.5, height: 0.6 } },
      upright: { width: 6000, height: 4000 },
      orientation: 1,
    }
    const facts = { rating: 4, label: 'Red', pick: true, words: EVERYTHING, developed } as const
    const crop = {
      'XMP-crs:HasCrop': true,
      'XMP-crs:CropLeft': 0.1,
      'XMP-crs:CropTop': 0.2,
      'XMP-crs:CropRight': 0.6,
      'XMP-crs:CropBottom': 0.8,
      'XMP-crs:CropAngle': 0,
    }
    const marks = { 'XMP-xmp:Rating': 4, 'XMP-xmp:Label': 'Red', 'XMP-photomech:Tagged': true }
    const [fresh, merged] = await readTags([
      await file('fresh.xmp', sidecarXmp(facts)),
      await file('merged.xmp', mergedSidecar(EXISTING, facts)),
    ])
    expect(fresh).toMatchObject({ ...IN_XMP, ...marks, ...crop })
    expect(merged).toMatchObject({
      ...IN_XMP,
      ...marks,
      ...crop,
      'XMP-dc:Title': 'REF-1',
      'XMP-dc:Description-de': 'alt',
      'XMP-xmp:CreatorTool': 'Other',
      'XMP-crs:Exposure2012': '+0.50',
    })
    const text = mergedSidecar(EXISTING, facts)
    expect(text).toContain('own:note="kept"')
    expect(text).toContain('Mask/Image')
    expect(text).not.toContain('old')
    expect(text.match(/Rating/g)).toHaveLength(2)
    expect(mergedSidecar(text, facts).match(/:Rating>/g)).toHaveLength(2)
  })
})

const EXIV2 = ['/usr/bin/exiv2', '/opt/homebrew/bin/exiv2', '/usr/local/bin/exiv2'].find(existsSync)
it.skipIf(process.env.CI !== 'true' && EXIV2 === undefined)('Exiv2 reads it too', async () => {
  const path = await file('exiv2.jpg', writtenWords(await makeJpeg(), EVERYTHING).jpeg)
  const { stdout } = await promisify(execFile)(EXIV2 ?? 'exiv2', ['-q', '-PXIkv', path], {
    maxBuffer: 1 << 24,
  })
  for (const said of [
    EVERYTHING.headline,
    ...EVERYTHING.keywords,
    EVERYTHING.event,
    '編輯使用。',
    ...EVERYTHING.persons,
  ])
    expect(stdout).toContain(said)
})

describe('crops in words of Camera Raw', () => {
  const upright = { width: 6000, height: 4000 }
  const crop = (edit: object, orientation = 1) =>
    Object.fromEntries(
      [
        ...sidecarXmp({
          developed: { edit: { ...NEUTRAL, ...edit }, upright, orientation },
        }).matchAll(/<crs:Crop(\w+)>([^<]*)</g),
      ].map(([, name, value]) => [name, Number(value)]),
    )

  it('turns with the stored picture', () => {
    const cut = { crop: { x: 0.1, y: 0.2, width: 0.5, height: 0.6 } }
    expect(crop(cut, 3)).toMatchObject({ Left: 0.4, Top: 0.2, Right: 0.9, Bottom: 0.8 })
    expect(crop(cut, 6)).toMatchObject({ Left: 0.2, Top: 0.4, Right: 0.8, Bottom: 0.9 })
    expect(crop(cut, 8)).toMatchObject({ Left: 0.2, Top: 0.1, Right: 0.8, Bottom: 0.6 })
    expect(crop(cut, 2)).toMatchObject({ Left: 0.4, Top: 0.2, Right: 0.9, Bottom: 0.8 })
  })
  it('is left out where nothing is cut, and where Camera Raw has no words for it', () => {
    expect(crop({})).toEqual({})
    expect(crop({ exposure: 1 })).toEqual({})
    expect(crop({ rotation: 90, straighten: 3 })).toEqual({})
    expect(Object.keys(crop({ straighten: 3 }))).toHaveLength(6)
  })
})

it('what is no XMP is refused, never written over', () => {
  for (const broken of ['', '<a>', 'text', '<a/>', EXISTING.slice(0, -60), `<!DOCTYPE a>${EXISTING}`])
    expect(() => mergedSidecar(broken, { rating: 1 }), broken).toThrow(UnreadableXmp)
})

it('a text is cut between characters as a reader counts them', () => {
  expect(fitting('a👩‍👩‍👧b', 18)).toBe('a')
  expect(fitting('a👩‍👩‍👧b', 19)).toBe('a👩‍👩‍👧')
  expect(fitting('字字', 5)).toBe('字')
  expect(fitting('e\u0301e\u0301', 5)).toBe('e\u0301')
})

it('Words are tidied: line ends, control characters, doubles, halves of characters', () => {
  expect(
    tidyWords({ caption: ' a\r\nb\rc\u0000\ud800 ', headline: 'x\ny', keywords: [' a', 'a', '', 'b\n'] }),
  ).toEqual({ caption: 'a\nb\nc\ufffd', headline: 'x y', keywords: ['a', 'b'] })
})
