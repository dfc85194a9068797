import { BlockList, isIPv4 } from 'node:net'

/** All that our authority may ever vouch for: names of the local link, and addresses that lead nowhere on the internet.
 * No IPv6: nobody types such an address, and a name reaches it as well; what is not in the list is refused. */
export const PERMITTED_DOMAIN = 'local'
export const PERMITTED_NETS = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'] as const

const permitted = new BlockList()
for (const net of PERMITTED_NETS) {
  const [address = '', prefix = ''] = net.split('/')
  permitted.addSubnet(address, Number(prefix), 'ipv4')
}

/** Whether our authority can vouch for this address. */
export function isPermitted(address: string): boolean {
  return isIPv4(address) && permitted.check(address, 'ipv4')
}

/** `Annas-MacBook.local` or `annas-macbook.example.org` -> `annas-macbook`, as one label that is valid in DNS.
 * @returns null where nothing is left of it */
export function labelOf(hostname: string): string | null {
  const label = (hostname.split('.')[0] ?? '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
    .replace(/[^a-z0-9-]/g, '')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
  return label === '' || label === 'localhost' ? null : label
}
