import { isIPv4 } from 'node:net'
import { sameText } from '../util/same-text.ts'

/** What the rules look at. `headers` has lower-case names, as Node gives them; a header that was sent more than
 * once is an array (`headersDistinct`), and where one value is needed it then counts as none. */
export interface Asker {
  /** The socket's address, never a header's; undefined once the socket is gone. */
  readonly remoteAddress: string | undefined
  /** The port that the listener is bound to. */
  readonly port: number
  readonly scheme: 'http' | 'https'
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

export interface OwnerRule {
  readonly name: string
  holds(asker: Asker): boolean
}

const OWN_NAMES = ['127.0.0.1', 'localhost', '[::1]']
const FORWARDED = /^(forwarded|x-forwarded-.*|x-real-ip|via|cf-connecting-ip)$/
const DEFAULT_PORT = { http: 80, https: 443 } as const

/** All must hold; each stands against another way of passing for the person who sits at the machine. */
export const OWNER_RULES: readonly OwnerRule[] = [
  { name: 'the socket is a loopback one', holds: (asker) => isLoopback(asker.remoteAddress) },
  // Against DNS rebinding (a stranger's name that points here) and against names that others can claim (`.local`).
  { name: "Host is the machine's own, with the listener's port", holds: (asker) => isOwnHost(asker) },
  {
    // A proxy or a tunnel on this machine makes everybody's socket a loopback one.
    name: 'nothing says that the request was forwarded',
    holds: ({ headers }) => !Object.keys(headers).some((name) => FORWARDED.test(name)),
  },
  {
    name: 'no other site made the browser ask',
    holds: ({ headers }) =>
      !has(headers, 'sec-fetch-site') ||
      ['none', 'same-origin'].includes(one(headers, 'sec-fetch-site') ?? ''),
  },
]

/** Whether this is the person at the machine, who need not pair. */
export function isOwner(
  asker: Asker,
  options: { trustLoopback: boolean },
  rules: readonly OwnerRule[] = OWNER_RULES,
): boolean {
  return options.trustLoopback && rules.every((rule) => rule.holds(asker))
}

/** Whether a change, or the upgrade to a socket, comes from our own page (or from no browser at all).
 * @param proxied Host is a name that the owner allowed, which a proxy may serve over the other scheme */
export function originAllowed({ headers, scheme }: Asker, proxied = false): boolean {
  // Every browser of the last years sends one of the two with a change; a script or curl sends neither.
  if (!has(headers, 'origin')) return !has(headers, 'sec-fetch-site')
  const host = one(headers, 'host')
  const origin = one(headers, 'origin')
  if (host === undefined || host === '') return false
  return origin === `${scheme}://${host}` || (proxied && origin === `https://${host}`)
}

/** Whether Host names this machine: `yes`, `no`, or `proxied` for another name that the owner allowed.
 *
 * Against DNS rebinding: a page at a stranger's name that points here is the same origin as our replies, and its
 * visitor is a loopback or LAN socket.
 *
 * @param names of this machine, in lower case, without ports; IPv6 in brackets
 * @param allowed further names, for proxies: `NAME` at any port or `NAME:PORT` */
export function hostKnown(
  { headers, port, scheme }: Asker,
  names: Iterable<string>,
  allowed: readonly string[] = [],
): 'yes' | 'no' | 'proxied' {
  const host = one(headers, 'host')?.toLowerCase()
  const match = /^(\[[0-9a-f:.]+\]|[^\s:@/\\?#[\]]+)(?::([1-9]\d{0,4}))?$/.exec(host ?? '')
  if (!match || host === undefined) return 'no'
  const [, name = '', typed] = match
  if (allowed.includes(host) || allowed.includes(name)) return 'proxied'
  if (Number(typed ?? DEFAULT_PORT[scheme]) !== port) return 'no'
  for (const one of [OWN_NAMES, names].flatMap((list) => [...list])) if (one === name) return 'yes'
  return 'no'
}

/** What the terminal's programs show to be the owner where loopback is not trusted: only who may read the file that it
 * lies in can, and no page can send this header here. It counts on the machine itself alone. */
export function isTerminal(asker: Asker, key: string | null): boolean {
  const header = one(asker.headers, 'authorization')
  return (
    key !== null &&
    header !== undefined &&
    isLoopback(asker.remoteAddress) &&
    isOwnHost(asker) &&
    !Object.keys(asker.headers).some((name) => FORWARDED.test(name)) &&
    sameText(header, `Bearer ${key}`)
  )
}

/** The value of the first cookie of that name, as it was sent, or undefined. */
export function cookieOf(headers: Asker['headers'], name: string): string | undefined {
  const pairs = [headers['cookie'] ?? []].flat().flatMap((header) => header.split(';'))
  const found = pairs.map((pair) => pair.trim()).find((pair) => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  const plain = address.replace(/^::ffff:/i, '')
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'))
}

/** What one visitor has to itself: an IPv4 address, or the 64 bits of an IPv6 network, in which anybody has as many
 * addresses as there are. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.toLowerCase().split('::')
  const groups = (part: string) => part.split(':').filter((group) => group !== '')
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`
}

/** Letter for letter: browsers write these names in this one way, so that nothing else need be understood. */
function isOwnHost({ headers, port, scheme }: Asker): boolean {
  const host = one(headers, 'host')
  return OWN_NAMES.some(
    (name) => host === `${name}:${port}` || (host === name && port === DEFAULT_PORT[scheme]),
  )
}

function has(headers: Asker['headers'], name: string): boolean {
  return headers[name] !== undefined
}

function one(headers: Asker['headers'], name: string): string | undefined {
  const value = headers[name]
  if (typeof value === 'string' || value === undefined) return value
  return value.length === 1 ? value[0] : undefined
}
