import { open } from 'node:fs/promises'
import { errnoOf } from '../../errors.ts'
import { walkJpeg } from './jpeg.ts'
import { numbers, readTiff, TAG } from './tiff.ts'

/** An EXIF block lies within the first two of a JPEG's segments, each 64 KB at most. */
const HEAD_BYTES = 132 * 1024

/** The small picture that a camera puts into its JPEG's EXIF block, as a JPEG of its own that says how it stands;
 * null when there is none. Nothing is decoded, and the bytes may be anything.
 * @param head the file's beginning */
export function exifThumbnail(head: Buffer): Buffer | null {
  const block = exifBlock(head)
  const tiff = block && readTiff(block)
  if (!tiff) return null
  for (const directory of tiff.directories) {
    const at = numbers(tiff, directory.get(TAG.jpegOffset))[0]
    const size = numbers(tiff, directory.get(TAG.jpegSize))[0]
    if (at === undefined || size === undefined || at + size > tiff.bytes.length) continue
    const jpeg = tiff.bytes.subarray(at, at + size)
    const walk = walkJpeg(jpeg)
    if (!walk?.viewable || walk.end === null) continue
    const orientation = numbers(tiff, tiff.directories[0]?.get(TAG.orientation))[0] ?? 1
    return standing(jpeg.subarray(0, walk.end), orientation)
  }
  return null
}

/** The same of a file; null also when it is not there. */
export async function readThumbnail(path: string): Promise<Buffer | null> {
  let file
  try {
    file = await open(path, 'r')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES)
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0)
    return exifThumbnail(head.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

function exifBlock(head: Buffer): Buffer | null {
  if (head[0] !== 0xff || head[1] !== 0xd8) return null
  for (let at = 2; at + 10 < head.length && head[at] === 0xff;) {
    const marker = head[at + 1]!
    const end = at + 2 + head.readUInt16BE(at + 2)
    if (marker === 0xe1 && head.toString('latin1', at + 4, at + 10) === 'Exif\0\0')
      return end <= head.length ? head.subarray(at + 10, end) : null
    if (marker === 0xda) return null
    at = end
  }
  return null
}

/** The picture with an EXIF block of one tag, its orientation, in place of whatever stood before. */
function standing(jpeg: Buffer, orientation: number): Buffer {
  const block = Buffer.from(
    '\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0',
    'latin1',
  )
  block.writeUInt16BE(orientation >= 1 && orientation <= 8 ? orientation : 1, 28)
  return Buffer.concat([jpeg.subarray(0, 2), block, jpeg.subarray(2)])
}
