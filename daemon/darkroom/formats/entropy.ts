/** Reads a baseline JPEG's picture data block by block without making pixels of it (ITU T.81, annex F), to say whether
 * all of it is there. It costs about as much as decoding, so it is asked only where the markers leave a doubt. The
 * bytes may be anything: nothing here throws. */

interface Component {
  readonly id: number
  readonly h: number
  readonly v: number
}

/** The code's length and its symbol, by the next 16 bits; 0 where no code begins so. */
type Table = Uint16Array

interface State {
  readonly tables: Map<number, Table>
  frame: { width: number; height: number; components: Component[] } | null
  restart: number
}

/** What may stand between the data and the next marker: filling, and the rest of a byte. */
const FILLING = 16

export interface PictureEnd {
  /** One past the picture's last byte. */
  readonly at: number
  /** Nothing but filling follows up to the next marker. Otherwise the data before was not what it seemed, or a trailer
   * begins here. */
  readonly isFilled: boolean
}

/** @returns null when data is missing, damaged, or no baseline JPEG's */
export function pictureEnd(bytes: Buffer): PictureEnd | null {
  const state: State = { tables: new Map(), frame: null, restart: 0 }
  let covered = new Set<number>()
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at += 1
      continue
    }
    const next = at + 2 + bytes.readUInt16BE(at + 2)
    if (next > bytes.length) return null
    const body = bytes.subarray(at + 4, next)
    if (marker === 0xc4) readTables(state, body)
    else if (marker === 0xdd && body.length >= 2) state.restart = body.readUInt16BE(0)
    else if (marker === 0xc0 || marker === 0xc1) readFrame(state, body)
    else if (marker === 0xda) {
      const ids = scanOf(body).map(({ id }) => id)
      const end = readScan(state, bytes, next, scanOf(body))
      if (end === null) return null
      covered = covered.union(new Set(ids))
      const after = filled(bytes, end)
      if (state.frame!.components.every(({ id }) => covered.has(id)))
        return { at: end, isFilled: after !== null }
      if (after === null) return null
      at = after
      continue
    } else if (marker === 0xd9 || (marker >= 0xc2 && marker <= 0xcf)) return null
    at = next
  }
  return null
}

/** Where the next marker, or nothing but zeros, follows; null when something else does: the data before was not what it
 * seemed. */
function filled(bytes: Buffer, end: number): number | null {
  let at = end
  while (at < bytes.length && bytes[at] === 0) at += 1
  if (at >= bytes.length) return at
  const marker = bytes.indexOf(0xff, at)
  const isData = marker > at + FILLING && bytes[marker + 1] === 0
  return isData ? null : marker < 0 ? bytes.length : marker
}

const scanOf = (body: Buffer) =>
  Array.from({ length: Math.min(4, body[0] ?? 0) }, (_, i) => ({
    id: body[1 + 2 * i] ?? 0,
    dc: (body[2 + 2 * i] ?? 0) >> 4,
    ac: 16 + ((body[2 + 2 * i] ?? 0) & 15),
  }))

function readFrame(state: State, body: Buffer): void {
  if (body.length < 6 || body[0] !== 8) return
  const components = Array.from({ length: Math.min(4, body[5]!) }, (_, i) => {
    const sampling = body[7 + 3 * i] ?? 0x11
    return { id: body[6 + 3 * i] ?? 0, h: sampling >> 4, v: sampling & 15 }
  })
  if (components.every(({ h, v }) => h >= 1 && h <= 4 && v >= 1 && v <= 4))
    state.frame = { height: body.readUInt16BE(1), width: body.readUInt16BE(3), components }
}

function readTables({ tables }: State, body: Buffer): void {
  for (let at = 0; at + 17 <= body.length;) {
    const table = new Uint16Array(1 << 16)
    const which = body[at]!
    let symbol = at + 17
    let code = 0
    for (let length = 1; length <= 16; length++) {
      for (let n = body[at + length]!; n > 0 && symbol < body.length && code < 1 << length; n--) {
        const first = code << (16 - length)
        table.fill((length << 8) | body[symbol++]!, first, first + (1 << (16 - length)))
        code += 1
      }
      code <<= 1
    }
    tables.set(which >> 4 === 0 ? which & 15 : 16 + (which & 15), table)
    at = symbol
  }
}

/** @returns one past the scan's last byte */
function readScan(
  { frame, tables, restart }: State,
  bytes: Buffer,
  from: number,
  scan: readonly { id: number; dc: number; ac: number }[],
): number | null {
  if (!frame || frame.width * frame.height === 0 || scan.length === 0) return null
  const most = (side: 'h' | 'v') => Math.max(...frame.components.map((component) => component[side]))
  const blocks: [dc: Table, ac: Table][] = []
  let units = Math.ceil(frame.width / (8 * most('h'))) * Math.ceil(frame.height / (8 * most('v')))
  for (const { id, dc, ac } of scan) {
    const component = frame.components.find((one) => one.id === id)
    const pair = [tables.get(dc), tables.get(ac)]
    if (!component || !pair[0] || !pair[1]) return null
    const alone = scan.length === 1
    for (let n = alone ? 1 : component.h * component.v; n > 0; n--) blocks.push([pair[0], pair[1]])
    const across = (pixels: number, side: 'h' | 'v') =>
      Math.ceil(Math.ceil((pixels * component[side]) / most(side)) / 8)
    if (alone) units = across(frame.width, 'h') * across(frame.height, 'v')
  }
  const bits = createBits(bytes, from)
  for (let unit = 0; unit < units; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0 && !bits.restart()) return null
    for (const [dc, ac] of blocks) if (!readBlock(bits, dc, ac)) return null
  }
  return bits.end()
}

function readBlock(bits: Bits, dc: Table, ac: Table): boolean {
  const size = bits.symbol(dc)
  if (size < 0 || size > 11) return false
  bits.skip(size)
  for (let k = 1; k < 64;) {
    const symbol = bits.symbol(ac)
    if (symbol < 0) return false
    const length = symbol & 15
    if (length === 0 && symbol !== 0xf0) break
    k += (symbol >> 4) + 1
    if (k > 64) return false
    bits.skip(length)
  }
  return bits.isThere()
}

type Bits = ReturnType<typeof createBits>

function createBits(bytes: Buffer, from: number) {
  let at = from
  let held = 0
  let count = 0
  /** Bits of zeros that stand in for what is not there. */
  let made = 0

  function fill(): void {
    while (count <= 24) {
      const byte = bytes[at]
      if (byte === undefined || (byte === 0xff && bytes[at + 1] !== 0)) {
        held <<= 8
        made += 8
      } else {
        held = (held << 8) | byte
        at += byte === 0xff ? 2 : 1
      }
      count += 8
    }
  }

  return {
    /** -1 where no code begins. */
    symbol(table: Table): number {
      if (count < 16) fill()
      const entry = table[(held >>> (count - 16)) & 0xffff]!
      if (entry === 0) return -1
      count -= entry >> 8
      return entry & 0xff
    },
    skip(length: number): void {
      if (count < length) fill()
      count -= length
    },
    /** Whether everything that was read so far was there. */
    isThere: () => count >= made,
    /** One past the last byte that was used. */
    end(): number {
      let unused = (count - made) >> 3
      let end = at
      for (; unused > 0; unused--) end -= bytes[end - 1] === 0 && bytes[end - 2] === 0xff ? 2 : 1
      return end
    },
    restart(): boolean {
      const marker = this.end()
      if (bytes[marker] !== 0xff || (bytes[marker + 1]! & 0xf8) !== 0xd0) return false
      at = marker + 2
      held = count = made = 0
      return true
    },
  }
}
