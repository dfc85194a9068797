import ExifReader from 'exifreader'
import { plain, timesIn, shotAt, type StatedTime } from '../../util/capture-time.ts'
import { canonBox } from './embedded.ts'
import { fraction, numbers, text, TAG } from './tiff.ts'

/** What the camera wrote about a shot; whatever is missing, corrupt or impossible is null. */
export interface Capture {
  /** Milliseconds since 1970. */
  readonly takenAt: number | null
  /** Make and model in one, the make not doubled. */
  readonly camera: string | null
  readonly serial: string | null
  /** 0..5; 0 when nobody rated it. */
  readonly rating: number
}

/** A Capture, the zone of the camera's clock, and how it was exposed. */
export interface ZonedCapture extends Capture {
  /** Minutes that it was ahead of UTC, where the camera says so. */
  readonly offset?: number
  /** What aperture, shutter and sensitivity were set to as one number, at ISO 100; absent where one is not known. */
  readonly exposureValue?: number
}

type Tag = 'make' | 'model' | 'serial' | 'rating'
type Fields = Partial<Record<Tag, string | undefined>> & {
  readonly times?: readonly StatedTime[]
  readonly exposure?: Exposure
}
interface Exposure {
  readonly fNumber: number | undefined
  /** Seconds. */
  readonly time: number | undefined
  readonly iso: number | undefined
}

/** log2(N² / t) at ISO 100 (ISO 2720, APEX): the same for everything that lets as much light into the picture. */
function exposureValueOf({ fNumber = 0, time = 0, iso = 0 }: Exposure): number | undefined {
  // 65535 stands for what does not fit.
  if (iso >= 65_535) return undefined
  const value = Math.log2((fNumber ** 2 / time) * (100 / iso))
  return fNumber > 0 && time > 0 && iso > 0 && Number.isFinite(value) ? value : undefined
}

/** Never throws: a photo with broken EXIF is still a photo.
 * @param bytes a whole JPEG, PNG, WebP, TIFF, AVIF or RAW file */
export function readCapture(bytes: Buffer): Capture {
  const { takenAt, camera, serial, rating } = readZonedCapture(bytes)
  return { takenAt, camera, serial, rating }
}

/** Like `readCapture`, with the zone. */
export function readZonedCapture(bytes: Buffer): ZonedCapture {
  const fields = canonFields(bytes) ?? exifFields(bytes)
  const exposureValue = fields.exposure && exposureValueOf(fields.exposure)
  return {
    ...shotAt(fields.times ?? []),
    ...(exposureValue !== undefined && { exposureValue }),
    camera: nameCamera(clean(fields.make), clean(fields.model)),
    serial: clean(fields.serial),
    rating: parseRating(fields.rating),
  }
}

function canonFields(bytes: Buffer): Fields | null {
  const main = canonBox(bytes, 'CMT1')
  if (!main) return null
  const exif = canonBox(bytes, 'CMT2')
  const inMain = (tag: number) => text(main, main.directories[0]?.get(tag))
  const inExif = (tag: number) => (exif ? text(exif, exif.directories[0]?.get(tag)) : undefined)
  return {
    make: inMain(TAG.make),
    model: inMain(TAG.model),
    times: [
      { date: inExif(TAG.takenAt), subSecond: inExif(TAG.subSecond), offset: inExif(TAG.offset) },
      {
        date: inExif(TAG.digitizedAt),
        subSecond: inExif(TAG.digitizedSubSecond),
        offset: inExif(TAG.digitizedOffset),
      },
      {
        date: inMain(TAG.changedAt),
        subSecond: inExif(TAG.changedSubSecond),
        offset: inExif(TAG.changedOffset),
      },
    ],
    serial: inExif(TAG.serial),
    ...(exif && {
      exposure: {
        fNumber: quotient(fraction(exif, exif.directories[0]?.get(TAG.fNumber))),
        time: quotient(fraction(exif, exif.directories[0]?.get(TAG.exposureTime))),
        iso: numbers(exif, exif.directories[0]?.get(TAG.iso))[0],
      },
    }),
  }
}

/** @returns undefined for what is no fraction */
function quotient(value: unknown): number | undefined {
  const [above, below] = Array.isArray(value) ? (value as unknown[]) : []
  return typeof above === 'number' && typeof below === 'number' ? above / below : undefined
}
const valueOf = (tag: unknown): unknown =>
  typeof tag === 'object' && tag !== null && 'value' in tag ? tag.value : undefined

function exifFields(bytes: Buffer): Fields {
  let tags: ExifReader.ExpandedTags
  try {
    tags = ExifReader.load(headOf(bytes), { expanded: true })
  } catch {
    return {}
  }
  const exif = (tags.exif ?? {}) as Record<string, unknown>
  const xmp = (tags.xmp ?? {}) as Record<string, unknown>
  return {
    make: plain(exif.Make),
    model: plain(exif.Model),
    times: timesIn(tags),
    serial: plain(exif.BodySerialNumber) ?? plain(exif.CameraSerialNumber) ?? plain(exif.SerialNumber),
    rating: plain(xmp.Rating) ?? plain(exif.Rating),
    exposure: {
      fNumber: quotient(valueOf(exif.FNumber)),
      time: quotient(valueOf(exif.ExposureTime)),
      iso: Number(plain(exif.ISOSpeedRatings) ?? 0),
    },
  }
}

/** A JPEG up to its first scan, where its tags lie; other files whole. The library copies what it is given. */
function headOf(bytes: Buffer): Buffer {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return bytes
  let at = 2
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda)
    at += bytes[at + 1] === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2)
  return bytes.subarray(0, at)
}

/** Without control characters and padding, at most 80 characters. */
function clean(value: string | undefined): string | null {
  // eslint-disable-next-line no-control-regex -- cameras pad with them
  const tidy = value?.replace(/[\u0000-\u001f\u007f-\u009f\ufffd]+/g, ' ').trim()
  return tidy ? tidy.slice(0, 80) : null
}

function nameCamera(make: string | null, model: string | null): string | null {
  if (!make || !model) return model ?? make
  const brand = make.split(' ')[0] ?? make
  return model.toLowerCase().startsWith(brand.toLowerCase()) ? model : `${make} ${model}`
}

function parseRating(value: string | undefined): number {
  const rating = Math.round(Number(value ?? 0))
  return rating >= 0 && rating <= 5 ? rating : 0
}
