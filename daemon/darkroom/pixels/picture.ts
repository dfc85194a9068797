import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import sharp, { type Sharp, type SharpInput, type SharpOptions } from 'sharp'
import type { Rectangle, Size } from '../../contract/recipe.ts'
import type { Params, Message } from '../../contract/message.ts'
import { messageOf, Refusal } from '../../errors.ts'
import { adobeRgbProfile } from './adobe-rgb.ts'
import { saysAdobeRgb } from '../formats/credits.ts'
import { findEmbedded } from '../formats/embedded.ts'
import { withSegments } from '../formats/exif.ts'
import type { MetadataBlocks } from '../formats/named.ts'
import type { Inspection } from '../workers/jobs.ts'
import { fromGrey, swapsSides, type Raster } from './pixels.ts'
import { isCommonTiff, isForeignTiff } from '../formats/sniff.ts'
import { checkEnd, CUT, HOLE, isSparse, jpegHasHole, mended, MOST_BYTES } from '../formats/whole.ts'

/** Sharp's own limit, named so that a refusal can quote it. */
const MOST_PIXELS = 0x3fff * 0x3fff

/** One thread a worker: two workers fill two cores, and memory stays low. Everything that libvips can open is
 * closed first, so that a drawing or a document that hides behind a photo's name reaches no parser. */
export function prepare(): void {
  sharp.concurrency(1)
  sharp.cache(false)
  sharp.block({ operation: ['VipsForeignLoad'] })
  sharp.unblock({
    operation: ['Jpeg', 'Png', 'Webp', 'Tiff', 'Heif'].map((format) => `VipsForeignLoad${format}`),
  })
}

export interface Picture {
  readonly kind: Inspection['kind']
  /** The whole file. */
  readonly file: Buffer
  /** What the decoder gets: the file, or the JPEG inside a RAW. */
  readonly encoded: Buffer
  /** The picture's EXIF block. */
  readonly exif: Buffer | undefined
  /** What else it carries of words. */
  readonly blocks: MetadataBlocks
  readonly orientation: number
  /** Pixels, after the orientation. */
  readonly upright: Size
  /** A RAW that holds but a stamp. */
  readonly isSmall: boolean
  /** The file says that more should follow, though its picture is whole. */
  readonly isUnfinished: boolean
}

/** Most files fit; the memory of one that does not is given back. */
const KEPT_BYTES = 64 << 20
let memory = Buffer.alloc(0)

/** A file's bytes, good until the next call. Each job reads into the memory of the one before: to be given fresh pages
 * takes many times longer than the reading itself.
 * @throws Refusal 422 when it is too large */
function readWhole(path: string): { bytes: Buffer; sparse: boolean } {
  const descriptor = openSync(path, 'r')
  try {
    const { size, blocks } = fstatSync(descriptor)
    if (size > MOST_BYTES) throw tooLarge(Math.round(size / 1e6))
    // A little more, for the next one's sake: photos of one camera are of about one size.
    if (size > memory.length && size <= KEPT_BYTES) memory = Buffer.allocUnsafeSlow(Math.ceil(size * 1.1))
    const into = size <= memory.length ? memory : Buffer.allocUnsafeSlow(size)
    let bytes = 0
    while (bytes < size) {
      const more = readSync(descriptor, into, bytes, size - bytes, bytes)
      if (more === 0) break
      bytes += more
    }
    return { bytes: into.subarray(0, bytes), sparse: isSparse(size, blocks) }
  } finally {
    closeSync(descriptor)
  }
}

/** Opens a picture. The bytes are good until another picture is opened.
 * @throws Refusal 422 with a plain reason when it is not a whole picture of a kind that we take */
export async function openPicture(path: string): Promise<Picture> {
  const { bytes: file, sparse } = readWhole(path)
  const { kind, whole, reason, doubtful } = checkEnd(file, sparse)
  if (kind === 'heic') {
    throw refuse('heic', 'HEIC pictures are not supported; set the camera or phone to JPEG')
  }
  if (kind === 'video') throw refuse('video', 'videos are not supported')
  if (kind === 'unknown') throw reason ? refusalOf(reason) : damaged()
  const main = whole ? { bytes: file, isProven: true } : reason === CUT ? mended(kind, file) : null
  if (!main) throw reason ? refusalOf(reason) : damaged()
  const embedded = kind === 'raw' ? findEmbedded(file) : null
  if (kind === 'raw' && !embedded) {
    if (isForeignTiff(file)) throw foreignTiff()
    throw refuse('raw_without_preview', 'this RAW file holds no JPEG preview; set the camera to RAW+JPEG')
  }
  if (embedded && jpegHasHole(embedded.jpeg)) throw refusalOf(HOLE)
  if (doubtful && !(await decodesWhole(file))) throw refusalOf(HOLE)
  if (!main.isProven && !(await decodesWhole(main.bytes))) throw refusalOf(CUT)
  const encoded = embedded?.jpeg ?? main.bytes
  const header = await decoding(() => sharp(encoded, { limitInputPixels: false }).metadata()).catch(
    (error: unknown) => {
      throw kind === 'tiff' ? asForeign(file, error) : error
    },
  )
  const pixels = header.width * header.height
  if (pixels > MOST_PIXELS) {
    const million = (n: number) => Math.round(n / 1e6)
    const limit = `at most ${million(MOST_PIXELS)} million are taken`
    throw refuse('too_many_pixels', `the picture has ${million(pixels)} million pixels; ${limit}`, {
      params: { pixels: million(pixels), most: million(MOST_PIXELS) },
    })
  }
  const orientation = embedded?.orientation ?? header.orientation ?? 1
  const upright = swapsSides(orientation)
    ? { width: header.height, height: header.width }
    : { width: header.width, height: header.height }
  const { exif, xmp, iptc } = header
  const isJpeg = kind === 'jpeg' || kind === 'raw'
  // The profile that the camera meant and left out: with it, the decoder knows what to do.
  const named = isJpeg && !header.icc && saysAdobeRgb(exif)
  const profiled = named ? withSegments(encoded, { profile: adobeRgbProfile() }) : encoded
  const isSmall = embedded?.isSmall ?? false
  const blocks = { xmp, iptc }
  return { kind, file, encoded: profiled, exif, blocks, orientation, upright, isSmall, isUnfinished: !whole }
}

/** Whether a picture decodes to its last row without a complaint; at an eighth of its size where that is possible. */
async function decodesWhole(bytes: Buffer): Promise<boolean> {
  try {
    const { width, height } = await sharp(bytes).metadata()
    const small = { width: Math.ceil(width / 8), height: Math.ceil(height / 8) }
    await sharp(bytes, { failOn: 'warning' })
      .resize({ ...small, fit: 'fill' })
      .raw()
      .toBuffer()
    return true
  } catch {
    return false
  }
}

const refusalOf = ({ code, message, params }: Message) => new Refusal(422, code, message, { params })
/** What a TIFF that cannot be decoded is refused for. */
const asForeign = (file: Buffer, error: unknown) =>
  error instanceof Refusal && !isCommonTiff(file) ? foreignTiff() : error
const foreignTiff = () =>
  refuse('tiff_kind', 'this kind of TIFF cannot be read; save it as JPEG, or as TIFF with LZW')

const refuse = (code: string, reason: string, options?: { cause?: unknown; params?: Params }) =>
  new Refusal(422, code, reason, options)
const tooLarge = (mb: number) => refuse('too_large', `the file is too large: ${mb} MB`, { params: { mb } })
const damaged = () => refuse('undecodable', 'the file is damaged')

/** What the decoder says when the system gives it no memory: nothing about the picture. */
const STARVED = /insufficient memory|out of memory|unable to (m?alloc|allocate)|too many open files/i

export async function decoding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (STARVED.test(messageOf(error))) throw Object.assign(new Error(messageOf(error)), { code: 'ENOMEM' })
    throw refuse('undecodable', 'the picture is damaged and cannot be decoded', {
      cause: new Error(messageOf(error)),
    })
  }
}

/** Decodes at about the asked size, which costs a fraction of a full decode, and converts to sRGB.
 * Small damage inside a photo is decoded as it is: a person can still judge it.
 * @param size of the whole stored picture
 * @param part what is wanted of it, whole pixels */
export async function decode(
  picture: Picture,
  size: Size,
  part: Rectangle = { x: 0, y: 0, ...size },
): Promise<Raster> {
  const isJpeg = picture.kind === 'jpeg' || picture.kind === 'raw'
  const { x: left, y: top, width, height } = part
  // For JPEG `unlimited` lifts only libvips' count of tolerated warnings.
  const pipeline = sharp(picture.encoded, { failOn: 'error', unlimited: isJpeg })
    .resize({ ...size, fit: 'fill' })
    .extract({ left, top, width, height })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
  const { data, info } = await decoding(() =>
    pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  ).catch((error: unknown) => {
    throw picture.kind === 'tiff' ? asForeign(picture.file, error) : error
  })
  return info.channels === 1 ? fromGrey(info.width, info.height, data) : { width, height, data }
}

export const fromFile = (bytes: Buffer): Sharp => sharp(bytes)

export const fromRaster = ({ width, height, data }: Raster): Sharp =>
  sharp(data as SharpInput, { raw: { width, height, channels: 3 } } satisfies SharpOptions)

export async function toRaster(pipeline: Sharp): Promise<Raster> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}
