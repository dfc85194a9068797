import { cacheControlOf, contentTypeOf } from '../../daemon/contract/object.ts'

/** `/photo/...` on Cloudflare Pages: the bucket's tree, as the daemon serves it on the venue's own network. Knows
 * nothing of events: `events.json` in the bucket's root says which prefixes are public. */

/** The parts of R2 and Pages that are used here, so that nothing has to be installed for their types. */
interface Stored {
  readonly size: number
  readonly httpEtag: string
  readonly httpMetadata?: { readonly contentType?: string; readonly cacheControl?: string }
  readonly range?: { readonly offset?: number; readonly length?: number; readonly suffix?: number }
  readonly body?: ReadableStream
  text?(): Promise<string>
}
interface Bucket {
  head(key: string): Promise<Stored | null>
  get(
    key: string,
    options?: { range?: { offset?: number; length?: number; suffix?: number } },
  ): Promise<Stored | null>
}
interface Context {
  readonly request: Request
  readonly env: { readonly GALLERY?: Bucket; readonly PHOTOS?: Bucket }
}

/** A photo that is not there yet may be there in a moment, and one that is gone must stay gone. */
const MISSING = 'public, max-age=2'

const SAFE: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'referrer-policy': 'no-referrer',
  // Pictures are shown on other sites' pages too, if somebody embeds the gallery.
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
}

function answer(
  status: number,
  headers: Record<string, string> = {},
  body: BodyInit | null = null,
): Response {
  return new Response(body, { status, headers: { ...SAFE, ...headers } })
}

function refuse(status: number, message: string, headers: Record<string, string> = {}): Response {
  return answer(
    status,
    { 'content-type': 'text/plain; charset=utf-8', 'cache-control': MISSING, ...headers },
    message,
  )
}

/** The key that an address means, or null when it can mean none. Each segment is decoded once, so that names with
 * spaces, `%`, `#` and any script are found, and none leads out of its folder. */
export function keyOf(pathname: string): string | null {
  const segments: string[] = []
  for (const raw of pathname.replace(/^\/photo\//, '').split('/')) {
    let segment: string
    try {
      segment = decodeURIComponent(raw)
    } catch {
      return null
    }
    // eslint-disable-next-line no-control-regex -- no name of ours holds any
    if (segment === '' || segment.startsWith('.') || /[/\\\u0000-\u001f]/.test(segment)) return null
    segments.push(segment)
  }
  return segments.join('/')
}

/** @returns the range asked for; null for the whole; `bad` when it lies outside */
export function rangeOf(
  header: string | null,
  size: number,
): { offset: number; length: number } | null | 'bad' {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return null
  const offset = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (offset >= size || (from === '' && Number(to) === 0)) return 'bad'
  return last < offset ? null : { offset, length: last - offset + 1 }
}

function matches(header: string | null, etag: string): boolean {
  return (header ?? '')
    .split(',')
    .some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*')
}

/** Whatever is no object has none. */
const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

/** The prefixes that guests may read below; a moment old at most, so that pictures do not each ask for it. */
let known: { bucket: Bucket; until: number; prefixes: ReadonlySet<string> } | undefined

async function prefixesOf(bucket: Bucket): Promise<ReadonlySet<string>> {
  if (known?.bucket === bucket && known.until > Date.now()) return known.prefixes
  const stored = await bucket.get('events.json')
  let prefixes: ReadonlySet<string> = new Set()
  try {
    const index: unknown = JSON.parse((await stored?.text?.()) ?? '')
    prefixes = new Set(
      Object.values(fieldsOf(fieldsOf(index).events))
        .map((event) => fieldsOf(event).prefix)
        .map((prefix) => (typeof prefix === 'string' ? prefix.replace(/^\/+|\/+$/g, '') : ''))
        .filter((prefix) => prefix !== ''),
    )
  } catch {
    // No index, or not one of ours: nothing is public.
  }
  known = { bucket, until: Date.now() + 5000, prefixes }
  return prefixes
}

export async function onRequest({ request, env }: Context): Promise<Response> {
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD')
    return refuse(405, 'Only GET and HEAD.', { allow: 'GET, HEAD', 'cache-control': 'no-store' })
  const bucket = env.GALLERY ?? env.PHOTOS
  if (!bucket)
    return refuse(500, 'This Pages project has no bucket: bind one as GALLERY.', {
      'cache-control': 'no-store',
    })
  const key = keyOf(new URL(request.url).pathname)
  if (key === null) return refuse(404, 'Not found.')
  if (key !== 'events.json') {
    const prefixes = await prefixesOf(bucket)
    if (![...prefixes].some((prefix) => key.startsWith(`${prefix}/`))) return refuse(404, 'Not found.')
  }

  const found = await bucket.head(key)
  if (!found) return refuse(404, 'Not found.')
  const headers: Record<string, string> = {
    'content-type': contentTypeOf(key),
    'cache-control': cacheControlOf(key),
    etag: found.httpEtag,
    'accept-ranges': 'bytes',
  }
  if (matches(request.headers.get('if-none-match'), found.httpEtag)) return answer(304, headers)
  const ifRange = request.headers.get('if-range')
  const range =
    ifRange !== null && ifRange !== found.httpEtag ? null : rangeOf(request.headers.get('range'), found.size)
  if (range === 'bad')
    return answer(416, {
      ...headers,
      'cache-control': 'no-store',
      'content-range': `bytes */${found.size}`,
    })
  const length = range?.length ?? found.size
  if (range) headers['content-range'] = `bytes ${range.offset}-${range.offset + length - 1}/${found.size}`
  headers['content-length'] = String(length)
  if (method === 'HEAD') return answer(range ? 206 : 200, headers)
  // An empty object has no range that could be asked for.
  const stored = await bucket.get(key, range ? { range } : {})
  // Taken out at this very moment, or rewritten: its ETag is then another one.
  if (!stored?.body || stored.httpEtag !== found.httpEtag) return refuse(404, 'Not found.')
  return answer(range ? 206 : 200, headers, stored.body)
}
