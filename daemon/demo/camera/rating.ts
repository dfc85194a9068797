/** A JPEG with another star rating in its EXIF (tag 0x4746 of the first directory), as a body writes it into the file
 * when the photographer rates a frame after it was shot: same length, two other bytes.
 * @throws when the file has no such tag to write into */
export function withRating(jpeg: Uint8Array, stars: number): Buffer {
  const out = Buffer.from(jpeg)
  const exif = out.indexOf('Exif\0\0', 0, 'latin1')
  const tiff = exif + 6
  const little = out.toString('latin1', tiff, tiff + 2) === 'II'
  const u16 = (at: number) => (little ? out.readUInt16LE(at) : out.readUInt16BE(at))
  const u32 = (at: number) => (little ? out.readUInt32LE(at) : out.readUInt32BE(at))
  if (exif < 0) throw new Error('This file has no EXIF to write a rating into.')
  const directory = tiff + u32(tiff + 4)
  for (let n = 0; n < u16(directory); n++) {
    const entry = directory + 2 + n * 12
    if (u16(entry) !== 0x4746) continue
    if (little) out.writeUInt16LE(stars, entry + 8)
    else out.writeUInt16BE(stars, entry + 8)
    return out
  }
  throw new Error('This file has no rating in its EXIF to write over.')
}
