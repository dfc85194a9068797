import { createHash } from 'node:crypto'
import { createJpegHasher } from './jpeg-hash.ts'
import type { Kind } from './sniff.ts'
import { numbers, readTiff, TAG, type Tiff } from './tiff.ts'

/** Below this share of a RAW's file, what its directories name is not the sensor's data. */
const LEAST_OF_RAW = 0.25
/** The end of a file is its pixels. */
const TAIL = 64 * 1024
/** Where a heap of Canon's begins, and how much of it distinguishes frames. */
const HEAP = 26
const HEAP_HEAD = 256 * 1024
/** Panasonic fills an offset that it does not use with ones, and says in a tag of its own where its data begins. */
const UNUSED = 0xffffffff
const RW2_DATA = 0x0118

/** The hash of the compressed picture alone: two files of one frame agree, whatever was written into their heads
 * (stars, captions, the orientation), and two frames never do. Also of what follows the picture nothing counts.
 * @param file a whole file of that kind
 * @returns hexadecimal, or '' where the kind's pixels cannot be separated from its head */
export function pictureHash(kind: Kind, file: Buffer): string {
  if (kind === 'jpeg') return jpegHash(file)
  const parts = partsOf(kind, file)
  if (parts.every(({ length }) => length === 0)) return ''
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}

function jpegHash(file: Buffer): string {
  const hasher = createJpegHasher()
  hasher.update(file)
  return hasher.digest() ?? ''
}

function partsOf(kind: Exclude<Kind, 'jpeg'>, file: Buffer): Buffer[] {
  switch (kind) {
    case 'png':
      return pngParts(file)
    case 'webp':
      return webpParts(file)
    case 'tiff':
    case 'raw':
      return rawParts(file)
    // Tags lie among the pixels in all of these.
    case 'avif':
    case 'heic':
    case 'video':
    case 'unknown':
      return []
  }
}

function pngParts(file: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 8; at + 12 <= file.length;) {
    const next = at + 12 + file.readUInt32BE(at)
    if (['IHDR', 'PLTE', 'IDAT'].includes(file.toString('latin1', at + 4, at + 8)))
      parts.push(file.subarray(at + 8, next - 4))
    at = next
  }
  return parts
}

function webpParts(file: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 12; at + 8 <= file.length;) {
    const size = file.readUInt32LE(at + 4)
    if (['VP8 ', 'VP8L', 'ALPH', 'ANMF'].includes(file.toString('latin1', at, at + 4)))
      parts.push(file.subarray(at + 8, at + 8 + size))
    at += 8 + size + (size % 2)
  }
  return parts
}

/** The contents of the top boxes of a type (ISO base media: CR3). */
export function boxes(file: Buffer, type: string): Buffer[] {
  const parts: Buffer[] = []
  for (let at = 0; at + 8 <= file.length;) {
    const short = file.readUInt32BE(at)
    const isLong = short === 1 && at + 16 <= file.length
    const size = short === 0 ? file.length - at : isLong ? Number(file.readBigUInt64BE(at + 8)) : short
    if (size < 8) break
    if (file.toString('latin1', at + 4, at + 8) === type)
      parts.push(file.subarray(at + (isLong ? 16 : 8), at + size))
    at += size
  }
  return parts
}

function rawParts(file: Buffer): Buffer[] {
  const ascii = (from: number, to: number) => file.toString('latin1', from, to)
  if (ascii(4, 8) === 'ftyp') return boxes(file, 'mdat')
  // Old Canon RAWs begin with the sensor's data, and end with their directories, which programs rewrite.
  if (ascii(6, 14) === 'HEAPCCDR' && file.length >= 26) return [slice(file, HEAP, HEAP_HEAD)]
  // Fuji's header names the sensor's data last.
  if (ascii(0, 15) === 'FUJIFILMCCD-RAW' && file.length >= 108)
    return [slice(file, file.readUInt32BE(100), file.readUInt32BE(104))]
  const tiff = readTiff(file)
  const parts = tiff ? tiffParts(tiff) : []
  const bytes = parts.reduce((sum, { length }) => sum + length, 0)
  return bytes >= file.length * LEAST_OF_RAW
    ? parts
    : [file.subarray(file.length - Math.min(TAIL, file.length >> 1))]
}

function tiffParts(tiff: Tiff): Buffer[] {
  const { bytes, directories } = tiff
  return directories.flatMap((directory) => {
    const values = (tag: number) => numbers(tiff, directory.get(tag))
    const [data] = values(RW2_DATA)
    const places = [
      [values(TAG.stripOffsets), values(TAG.stripSizes)],
      [values(TAG.tileOffsets), values(TAG.tileSizes)],
      [values(TAG.jpegOffset), values(TAG.jpegSize)],
      [data === undefined ? [] : [data], [bytes.length]],
    ] as const
    return places.flatMap(([offsets, sizes]) =>
      offsets.map((at, i) => (at === UNUSED ? bytes.subarray(0, 0) : slice(bytes, at, sizes[i] ?? 0))),
    )
  })
}

const slice = (file: Buffer, at: number, size: number) =>
  file.subarray(Math.min(at, file.length), Math.min(at + size, file.length))
