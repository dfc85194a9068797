import { writeFile } from 'node:fs/promises'
import { rgbaToThumbHash } from 'thumbhash'
import type { Edit } from '../contract/edit.ts'
import type { OutputSettings } from '../contract/output-settings.ts'
import { geometry, histogramOf, proposeExposure } from '../contract/recipe.ts'
import type { WordsChange } from '../contract/words.ts'
import { Refusal } from '../errors.ts'
import { bestOf, nextQuality, type Tried } from './workers/budget.ts'
import { rawBlocks, readCredits } from './formats/credits.ts'
import { develop, loopsFor } from './pixels/develop.ts'
import type { Inspection, Output, Rendered } from './workers/jobs.ts'
import { readLattice } from './luts.ts'
import { readZonedCapture } from './formats/metadata.ts'
import { pictureHash } from './formats/picture-hash.ts'
import {
  decode,
  decoding,
  fromFile,
  fromRaster,
  openPicture,
  toRaster,
  type Picture,
} from './pixels/picture.ts'
import { swapped, swapsSides, type Raster } from './pixels/pixels.ts'
import { GLANCE, leastApart } from './pixels/glance.ts'
import { renditionFor, type Rendition } from './renditions.ts'
import { sign, stamp, writeMark } from './overlay/stamp.ts'
import { readBrought } from './words/brought.ts'
import type { Brought } from './words/xmp-read.ts'
import { exifThumbnail } from './formats/thumbnail.ts'

/** Renders several outputs of one decode. Without output settings nothing but pixels goes in, so nothing of the
 * Original's metadata can come out.
 * @param more.lut where the file of the Edit's LUT lies
 * @param more.words what published JPEGs say in words
 * @throws Refusal 409 `lut_missing` */
export async function print(
  path: string,
  edit: Edit,
  outputs: readonly Output[],
  settings: OutputSettings | null,
  { lut = '', words = {} }: { lut?: string; words?: WordsChange } = {},
): Promise<Rendered[]> {
  const lattice = edit.lut ? await readLattice(edit.lut, lut) : null
  const picture = await openPicture(path)
  if (settings) refuseSmall(picture)
  const longSide = Math.max(...outputs.map(({ name }) => renditionFor(name, settings).longSide))
  const developed = await develop(picture, edit, longSide, lattice)
  const rendered: Omit<Rendered, 'thumbhash'>[] = []
  let smallest = developed
  for (const { name, path: to } of outputs) {
    const rendition = renditionFor(name, settings)
    const { width, height } = geometry(picture.upright, edit, rendition.longSide).output
    const sized =
      width === developed.width && height === developed.height
        ? developed
        : await toRaster(fromRaster(developed).resize({ width, height, fit: 'fill' }))
    if (sized.width < smallest.width) smallest = sized
    const finished = loopsFor(sized).sharpen(sized, rendition.sharpening)
    if (settings) await stamp(finished, settings)
    let encoded = await encode(finished, rendition)
    let artist: string | undefined
    if (settings && rendition.extension === 'jpg') {
      const { exif, blocks } = picture
      const credits = readCredits(exif, picture.kind === 'raw' ? picture.file : undefined, blocks)
      artist = words.creator ?? credits.artist
      encoded = await sign(encoded, { credits, words }, settings, { width, height })
    }
    await writeFile(to, encoded)
    const named = artist !== undefined && { artist }
    rendered.push({ path: to, width, height, bytes: encoded.length, ...named })
  }
  const thumbhash = await hashOf(smallest)
  return rendered.map((one) => ({ ...one, thumbhash }))
}

/** @throws Refusal 422 `raw_small_preview` for a RAW that holds but a stamp */
export function refuseSmall({ isSmall, upright: { width, height } }: Picture): void {
  if (!isSmall) return
  const reason = `this RAW file holds only a small preview of ${width} x ${height} pixels; publish its JPEG`
  throw new Refusal(422, 'raw_small_preview', reason, { params: { width, height } })
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
  const small = fromRaster(raster).resize({ width: 24, height: 24, fit: 'inside' }).ensureAlpha()
  const { data, info } = await small.raw().toBuffer({ resolveWithObject: true })
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64')
}

/** What a picture is. A file whose structure is right can still be garbage inside, so the whole is decoded, small; but
 * not where a camera put its own small picture into it, for that is shown at once and the tile, which is made next,
 * is a decode of the whole.
 * @param known the hash of the compressed picture, where somebody has it from copying the file */
export async function inspect(path: string, known?: string): Promise<Inspection> {
  const picture = await openPicture(path)
  const { kind, file, encoded, upright, orientation } = picture
  const small = { width: Math.ceil(upright.width / 8), height: Math.ceil(upright.height / 8) }
  if (kind !== 'jpeg' || exifThumbnail(file) === null)
    await decode(picture, swapsSides(orientation) ? swapped(small) : small)
  const capture = readZonedCapture(file)
  // Where the RAW itself says nothing that we can read, its JPEG may.
  const spare = encoded !== file && capture.takenAt === null ? readZonedCapture(encoded) : capture
  const { offset } = capture.takenAt === null ? spare : capture
  const exposureValue = capture.exposureValue ?? spare.exposureValue
  const brought = broughtBy(picture)
  const { rating = capture.rating || spare.rating } = brought
  return {
    kind,
    ...upright,
    takenAt: capture.takenAt ?? spare.takenAt,
    ...(offset !== undefined && { offset }),
    ...(exposureValue !== undefined && { exposureValue }),
    camera: capture.camera ?? spare.camera,
    serial: capture.serial ?? spare.serial,
    rating: Math.max(0, rating),
    ...(saysAnything(brought) && { brought }),
    ...(picture.isUnfinished && { unfinished: true }),
    ...(picture.isSmall && { smallPreview: true }),
    picture: known ?? pictureHash(kind, file),
  }
}

/** A RAW says it in tags of its own, or in those of the picture inside. */
function broughtBy({ kind, file, encoded, blocks }: Picture): Brought {
  const inside = readBrought(blocks, encoded)
  if (kind !== 'raw') return inside
  const own = readBrought(rawBlocks(file))
  return { ...inside, ...own, words: { ...inside.words, ...own.words } }
}
const saysAnything = ({ words, label, pick, rating }: Brought) =>
  Object.keys(words).length > 0 || Boolean(label) || pick === true || rating === -1

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

/** Encodes and decodes a small picture of ours: a worker that can do that is well. */
export async function probe(): Promise<void> {
  const painted = { width: 64, height: 64, data: Buffer.alloc(64 * 64 * 3, 0x80) }
  const jpeg = await fromRaster(painted).jpeg().toBuffer()
  await decoding(() => toRaster(fromFile(jpeg)))
}

/** How far apart two pictures are at a glance, whichever way the one is turned or mirrored against the other. */
export async function compare(path: string, other: string): Promise<number> {
  return leastApart(await glance(path), await glance(other))
}

async function glance(path: string): Promise<Buffer> {
  const picture = await openPicture(path)
  const raster = await decode(picture, picture.upright)
  const size = { width: GLANCE, height: GLANCE, fit: 'fill' } as const
  return fromRaster(raster).resize(size).greyscale().raw().toBuffer()
}
