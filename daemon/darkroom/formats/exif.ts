import type { Credits } from './credits.ts'
import { TAG } from './tiff.ts'

/** Writes what a published JPEG says of itself: EXIF 2.32 with the credits and sRGB, and the sRGB profile. */

interface Row {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly value: Buffer
}

const ascii = (tag: number, value: string | undefined): Row[] => {
  if (value === undefined) return []
  const bytes = Buffer.from(`${value}\0`)
  return [{ tag, type: 2, count: bytes.length, value: bytes }]
}
const short = (tag: number, value: number | undefined): Row[] => {
  if (value === undefined) return []
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return [{ tag, type: 3, count: 1, value: bytes }]
}
const long = (tag: number, value: number): Row[] => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return [{ tag, type: 4, count: 1, value: bytes }]
}
const ratio = (tag: number, value: readonly [number, number] | undefined, signed = false): Row[] => {
  if (!value) return []
  const bytes = Buffer.alloc(8)
  value.forEach((part, i) => (signed ? bytes.writeInt32LE(part, i * 4) : bytes.writeUInt32LE(part, i * 4)))
  return [{ tag, type: signed ? 10 : 5, count: 1, value: bytes }]
}

/** A directory and its values, for a place in the block. Tags rise, as the standard wants. */
function directory(rows: readonly Row[], at: number): Buffer {
  const sorted = [...rows].sort((a, b) => a.tag - b.tag)
  const table = Buffer.alloc(2 + 12 * sorted.length + 4)
  table.writeUInt16LE(sorted.length)
  const values: Buffer[] = []
  let end = at + table.length
  sorted.forEach(({ tag, type, count, value }, i) => {
    const row = 2 + 12 * i
    table.writeUInt16LE(tag, row)
    table.writeUInt16LE(type, row + 2)
    table.writeUInt32LE(count, row + 4)
    if (value.length <= 4) return void value.copy(table, row + 8)
    table.writeUInt32LE(end, row + 8)
    const padded = value.length % 2 === 0 ? value : Buffer.concat([value, Buffer.alloc(1)])
    values.push(padded)
    end += padded.length
  })
  return Buffer.concat([table, ...values])
}

/** @param size pixels of the published picture */
export function writeExif(credits: Credits, size: { width: number; height: number }): Buffer {
  const head = Buffer.from('II*\0\x08\0\0\0', 'latin1')
  const named = [
    ...ascii(TAG.make, credits.make),
    ...ascii(TAG.model, credits.model),
    ...ascii(TAG.artist, credits.artist),
    ...ascii(TAG.copyright, credits.copyright),
  ]
  // The directory's length does not depend on where the second one is.
  const lie = directory([...named, ...long(TAG.exif, 0)], head.length).length
  const first = directory([...named, ...long(TAG.exif, head.length + lie)], head.length)
  const shot = [
    ...ratio(TAG.exposureTime, credits.exposureTime),
    ...ratio(TAG.fNumber, credits.fNumber),
    ...short(TAG.iso, credits.iso),
    { tag: 0x9000, type: 7, count: 4, value: Buffer.from('0232', 'latin1') },
    ...ascii(TAG.takenAt, credits.takenAt),
    ...ascii(TAG.offset, credits.offset),
    ...ratio(TAG.exposureBias, credits.exposureBias, true),
    ...ratio(TAG.focalLength, credits.focalLength),
    ...ascii(TAG.subSecond, credits.subSecond),
    ...short(0xa001, 1),
    ...long(0xa002, size.width),
    ...long(0xa003, size.height),
    ...short(TAG.focalLength35, credits.focalLength35),
    ...ascii(TAG.lensMake, credits.lensMake),
    ...ascii(TAG.lens, credits.lens),
  ]
  return Buffer.concat([head, first, directory(shot, head.length + first.length)])
}

function segment(marker: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  )
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

/** Puts segments into a JPEG, right behind its start: EXIF wants to be the first.
 * @param parts.xmp a packet,
 * @param parts.photoshop image resources, and
 * @param parts.profile an ICC profile, of at most 64 kB each */
export function withSegments(
  jpeg: Buffer,
  parts: { exif?: Buffer; xmp?: Buffer; photoshop?: Buffer; profile?: Buffer },
): Buffer {
  return Buffer.concat([
    jpeg.subarray(0, 2),
    ...(parts.exif ? [segment(0xe1, 'Exif\0\0', parts.exif)] : []),
    ...(parts.xmp ? [segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', parts.xmp)] : []),
    ...(parts.photoshop ? [segment(0xed, 'Photoshop 3.0\0', parts.photoshop)] : []),
    ...(parts.profile ? [segment(0xe2, 'ICC_PROFILE\0\x01\x01', parts.profile)] : []),
    jpeg.subarray(2),
  ])
}
