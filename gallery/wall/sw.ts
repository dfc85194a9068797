/** The wall's service worker: it makes the wall open, and go on, while the network is away. What it keeps is asked for anew
 * each time, and stands in only where nobody answers. Pictures that were taken out are forgotten when the page says so. */

interface FetchEvent {
  readonly request: Request
  respondWith(reply: Promise<Response>): void
}
interface Scope {
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void
  addEventListener(
    type: 'install' | 'activate',
    listener: (event: { waitUntil(done: Promise<unknown>): void }) => void,
  ): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void> }
  readonly location: Location
}
// The cast: a worker's scope, of which the page's types know nothing.
const scope = self as unknown as Scope

const KEPT = 'wall-1'
/** Pictures that are kept; older ones go first. */
const MOST = 400
/** Milliseconds after which what is kept stands in for an answer that does not come. */
const PATIENCE = 6_000

const isPicture = (path: string): boolean => /^\/photo\/.*\.(?:webp|jpe?g)$/i.test(path)
const isKept = (path: string): boolean => path.startsWith('/photo/') || path.startsWith('/wall/')

const keep = async (request: Request, reply: Response): Promise<void> => {
  const cache = await caches.open(KEPT)
  // Not open any more, or not there: what was kept of it is not shown either.
  if (reply.status === 401 || reply.status === 404 || reply.status === 410)
    return void (await cache.delete(request))
  if (reply.status !== 200) return
  await cache.put(request, reply)
  const pictures = (await cache.keys()).filter(({ url }) => isPicture(new URL(url).pathname))
  for (const old of pictures.slice(0, Math.max(0, pictures.length - MOST))) await cache.delete(old)
}

const answer = async (request: Request): Promise<Response> => {
  const asked = fetch(request).then((reply) => {
    void keep(request, reply.clone()).catch(() => undefined)
    return reply
  })
  const late = new Promise<null>((done) => setTimeout(done, PATIENCE, null))
  const reply = await Promise.race([asked, late]).catch(() => null)
  if (reply) return reply
  const options = request.mode === 'navigate' ? { ignoreSearch: true } : {}
  return (await (await caches.open(KEPT)).match(request, options)) ?? asked
}

const stemOf = (name: string): string => name.replace(/\.[^.]*$/, '')

const forget = async (names: readonly unknown[]): Promise<void> => {
  const stems = new Set(names.map((name) => stemOf(String(name))))
  const cache = await caches.open(KEPT)
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url)
    if (isPicture(pathname) && stems.has(stemOf(decodeURIComponent(pathname.split('/').at(-1) ?? ''))))
      await cache.delete(request)
  }
}

scope.addEventListener('message', ({ data }) => {
  const { forget: names } = (typeof data === 'object' && data !== null ? data : {}) as { forget?: unknown }
  if (Array.isArray(names)) void forget(names)
})
scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()))
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()))
scope.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== scope.location.origin || !isKept(pathname)) return
  event.respondWith(answer(request))
})
