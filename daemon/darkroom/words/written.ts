import { datasetsIn, iimDatasets, imageResources, resourcesIn } from './iim.ts'
import { segmentOf, segmentsIn } from './segments.ts'
import type { Words, WordsChange } from './words.ts'
import { mergedXmp } from './xmp-merge.ts'
import { packet, wordProperties, xmpDocument } from './xmp-write.ts'

const XMP = 'http://ns.adobe.com/xap/1.0/\0'
const PHOTOSHOP = 'Photoshop 3.0\0'
/** What a segment of a JPEG can hold, bytes. */
const MOST = 0xffff - 2

export interface WordBlocks {
  /** A packet, UTF-8; absent when nothing is said. */
  readonly xmp?: Buffer
  /** Photoshop's image resources. */
  readonly photoshop?: Buffer
  /** What does not fit into IIM, or into one segment, as it is. XMP has it whole unless it had to go altogether. */
  readonly cut: (keyof Words)[]
}

/** Words that fit into one segment: lists lose their ends before anything else does. */
function within<T extends WordsChange>(
  words: T,
  fits: (words: T) => boolean,
): { words: T; cut: (keyof Words)[] } {
  const cut = new Set<keyof Words>()
  let left = words
  for (const field of ['keywords', 'persons'] as const)
    while ((left[field]?.length ?? 0) > 0 && !fits(left)) {
      left = { ...left, [field]: left[field]!.slice(0, Math.floor(left[field]!.length * 0.9)) }
      cut.add(field)
    }
  return { words: left, cut: [...cut] }
}

/** The same Words in both forms, for a file that carries none yet. */
export function wordBlocks(words: WordsChange): WordBlocks {
  const write = (some: WordsChange) => Buffer.from(packet(xmpDocument(wordProperties(some))))
  const { words: said, cut } = within(words, (some) => write(some).length + XMP.length <= MOST)
  if (wordProperties(said).length === 0) return { cut }
  const datasets = iimDatasets(said)
  return {
    xmp: write(said),
    ...(datasets.bytes.length > 0 && { photoshop: imageResources(datasets.bytes) }),
    cut: [...new Set([...cut, ...datasets.cut])],
  }
}

/** A JPEG that says these Words in XMP and in IIM, in step. What else its XMP and its image resources hold stays;
 * pixels and every other segment are untouched. A field that is left out, or empty, stays as the file has it in XMP.
 * @param jpeg a whole JPEG
 * @returns the file, and which of the Words do not fit as they are
 * @throws UnreadableXmp when the XMP that it carries is broken */
export function writtenWords(jpeg: Buffer, words: WordsChange): { jpeg: Buffer; cut: (keyof Words)[] } {
  const { head, rest } = segmentsIn(jpeg)
  const isXmp = (one: { marker: number; body: Buffer }) => one.marker === 0xe1 && begins(one.body, XMP)
  const isPhotoshop = (one: { marker: number; body: Buffer }) =>
    one.marker === 0xed && begins(one.body, PHOTOSHOP)
  const oldXmp = head.find(isXmp)?.body.subarray(XMP.length)
  const oldResources = Buffer.concat(
    head.filter(isPhotoshop).map(({ body }) => body.subarray(PHOTOSHOP.length)),
  )
  const write = (some: WordsChange) =>
    oldXmp
      ? Buffer.from(mergedXmp(oldXmp.toString('utf8'), wordProperties(some)).trimEnd())
      : Buffer.from(packet(xmpDocument(wordProperties(some))))
  const { words: said, cut } = within(words, (some) => write(some).length + XMP.length <= MOST)
  const datasets = iimDatasets(said, datasetsIn(oldResources))
  const isSaid = datasets.bytes.length > 0
  const resources = isSaid ? imageResources(datasets.bytes, resourcesIn(oldResources)) : oldResources
  const others = head.filter((one) => !isXmp(one) && !isPhotoshop(one))
  // EXIF and JFIF want to be first.
  const first = others.findIndex(({ marker, body }) => marker !== 0xe0 && !begins(body, 'Exif\0\0'))
  const at = first < 0 ? others.length : first
  const wholes = (some: typeof others) => some.map(({ whole }) => whole)
  return {
    jpeg: Buffer.concat([
      jpeg.subarray(0, 2),
      ...wholes(others.slice(0, at)),
      segmentOf(0xe1, XMP, write(said)),
      ...chunks(resources).map((chunk) => segmentOf(0xed, PHOTOSHOP, chunk)),
      ...wholes(others.slice(at)),
      rest,
    ]),
    cut: [...new Set([...cut, ...datasets.cut])],
  }
}

/** Image resources may go on in the next segment. */
function chunks(resources: Buffer): Buffer[] {
  const size = MOST - PHOTOSHOP.length
  return Array.from({ length: Math.ceil(resources.length / size) }, (_, i) =>
    resources.subarray(i * size, (i + 1) * size),
  )
}

const begins = (body: Buffer, text: string) => body.toString('latin1', 0, text.length) === text
