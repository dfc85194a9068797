/** What all Functions share: the few parts of R2 and Pages that are used, so that nothing has to be installed for their
 * types, how an address names an object, and how is answered. */

export interface Stored {
  readonly size: number
  readonly httpEtag: string
  readonly httpMetadata?: { readonly contentType?: string; readonly cacheControl?: string }
  readonly range?: { readonly offset?: number; readonly length?: number; readonly suffix?: number }
  readonly body?: ReadableStream
  text?(): Promise<string>
}

export interface Bucket {
  head(key: string): Promise<Stored | null>
  get(
    key: string,
    options?: { range?: { offset?: number; length?: number; suffix?: number } },
  ): Promise<Stored | null>
  list(options: {
    prefix: string
    delimiter?: string
    cursor?: string
  }): Promise<{ readonly objects: readonly { readonly key: string }[] }>
}

export interface Context {
  readonly request: Request
  readonly env: { readonly GALLERY?: Bucket; readonly PHOTOS?: Bucket }
}

export const bucketOf = ({ env }: Pick<Context, 'env'>): Bucket | undefined => env.GALLERY ?? env.PHOTOS

/** A photo that is not there yet may be there in a moment, and one that is gone must stay gone. */
export const MISSING = 'public, max-age=2'

const SAFE: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
  // Pictures are shown on other sites' pages too, if somebody embeds the gallery.
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
}

export function answer(
  status: number,
  headers: Record<string, string> = {},
  body: BodyInit | null = null,
): Response {
  return new Response(body, { status, headers: { ...SAFE, ...headers } })
}

export function refuse(status: number, message: string, headers: Record<string, string> = {}): Response {
  return answer(
    status,
    { 'content-type': 'text/plain; charset=utf-8', 'cache-control': MISSING, ...headers },
    message,
  )
}

/** A document that is made for this request. Nobody keeps it unless `headers` say so. */
export function answerJson(status: number, value: object, headers: Record<string, string> = {}): Response {
  return answer(
    status,
    { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    JSON.stringify(value),
  )
}

export const unbound = (): Response =>
  refuse(500, 'This Pages project has no bucket: bind one as GALLERY.', { 'cache-control': 'no-store' })

/** The segments of an address, each decoded once, so that names with spaces, `%`, `#` and any script are found; null
 * when one of them leads out of its folder, or is none. */
export function segmentsOf(path: string): string[] | null {
  const segments: string[] = []
  for (const raw of path.split('/')) {
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
  return segments
}

/** The key that an address below `/photo/` means, or null when it can mean none. */
export const keyOf = (pathname: string): string | null =>
  segmentsOf(pathname.replace(/^\/photo\//, ''))?.join('/') ?? null

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

export function matches(header: string | null, etag: string): boolean {
  return (header ?? '')
    .split(',')
    .some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*')
}
