import { open } from 'node:fs/promises'
import ExifReader from 'exifreader'
import type { Camera, CameraFile } from './port.ts'

/** Where a JPEG's EXIF and XMP lie. */
const HEAD = 128 * 1024
/** The end of a picture is its pixels: two files that end alike are one frame, whatever was written into its head. */
const TAIL = 64 * 1024

/** The stars that a photographer gave in the camera, 0..5, as EXIF or XMP say at the head of the file.
 * @throws CameraFault */
export async function readStars(camera: Pick<Camera, 'readPart'>, file: CameraFile): Promise<number> {
  return starsIn(Buffer.from(await camera.readPart(file, 0, HEAD)))
}

export function starsIn(head: Buffer): number {
  let tags: ExifReader.ExpandedTags
  try {
    tags = ExifReader.load(head, { expanded: true })
  } catch {
    return 0
  }
  const plain = (tag: unknown) => {
    const value = typeof tag === 'object' && tag !== null && 'value' in tag ? tag.value : undefined
    return Number(Array.isArray(value) ? value[0] : value)
  }
  const xmp = tags.xmp as Record<string, unknown> | undefined
  const exif = tags.exif as Record<string, unknown> | undefined
  const stars = [plain(xmp?.Rating), plain(exif?.Rating)].find((value) => value >= 1 && value <= 5)
  return stars === undefined ? 0 : Math.round(stars)
}

/** Whether the camera's file is the one that lies at `path`, apart from what was written into its head since.
 * @throws CameraFault */
export async function isSameFrame(
  camera: Pick<Camera, 'readPart'>,
  file: CameraFile,
  path: string,
): Promise<boolean> {
  if (file.bytes === null) return false
  const handle = await open(path, 'r').catch(() => null)
  if (!handle) return false
  try {
    const { size } = await handle.stat()
    const length = Math.min(TAIL, size >> 1, file.bytes >> 1)
    const ours = Buffer.alloc(length)
    await handle.read(ours, 0, length, size - length)
    return ours.equals(await camera.readPart(file, file.bytes - length, length))
  } finally {
    await handle.close()
  }
}
