import { hasEnded, isSecretPrefix } from '../../daemon/contract/event-document.ts'
import { cacheControlOf, contentTypeOf } from '../../daemon/contract/object.ts'
import {
  answer,
  answerJson,
  bucketOf,
  keyOf,
  matches,
  rangeOf,
  refuse,
  unbound,
  type Bucket,
  type Context,
} from '../bucket.ts'
import type { Objects } from '../object/runtime.ts'
import { doorOf, doorOfKey, indexOf, type Door, type KnownEvent } from '../events.ts'

/** `/photo/...` on Cloudflare Pages: the bucket's tree, as the daemon serves it on the venue's own network. What an
 * Event's document in the bucket does not open is not served, and another Event is never named. */

const INDEX = 'events.json'
/** Longer, and guests would wait for the next event. */
const SOON = 'public, max-age=5'
/** What one guest got for a PIN is for that guest alone. */
const OWN = 'private, no-cache'
const OWN_FOREVER = 'private, max-age=31536000, immutable'

/** Where the object is bound, pages may wait for news at a socket. */
type Push = { readonly push?: true }

const notFound = (): Response => refuse(404, 'Not found.')

/** A document that was made here, or 304 to who has it. */
async function sendMade(request: Request, value: object, cache: string): Promise<Response> {
  const body = JSON.stringify(value)
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body))
  const hex = Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const headers: Record<string, string> = {
    'content-type': contentTypeOf(INDEX),
    'cache-control': cache,
    etag: `"${hex.slice(0, 32)}"`,
    'accept-ranges': 'bytes',
    ...(cache === OWN && { vary: 'cookie' }),
  }
  if (matches(request.headers.get('if-none-match'), headers.etag!)) return answer(304, headers)
  return answer(200, headers, request.method === 'HEAD' ? null : body)
}

const isAtFrontDoor = (event: KnownEvent): boolean =>
  event.visibility === 'front' && !hasEnded(event, Date.now())

/** The index as guests may have it: the current Event alone, and only at the front door. */
async function sendIndex(request: Request, bucket: Bucket, push: Push): Promise<Response> {
  const { current, events: _all, ...rest } = await indexOf(bucket)
  const door: Door = current === null ? { state: 'unknown' } : await doorOf(bucket, current, request)
  const shown = door.state !== 'unknown' && isAtFrontDoor(door.event) ? door.event : null
  const events = shown ? { [shown.slug]: { prefix: shown.prefix, title: shown.title } } : {}
  return sendMade(request, { v: 1, current: shown?.slug ?? null, ...rest, ...(shown && push), events }, SOON)
}

/** What a guest hears who may not come in.
 * @param isDocument whether a page asks, which says it in words of its own */
export function turnAway(door: Exclude<Door, { state: 'open' }>): Response {
  if (door.state === 'unknown') return notFound()
  const { state, event } = door
  // Said to nobody twice: a moment later the guest may have typed the PIN.
  return answerJson(state === 'pin' ? 401 : 410, { v: 1, state, title: event.title }, { vary: 'cookie' })
}

async function sendEvent(request: Request, bucket: Bucket, slug: string, push: Push): Promise<Response> {
  const door = await doorOf(bucket, slug, request)
  if (door.state !== 'open') return turnAway(door)
  const { prefix, title, visibility } = door.event
  const { photoBaseUrl } = await indexOf(bucket)
  return sendMade(
    request,
    // At the bucket's own address nobody is asked for a PIN.
    {
      v: 1,
      slug,
      prefix,
      title,
      ...(photoBaseUrl !== undefined && visibility !== 'pin' && { photoBaseUrl }),
      ...push,
    },
    visibility === 'pin' ? OWN : SOON,
  )
}

/** The object under a key that is open to this guest.
 * @param own whether it is for this guest alone */
async function sendObject(request: Request, bucket: Bucket, key: string, own: boolean): Promise<Response> {
  const found = await bucket.head(key)
  if (!found) return notFound()
  const cache = cacheControlOf(key)
  const headers: Record<string, string> = {
    'content-type': contentTypeOf(key),
    'cache-control': own ? (cache.includes('immutable') ? OWN_FOREVER : OWN) : cache,
    etag: found.httpEtag,
    'accept-ranges': 'bytes',
    ...(own && { vary: 'cookie' }),
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
  if (request.method === 'HEAD') return answer(range ? 206 : 200, headers)
  // An empty object has no range that could be asked for.
  const stored = await bucket.get(key, range ? { range } : {})
  // Taken out at this very moment, or rewritten: its ETag is then another one.
  if (!stored?.body || stored.httpEtag !== found.httpEtag) return notFound()
  return answer(range ? 206 : 200, headers, stored.body)
}

interface PhotoContext extends Context {
  readonly env: Context['env'] & { readonly GUESTS?: Objects }
}

/** Lists are for who knows the PIN. Pictures lie below a prefix that only those name, unless it can be guessed. */
const needsPin = (key: string, { prefix }: KnownEvent): boolean => {
  const inner = key.slice(prefix.replace(/^\/+|\/+$/g, '').length + 1)
  return inner === 'manifest.json' || inner.startsWith('pages/') || !isSecretPrefix(prefix)
}

export async function onRequest(context: PhotoContext): Promise<Response> {
  const { request } = context
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(405, 'Only GET and HEAD.', { allow: 'GET, HEAD', 'cache-control': 'no-store' })
  const bucket = bucketOf(context)
  if (!bucket) return unbound()
  const key = keyOf(new URL(request.url).pathname)
  if (key === null) return notFound()
  const push: Push = context.env.GUESTS ? { push: true } : {}
  if (key === INDEX) return sendIndex(request, bucket, push)
  const slug = /^events\/([^/]+)\.json$/.exec(key)?.[1]
  if (slug !== undefined) return sendEvent(request, bucket, slug, push)

  const door = await doorOfKey(bucket, key, request)
  if (door.state === 'unknown') return notFound()
  const { event } = door
  if (door.state === 'ended' || (door.state === 'pin' && needsPin(key, event))) return turnAway(door)
  return sendObject(request, bucket, key, event.visibility === 'pin')
}
