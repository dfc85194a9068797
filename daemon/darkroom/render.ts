import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import sharp, { type Sharp, type SharpInput, type SharpOptions } from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'
import type { Edit } from '../contract/edit.ts'
import type { Finish } from '../contract/finish.ts'
import {
  apply,
  compose,
  geometry,
  histogramOf,
  isPlainTone,
  proposeExposure,
  toneTables,
  toTurned,
  toUpright,
  type Affine,
  type Rectangle,
  type Size,
} from '../contract/recipe.ts'
import { messageOf, Refusal } from '../errors.ts'
import { adobeRgbProfile } from './adobe-rgb.ts'
import { bestOf, nextQuality, type Tried } from './budget.ts'
import { readCredits, saysAdobeRgb } from './credits.ts'
import { findEmbedded } from './embedded.ts'
import { withSegments } from './exif.ts'
import type { Inspection, Output, Rendered } from './jobs.ts'
import { readCapture } from './metadata.ts'
import { createKernel, type Kernel } from './kernel.ts'
import { fromGrey, QUARTER_TURN, sharpen, swapsSides, tone, toStored, turn, type Raster } from './pixels.ts'
import { renditionFor, type Rendition } from './renditions.ts'
import { paintScene } from './scene.ts'
import { sign, stamp, writeMark } from './stamp.ts'
import { exifThumbnail } from './thumbnail.ts'
import { warp } from './warp.ts'
import { checkEnd, MOST_BYTES } from './whole.ts'
import type { Params } from '../contract/saying.ts'

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

interface Picture {
  readonly kind: Inspection['kind']
  /** The whole file. */
  readonly file: Buffer
  /** What the decoder gets: the file, or the JPEG inside a RAW. */
  readonly encoded: Buffer
  /** Its EXIF block. */
  readonly exif: Buffer | undefined
  readonly orientation: number
  /** Pixels, after the orientation. */
  readonly upright: Size
}

/** Most files fit; the memory of one that does not is given back. */
const KEPT_BYTES = 64 << 20
let memory = Buffer.alloc(0)

/** A file's bytes, good until the next call. Each job reads into the memory of the one before: to be given fresh pages
 * takes many times longer than the reading itself.
 * @throws Refusal 422 when it is too large */
function readWhole(path: string): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const { size } = fstatSync(descriptor)
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
    return into.subarray(0, bytes)
  } finally {
    closeSync(descriptor)
  }
}

/** Its bytes are good until another picture is opened.
 * @throws Refusal 422 with a plain reason when it is not a whole picture of a kind that we take */
async function openPicture(path: string): Promise<Picture> {
  const file = readWhole(path)
  const { kind, whole, reason } = checkEnd(file)
  if (kind === 'heic') {
    throw refuse('heic', 'HEIC pictures are not supported; set the camera or phone to JPEG')
  }
  if (kind === 'video') throw refuse('video', 'videos are not supported')
  if (kind === 'unknown' || !whole) {
    throw reason ? new Refusal(422, reason.code, reason.message, { params: reason.params }) : damaged()
  }
  const embedded = kind === 'raw' ? findEmbedded(file) : null
  if (kind === 'raw' && !embedded) {
    throw refuse('raw_without_preview', 'this RAW file holds no JPEG preview; set the camera to RAW+JPEG')
  }
  const encoded = embedded?.jpeg ?? file
  const header = await decoding(() => sharp(encoded, { limitInputPixels: false }).metadata())
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
  const { exif } = header
  const isJpeg = kind === 'jpeg' || kind === 'raw'
  // The profile that the camera meant and left out: with it, the decoder knows what to do.
  const named = isJpeg && !header.icc && saysAdobeRgb(exif)
  const profiled = named ? withSegments(encoded, { profile: adobeRgbProfile() }) : encoded
  return { kind, file, encoded: profiled, exif, orientation, upright }
}

const refuse = (code: string, reason: string, options?: { cause?: unknown; params?: Params }) =>
  new Refusal(422, code, reason, options)
const tooLarge = (mb: number) => refuse('too_large', `the file is too large: ${mb} MB`, { params: { mb } })
const damaged = () => refuse('undecodable', 'the file is damaged')

async function decoding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refuse('undecodable', 'the picture is damaged and cannot be decoded', {
      cause: new Error(messageOf(error)),
    })
  }
}

/** Decodes at about the asked size, which costs a fraction of a full decode, and converts to sRGB.
 * Small damage inside a photo is decoded as it is: a person can still judge it.
 * @param size of the whole stored picture
 * @param part what is wanted of it, whole pixels */
async function decode(
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
  )
  return info.channels === 1 ? fromGrey(info.width, info.height, data) : { width, height, data }
}

const fromRaster = ({ width, height, data }: Raster): Sharp =>
  sharp(data as SharpInput, { raw: { width, height, channels: 3 } } satisfies SharpOptions)

async function toRaster(pipeline: Sharp): Promise<Raster> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

const swapped = ({ width, height }: Size): Size => ({ width: height, height: width })

/** Where the published picture's corners lie, rounded outwards. */
function boundsOf(from: Affine, { width, height }: Size): { x: [number, number]; y: [number, number] } {
  const corners = [
    apply(from, 0, 0),
    apply(from, width, 0),
    apply(from, 0, height),
    apply(from, width, height),
  ]
  const range = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)]
  return { x: range(corners.map(([x]) => x)), y: range(corners.map(([, y]) => y)) }
}

/** By how much a part on whole pixels would miss what is wanted, pixels. */
function strayed({ x, y }: ReturnType<typeof boundsOf>, at: { x: number; y: number }, size: Size): number {
  const misses = [at.x - x[0], at.x + size.width - x[1], at.y - y[0], at.y + size.height - y[1]]
  return Math.max(...misses.map(Math.abs))
}
const STRAY = 0.3

/** Pixels that the interpolation looks at beyond the one that it is in. */
const REACH = 3

/** The picture with its Edit, as large as `longSide` allows, not yet sharpened. The decoder shrinks first; geometry
 * works on what is left, and only on the part that is kept. */
async function develop(picture: Picture, edit: Edit, longSide: number): Promise<Raster> {
  const { upright, orientation } = picture
  const planned = geometry(upright, edit, longSide)
  const { turned, angle, kept, output } = planned
  const stored = swapsSides(orientation) ? swapped(upright) : upright
  const swaps = swapsSides(orientation) !== (turned.width !== upright.width)
  const shrunk = {
    width: (turned.width * output.width) / kept.width,
    height: (turned.height * output.height) / kept.height,
  }
  const wanted = swaps ? swapped(shrunk) : shrunk
  const size = {
    width: Math.max(1, Math.round(wanted.width)),
    height: Math.max(1, Math.round(wanted.height)),
  }
  const scale = { ...IDENTITY, a: size.width / stored.width, d: size.height / stored.height }
  const standing = compose(toStored(stored, orientation), toUpright(upright, edit.rotation))
  const from = compose(scale, compose(standing, toTurned(planned)))
  const bounds = boundsOf(from, output)
  const tables = toneTables(edit)

  const whole = { x: Math.round(bounds.x[0]), y: Math.round(bounds.y[0]) }
  if (angle === 0 && strayed(bounds, whole, swaps ? swapped(output) : output) < STRAY) {
    const part = { ...whole, ...(swaps ? swapped(output) : output) }
    const upstanding = turn(turn(await decode(picture, size, part), orientation), QUARTER_TURN[edit.rotation])
    if (!isPlainTone(edit)) tone(upstanding, tables)
    return upstanding
  }
  const reach = ([least, most]: [number, number], whole: number) => {
    const first = Math.max(0, Math.floor(least) - REACH)
    return [first, Math.min(whole, Math.ceil(most) + REACH) - first] as const
  }
  const [x, width] = reach(bounds.x, size.width)
  const [y, height] = reach(bounds.y, size.height)
  const part = await decode(picture, size, { x, y, width, height })
  const { width: across, height: down } = output
  const warped = loopsFor(part).warp(part, { ...from, e: from.e - x, f: from.f - y }, across, down, tables)
  giveBack(part)
  return warped
}

/** Frees a picture's memory now: what waits for the garbage collector makes it run at every print. */
function giveBack({ data: { buffer } }: Raster): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0)
}

let kernel: Kernel | undefined
/** The kernel's memory never shrinks, so pictures in full size go through the plain loops, which are slower. */
function loopsFor({ width, height, data }: Raster): Kernel {
  if (data.length > 64e6 || Math.min(width, height) < 4) return PLAIN
  return (kernel ??= createKernel())
}
const PLAIN: Kernel = {
  warp(old, from, width, height, tables) {
    const warped = warp(old, from, width, height)
    tone(warped, tables)
    return warped
  },
  sharpen,
}

const IDENTITY: Affine = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }

/** Renders several outputs of one decode. Without a Finish nothing but pixels goes in, so nothing of the Original's
 * metadata can come out. */
export async function print(
  path: string,
  edit: Edit,
  outputs: readonly Output[],
  finish: Finish | null,
): Promise<Rendered[]> {
  const picture = await openPicture(path)
  const longSide = Math.max(...outputs.map(({ name }) => renditionFor(name, finish).longSide))
  const developed = await develop(picture, edit, longSide)
  const rendered: Omit<Rendered, 'thumbhash'>[] = []
  let smallest = developed
  for (const { name, path: to } of outputs) {
    const rendition = renditionFor(name, finish)
    const { width, height } = geometry(picture.upright, edit, rendition.longSide).output
    const sized =
      width === developed.width && height === developed.height
        ? developed
        : await toRaster(fromRaster(developed).resize({ width, height, fit: 'fill' }))
    if (sized.width < smallest.width) smallest = sized
    const finished = loopsFor(sized).sharpen(sized, rendition.sharpening)
    if (finish) await stamp(finished, finish)
    let encoded = await encode(finished, rendition)
    if (finish && rendition.extension === 'jpg') {
      const credits = readCredits(picture.exif, picture.kind === 'raw' ? picture.file : undefined)
      encoded = await sign(encoded, credits, finish, { width, height })
    }
    await writeFile(to, encoded)
    rendered.push({ path: to, width, height, bytes: encoded.length })
  }
  const thumbhash = await hashOf(smallest)
  return rendered.map((one) => ({ ...one, thumbhash }))
}

async function encode(raster: Raster, rendition: Rendition): Promise<Buffer> {
  const { quality, progressive = false, budget } = rendition
  if (rendition.extension === 'jpg') return fromRaster(raster).jpeg({ quality, progressive }).toBuffer()
  const tried: (Tried & { webp: Buffer })[] = []
  const limits = budget ?? [0, Infinity]
  for (let next: number | null = quality; next !== null; next = nextQuality(tried, limits)) {
    // Effort 4 takes twice as long for files that are 3 % smaller.
    const webp = await fromRaster(raster).webp({ quality: next, effort: 2 }).toBuffer()
    tried.push({ quality: next, bytes: webp.length, webp })
  }
  return bestOf(tried, limits[1]).webp
}

async function hashOf(raster: Raster): Promise<string> {
  const small = fromRaster(raster).resize({ width: 32, height: 32, fit: 'inside' }).ensureAlpha()
  const { data, info } = await small.raw().toBuffer({ resolveWithObject: true })
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64')
}

/** What a picture is. A file whose structure is right can still be garbage inside, so the whole is decoded, small; but
 * not where a camera put its own small picture into it, for that is shown at once and the tile, which is made next,
 * is a decode of the whole. */
export async function inspect(path: string): Promise<Inspection> {
  const picture = await openPicture(path)
  const { kind, file, encoded, upright, orientation } = picture
  const small = { width: Math.ceil(upright.width / 8), height: Math.ceil(upright.height / 8) }
  if (kind !== 'jpeg' || exifThumbnail(file) === null)
    await decode(picture, swapsSides(orientation) ? swapped(small) : small)
  const capture = readCapture(file)
  // Where the RAW itself says nothing that we can read, its JPEG may.
  const spare = encoded !== file && capture.takenAt === null ? readCapture(encoded) : capture
  return {
    kind,
    ...upright,
    takenAt: capture.takenAt ?? spare.takenAt,
    camera: capture.camera ?? spare.camera,
    serial: capture.serial ?? spare.serial,
    rating: capture.rating || spare.rating,
  }
}

/** Takes a picture to be laid over others. @throws Refusal like `inspect` */
export async function convert(path: string, to: string): Promise<void> {
  const { encoded } = await openPicture(path)
  await decoding(() => writeMark(encoded, to))
}

/** What `proposeExposure` says of a small picture. */
export async function meter(path: string): Promise<number> {
  const picture = await openPicture(path)
  const { data } = await decode(picture, picture.upright)
  return proposeExposure(histogramOf(data, 3))
}

/** A made-up photo of an evening, with the tags a camera would give it. */
export async function demo(path: string, seed: number, takenAt: Date): Promise<void> {
  const portrait = seed % 4 === 1
  const painted = paintScene(seed, portrait)
  // A camera held upright stores the picture lying and says so: half of the portraits each way.
  const orientation = portrait ? (seed % 8 === 1 ? 6 : 8) : 1
  const stored = turn(painted, portrait ? (orientation === 6 ? 8 : 6) : 1)
  const two = (n: number) => String(n).padStart(2, '0')
  const day = [takenAt.getFullYear(), two(takenAt.getMonth() + 1), two(takenAt.getDate())].join(':')
  const time = [takenAt.getHours(), takenAt.getMinutes(), takenAt.getSeconds()].map(two).join(':')
  const ahead = -takenAt.getTimezoneOffset()
  const zone = `${ahead < 0 ? '-' : '+'}${two(Math.floor(Math.abs(ahead) / 60))}:${two(Math.abs(ahead) % 60)}`
  const photo = await fromRaster(stored)
    .withExif({
      IFD0: { Make: 'Demo', Model: 'Demo Camera' },
      IFD2: {
        DateTimeOriginal: `${day} ${time}`,
        SubSecTimeOriginal: String(takenAt.getMilliseconds()).padStart(3, '0'),
        OffsetTimeOriginal: zone,
        BodySerialNumber: 'DEMO-1',
      },
    })
    .withMetadata({ orientation })
    .jpeg({ quality: 90 })
    .toBuffer()
  await writeFile(path, photo)
}
