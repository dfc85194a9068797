/** Who may open an Event: the document that the bucket keeps of it, and the arithmetic of its PIN. Code that the daemon
 * and the Function share, on WebCrypto, which both have. Imports nothing. */

/** The parts of WebCrypto that are used here: this room knows neither Node's types nor a browser's. */
interface SigningKey {
  readonly algorithm: object
}
declare const crypto: {
  readonly subtle: {
    importKey(
      format: 'raw',
      key: Uint8Array<ArrayBuffer>,
      algorithm: { name: string; hash: string },
      extractable: boolean,
      usages: 'sign'[],
    ): Promise<SigningKey>
    sign(algorithm: 'HMAC', key: SigningKey, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
  }
  getRandomValues(into: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>
}
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }

/** `front`: the root of the gallery shows it while it is the current one, and its address opens it. `link`: its address
 * alone. `pin`: its address, and digits that are typed once. */
export const VISIBILITIES = ['front', 'link', 'pin'] as const
export type Visibility = (typeof VISIBILITIES)[number]

/** What a PIN is made of. */
export const PIN = /^[0-9]{4,8}$/

/** Folders of the bucket that are no Event's: a prefix may be called neither, however it is spelled. */
export const RESERVED_PREFIXES: readonly string[] = ['events', 'private']

/** `private/<slug>/<token>.json`. Nobody can list a bucket by its public address, and nobody can guess the token. */
export interface EventDocument {
  readonly v: 1
  readonly slug: string
  readonly prefix: string
  readonly title: string
  /** `YYYY-MM-DD` */
  readonly date: string
  readonly visibility: Visibility
  /** ISO 8601; afterwards it is open to nobody. */
  readonly endsAt: string | null
  /** 32 random bytes in base64url, which sign the cookies of guests who knew the PIN. Another PIN brings another key. */
  readonly key: string
  /** The PIN under that key, as `pinHash` makes it. */
  readonly pin: string | null
  /** ISO 8601, when any of this was changed: of several documents of one Event the newest counts. */
  readonly updatedAt: string
  /** The Mac that wrote it. */
  readonly by: string
}

/** What decides about who may come in. */
export type Access = Pick<EventDocument, 'slug' | 'visibility' | 'endsAt' | 'key' | 'pin'>

/** Below it lies whatever the bucket keeps of an Event and shows nobody. */
export const privateFolder = (slug: string): string => `private/${slug}/`

/** @param token 32 hex digits */
export const documentKey = (slug: string, token: string): string => `${privateFolder(slug)}${token}.json`

/** @returns the token in the key of an Event's document; null for whatever else lies in that folder */
export function tokenOf(slug: string, key: string): string | null {
  const folder = privateFolder(slug)
  if (!key.startsWith(folder)) return null
  return /^([0-9a-f]{32})\.json$/.exec(key.slice(folder.length))?.[1] ?? null
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isTime = (value: unknown): value is string => isText(value) && !Number.isNaN(Date.parse(value))

/** @param value what was stored, parsed
 * @returns null when it is no such document: then it opens nothing */
export function readEventDocument(value: unknown): EventDocument | null {
  if (typeof value !== 'object' || value === null) return null
  const { v, slug, prefix, title, date, visibility, endsAt, key, pin, updatedAt, by } = value as Record<
    string,
    unknown
  >
  const isSpoken = VISIBILITIES.find((one) => one === visibility)
  const texts = [slug, prefix, title, date, key, by]
  if (v !== 1 || isSpoken === undefined || !texts.every(isText) || !isTime(updatedAt)) return null
  if (slug === '' || prefix === '' || key === '') return null
  if ((endsAt !== null && !isTime(endsAt)) || (pin !== null && !isText(pin))) return null
  return { ...(value as EventDocument), visibility: isSpoken }
}

/** @returns the one that counts where an Event has several; null of none */
export function newestDocument<T extends EventDocument>(documents: readonly T[]): T | null {
  const [first, ...others] = documents
  if (first === undefined) return null
  return others.reduce(
    (best, one) => (Date.parse(one.updatedAt) > Date.parse(best.updatedAt) ? one : best),
    first,
  )
}

/** @param at milliseconds since 1970 */
export const hasEnded = ({ endsAt }: Pick<Access, 'endsAt'>, at: number): boolean =>
  endsAt !== null && Date.parse(endsAt) <= at

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Unambiguous when it is read aloud or typed from a card: no 0 and o, no 1, i and l. */
const LETTERS = '23456789abcdefghjkmnpqrstuvwxyz'

/** @returns hex digits of that many random bytes */
export const randomHex = (bytes: number): string => hexOf(crypto.getRandomValues(new Uint8Array(bytes)))

/** @returns lower-case letters and digits that nobody takes for another */
export function randomLetters(count: number): string {
  let text = ''
  while (text.length < count)
    for (const byte of crypto.getRandomValues(new Uint8Array(count))) {
      const letter = LETTERS[byte & 31]
      if (letter !== undefined && text.length < count) text += letter
    }
  return text
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** @returns a new key for an Event's cookies: 32 random bytes in base64url */
export function newKey(): string {
  let text = ''
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3)
    const bits = (a << 16) | (b << 8) | c
    const left = Math.min(3, bytes.length - at)
    for (let n = 0; n <= left; n += 1) text += ALPHABET[(bits >> (18 - 6 * n)) & 63]!
  }
  return text
}

/** @returns hex of HMAC-SHA256. The key's own letters are its bytes: both sides have it as text. */
async function sign(key: string, text: string): Promise<string> {
  const encoder = new TextEncoder()
  const imported = await crypto.subtle.importKey(
    'raw',
    encoder.encode(key),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  return hexOf(new Uint8Array(await crypto.subtle.sign('HMAC', imported, encoder.encode(text))))
}

/** Compares without telling by its time how much was right. Both sides are hashes of one length. */
function isSame(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let at = 0; at < b.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}

/** Wrong PINs that an address has within that many milliseconds; then it has to wait. */
export const WRONG_PINS = { most: 20, within: 600_000 } as const

/** What a guest typed, as the PIN would be written: digits of a Chinese or Japanese keyboard are digits, and spaces are
 * none. */
export const typedPin = (text: string): string => text.normalize('NFKC').replace(/[\s-]/g, '')

/** @param pin 4 to 8 digits */
export const pinHash = (key: string, pin: string): Promise<string> => sign(key, pin)

/** Whether the digits are the Event's PIN. Takes as long for any.
 * @param typed as it was typed */
export async function isPin({ key, pin }: Pick<Access, 'key' | 'pin'>, typed: string): Promise<boolean> {
  const given = typedPin(typed)
  const hash = await pinHash(key, given)
  return pin !== null && PIN.test(given) && isSame(hash, pin)
}

/** How long a guest need not type the PIN again, milliseconds. */
export const COOKIE_LASTS = 180 * 24 * 3600_000

/** Slugs may be of any script, names of cookies may not. */
export const cookieName = (slug: string): string => `lep-e-${encodeURIComponent(slug)}`

/** @param at milliseconds since 1970
 * @returns the value of the cookie that opens the Event, and the seconds for which it does */
export async function newCookie(
  { slug, key, endsAt }: Access,
  at: number,
): Promise<{ value: string; maxAge: number }> {
  const until = Math.min(at + COOKIE_LASTS, endsAt === null ? Infinity : Date.parse(endsAt))
  const expiry = Math.floor(until / 1000)
  return {
    value: `${expiry}.${await sign(key, `${slug} ${expiry}`)}`,
    maxAge: Math.max(0, expiry - Math.floor(at / 1000)),
  }
}

/** @returns the value of Set-Cookie
 * @param isSecure whether the request came by HTTPS */
export async function setCookie(access: Access, at: number, isSecure: boolean): Promise<string> {
  const { value, maxAge } = await newCookie(access, at)
  const secure = isSecure ? '; Secure' : ''
  return `${cookieName(access.slug)}=${value}; Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Lax${secure}`
}

/** Whether a request's cookies hold one that opens the Event.
 * @param header the value of Cookie
 * @param at milliseconds since 1970 */
export async function hasCookie(access: Access, header: string | null, at: number): Promise<boolean> {
  const name = `${cookieName(access.slug)}=`
  // A browser sends what another site below the same name set as well: any of them may be the right one, few are asked.
  const values = (header ?? '')
    .split(';')
    .map((one) => one.trim())
    .filter((one) => one.startsWith(name))
    .map((one) => one.slice(name.length))
  for (const value of values.slice(0, 4)) {
    const [, expiry, hash] = /^(\d{1,12})\.([0-9a-f]{64})$/.exec(value) ?? []
    if (expiry === undefined || hash === undefined || Number(expiry) * 1000 <= at) continue
    if (isSame(hash, await sign(access.key, `${access.slug} ${expiry}`))) return true
  }
  return false
}

export type DoorState = 'open' | 'pin' | 'ended'

/** How an Event meets a request.
 * @param cookies the value of Cookie
 * @param at milliseconds since 1970 */
export async function doorState(access: Access, cookies: string | null, at: number): Promise<DoorState> {
  if (hasEnded(access, at)) return 'ended'
  if (access.visibility !== 'pin') return 'open'
  return (await hasCookie(access, cookies, at)) ? 'open' : 'pin'
}

/** Whether nobody can guess below which prefix an Event's pictures lie. Those of a prefix that somebody chose, or that is
 * older than random ones, ask for the PIN themselves. */
export const isSecretPrefix = (prefix: string): boolean => /-[2-9a-z]{16}$/.test(prefix)
