import { open } from 'node:fs/promises'
import { walkJpeg } from './jpeg.ts'
import { nameUnknown, sniff, type Kind } from './sniff.ts'
import { numbers, readTiff, TAG } from './tiff.ts'
import type { Saying } from '../contract/saying.ts'
import { saying } from '../saying.ts'

/** Files above this are not taken: the largest RAWs that cameras write stay below it. */
export const MOST_BYTES = 400 * 1024 * 1024

export interface FileEnd {
  readonly kind: Kind
  /** Whether the file ends where its own structure says. Never true for a kind that we do not know. */
  readonly whole: boolean
  /** Why not; its message is the end of a sentence: `the file is empty`. */
  readonly reason?: Saying
}

const EMPTY = saying('empty_file', 'the file is empty')
const CUT = saying('cut_short', 'the file is cut short: its end is missing')

/** Says what a file is, by its content, and whether all of it is there. Decoders show a photo that lacks its last
 * part without a word, so this looks at the structure: the markers, boxes, chunks and offsets themselves.
 * Reads the file once into memory; whatever the bytes are, it answers.
 * @throws only the system's errors of opening and reading (`ENOENT`, `EIO`, ...) */
export async function readEnd(path: string | Buffer): Promise<FileEnd> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    if (size === 0) return { kind: 'unknown', whole: false, reason: EMPTY }
    const head = Buffer.alloc(Math.min(size, 4096))
    await handle.read(head, 0, head.length, 0)
    const kind = sniff(head)
    if (kind === 'unknown') return { kind, whole: false, reason: nameUnknown(head) }
    // A video is refused whatever its end: not worth reading gigabytes for.
    if (kind === 'video') return { kind, whole: true }
    if (size > MOST_BYTES) {
      const mb = Math.round(size / 1e6)
      return { kind, whole: false, reason: saying('too_large', `the file is too large: ${mb} MB`, { mb }) }
    }
    const bytes = Buffer.alloc(size)
    const { bytesRead } = await handle.read(bytes, 0, size, 0)
    return checkEnd(bytes.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}

/** The same for bytes that are already here. */
export function checkEnd(bytes: Buffer): FileEnd {
  if (bytes.length === 0) return { kind: 'unknown', whole: false, reason: EMPTY }
  const kind = sniff(bytes)
  if (kind === 'unknown') return { kind, whole: false, reason: nameUnknown(bytes) }
  return isWhole(kind, bytes) ? { kind, whole: true } : { kind, whole: false, reason: CUT }
}

function isWhole(kind: Exclude<Kind, 'unknown'>, bytes: Buffer): boolean {
  switch (kind) {
    case 'jpeg': {
      const walk = walkJpeg(bytes)
      return walk !== null && walk.end !== null && walk.indexedEnd <= bytes.length
    }
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
  for (const directory of tiff.directories) {
    for (const [offsetTag, sizeTag] of PLACES) {
      const sizes = numbers(tiff, directory.get(sizeTag))
      const offsets = numbers(tiff, directory.get(offsetTag))
      if (offsets.some((at, i) => at !== UNUSED && at + (sizes[i] ?? 0) > bytes.length)) return false
    }
  }
  return true
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
