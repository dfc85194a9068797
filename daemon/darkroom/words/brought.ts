import { createHash } from 'node:crypto'
import type { MetadataBlocks } from '../formats/named.ts'
import { datasetsIn, resourcesIn, rowsIn, textIn } from './iim.ts'
import { FIELDS, PLACES, TITLE } from './properties.ts'
import { segmentsIn } from './segments.ts'
import { tidyWords, type WordsChange } from './words.ts'
import { readXmp, type Brought } from './xmp-read.ts'

/** The longest packet that is looked into, bytes: what is longer holds masks and histories. */
const LONGEST = 4 << 20

function iimWords(datasets: Buffer): WordsChange {
  const rows = rowsIn(datasets).filter(({ record }) => record === 2)
  const at = (number: number | undefined) =>
    rows
      .filter((row) => row.number === number)
      .map(({ value }) => textIn(value).replaceAll('\0', '').trim())
      .filter((text) => text !== '')
  const found: Record<string, string | string[]> = {}
  for (const field of FIELDS) {
    const values = at(PLACES[field].iim?.[0])
    if (values.length === 0) continue
    if (field === 'keywords') found[field] = values
    else found[field] = field === 'creator' ? values.join('; ') : values[0]!
  }
  const [title] = at(TITLE.iim?.[0])
  if (found.headline === undefined && title !== undefined) found.headline = title
  return tidyWords(found as WordsChange)
}

const EXTENSION = 'http://ns.adobe.com/xmp/extension/\0'
/** GUID, whole length and place, before the bytes of each piece. */
const HEAD = 32 + 4 + 4

/** What a JPEG says in XMP beyond its packet, whose pieces are named by the packet (XMP Specification, part 3: extended
 * XMP). */
function extendedIn(jpeg: Buffer, packet: Buffer): string | undefined {
  const guid = /HasExtendedXMP(?:="|>)([\dA-F]{32})/u.exec(packet.toString('latin1'))?.[1]
  if (guid === undefined) return undefined
  const pieces = segmentsIn(jpeg)
    .head.filter(
      ({ marker, body }) => marker === 0xe1 && body.toString('latin1', 0, EXTENSION.length) === EXTENSION,
    )
    .map(({ body }) => body.subarray(EXTENSION.length))
    .filter((piece) => piece.length > HEAD && piece.toString('latin1', 0, 32) === guid)
    .sort((a, b) => a.readUInt32BE(36) - b.readUInt32BE(36))
  const whole = Buffer.concat(pieces.map((piece) => piece.subarray(HEAD)))
  const isWhole = pieces[0]?.readUInt32BE(32) === whole.length && whole.length <= LONGEST
  return isWhole ? whole.toString('utf8') : undefined
}

function readPacket(xmp: Buffer, jpeg: Buffer | undefined): Brought {
  const said = readXmp(xmp.toString('utf8').replace(/\0+$/u, ''))
  const extended = jpeg && extendedIn(jpeg, xmp)
  if (extended === undefined) return said
  try {
    const more = readXmp(extended)
    return { ...more, ...said, words: { ...more.words, ...said.words } }
  } catch {
    return said
  }
}

/** Whether a program that knows IIM alone wrote it after XMP was: the digest is that of other datasets (Metadata Working
 * Group, 3.3). */
function isNewer(block: Buffer, datasets: Buffer): boolean {
  for (const { id, value } of resourcesIn(block))
    if (id === 0x0425 && value.length === 16 && value.some((byte) => byte !== 0))
      return !value.equals(createHash('md5').update(datasets).digest())
  return false
}

/** What a file says in XMP and in IIM. XMP goes first, for it holds whole what IIM cuts; IIM where it was written later.
 * Every byte comes from a stranger's file: nothing here throws.
 * @param jpeg the file, where it is one */
export function readBrought({ xmp, iptc }: MetadataBlocks, jpeg?: Buffer): Brought {
  let said: Brought = { words: {} }
  try {
    if (xmp && xmp.length <= LONGEST) said = readPacket(xmp, jpeg)
  } catch {
    // Broken XMP says nothing.
  }
  if (!iptc) return said
  const datasets = datasetsIn(iptc)
  const older = iimWords(datasets)
  if (!isNewer(iptc, datasets)) return { ...said, words: { ...older, ...said.words } }
  const newer = Object.entries(older).filter(([field, value]) => {
    const whole = said.words[field as keyof WordsChange]
    return !(typeof value === 'string' && typeof whole === 'string' && whole.startsWith(value))
  })
  return { ...said, words: { ...said.words, ...Object.fromEntries(newer) } }
}
