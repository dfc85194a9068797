import { describe, expect, test } from 'vitest'
import * as wire from '../../../daemon/demo/camera/wire.ts'
import { PACKET } from '../../../daemon/demo/camera/wire.ts'

describe('packets', () => {
  const stream = Buffer.concat([
    wire.packet(PACKET.Ping),
    wire.event(0x4002, 0xffffffff, [7, 8, 9]),
    wire.response(0x2001, 5, [1]),
  ])

  test('are cut out of a stream however it arrives', () => {
    for (const size of [1, 3, 7, 8, 9, stream.length]) {
      const read = wire.createPacketReader()
      const packets = []
      for (let at = 0; at < stream.length; at += size) packets.push(...read(stream.subarray(at, at + size)))
      expect(packets.map(({ type }) => type)).toEqual([PACKET.Ping, PACKET.Event, PACKET.Response])
      expect(packets[1]!.body.toString('hex')).toBe('0240ffffffff070000000800000009000000')
      expect(packets[2]!.body.toString('hex')).toBe('01200500000001000000')
    }
  })

  test('state their length with the header', () => {
    expect(wire.packet(PACKET.InitEventAck).toString('hex')).toBe('0800000004000000')
  })

  test('of a length that none can have are refused', () => {
    expect(() => wire.createPacketReader()(Buffer.from('GET / HTTP/1.1\r\n'))).toThrow(/not PTP\/IP/)
    expect(() => wire.createPacketReader()(Buffer.alloc(8))).toThrow(/0 bytes/)
  })

  test('of an event carry three parameters at most', () => {
    expect(wire.event(0x4002, 0, [1, 2, 3, 4])).toHaveLength(8 + 6 + 12)
  })
})

describe('datasets', () => {
  test('write strings with their count and NUL, and nothing but a zero for none', () => {
    expect(wire.write().text('A1').done().toString('hex')).toBe('03410031000000')
    expect(wire.write().text('').done().toString('hex')).toBe('00')
  })

  test('read strings back', () => {
    for (const text of ['', 'x', '相機 50mm'])
      expect(wire.readText(wire.write().u8(9).text(text).done(), 1)).toBe(text)
  })

  test('are little-endian, arrays with their count first', () => {
    const data = wire.write().u16(0x1234).u32(0x12345678).u64(1).array16([1, 2]).array32([3]).done()
    expect(data.toString('hex')).toBe('341278563412010000000000000002000000010002000100000003000000')
  })

  test('write dates in the zone of the machine', () => {
    expect(wire.ptpDate(new Date(2026, 0, 2, 3, 4, 5))).toBe('20260102T030405')
  })
})

test('a request says whether data follows and has as many parameters as were sent', () => {
  const body = wire.write().u32(2).u16(0x1016).u32(77).u32(0x500f).done()
  expect(wire.readRequest(body)).toEqual({ op: 0x1016, tid: 77, params: [0x500f], sendsData: true })
  expect(wire.readRequest(wire.write().u32(1).u16(0x1003).u32(1).done()).sendsData).toBe(false)
})
