import { BlockList, isIP } from 'node:net'

/** Everything that is not the public internet: this machine, private networks, link-local (cloud metadata), carrier
 * NAT, multicast, documentation, and what wraps such an address (NAT64, 6to4, Teredo, IPv4-compatible).
 * https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin. */
const CLOSED_V4 = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24',
  '192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24',
  '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
] as const // prettier-ignore
const CLOSED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'] as const

const closed = new BlockList()
const open = new BlockList()
for (const [list, family] of [
  [CLOSED_V4, 'ipv4'],
  [CLOSED_V6, 'ipv6'],
] as const)
  // prettier-ignore
  for (const range of list) {
    const [net, bits] = range.split('/')
    closed.addSubnet(net!, Number(bits), family)
  }
// Of IPv6 only this part is handed out to anybody.
open.addSubnet('2000::', 3, 'ipv6')

/** @param address an IP address as text, without brackets */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return !closed.check(address, 'ipv4')
  if (version === 6) return open.check(address, 'ipv6') && !closed.check(address, 'ipv6')
  return false
}
