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
  /** The JPEG's picture data. In `zeros` a long row of zeros may be what an encoder wrote. */
  readonly scans: readonly { readonly from: number; readonly to: number; readonly zeros: boolean }[]
  /** Several scans that build on each other. */
  readonly progressive: boolean
  /** Whether none of those scans is missing. */
  readonly isRefined: boolean
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
  let frame: { width: number; height: number; viewable: boolean; progressive: boolean } | undefined
  const scans: { from: number; to: number; zeros: boolean }[] = []
  const finest = new Map<number, number>()
  let components = 0
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
      const progressive = marker === 0xc2
      components = body[5] ?? 0
      frame ??= { height: body.readUInt16BE(1), width: body.readUInt16BE(3), viewable, progressive }
    } else if (marker === 0xe1 && body.toString('latin1', 0, 6) === 'Exif\0\0') {
      orientation ??= exifOrientation(body.subarray(6))
    } else if (marker === 0xe2 && body.toString('latin1', 0, 4) === 'MPF\0') {
      indexedEnd = Math.max(indexedEnd, at + 8 + indexEnd(body.subarray(4)))
    }
    at = marker === SOS ? afterScan(bytes, next) : next
    if (marker === SOS) noteScan(body, finest)
    if (marker === SOS) scans.push({ from: next, to: at, zeros: mayBeZeros(body, frame?.progressive) })
  }
  const isRefined = finest.size === 64 * components && [...finest.values()].every((bits) => bits === 0)
  return frame ? { ...frame, isRefined, orientation, end, indexedEnd, scans } : null
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

/** Notes down to which bit a scan brings each coefficient of its components (ITU T.81, G.1.1.1). */
function noteScan(header: Buffer, finest: Map<number, number>): void {
  const count = header[0] ?? 0
  const [first = 0, last = 0, bits = 0] = header.subarray(1 + 2 * count)
  for (let i = 0; i < count; i++)
    for (let k = first; k <= Math.min(63, last); k++) finest.set((header[1 + 2 * i] ?? 0) * 64 + k, bits & 15)
}

/** The brightness alone, and what only refines, of a progressive picture may be zeros over a plain wall. */
function mayBeZeros(header: Buffer, progressive = false): boolean {
  const first = header[1 + 2 * (header[0] ?? 0)] ?? 0
  const bits = header[3 + 2 * (header[0] ?? 0)] ?? 0
  return progressive && (first === 0 || bits >> 4 > 0)
}

/** Long rows of zeros are no picture's: it is where a file's middle is still missing. Bytes that one bad place of a
 * disk takes are fewer. */
const HOLE = 1024

/** Whether a row of `length` zeros lies between two places. Looks at a few bytes of each row only. */
export function hasZeros(bytes: Buffer, from: number, to: number, length = HOLE): boolean {
  const end = Math.min(to, bytes.length)
  const stride = length >> 1
  for (let at = from + stride - 1; at < end; at += stride) {
    if (bytes[at] !== 0) continue
    let start = at
    let after = at + 1
    while (start > from && bytes[start - 1] === 0 && at - start < length) start -= 1
    while (after < end && bytes[after] === 0 && after - start < length) after += 1
    if (after - start >= length) return true
  }
  return false
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
