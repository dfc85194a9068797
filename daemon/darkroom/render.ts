import { readFile, stat, writeFile } from 'node:fs/promises'
import sharp, { type Sharp, type SharpInput, type SharpOptions } from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'
import type { Edit } from '../contract/edit.ts'
import type { Finish } from '../contract/finish.ts'
import { geometry, toneTable, type Size } from '../contract/recipe.ts'
import { messageOf, Refusal } from '../errors.ts'
import { adobeRgbProfile } from './adobe-rgb.ts'
import { blend } from './blend.ts'
import { readCredits, saysAdobeRgb } from './credits.ts'
import { findEmbedded } from './embedded.ts'
import { withSegments } from './exif.ts'
import { createFinisher, overlayPicture, signed } from './finishing.ts'
import type { DrawnOverlay, Inspection, Output, Rendered } from './jobs.ts'
import { readCapture } from './metadata.ts'
import { cropCentre, fromGrey, QUARTER_TURN, sharpen, swapsSides, tone, turn, type Raster } from './pixels.ts'
import { overlayFor } from './overlay.ts'
import { renditionFor, type Rendition } from './renditions.ts'
import { paintScene } from './scene.ts'
import { checkEnd, MOST_BYTES } from './whole.ts'

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

/** @throws Refusal 422 with a plain reason when it is not a whole picture of a kind that we take */
async function openPicture(path: string): Promise<Picture> {
  const { size } = await stat(path)
  if (size > MOST_BYTES) throw refuse('too_large', `the file is too large: ${Math.round(size / 1e6)} MB`)
  const file = await readFile(path)
  const { kind, whole, reason } = checkEnd(file)
  if (kind === 'heic') {
    throw refuse('heic', 'HEIC pictures are not supported; set the camera or phone to JPEG')
  }
  if (kind === 'video') throw refuse('video', 'videos are not supported')
  if (kind === 'unknown' || !whole) {
    throw refuse(kind === 'unknown' ? 'not_a_picture' : 'cut_short', reason ?? 'the file is damaged')
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
    throw refuse('too_many_pixels', `the picture has ${million(pixels)} million pixels; ${limit}`)
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

const refuse = (code: string, reason: string, cause?: unknown) =>
  new Refusal(422, code, reason, cause === undefined ? undefined : { cause })

async function decoding<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refuse('undecodable', 'the picture is damaged and cannot be decoded', new Error(messageOf(error)))
  }
}

/** Decodes at about the asked size, which costs a fraction of a full decode, and converts to sRGB.
 * Small damage inside a photo is decoded as it is: a person can still judge it. */
async function decode(picture: Picture, size: Size, part: Size = size): Promise<Raster> {
  const isJpeg = picture.kind === 'jpeg' || picture.kind === 'raw'
  // For JPEG `unlimited` lifts only libvips' count of tolerated warnings.
  const pipeline = sharp(picture.encoded, { failOn: 'error', unlimited: isJpeg })
    .resize({ ...size, fit: 'fill' })
    .extract({
      left: (size.width - part.width) >> 1,
      top: (size.height - part.height) >> 1,
      ...part,
    })
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
  const { data, info } = await decoding(() =>
    pipeline.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  )
  return info.channels === 1 ? fromGrey(info.width, info.height, data) : { ...part, data }
}

const fromRaster = ({ width, height, data }: Raster): Sharp =>
  sharp(data as SharpInput, { raw: { width, height, channels: 3 } } satisfies SharpOptions)

async function toRaster(pipeline: Sharp): Promise<Raster> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

const swapped = ({ width, height }: Size): Size => ({ width: height, height: width })

/** The picture with its Edit, as large as `longSide` allows, not yet sharpened: geometry on the small decode. */
async function develop(picture: Picture, edit: Edit, longSide: number): Promise<Raster> {
  const { turned, angle, frame, output } = geometry(picture.upright, edit, longSide)
  // A hair of zoom keeps the interpolated edge of a rotated picture outside the frame.
  const zoom = angle === 0 ? 1 : 1 + 4 / Math.min(output.width, output.height)
  const size = {
    width: Math.max(output.width, Math.round((turned.width * output.width * zoom) / frame.width)),
    height: Math.max(output.height, Math.round((turned.height * output.height * zoom) / frame.height)),
  }
  const radians = (angle * Math.PI) / 180
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)]
  const spare = angle === 0 ? 0 : 6
  const reach = (along: number, across: number) => Math.ceil(along * cos + across * Math.abs(sin)) + spare
  const part = {
    width: Math.min(size.width, reach(output.width, output.height)),
    height: Math.min(size.height, reach(output.height, output.width)),
  }
  const quarter = QUARTER_TURN[edit.rotation]
  const swap = swapsSides(picture.orientation) !== swapsSides(quarter)
  const stored = await decode(picture, swap ? swapped(size) : size, swap ? swapped(part) : part)
  let raster = turn(turn(stored, picture.orientation), quarter)
  if (angle !== 0) {
    const matrix: [number, number, number, number] = [cos, -sin, sin, cos]
    raster = await toRaster(fromRaster(raster).affine(matrix, { interpolator: 'bicubic' }))
    raster = cropCentre(raster, output.width, output.height)
  }
  return edit.exposure === 0 ? raster : tone(raster, toneTable(edit.exposure))
}

/** Renders several outputs of one decode, the largest first. */
export async function print(
  path: string,
  edit: Edit,
  outputs: readonly Output[],
  finish: Finish | null,
): Promise<Rendered[]> {
  const picture = await openPicture(path)
  const longSide = Math.max(...outputs.map(({ name }) => renditionFor(name, finish).longSide))
  const developed = await develop(picture, edit, longSide)
  const thumbhash = await hashOf(developed)
  const rendered: Rendered[] = []
  for (const { name, path: to } of outputs) {
    const rendition = renditionFor(name, finish)
    const { width, height } = geometry(picture.upright, edit, rendition.longSide).output
    const sized =
      width === developed.width && height === developed.height
        ? developed
        : await toRaster(fromRaster(developed).resize({ width, height, fit: 'fill' }))
    const blurred = await toRaster(fromRaster(sized).blur(0.8))
    const finished = sharpen(sized, blurred.data, rendition.sharpening)
    const size = { width, height }
    if (finish) blend(finished, await finisher.patches(overlayFor(finish, size), size))
    let encoded = await encode(finished, rendition)
    if (finish && rendition.extension === 'jpg') {
      const credits = readCredits(picture.exif, picture.kind === 'raw' ? picture.file : undefined)
      encoded = signed(encoded, { credits, finish, size, profile: await srgbProfile() })
    }
    await writeFile(to, encoded)
    rendered.push({ path: to, width, height, bytes: encoded.length, thumbhash })
  }
  return rendered
}

/** The library's own sRGB profile, 480 bytes, so that none has to lie in our sources. */
let srgb: Promise<Buffer> | undefined
function srgbProfile(): Promise<Buffer> {
  srgb ??= sharp({ create: { width: 8, height: 8, channels: 3, background: '#fff' } })
    .withIccProfile('srgb')
    .jpeg()
    .toBuffer()
    .then(async (jpeg) => {
      const { icc } = await sharp(jpeg).metadata()
      if (!icc) throw new Error('darkroom: no sRGB profile')
      return icc
    })
  return srgb
}

/** Files of the settings: PNGs that `convert` wrote. */
const finisher = createFinisher({
  async sizeOf(path) {
    const { width, height } = await sharp(await readFile(path)).metadata()
    return { width, height }
  },
  async pixels(path, size) {
    const { data, info } = await sharp(await readFile(path))
      .resize({ ...size, fit: 'fill' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    if (info.channels !== 4) throw new Error(`${info.channels} channels instead of 4`)
    return { ...size, rgba: data }
  },
})

export async function drawOverlay(finish: Finish, size: Size): Promise<DrawnOverlay> {
  const { picture, mark } = await overlayPicture(finisher, finish, size)
  const { width, height, rgba } = picture
  const raw = { width, height, channels: 4 } as const
  return { png: await sharp(rgba, { raw }).png({ compressionLevel: 3 }).toBuffer(), mark }
}

/** Larger than any picture that a mark or frame is laid over. */
const LARGEST_MARK = 4096

/** Decodes all of a picture and writes it upright, in sRGB and with its transparency. */
export async function convert(path: string, to: string): Promise<void> {
  const { encoded } = await openPicture(path)
  const png = await decoding(() =>
    sharp(encoded, { failOn: 'error' })
      .autoOrient()
      .resize({ width: LARGEST_MARK, height: LARGEST_MARK, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .png()
      .toBuffer(),
  )
  await writeFile(to, png)
}

/** Nothing but pixels goes in, so nothing of the Original's metadata can come out. */
async function encode(raster: Raster, rendition: Rendition): Promise<Buffer> {
  const { quality, progressive = false, budget } = rendition
  if (rendition.extension === 'jpg') return fromRaster(raster).jpeg({ quality, progressive }).toBuffer()
  const at = (q: number) => fromRaster(raster).webp({ quality: q, effort: 4 }).toBuffer()
  const [least, most] = budget ?? [0, Infinity]
  let best = await at(quality)
  let last = best
  let [low, high, tried] = [10, 92, quality]
  // Halving finds the window in few steps; a plain picture stays below it at the best quality.
  while (last.length < least || last.length > most) {
    if (last.length > most) high = tried - 1
    else low = tried + 1
    if (low > high) break
    tried = (low + high) >> 1
    last = await at(tried)
    if (best.length > most || (last.length <= most && last.length > best.length)) best = last
  }
  return best
}

async function hashOf(raster: Raster): Promise<string> {
  const small = fromRaster(raster).resize({ width: 48, height: 48, fit: 'inside' }).ensureAlpha()
  const { data, info } = await small.raw().toBuffer({ resolveWithObject: true })
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64')
}

/** Decodes the whole picture, small: a file whose structure is right can still be garbage inside. */
export async function inspect(path: string): Promise<Inspection> {
  const picture = await openPicture(path)
  const { kind, file, encoded, upright, orientation } = picture
  const small = { width: Math.ceil(upright.width / 8), height: Math.ceil(upright.height / 8) }
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
