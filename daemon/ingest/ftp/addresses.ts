import { BlockList, isIP, isIPv4 } from 'node:net'

/** An IPv4 address is written in one way, also where a socket of IPv6 reports it; an IPv6 one in lower case and without
 * its zone. */
export function plainAddress(address: string | undefined): string {
  const plain = (address ?? '').replace(/%.*$/, '').toLowerCase()
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain) ?? []
  return mapped ?? plain
}

const PRIVATE = new BlockList()
PRIVATE.addSubnet('10.0.0.0', 8)
PRIVATE.addSubnet('127.0.0.0', 8)
PRIVATE.addSubnet('169.254.0.0', 16)
PRIVATE.addSubnet('172.16.0.0', 12)
PRIVATE.addSubnet('192.168.0.0', 16)
PRIVATE.addSubnet('::1', 128, 'ipv6')
PRIVATE.addSubnet('fc00::', 7, 'ipv6')
PRIVATE.addSubnet('fe80::', 10, 'ipv6')

/** Whether an address belongs to a network of one's own, where what is said in the clear is heard by few. */
export function isPrivate(address: string): boolean {
  const kind = isIP(address)
  return kind !== 0 && PRIVATE.check(address, kind === 4 ? 'ipv4' : 'ipv6')
}

/** `192,168,1,5,200,10`, as PORT has it. */
export function readPort(text: string): { address: string; port: number } | null {
  const numbers = text.trim().split(',')
  if (numbers.length !== 6 || !numbers.every((one) => /^\d{1,3}$/.test(one) && Number(one) < 256)) return null
  const [a, b, c, d, high, low] = numbers.map(Number)
  return { address: `${a}.${b}.${c}.${d}`, port: high! * 256 + low! }
}

/** The address and port as the answer to PASV has them. */
export function writePort(address: string, port: number): string {
  return `${address.replaceAll('.', ',')},${port >> 8},${port & 255}`
}

/** `|1|192.168.1.5|51210|`, as EPRT has it (RFC 2428). */
export function readExtendedPort(text: string): { address: string; port: number } | null {
  const mark = text.trim().charAt(0)
  if (mark === '' || /[0-9a-f]/i.test(mark)) return null
  const [, family, address = '', port = '', end] = text.trim().split(mark)
  const fits = family === '1' ? isIPv4(address) : family === '2' && isIP(address) === 6
  return fits && /^\d{1,5}$/.test(port) && end === '' ? { address, port: Number(port) } : null
}
