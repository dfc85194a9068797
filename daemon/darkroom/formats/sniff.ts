import { numbers, looksLikeTiff, readTiff, TAG, type Tiff } from './tiff.ts'
import type { Message } from '../../contract/message.ts'
import { newMessage } from '../../util/message.ts'

/** What a file is by its content; a name proves nothing. */
export type Kind = 'jpeg' | 'png' | 'webp' | 'tiff' | 'avif' | 'raw' | 'heic' | 'video' | 'unknown'

const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1'])
const AVIF_BRANDS = new Set(['avif', 'avis'])
const VIDEO_BOXES = new Set(['moov', 'mdat', 'wide', 'skip', 'free'])

/** @param head at least the first 4 KB; only the whole file distinguishes a TIFF from a RAW */
export function sniff(head: Buffer): Kind {
  const ascii = (from: number, to: number) => head.toString('latin1', from, to)
  if (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff) return 'jpeg'
  if (ascii(0, 8) === '\x89PNG\r\n\x1a\n') return 'png'
  if (ascii(0, 4) === 'RIFF')
    return ascii(8, 12) === 'WEBP' ? 'webp' : ascii(8, 12) === 'AVI ' ? 'video' : 'unknown'
  if (ascii(0, 15) === 'FUJIFILMCCD-RAW' || ascii(6, 14) === 'HEAPCCDR') return 'raw'
  if (ascii(0, 4) === '\x1a\x45\xdf\xa3') return 'video'
  if (looksLikeTiff(head)) return isPlainTiff(head) ? 'tiff' : 'raw'
  if (ascii(4, 8) === 'ftyp') return sniffBrands(ascii)
  return VIDEO_BOXES.has(ascii(4, 8)) ? 'video' : 'unknown'
}

function sniffBrands(ascii: (from: number, to: number) => string): Kind {
  const brand = ascii(8, 12)
  if (brand === 'crx ') return 'raw'
  if (AVIF_BRANDS.has(brand)) return 'avif'
  if (!HEIC_BRANDS.has(brand)) return brand === 'jxl ' || brand === 'jp2 ' ? 'unknown' : 'video'
  // The neutral brands leave it to the compatible ones to say which codec is inside.
  const compatible = Array.from({ length: 8 }, (_, i) => ascii(16 + 4 * i, 20 + 4 * i))
  return brand.startsWith('m') && compatible.some((name) => AVIF_BRANDS.has(name)) ? 'avif' : 'heic'
}

/** What programs and scanners write, whether our decoder can read it or not: fax, LZW, JPEG, deflate, JBIG, PackBits,
 * LogLuv, LZMA, JPEG 2000, Zstandard, WebP, LERC, JPEG XL. Makers of cameras have numbers of their own. */
const PLAIN_COMPRESSIONS = new Set([
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 32771, 32773, 32809, 32946, 34661, 34676, 34677, 34712, 34887, 34925, 50000, 50001, 50002,
]) // prettier-ignore
const PLAIN_PHOTOMETRICS = new Set([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 32844, 32845])
const SENSOR_PHOTOMETRICS = new Set([32803, 34892])

/** A TIFF is a picture when its first directory is one in full size and nothing in it is a sensor's data. */
function isPlainTiff(bytes: Buffer): boolean {
  const tiff = readTiff(bytes)
  const first = tiff?.directories[0]
  if (!tiff || !first || bytes.toString('latin1', 8, 10) === 'CR') return false
  const value = (tag: number) => numbers(tiff, first.get(tag))[0]
  return (
    value(TAG.width) !== undefined &&
    ((value(TAG.subfileType) ?? 0) & 1) === 0 &&
    PLAIN_COMPRESSIONS.has(value(TAG.compression) ?? 1) &&
    PLAIN_PHOTOMETRICS.has(value(TAG.photometric) ?? -1) &&
    !hasSensorData(tiff)
  )
}

function hasSensorData(tiff: Tiff): boolean {
  return tiff.directories.some(
    (directory) =>
      directory.has(TAG.dngVersion) ||
      SENSOR_PHOTOMETRICS.has(numbers(tiff, directory.get(TAG.photometric))[0] ?? -1),
  )
}

const COMMON_COMPRESSIONS = new Set([1, 2, 3, 4, 5, 7, 8, 32773, 32946, 50001])

/** Whether a TIFF is compressed in a way that every decoder knows, so that one which cannot be decoded is damaged. */
export function isCommonTiff(bytes: Buffer): boolean {
  const tiff = readTiff(bytes)
  const compression = tiff && numbers(tiff, tiff.directories[0]?.get(TAG.compression))[0]
  return COMMON_COMPRESSIONS.has(compression ?? 1)
}

/** Whether it is a TIFF as programs write them, and no maker's RAW, though it is none that we can read. */
export function isForeignTiff(bytes: Buffer): boolean {
  const tiff = readTiff(bytes)
  if (!tiff || bytes.toString('latin1', 8, 10) === 'CR' || hasSensorData(tiff)) return false
  const magic = tiff.little ? bytes.readUInt16LE(2) : bytes.readUInt16BE(2)
  return (
    magic === 0x2a &&
    tiff.directories.some((directory) => directory.has(TAG.width)) &&
    tiff.directories.every((directory) =>
      PLAIN_COMPRESSIONS.has(numbers(tiff, directory.get(TAG.compression))[0] ?? 1),
    )
  )
}

/** What to call a file that is no picture we take. */
export function nameUnknown(head: Buffer): Message {
  const ascii = head.toString('latin1', 0, 1024)
  const unsupported = (format: string, what: string) =>
    newMessage('wrong_format', `${format} ${what} are not supported`, { format })
  if (/^\s*(<\?xml|<!--|<svg)/.test(ascii) && ascii.includes('<svg')) return unsupported('SVG', 'drawings')
  if (ascii.startsWith('%PDF')) return unsupported('PDF', 'documents')
  if (ascii.startsWith('GIF8')) return unsupported('GIF', 'pictures')
  if (ascii.startsWith('BM')) return unsupported('BMP', 'pictures')
  if (ascii.startsWith('8BPS')) return unsupported('Photoshop', 'files')
  if (ascii.slice(4, 8) === 'JXL ' || ascii.startsWith('\xff\x0a')) return unsupported('JPEG XL', 'pictures')
  return newMessage('not_a_picture', 'this is not a picture file that we know')
}
