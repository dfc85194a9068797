import { createHash } from 'node:crypto'

/** Takes a file's bytes as they come, from the first to the last. */
export interface PictureHasher {
  /** @param piece may be written over afterwards */
  update(piece: Uint8Array): void
  /** Call it once, last.
   * @returns hexadecimal; '' where a JPEG holds no picture; undefined for other kinds, which need the whole file
   * where their pictures are */
  digest(): string | undefined
}

const ONES = 0xff
const EOI = 0xd9
const SOS = 0xda
const NONE = Buffer.alloc(0)
/** Application segments and comments are what programs rewrite. */
const isWritten = (marker: number) => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe

/** Hashes a JPEG's tables, frame and scans, up to where its picture ends. */
export function createJpegHasher(): PictureHasher {
  const hash = createHash('sha256')
  let state: 'start' | 'head' | 'scan' | 'end' | 'none' = 'start'
  /** What waits for the piece that follows: the beginning of a segment or, in a scan, of a marker. */
  let rest: Buffer = NONE

  /** @returns how much of the bytes was understood */
  function readHead(bytes: Buffer): number {
    let at = state === 'start' ? 2 : 0
    if (bytes.length < at) return 0
    if (state === 'start') state = bytes[0] === ONES && bytes[1] === 0xd8 ? 'head' : 'none'
    while (state === 'head' && at + 4 <= bytes.length) {
      const marker = bytes[at + 1]!
      if (bytes[at] !== ONES) {
        state = 'none'
        break
      }
      const next = marker === ONES ? at + 1 : at + 2 + bytes.readUInt16BE(at + 2)
      if (next > bytes.length) break
      if (marker !== ONES && !isWritten(marker)) hash.update(bytes.subarray(at, next))
      if (marker === SOS) state = 'scan'
      at = next
    }
    return at
  }

  /** Within scans a byte of ones is followed by a zero, a restart or a table of the next scan, so that this is the
   * end. */
  function readScan(bytes: Buffer): number {
    const end = bytes.indexOf(Buffer.of(ONES, EOI))
    const read = end >= 0 ? end : bytes.length - Number(bytes.at(-1) === ONES)
    hash.update(bytes.subarray(0, read))
    if (end >= 0) state = 'end'
    return read
  }

  return {
    update(piece) {
      if (state === 'end' || state === 'none') return
      let bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
      if (rest.length > 0) bytes = Buffer.concat([rest, bytes])
      if (state !== 'scan') bytes = bytes.subarray(readHead(bytes))
      // The cast: what was read just now may have changed it.
      if ((state as string) === 'scan') bytes = bytes.subarray(readScan(bytes))
      rest = Buffer.from(bytes)
    },
    digest() {
      if (state === 'scan') hash.update(rest)
      if (state === 'scan' || state === 'end') return hash.digest('hex')
      return state === 'head' ? '' : undefined
    },
  }
}
