import ExifReader from 'exifreader'
import { open } from 'node:fs/promises'
import { DATE_TAGS, timesIn, takenAtOf } from '../../util/capture-time.ts'
import type { DiskPath } from './entries.ts'

/** A JPEG's EXIF block lies within its first 64 KB, and a RAW's directories mostly do. */
const HEAD = 72 * 1024
/** What programs write, XMP and IPTC, lies behind that. */
const LONG_HEAD = 320 * 1024

/** When a frame was shot as its tags say, from the beginning of the file alone: quick enough for a whole card.
 * A clock without an offset is read in this computer's zone.
 * @returns milliseconds since 1970, or null when it does not say
 * @throws the system's errors of reading */
export async function readTakenAt(path: DiskPath): Promise<number | null> {
  const handle = await open(path, 'r')
  try {
    for (const length of [HEAD, LONG_HEAD]) {
      const head = Buffer.alloc(length)
      const { bytesRead } = await handle.read(head, 0, length, 0)
      const takenAt = takenAtIn(head.subarray(0, bytesRead))
      if (takenAt !== null || bytesRead < length) return takenAt
    }
    return null
  } finally {
    await handle.close()
  }
}

function takenAtIn(head: Buffer): number | null {
  try {
    // The cast: the type asks for mutable lists.
    return takenAtOf(timesIn(ExifReader.load(head, { expanded: true, includeTags: DATE_TAGS as never })))
  } catch {
    return null
  }
}
