import {
  eventAddress,
  forEvent,
  objectUrl,
  photoAddress,
  pictureOf,
  withCard,
  type Card,
} from '../../daemon/contract/card.ts'
import { bucketOf, segmentsOf, type Bucket, type Context } from '../bucket.ts'
import { doorOf, indexOf, type KnownEvent } from '../events.ts'
import { headOf, listedEntry } from '../listed.ts'

/** `/e/<slug>` and `/e/<slug>/p/<name>` on Cloudflare Pages: the gallery's page, with what a chat shows of the link. Chats run
 * no scripts, and send no cookie: of an Event behind a PIN they learn its title, as everybody at its door does. */

interface PageContext extends Context {
  readonly env: Context['env'] & { readonly ASSETS: { fetch(url: URL): Promise<Response> } }
}

/** What is at an address: a card for it, or why there is none. */
type Found = { readonly card: Card } | 'plain' | 'missing'

async function cardOf(bucket: Bucket, request: Request): Promise<Found> {
  const { pathname, origin } = new URL(request.url)
  const [, slug = '', p, name, ...rest] = segmentsOf(pathname.replace(/^\/|\/$/g, '')) ?? []
  const isPhoto = p === 'p' && name !== undefined && rest.length === 0
  if (p !== undefined && !isPhoto) return 'missing'
  const door = await doorOf(bucket, slug, request)
  if (door.state === 'unknown') return isPhoto ? 'missing' : 'plain'
  const { event } = door
  // Whether there is such a photo is nobody's business outside.
  if (door.state !== 'open') return door.state === 'pin' ? { card: titled(event, origin) } : 'plain'
  const head = await headOf(bucket, event.prefix)
  const root = (await indexOf(bucket)).photoBaseUrl ?? `${origin}/photo`
  const described = describe(event, head?.event.subtitle ?? '')
  if (!isPhoto) {
    const hero = head?.event.hero ?? null
    const newest = head?.recent[0]
    const url = eventAddress(origin, slug)
    const picture =
      hero !== null
        ? { url: objectUrl(root, event.prefix, hero), type: 'image/jpeg' as const, size: null }
        : newest
          ? pictureOf(newest, root, event.prefix)
          : null
    return { card: { ...described, url, picture } }
  }
  const entry = head && (await listedEntry(bucket, event.prefix, head, name))
  if (!entry) return 'missing'
  const url = photoAddress(origin, slug, name)
  return { card: { ...described, url, picture: pictureOf(entry, root, event.prefix) } }
}

function describe({ title, date }: KnownEvent, subtitle: string): Pick<Card, 'title' | 'description'> {
  return {
    title: title || date,
    description: [subtitle, date].filter((text) => text !== '').join(' · '),
  }
}

const titled = (event: KnownEvent, origin: string): Card => ({
  ...describe(event, ''),
  url: eventAddress(origin, event.slug),
  picture: null,
})

export async function onRequest({ request, env }: PageContext): Promise<Response> {
  const page = await env.ASSETS.fetch(new URL('/', request.url))
  const bucket = bucketOf({ env })
  // Where the bucket does not answer, guests get the page, which says so and tries again.
  const found = bucket ? await cardOf(bucket, request).catch((): Found => 'plain') : 'plain'
  const headers = new Headers(page.headers)
  // It says what is true now, and of an Event behind a PIN not to everybody the same.
  for (const name of ['etag', 'last-modified', 'content-length']) headers.delete(name)
  headers.set('cache-control', 'private, no-cache')
  headers.set('x-robots-tag', 'noindex')
  const slug = segmentsOf(new URL(request.url).pathname.replace(/^\/|\/$/g, ''))?.[1]
  const built = await page.text()
  const html = slug === undefined ? built : forEvent(built, slug)
  const body = typeof found === 'object' ? withCard(html, found.card) : html
  return new Response(request.method === 'HEAD' ? null : body, {
    status: found === 'missing' ? 404 : 200,
    headers,
  })
}
