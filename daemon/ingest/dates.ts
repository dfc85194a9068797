import ExifReader from 'exifreader'
import { open } from 'node:fs/promises'

/** A JPEG's EXIF block lies within its first 64 KB, and a RAW's directories mostly do. */
const HEAD = 72 * 1024
const includeTags = { exif: ['DateTimeOriginal', 'SubSecTimeOriginal', 'OffsetTimeOriginal'] } as const

/** When a frame was shot as its EXIF says, from the beginning of the file alone: quick enough for a whole card.
 * A clock without an offset is read in this computer's zone.
 * @returns milliseconds since 1970, or null when it does not say
 * @throws the system's errors of reading */
export async function readTakenAt(path: string | Buffer): Promise<number | null> {
  const handle = await open(path, 'r')
  try {
    const head = Buffer.alloc(HEAD)
    const { bytesRead } = await handle.read(head, 0, HEAD, 0)
    return takenAtIn(head.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}

function takenAtIn(head: Buffer): number | null {
  let exif: Partial<Record<string, { value?: unknown }>>
  try {
    // The cast: the type knows the tags one by one, and asks for mutable lists.
    exif = (ExifReader.load(head, { expanded: true, includeTags: includeTags as never }).exif ??
      {}) as typeof exif
  } catch {
    return null
  }
  const text = (name: string): string => {
    const value = exif[name]?.value
    const first: unknown = Array.isArray(value) ? value[0] : value
    return typeof first === 'string' ? first.trim() : ''
  }
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(text('DateTimeOriginal'))
  if (!parts) return null
  const [, year, month, day, hour, minute, second] = parts
  const fraction = /^\d+$/.exec(text('SubSecTimeOriginal'))?.[0] ?? '0'
  const zone = /^[+-]\d\d:\d\d$/.exec(text('OffsetTimeOriginal'))?.[0] ?? ''
  const at = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`,
  )
  // A camera whose clock was never set says 0000 or 1980: no date rather than a wrong one.
  return Number.isNaN(at) || Number(year) < 1990 ? null : at
}
