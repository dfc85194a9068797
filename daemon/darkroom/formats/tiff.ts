/** Reads the directories of a TIFF, of a RAW built like one, or of an EXIF block. Every number comes from a stranger's
 * file: nothing here throws, loops or allocates because of one. */
export interface TiffEntry {
  readonly type: number
  readonly count: number
  /** Where the values lie, in bytes from the start of the file; they are known to lie inside it. */
  readonly at: number
}
export type TiffDirectory = ReadonlyMap<number, TiffEntry>

export interface Tiff {
  readonly bytes: Buffer
  readonly little: boolean
  /** Main directories first, in the file's order, then sub-directories. */
  readonly directories: readonly TiffDirectory[]
  /** Whether a directory, or the values of one, would lie past the end. */
  readonly cut: boolean
}

export const TAG = {
  subfileType: 0x00fe,
  width: 0x0100,
  height: 0x0101,
  compression: 0x0103,
  photometric: 0x0106,
  make: 0x010f,
  model: 0x0110,
  stripOffsets: 0x0111,
  orientation: 0x0112,
  stripSizes: 0x0117,
  tileOffsets: 0x0144,
  tileSizes: 0x0145,
  subDirectories: 0x014a,
  jpegOffset: 0x0201,
  jpegSize: 0x0202,
  jpegBytes: 0x002e,
  changedAt: 0x0132,
  artist: 0x013b,
  copyright: 0x8298,
  exif: 0x8769,
  exposureTime: 0x829a,
  fNumber: 0x829d,
  iso: 0x8827,
  takenAt: 0x9003,
  digitizedAt: 0x9004,
  changedOffset: 0x9010,
  offset: 0x9011,
  digitizedOffset: 0x9012,
  exposureBias: 0x9204,
  focalLength: 0x920a,
  changedSubSecond: 0x9290,
  subSecond: 0x9291,
  digitizedSubSecond: 0x9292,
  interop: 0xa005,
  focalLength35: 0xa405,
  serial: 0xa431,
  lensMake: 0xa433,
  lens: 0xa434,
  xmp: 0x02bc,
  iptc: 0x83bb,
  photoshop: 0x8649,
  windowsAuthor: 0x9c9d,
  dngVersion: 0xc612,
} as const

const SIZES: Readonly<Record<number, number>> = {
  1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
} // prettier-ignore
const MOST_DIRECTORIES = 64
const MOST_VALUES = 100_000

/** II or MM, then any of the magic numbers that makers put there (42, RW2's 0x55, ORF's RO and RS). */
export function looksLikeTiff(bytes: Buffer): boolean {
  const order = bytes.toString('latin1', 0, 2)
  if (bytes.length < 16 || (order !== 'II' && order !== 'MM')) return false
  const magic = order === 'II' ? bytes.readUInt16LE(2) : bytes.readUInt16BE(2)
  return [0x2a, 0x55, 0x4f52, 0x5352].includes(magic)
}

/** @returns null when the bytes do not begin like a TIFF */
export function readTiff(bytes: Buffer): Tiff | null {
  if (!looksLikeTiff(bytes)) return null
  const little = bytes[0] === 0x49
  const u16 = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at))
  const u32 = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  const directories: TiffDirectory[] = []
  const seen = new Set<number>()
  const main = [u32(4)]
  const sub: number[] = []
  let cut = false

  while (seen.size < MOST_DIRECTORIES) {
    const at = main.shift() ?? sub.shift()
    if (at === undefined) break
    if (at === 0 || seen.has(at)) continue
    seen.add(at)
    const rows = at + 2 <= bytes.length ? u16(at) : 0
    const next = at + 2 + 12 * rows
    if (rows === 0 || next > bytes.length) {
      cut = true
      continue
    }
    const directory = new Map<number, TiffEntry>()
    for (let row = at + 2; row < next; row += 12) {
      const type = u16(row + 2)
      const count = u32(row + 4)
      const size = count * (SIZES[type] ?? 0)
      const value = size <= 4 ? row + 8 : u32(row + 8)
      if (value + size > bytes.length) cut = true
      else if (size > 0) directory.set(u16(row), { type, count, at: value })
    }
    directories.push(directory)
    const tiff = { bytes, little, directories, cut }
    const linked = [TAG.subDirectories, TAG.exif, TAG.interop].flatMap((tag) =>
      numbers(tiff, directory.get(tag)),
    )
    sub.push(...linked.slice(0, MOST_DIRECTORIES))
    if (next + 4 <= bytes.length) main.push(u32(next))
  }
  return { bytes, little, directories, cut }
}

/** The whole numbers of an entry; none when it is absent or of another type. */
export function numbers({ bytes, little }: Tiff, entry: TiffEntry | undefined): number[] {
  if (!entry) return []
  const count = Math.min(entry.count, MOST_VALUES)
  const size = SIZES[entry.type] ?? 0
  const isWhole = [1, 3, 4, 7, 13].includes(entry.type)
  return Array.from({ length: isWhole ? count : 0 }, (_, i) => {
    const at = entry.at + i * size
    if (size === 1) return bytes[at] ?? 0
    if (size === 2) return little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)
    return little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)
  })
}

/** The first fraction of an entry, signed ones too; undefined when it is absent, of another type, or has no value. */
export function fraction(
  { bytes, little }: Tiff,
  entry: TiffEntry | undefined,
): readonly [number, number] | undefined {
  if (!entry || entry.count < 1 || (entry.type !== 5 && entry.type !== 10)) return undefined
  const at = (offset: number) =>
    entry.type === 5
      ? little
        ? bytes.readUInt32LE(offset)
        : bytes.readUInt32BE(offset)
      : little
        ? bytes.readInt32LE(offset)
        : bytes.readInt32BE(offset)
  const [above, below] = [at(entry.at), at(entry.at + 4)]
  return below === 0 ? undefined : [above, below]
}

/** EXIF says ASCII; cameras and programs write UTF-8, or else Latin-1. */
export function text({ bytes }: Tiff, entry: TiffEntry | undefined): string | undefined {
  if (entry?.type !== 2) return undefined
  const raw = bytes.subarray(entry.at, entry.at + Math.min(entry.count, 512))
  const utf8 = raw.toString('utf8')
  return utf8.includes('\ufffd') ? raw.toString('latin1') : utf8
}
