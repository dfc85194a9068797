import { createHash } from 'node:crypto'
import { FIELDS, PLACES, TITLE } from './properties.ts'
import { creatorsIn, type Words, type WordsChange } from './words.ts'

/** Words in IPTC's older form (Information Interchange Model 4.2), inside Photoshop's image resources. */

const RESOURCE = '8BIM'
const DATASETS = 0x0404
const DIGEST = 0x0425

/** A dataset of record 1 or 2. */
function dataset(record: number, number: number, value: Buffer): Buffer {
  const head = Buffer.from([0x1c, record, number, 0, 0])
  head.writeUInt16BE(value.length, 3)
  return Buffer.concat([head, value])
}

const characters = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** As many whole characters, as a reader counts them, as fit into so many bytes of UTF-8. */
export function fitting(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text
  let end = 0
  let bytes = 0
  for (const { segment, index } of characters.segment(text.slice(0, most + 64))) {
    bytes += Buffer.byteLength(segment)
    if (bytes > most) break
    end = index + segment.length
  }
  return text.slice(0, end).trimEnd()
}

interface Row {
  readonly record: number
  readonly number: number
  readonly value: Buffer
}

/** Every dataset, in its order. Ends where the bytes are no datasets any more. */
export function rowsIn(datasets: Buffer): Row[] {
  const rows: Row[] = []
  for (let at = 0; at + 5 <= datasets.length && datasets[at] === 0x1c;) {
    const length = datasets.readUInt16BE(at + 3)
    const value = datasets.subarray(at + 5, at + 5 + length)
    if (length > 0x7fff || value.length < length) break
    rows.push({ record: datasets[at + 1]!, number: datasets[at + 2]!, value })
    at += 5 + length
  }
  return rows
}

/** Programs of before wrote Latin-1, and many that write UTF-8 do not say so. */
export function textIn(value: Buffer): string {
  const utf8 = value.toString('utf8')
  return utf8.includes('\ufffd') ? value.toString('latin1') : utf8
}
const recoded = (row: Row): Row =>
  row.number === 0 ? row : { ...row, value: Buffer.from(textIn(row.value)) }

/** @param old datasets that stay, but for those of what is said now
 * @returns the datasets, and which of the Words do not fit into IIM as they are; the title stands for the headline */
export function iimDatasets(
  words: WordsChange,
  old: Buffer = Buffer.alloc(0),
): { bytes: Buffer; cut: (keyof Words)[] } {
  const cut = new Set<keyof Words>()
  const rows: Row[] = []
  const add = (field: keyof Words, [number, most]: readonly [number, number], values: readonly string[]) => {
    for (const value of values) {
      if (value === '') continue
      const fits = fitting(value, most)
      if (fits !== value && number !== TITLE.iim?.[0]) cut.add(field)
      rows.push({ record: 2, number, value: Buffer.from(fits) })
    }
  }
  for (const field of FIELDS) {
    const { iim } = PLACES[field]
    const value = words[field]
    if (!iim || value === undefined) continue
    add(field, iim, typeof value !== 'string' ? value : field === 'creator' ? creatorsIn(value) : [value])
  }
  const kept = rowsIn(old).filter(
    ({ record, number }) => record === 2 && number !== 0 && !rows.some((row) => row.number === number),
  )
  const hasTitle = kept.some(({ number }) => number === TITLE.iim?.[0])
  if (TITLE.iim && words.headline && !hasTitle) add('headline', TITLE.iim, [words.headline])
  const all = [...kept.map(recoded), ...rows].sort((a, b) => a.number - b.number)
  if (all.length === 0) return { bytes: Buffer.alloc(0), cut: [] }
  // ESC % G says that the text is UTF-8; then the version of record 2.
  const head = [dataset(1, 90, Buffer.from('\x1b%G')), dataset(2, 0, Buffer.from([0, 4]))]
  return {
    bytes: Buffer.concat([...head, ...all.map(({ number, value }) => dataset(2, number, value))]),
    cut: [...cut],
  }
}

function resource(id: number, value: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.write(RESOURCE, 'latin1')
  head.writeUInt16BE(id, 4)
  head.writeUInt32BE(value.length, 8)
  return Buffer.concat([head, value, Buffer.alloc(value.length & 1)])
}

/** Every image resource of a block, in its order, as it stands there. */
export function* resourcesIn(block: Buffer): Generator<{ id: number; value: Buffer; whole: Buffer }> {
  let at = block.indexOf(RESOURCE, 0, 'latin1')
  while (at >= 0 && at + 12 <= block.length && block.toString('latin1', at, at + 4) === RESOURCE) {
    const id = block.readUInt16BE(at + 4)
    // The name is padded to an even length, with its own length before it; so are the bytes.
    const size = at + 6 + (((block[at + 6] ?? 0) + 2) & ~1)
    if (size + 4 > block.length) return
    const length = block.readUInt32BE(size)
    const end = size + 4 + length + (length & 1)
    if (size + 4 + length > block.length) return
    yield { id, value: block.subarray(size + 4, size + 4 + length), whole: block.subarray(at, end) }
    at = end
  }
}

/** Image resources with these datasets, and the digest by which readers see that XMP and IIM were written together
 * (Metadata Working Group).
 * @param others resources that stay, as `resourcesIn` gives them */
export function imageResources(
  datasets: Buffer,
  others: Iterable<{ id: number; whole: Buffer }> = [],
): Buffer {
  const kept = [...others].filter(({ id }) => id !== DATASETS && id !== DIGEST).map(({ whole }) => whole)
  const digest = createHash('md5').update(datasets).digest()
  return Buffer.concat([resource(DATASETS, datasets), resource(DIGEST, digest), ...kept])
}

/** The datasets in a block of image resources, or in a bare block of them; empty where there are none. */
export function datasetsIn(block: Buffer): Buffer {
  if (block.indexOf(RESOURCE, 0, 'latin1') < 0) return block
  for (const { id, value } of resourcesIn(block)) if (id === DATASETS) return value
  return Buffer.alloc(0)
}
