import { isIPv4 } from 'node:net'

/** What the rules look at. `headers` has lower-case names, as Node gives them; a header that was sent more than
 * once is an array (`headersDistinct`), and where one value is needed it then counts as none. */
export interface Asker {
  /** Of the socket, never of a header; undefined once the socket is gone. */
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

/** Whether a change, or the upgrade to a socket, comes from our own page (or from no browser at all). */
export function originAllowed({ headers, scheme }: Asker): boolean {
  // Every browser of the last years sends one of the two with a change; a script or curl sends neither.
  if (!has(headers, 'origin')) return !has(headers, 'sec-fetch-site')
  const host = one(headers, 'host')
  return host !== undefined && host !== '' && one(headers, 'origin') === `${scheme}://${host}`
}

/** The value of the first cookie of that name, as it was sent, or undefined. */
export function cookieOf(headers: Asker['headers'], name: string): string | undefined {
  const pairs = [headers['cookie'] ?? []].flat().flatMap((header) => header.split(';'))
  const found = pairs.map((pair) => pair.trim()).find((pair) => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1)
}

function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false
  const plain = address.replace(/^::ffff:/i, '')
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'))
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
