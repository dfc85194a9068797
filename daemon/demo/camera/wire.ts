/** PTP/IP framing and PTP datasets. Little-endian: `u32 length` (header included), `u32 type`, body. */

export const PACKET = {
  InitCommand: 1,
  InitCommandAck: 2,
  InitEvent: 3,
  InitEventAck: 4,
  InitFail: 5,
  Request: 6,
  Response: 7,
  Event: 8,
  StartData: 9,
  Data: 10,
  Cancel: 11,
  EndData: 12,
  Ping: 13,
  Pong: 14,
} as const

/** Longer packets than this are nonsense from somebody who does not speak PTP/IP. */
const MOST = 64 * 1024 * 1024
const HEADER = 8

export interface Packet {
  readonly type: number
  readonly body: Buffer
}

/** Builds a dataset from left to right. */
export interface Writer {
  u8(value: number): Writer
  u16(value: number): Writer
  u32(value: number): Writer
  u64(value: number | bigint): Writer
  /** A PTP string: u8 count with its NUL, then UTF-16LE; one zero byte when empty. At most 254 characters. */
  text(value: string): Writer
  /** UTF-16LE up to a NUL, as the names in PTP/IP's own packets. */
  name(value: string): Writer
  /** u32 count, then the numbers. */
  array16(values: readonly number[]): Writer
  array32(values: readonly number[]): Writer
  bytes(value: Uint8Array): Writer
  done(): Buffer
}

export function write(): Writer {
  const parts: Uint8Array[] = []
  function number(size: number, put: (into: Buffer) => void): Writer {
    const part = Buffer.alloc(size)
    put(part)
    parts.push(part)
    return writer
  }
  const writer: Writer = {
    u8: (value) => number(1, (b) => b.writeUInt8(value)),
    u16: (value) => number(2, (b) => b.writeUInt16LE(value)),
    u32: (value) => number(4, (b) => b.writeUInt32LE(value)),
    u64: (value) => number(8, (b) => b.writeBigUInt64LE(BigInt(value))),
    text(value) {
      if (value === '') return writer.u8(0)
      const cut = value.slice(0, 254)
      return writer.u8(cut.length + 1).name(cut)
    },
    name: (value) => writer.bytes(Buffer.from(`${value}\0`, 'utf16le')),
    array16(values) {
      writer.u32(values.length)
      for (const value of values) writer.u16(value)
      return writer
    },
    array32(values) {
      writer.u32(values.length)
      for (const value of values) writer.u32(value)
      return writer
    },
    bytes(value) {
      parts.push(value)
      return writer
    },
    done: () => Buffer.concat(parts),
  }
  return writer
}

export function packet(type: number, body: Uint8Array = Buffer.alloc(0)): Buffer {
  return write()
    .u32(HEADER + body.length)
    .u32(type)
    .bytes(body)
    .done()
}

/** The beginning of a data packet; its `size` bytes follow as they are, without a copy. */
export function dataHead(type: number, tid: number, size: number): Buffer {
  return write()
    .u32(HEADER + 4 + size)
    .u32(type)
    .u32(tid)
    .done()
}

/** Cuts a stream into packets, however it arrives.
 * @throws at a length that no packet can have */
export function createPacketReader(): (chunk: Uint8Array) => Packet[] {
  let rest: Uint8Array[] = []
  let held = 0
  let wanted = HEADER
  return (chunk) => {
    rest.push(chunk)
    held += chunk.length
    const packets: Packet[] = []
    while (held >= wanted) {
      const all = Buffer.concat(rest)
      const length = all.readUInt32LE(0)
      if (length < HEADER || length > MOST) throw new Error(`A packet of ${length} bytes is not PTP/IP.`)
      wanted = length
      rest = [all]
      if (held < length) break
      packets.push({ type: all.readUInt32LE(4), body: Buffer.from(all.subarray(HEADER, length)) })
      rest = [all.subarray(length)]
      held -= length
      wanted = HEADER
    }
    return packets
  }
}

export interface Request {
  readonly op: number
  readonly tid: number
  readonly params: readonly number[]
  /** The client sends a data phase after this. */
  readonly sendsData: boolean
}

export function readRequest(body: Buffer): Request {
  const params: number[] = []
  for (let at = 10; at + 4 <= body.length; at += 4) params.push(body.readUInt32LE(at))
  return {
    op: body.readUInt16LE(4),
    tid: body.readUInt32LE(6),
    params,
    sendsData: body.readUInt32LE(0) === 2,
  }
}

/** A PTP string at `at`. */
export function readText(body: Buffer, at = 0): string {
  const count = body.readUInt8(at)
  return count === 0 ? '' : body.toString('utf16le', at + 1, at + 1 + (count - 1) * 2)
}

export function response(code: number, tid: number, params: readonly number[] = []): Buffer {
  const body = write().u16(code).u32(tid)
  for (const param of params) body.u32(param)
  return packet(PACKET.Response, body.done())
}

/** @param params at most three */
export function event(code: number, tid: number, params: readonly number[]): Buffer {
  const body = write().u16(code).u32(tid)
  for (const param of params.slice(0, 3)) body.u32(param)
  return packet(PACKET.Event, body.done())
}

/** `YYYYMMDDThhmmss` in the machine's zone: a camera knows no other. */
export function ptpDate(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return (
    `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}` +
    `T${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`
  )
}
