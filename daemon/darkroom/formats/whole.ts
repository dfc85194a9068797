import { open } from 'node:fs/promises'
import { pictureEnd } from './entropy.ts'
import { hasZeros, walkJpeg } from './jpeg.ts'
import { nameUnknown, sniff, type Kind } from './sniff.ts'
import { numbers, readTiff, TAG, type Tiff } from './tiff.ts'
import type { Message } from '../../contract/message.ts'
import { newMessage } from '../../util/message.ts'

/** Files above this are not taken: the largest RAWs that cameras write stay below it. */
export const MOST_BYTES = 400 * 1024 * 1024

export interface FileEnd {
  readonly kind: Kind
  /** Whether the file ends where its own structure says. Never true for a kind that we do not know. */
  readonly whole: boolean
  /** Only decoding all of it shows whether something is missing in its middle. */
  readonly doubtful?: true
  /** Why not; its message is the end of a sentence: `the file is empty`. */
  readonly reason?: Message
}

const EMPTY = newMessage('empty_file', 'the file is empty')
export const CUT = newMessage('cut_short', 'the file is cut short: its end is missing')
export const HOLE = newMessage('middle_missing', 'the file is not complete: a part in its middle is missing')
/** The smallest piece in which disks leave something out. */
const BLOCK = 4096

/** Finds what a file is, by its content, and whether all of it is there. Decoders show a photo that lacks its last
 * part without an error, so this looks at the structure: the markers, boxes, chunks and offsets themselves.
 * Reads the file once into memory; whatever the bytes are, it answers.
 * @throws only the system's errors of opening and reading (`ENOENT`, `EIO`, ...) */
export async function readEnd(path: string | Buffer): Promise<FileEnd> {
  const handle = await open(path, 'r')
  try {
    const { size, blocks } = await handle.stat()
    if (size === 0) return { kind: 'unknown', whole: false, reason: EMPTY }
    const head = Buffer.alloc(Math.min(size, 4096))
    await handle.read(head, 0, head.length, 0)
    const kind = sniff(head)
    if (kind === 'unknown') return { kind, whole: false, reason: nameUnknown(head) }
    // A video is refused whatever its end: not worth reading gigabytes for.
    if (kind === 'video') return { kind, whole: true }
    if (size > MOST_BYTES) {
      const mb = Math.round(size / 1e6)
      return {
        kind,
        whole: false,
        reason: newMessage('too_large', `the file is too large: ${mb} MB`, { mb }),
      }
    }
    const bytes = Buffer.alloc(size)
    const { bytesRead } = await handle.read(bytes, 0, size, 0)
    return checkEnd(bytes.subarray(0, bytesRead), isSparse(size, blocks))
  } finally {
    await handle.close()
  }
}

/** Whether the disk holds less of a file than it is long, as when a program made room for it first. Disks that compress
 * do so too, and some do not report it.
 * @param blocks of 512 bytes */
export const isSparse = (size: number, blocks: number) => blocks > 0 && blocks * 512 + BLOCK <= size

/** The same for bytes that are already here.
 * @param sparse whether the disk may have left something out, see `isSparse` */
export function checkEnd(bytes: Buffer, sparse = false): FileEnd {
  if (bytes.length === 0) return { kind: 'unknown', whole: false, reason: EMPTY }
  const kind = sniff(bytes)
  if (kind === 'unknown') return { kind, whole: false, reason: nameUnknown(bytes) }
  if (kind === 'jpeg') return jpegEnd(bytes)
  if (kind === 'raw' && sparse && rawHasHole(bytes)) return { kind, whole: false, reason: HOLE }
  return isWhole(kind, bytes) ? { kind, whole: true } : { kind, whole: false, reason: CUT }
}

function jpegEnd(bytes: Buffer): FileEnd {
  const kind = 'jpeg'
  const walk = walkJpeg(bytes)
  if (walk && jpegHasHole(bytes, walk)) return { kind, whole: false, reason: HOLE }
  const isWhole = walk !== null && walk.end !== null && walk.indexedEnd <= bytes.length
  if (!isWhole) return { kind, whole: false, reason: CUT }
  const doubtful = walk.scans.some(({ from, to, zeros }) => zeros && hasZeros(bytes, from, to))
  return { kind, whole: true, ...(doubtful && { doubtful }) }
}

/** Zeros inside a JPEG's picture data are a hole, unless its own codes make a picture of them to the last byte: a plain
 * wall can be so. */
export function jpegHasHole(bytes: Buffer, walk = walkJpeg(bytes)): boolean {
  if (!walk?.scans.some(({ from, to, zeros }) => !zeros && hasZeros(bytes, from, to))) return false
  if (!walk.progressive) return pictureEnd(bytes)?.isFilled !== true
  // What fills the file behind the last scan is no hole in it.
  const last = walk.scans.at(-1)!
  let end = last.to
  while (end > last.from && bytes[end - 1] === 0) end -= 1
  return walk.scans.some(
    (scan) => !scan.zeros && hasZeros(bytes, scan.from, scan === last && walk.end === null ? end : scan.to),
  )
}

/** Zeros may stand between the parts of a RAW, so only its pictures are looked at where it says where they are. */
function rawHasHole(bytes: Buffer): boolean {
  const tiff = readTiff(bytes)
  const parts = tiff ? placesOf(tiff) : [[BLOCK, bytes.length] as const]
  return parts.some(([at, size]) => hasZeros(bytes, at, at + size, BLOCK))
}

function isWhole(kind: Exclude<Kind, 'unknown' | 'jpeg'>, bytes: Buffer): boolean {
  switch (kind) {
    case 'png':
      return pngEnds(bytes)
    case 'webp':
      return bytes.length >= 12 && bytes.readUInt32LE(4) + 8 <= bytes.length
    case 'tiff':
      return tiffEnds(bytes)
    case 'avif':
    case 'heic':
      return boxesEnd(bytes)
    case 'video':
      return true
    case 'raw':
      if (bytes[0] === 0x46) return rafEnds(bytes)
      if (bytes.toString('latin1', 6, 14) === 'HEAPCCDR') return ciffEnds(bytes)
      return bytes.toString('latin1', 4, 8) === 'ftyp' ? boxesEnd(bytes) : tiffEnds(bytes)
  }
}

const EOI = Buffer.from([0xff, 0xd9])
const FEW = 8

/** A file that does not end as it says, and whose picture may be whole all the same: its index names pictures behind it
 * that a program took away, its maker ends it with a block of its own or with zeros, or what is missing is no part of
 * the picture.
 * @returns what to decode, and whether only decoding all of it shows that it is whole; null where it surely is not */
export function mended(
  kind: Kind,
  bytes: Buffer,
): { readonly bytes: Buffer; readonly isProven: boolean } | null {
  if (kind === 'png' || kind === 'webp' || kind === 'tiff' || kind === 'avif')
    return { bytes, isProven: false }
  const walk = kind === 'jpeg' ? walkJpeg(bytes) : null
  if (!walk) return null
  if (walk.end !== null) return { bytes, isProven: true }
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  if (!walk.progressive) {
    const at = pictureEnd(bytes)?.at ?? Infinity
    // Zeros that a program made room with can be read as a picture, too: a plain one.
    return at > end + FEW ? null : { bytes: Buffer.concat([bytes.subarray(0, at), EOI]), isProven: true }
  }
  return walk.isRefined ? { bytes: Buffer.concat([bytes.subarray(0, end), EOI]), isProven: false } : null
}

function pngEnds(bytes: Buffer): boolean {
  let at = 8
  while (at + 12 <= bytes.length) {
    const next = at + 12 + bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return next <= bytes.length
    at = next
  }
  return false
}

/** ISO base media (HEIF, AVIF, CR3): the top boxes follow each other to the very end. */
function boxesEnd(bytes: Buffer): boolean {
  let at = 0
  while (at + 8 <= bytes.length) {
    const short = bytes.readUInt32BE(at)
    if (short === 0) return true
    if (short === 1 && at + 16 > bytes.length) return false
    const size = short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short
    if (size < 8) return false
    at += size
  }
  return at === bytes.length
}

const PLACES = [
  [TAG.stripOffsets, TAG.stripSizes],
  [TAG.tileOffsets, TAG.tileSizes],
  [TAG.jpegOffset, TAG.jpegSize],
] as const
/** Panasonic fills an offset that it does not use with ones. */
const UNUSED = 0xffffffff

function tiffEnds(bytes: Buffer): boolean {
  const tiff = readTiff(bytes)
  if (!tiff || tiff.cut) return false
  return placesOf(tiff).every(([at, size]) => at + size <= bytes.length)
}

/** Where its pictures lie. */
function placesOf(tiff: Tiff): (readonly [at: number, size: number])[] {
  return tiff.directories.flatMap((directory) =>
    PLACES.flatMap(([offsetTag, sizeTag]) => {
      const sizes = numbers(tiff, directory.get(sizeTag))
      return numbers(tiff, directory.get(offsetTag)).flatMap((at, i) =>
        at === UNUSED ? [] : [[at, sizes[i] ?? 0] as const],
      )
    }),
  )
}

/** Fuji's header names three parts: preview, header and sensor data, each by offset and length. */
function rafEnds(bytes: Buffer): boolean {
  return (
    bytes.length >= 108 &&
    [84, 92, 100].every((at) => bytes.readUInt32BE(at) + bytes.readUInt32BE(at + 4) <= bytes.length)
  )
}

/** Canon's older heap format: the last four bytes say where its table of contents is, just before them. */
function ciffEnds(bytes: Buffer): boolean {
  const heap = bytes.readUInt32LE(2)
  if (heap + 6 > bytes.length) return false
  const table = heap + bytes.readUInt32LE(bytes.length - 4)
  if (table + 2 > bytes.length - 4) return false
  const rows = bytes.readUInt16LE(table)
  if (rows === 0 || table + 2 + 10 * rows > bytes.length - 4) return false
  return Array.from({ length: rows }, (_, i) => table + 2 + 10 * i).every((row) => {
    // Bit 14 of the type: the value lies in the row itself.
    if (bytes.readUInt16LE(row) & 0x4000) return true
    return heap + bytes.readUInt32LE(row + 6) + bytes.readUInt32LE(row + 2) <= table
  })
}
