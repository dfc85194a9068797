/** The segments of a JPEG before its first scan. Nothing here throws: bytes come from strangers' files. */
export interface Segment {
  readonly marker: number
  /** Behind its length. */
  readonly body: Buffer
  /** With marker and length. */
  readonly whole: Buffer
}

/** @returns the segments in their order, and all that follows them; of what is no JPEG no segments */
export function segmentsIn(jpeg: Buffer): { head: Segment[]; rest: Buffer } {
  const head: Segment[] = []
  let at = jpeg[0] === 0xff && jpeg[1] === 0xd8 ? 2 : jpeg.length
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg[at + 1]!
    if (marker === 0xff) {
      at += 1
      continue
    }
    // A scan, an end, or no marker at all: from here on everything stays together.
    if (marker === 0xda || marker === 0 || (marker >= 0xd0 && marker <= 0xd9)) break
    const length = jpeg.readUInt16BE(at + 2)
    const end = at + 2 + length
    if (length < 2 || end > jpeg.length) break
    head.push({ marker, body: jpeg.subarray(at + 4, end), whole: jpeg.subarray(at, end) })
    at = end
  }
  return { head, rest: jpeg.subarray(at) }
}

export function segmentOf(marker: number, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  )
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}
