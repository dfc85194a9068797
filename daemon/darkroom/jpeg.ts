import { numbers, readTiff, TAG } from './tiff.ts'

/** Walks a JPEG's markers without decoding it. The bytes may be anything: nothing here throws. */
export interface JpegWalk {
  readonly width: number
  readonly height: number
  /** Baseline, extended or progressive with 8 bits: what a browser shows. A RAW's lossless JPEG is not. */
  readonly viewable: boolean
  /** The orientation that its own EXIF block gives, 1..8. */
  readonly orientation: number | null
  /** One past its EOI marker; null when that is not there. */
  readonly end: number | null
  /** One past the last of the further pictures that its MPF index names (previews behind the main picture). */
  readonly indexedEnd: number
}

const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc

/** @param start where its SOI marker is
 *  @returns null when there is no JPEG at `start`, or none with a frame */
export function walkJpeg(bytes: Buffer, start = 0): JpegWalk | null {
  if (bytes[start] !== 0xff || bytes[start + 1] !== SOI) return null
  let frame: { width: number; height: number; viewable: boolean } | undefined
  let orientation: number | null = null
  let indexedEnd = 0
  let end: number | null = null
  let at = start + 2

  for (;;) {
    if (bytes[at] !== 0xff) break
    const marker = bytes[at + 1]
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === EOI) {
      end = at + 2
      break
    }
    if (marker === undefined || at + 4 > bytes.length) break
    const size = bytes.readUInt16BE(at + 2)
    const next = at + 2 + size
    if (size < 2 || next > bytes.length) break
    const body = bytes.subarray(at + 4, next)
    if (isFrame(marker) && body.length >= 6) {
      const viewable = (marker === 0xc0 || marker === 0xc1 || marker === 0xc2) && body[0] === 8
      frame ??= { height: body.readUInt16BE(1), width: body.readUInt16BE(3), viewable }
    } else if (marker === 0xe1 && body.toString('latin1', 0, 6) === 'Exif\0\0') {
      orientation ??= exifOrientation(body.subarray(6))
    } else if (marker === 0xe2 && body.toString('latin1', 0, 4) === 'MPF\0') {
      indexedEnd = Math.max(indexedEnd, at + 8 + indexEnd(body.subarray(4)))
    }
    at = marker === SOS ? afterScan(bytes, next) : next
  }
  return frame ? { ...frame, orientation, end, indexedEnd } : null
}

/** The markers that may follow a scan. Anything else is damage inside it, which decoders step over, and so do we. */
const endsScan = (marker: number) =>
  marker === EOI || marker === SOS || marker === 0xc4 || (marker >= 0xdb && marker <= 0xdd) || marker >= 0xe0

function afterScan(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1]
    if (next === undefined) break
    if (next !== 0xff && endsScan(next)) return at
  }
  return bytes.length
}

function exifOrientation(block: Buffer): number | null {
  const tiff = readTiff(block)
  const value = tiff ? numbers(tiff, tiff.directories[0]?.get(TAG.orientation))[0] : undefined
  return value !== undefined && value >= 1 && value <= 8 ? value : null
}

/** How far the pictures of an MPF index reach, counted from the index (CIPA DC-007, 5.2.3.3). */
function indexEnd(block: Buffer): number {
  const tiff = readTiff(block)
  const entry = tiff?.directories[0]?.get(0xb002)
  if (!tiff || entry?.type !== 7) return 0
  let end = 0
  for (let i = 16; i + 16 <= Math.min(entry.count, 1600); i += 16) {
    const at = entry.at + i
    const [size, offset] = tiff.little
      ? [block.readUInt32LE(at + 4), block.readUInt32LE(at + 8)]
      : [block.readUInt32BE(at + 4), block.readUInt32BE(at + 8)]
    if (offset > 0) end = Math.max(end, offset + size)
  }
  return end
}
