import { canonBox } from './embedded.ts'
import { readCreators, type MetadataBlocks } from './named.ts'
import { boxes } from './picture-hash.ts'
import { fraction, numbers, readTiff, TAG, text, type Tiff } from './tiff.ts'

type Fraction = readonly [above: number, below: number]

/** What a published file may say of how it was made, as the camera wrote it. Nothing of where, of whose body or lens
 * by number, of the maker's own notes, and no picture inside the picture: what is not named here is not kept. */
export interface Credits {
  readonly make?: string
  readonly model?: string
  readonly lensMake?: string
  readonly lens?: string
  /** `YYYY:MM:DD HH:MM:SS`, `123`, `+08:00`. */
  readonly takenAt?: string
  readonly subSecond?: string
  readonly offset?: string
  /** Seconds. */
  readonly exposureTime?: Fraction
  readonly fNumber?: Fraction
  readonly iso?: number
  readonly exposureBias?: Fraction
  /** Millimetres. */
  readonly focalLength?: Fraction
  readonly focalLength35?: number
  readonly artist?: string
  readonly copyright?: string
}

/** Never throws: broken tags are tags that are not there.
 * @param exif the EXIF block as the decoder hands it out, with or without its `Exif` header
 * @param raw the whole file when it is a RAW, whose own tags fill what its JPEG does not say
 * @param beside what may name the artist where EXIF names nobody */
export function readCredits(exif: Buffer | undefined, raw?: Buffer, beside: MetadataBlocks = {}): Credits {
  const blocks = exif ? [readTiff(withoutHeader(exif))] : []
  if (raw) blocks.push(readTiff(raw), canonBox(raw, 'CMT1'), canonBox(raw, 'CMT2'))
  const found: Credits = {}
  for (const tiff of blocks) if (tiff) Object.assign(found, { ...creditsOf(tiff), ...found })
  if (found.artist !== undefined) return found
  const tags = blocks.flatMap((tiff) => (tiff ? [authorIn(tiff), readCreators(packetsIn(tiff))] : []))
  const artist = clean([readCreators(beside), ...tags].find((name) => clean(name) !== undefined))
  return { ...found, ...(artist !== undefined && { artist }) }
}

/** What a RAW carries of words in tags of its own. */
export function rawBlocks(raw: Buffer): MetadataBlocks {
  const tiff = readTiff(raw)
  return tiff ? packetsIn(tiff) : { xmp: canonPacket(raw) }
}

/** The box in which cameras and programs put a CR3's XMP (XMP Specification, part 3: ISO base media). */
const XMP_BOX = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex')

function canonPacket(raw: Buffer): Buffer | undefined {
  if (raw.toString('latin1', 4, 12) !== 'ftypcrx ') return undefined
  const box = boxes(raw, 'uuid').find((one) => one.subarray(0, 16).equals(XMP_BOX))
  return box && box.length <= LONGEST_BLOCK ? box.subarray(16) : undefined
}

/** What a TIFF carries of words in tags of its own, and so does a RAW. */
function packetsIn(tiff: Tiff): MetadataBlocks {
  const block = (tag: number) => bytesOf(tiff, tag)
  return { xmp: block(TAG.xmp), iptc: block(TAG.photoshop) ?? block(TAG.iptc) }
}

/** Whom the dialogs of Windows name. */
const authorIn = (tiff: Tiff) => bytesOf(tiff, TAG.windowsAuthor)?.toString('utf16le')

/** The longest that is looked into, bytes. */
const LONGEST_BLOCK = 1 << 20

function bytesOf(tiff: Tiff, tag: number): Buffer | undefined {
  const entry = tiff.directories.find((directory) => directory.has(tag))?.get(tag)
  if (!entry || ![1, 4, 7].includes(entry.type)) return undefined
  const length = entry.count * (entry.type === 4 ? 4 : 1)
  return length > LONGEST_BLOCK ? undefined : tiff.bytes.subarray(entry.at, entry.at + length)
}

const withoutHeader = (exif: Buffer) =>
  exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif

/** Design rule for Camera File system 2.0, 5.3.2: cameras set to Adobe RGB embed no profile; this mark is all they
 * say. */
export function saysAdobeRgb(exif: Buffer | undefined): boolean {
  const tiff = exif && readTiff(withoutHeader(exif))
  return tiff?.directories.some((directory) => text(tiff, directory.get(1))?.startsWith('R03')) ?? false
}

function creditsOf(tiff: Tiff): Credits {
  const entry = (tag: number) => tiff.directories.find((directory) => directory.has(tag))?.get(tag)
  const textOf = (tag: number, shape = /./u) => {
    const value = clean(text(tiff, entry(tag)))
    return value && shape.test(value) ? value : undefined
  }
  const positive = (tag: number) => {
    const value = fraction(tiff, entry(tag))
    return value && value[0] > 0 && value[1] > 0 ? value : undefined
  }
  const whole = (tag: number) => {
    const value = numbers(tiff, entry(tag))[0]
    return value !== undefined && value > 0 && value < 65_535 ? value : undefined
  }
  const all: { [K in keyof Credits]: Credits[K] | undefined } = {
    make: textOf(TAG.make),
    model: textOf(TAG.model),
    lensMake: textOf(TAG.lensMake),
    lens: textOf(TAG.lens, /[^\s-]/u),
    takenAt: textOf(TAG.takenAt, /^\d{4}:\d\d:\d\d \d\d:\d\d:\d\d$/),
    subSecond: textOf(TAG.subSecond, /^\d{1,9}$/),
    offset: textOf(TAG.offset, /^[+-]\d\d:\d\d$/),
    exposureTime: positive(TAG.exposureTime),
    fNumber: positive(TAG.fNumber),
    iso: whole(TAG.iso),
    exposureBias: fraction(tiff, entry(TAG.exposureBias)),
    focalLength: positive(TAG.focalLength),
    focalLength35: whole(TAG.focalLength35),
    artist: textOf(TAG.artist),
    copyright: textOf(TAG.copyright),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

/** Without control characters and padding, at most 200 characters. */
function clean(value: string | undefined): string | undefined {
  const tidy = value?.replace(/\p{Cc}+/gu, ' ').trim()
  return tidy ? [...tidy].slice(0, 200).join('') : undefined
}
