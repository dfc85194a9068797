import { walkJpeg } from './jpeg.ts'
import { numbers, readTiff, TAG, type Tiff } from './tiff.ts'

export interface Embedded {
  readonly jpeg: Buffer
  readonly width: number
  readonly height: number
  /** 1..8: the JPEG's own, else the RAW's. */
  readonly orientation: number
  /** The picture is a mere thumbnail beside what the sensor saw, not one to show anybody. */
  readonly isSmall: boolean
}

/** A preview this long is what a camera means to be looked at; a shorter one makes us search on. */
const GOOD_LONG_SIDE = 1000
const MOST_FOUND = 200

/** The largest viewable JPEG inside a RAW file; null when there is none. Directories are asked first; formats without
 * any (CR3, RAF, CRW) and previews hidden in maker notes are found by searching the bytes. */
export function findEmbedded(raw: Buffer): Embedded | null {
  const tiff = readTiff(raw)
  const listed = tiff ? fromDirectories(tiff) : []
  const best = largest(listed) ?? null
  const found = best && Math.max(best.width, best.height) >= GOOD_LONG_SIDE ? best : searched(raw, best)
  if (!found) return null
  const long = Math.max(found.width, found.height)
  // Cameras of some years made previews of 1600 pixels for sensors of 6000: those are meant to be looked at.
  const isSmall = long < GOOD_LONG_SIDE && 2 * long < sensorLongSide(raw, tiff)
  return { ...found, orientation: found.orientation ?? rawOrientation(raw, tiff) ?? 1, isSmall }
}

/** Pixels of the largest picture that the file says it holds, 0 when it does not say. */
function sensorLongSide(raw: Buffer, tiff: Tiff | null): number {
  const source = tiff ?? canonBox(raw, 'CMT1')
  // Panasonic has numbers of its own for the sensor's sides.
  const tags = raw[2] === 0x55 ? [2, 3] : [TAG.width, TAG.height]
  const sides = (source?.directories ?? []).flatMap((directory) =>
    tags.map((tag) => (source ? (numbers(source, directory.get(tag))[0] ?? 0) : 0)),
  )
  return Math.max(0, ...sides.filter((side) => side < 0xffff))
}

type Found = Omit<Embedded, 'orientation' | 'isSmall'> & { readonly orientation: number | null }

const largest = (all: readonly Found[]) =>
  all.reduce<Found | undefined>((a, b) => (a && a.width * a.height >= b.width * b.height ? a : b), undefined)

/** @param limit one past the last byte that may belong to it */
function jpegAt(raw: Buffer, start: number, limit = raw.length): Found | null {
  const walk = walkJpeg(raw.subarray(start, limit))
  if (!walk?.viewable || walk.end === null || walk.width * walk.height === 0) return null
  const { width, height, orientation, end } = walk
  return { jpeg: raw.subarray(start, start + end), width, height, orientation }
}

function fromDirectories(tiff: Tiff): Found[] {
  return tiff.directories.flatMap((directory) => {
    const places: [at: number | undefined, size: number | undefined][] = [
      [numbers(tiff, directory.get(TAG.jpegOffset))[0], numbers(tiff, directory.get(TAG.jpegSize))[0]],
    ]
    const strips = numbers(tiff, directory.get(TAG.stripOffsets))
    if (strips.length === 1) places.push([strips[0], numbers(tiff, directory.get(TAG.stripSizes))[0]])
    const inline = directory.get(TAG.jpegBytes)
    if (inline?.type === 7) places.push([inline.at, inline.count])
    return places.flatMap(([at, size]) =>
      at === undefined || size === undefined ? [] : (jpegAt(tiff.bytes, at, at + size) ?? []),
    )
  })
}

const SOI = Buffer.from([0xff, 0xd8, 0xff])

function searched(raw: Buffer, best: Found | null): Found | null {
  const found: Found[] = best ? [best] : []
  let at = raw.indexOf(SOI)
  for (let tries = 0; at >= 0 && tries < MOST_FOUND; tries++) {
    const jpeg = jpegAt(raw, at)
    if (jpeg) found.push(jpeg)
    at = raw.indexOf(SOI, jpeg ? at + jpeg.jpeg.length : at + 2)
  }
  return largest(found) ?? null
}

function rawOrientation(raw: Buffer, tiff: Tiff | null): number | null {
  // A CR3 keeps its first directory in a box of its own.
  const source = tiff ?? canonBox(raw, 'CMT1')
  const value = source ? numbers(source, source.directories[0]?.get(TAG.orientation))[0] : undefined
  return value !== undefined && value >= 1 && value <= 8 ? value : null
}

/** A CR3's metadata: `CMT1` holds the main directory, `CMT2` the EXIF one, each a small TIFF. */
export function canonBox(raw: Buffer, name: 'CMT1' | 'CMT2'): Tiff | null {
  if (raw.toString('latin1', 4, 12) !== 'ftypcrx ') return null
  const at = raw.subarray(0, 1 << 16).indexOf(name, 0, 'latin1')
  if (at < 4) return null
  const size = raw.readUInt32BE(at - 4)
  return size > 8 ? readTiff(raw.subarray(at + 4, at - 4 + size)) : null
}
