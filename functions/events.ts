import {
  doorState,
  newestDocument,
  privateFolder,
  readEventDocument,
  RESERVED_PREFIXES,
  tokenOf,
  type DoorState,
  type EventDocument,
} from '../daemon/contract/event-document.ts'
import type { Bucket } from './bucket.ts'

/** Which Events the bucket holds, and to whom they are open: what every Function asks first. */

/** An Event that a guest may know of. */
export type KnownEvent = Omit<EventDocument, 'v' | 'by'>

export type Door = { readonly state: DoorState; readonly event: KnownEvent } | { readonly state: 'unknown' }

/** What `events.json` in the bucket's root says, read as whatever it may be. */
interface Index {
  readonly current: string | null
  readonly by?: string
  readonly photoBaseUrl?: string
  readonly events: ReadonlyMap<string, { readonly prefix: string; readonly title: string }>
}

/** Milliseconds for which an isolate believes what it read: pictures do not each ask for it. */
const FRESH = 5000
/** Milliseconds for which it does not look for further documents of an Event: listing costs most. */
const LISTED = 60_000
/** Answers remembered at once; addresses that were guessed are among them. */
const KEPT = 500

/** Whatever is no object has none. */
const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

async function jsonAt(bucket: Bucket, key: string): Promise<unknown> {
  const stored = await bucket.get(key)
  try {
    return JSON.parse((await stored?.text?.()) ?? 'null')
  } catch {
    // Not a document of any version of this program: it opens nothing.
    return null
  }
}

/** Remembers answers for a while, of one bucket. Whoever asks while one is being read shares it. */
function createMemory<T>(lasts: number) {
  const known = new Map<
    string,
    { readonly bucket: Bucket; readonly until: number; readonly value: Promise<T> }
  >()
  return (bucket: Bucket, key: string, read: () => Promise<T>): Promise<T> => {
    const found = known.get(key)
    if (found?.bucket === bucket && found.until > Date.now()) return found.value
    if (known.size >= KEPT) known.clear()
    const value = read()
    known.set(key, { bucket, until: Date.now() + lasts, value })
    value.catch(() => known.delete(key))
    return value
  }
}

const indexes = createMemory<Index>(FRESH)
const documents = createMemory<EventDocument | null>(FRESH)
const lists = createMemory<string[]>(LISTED)
const owners = createMemory<string | null>(FRESH)

/** The index as it is stored: of a bucket that an earlier version wrote, it names every Event. */
export const indexOf = (bucket: Bucket): Promise<Index> =>
  indexes(bucket, 'events.json', async () => {
    const index = fieldsOf(await jsonAt(bucket, 'events.json'))
    const events = new Map<string, { prefix: string; title: string }>()
    for (const [slug, event] of Object.entries(fieldsOf(index.events))) {
      const { prefix, title } = fieldsOf(event)
      const folder = typeof prefix === 'string' ? prefix.replace(/^\/+|\/+$/g, '') : ''
      if (folder === '' || RESERVED_PREFIXES.includes(folder)) continue
      events.set(slug, { prefix: folder, title: typeof title === 'string' ? title : '' })
    }
    return {
      current: typeof index.current === 'string' ? index.current : null,
      ...(typeof index.by === 'string' && { by: index.by }),
      ...(typeof index.photoBaseUrl === 'string' && { photoBaseUrl: index.photoBaseUrl }),
      events,
    }
  })

async function readDocuments(bucket: Bucket, slug: string): Promise<EventDocument | null> {
  const keys = await lists(bucket, slug, async () => {
    const { objects } = await bucket.list({ prefix: privateFolder(slug), delimiter: '/' })
    return objects.map(({ key }) => key).filter((key) => tokenOf(slug, key) !== null)
  })
  const found = await Promise.all(keys.map((key) => jsonAt(bucket, key)))
  const read = found.map(readEventDocument).filter((one) => one?.slug === slug)
  return newestDocument(read.filter((one) => one !== null))
}

/** An Event by the name in its address, whoever may open it. One that has no document is of a bucket that an earlier
 * version wrote: what its index names is open. */
async function eventOf(bucket: Bucket, slug: string): Promise<KnownEvent | null> {
  const isName = slug !== '' && !slug.includes('/') && slug.length <= 300
  if (!isName) return null
  const document = await documents(bucket, slug, () => readDocuments(bucket, slug))
  if (document) return document
  const named = (await indexOf(bucket)).events.get(slug)
  if (!named) return null
  return { slug, ...named, date: '', visibility: 'front', endsAt: null, key: '', pin: null, updatedAt: '' }
}

/** How the Event of that address meets a request. */
export async function doorOf(bucket: Bucket, slug: string, request: Request): Promise<Door> {
  const event = await eventOf(bucket, slug)
  if (!event) return { state: 'unknown' }
  return { state: await doorState(event, request.headers.get('cookie'), Date.now()), event }
}

/** Folders below a prefix. */
const INNER = ['pages', 'thumb', 'view', 'full', 'assets']

/** The prefixes below which an object of that key may lie, likeliest first. */
function prefixesOf(key: string): string[] {
  const folders = key.split('/').slice(0, -1)
  const inner = INNER.includes(folders.at(-1) ?? '') ? [folders.slice(0, -1).join('/')] : []
  return [...inner, folders.join('/')].filter((prefix) => prefix !== '')
}

/** Whose head lies below that prefix. */
const ownerOf = (bucket: Bucket, prefix: string): Promise<string | null> =>
  owners(bucket, prefix, async () => {
    for (const [slug, event] of (await indexOf(bucket)).events) if (event.prefix === prefix) return slug
    const { slug } = fieldsOf(fieldsOf(await jsonAt(bucket, `${prefix}/manifest.json`)).event)
    return typeof slug === 'string' ? slug : null
  })

/** How the Event to which an object belongs meets a request.
 * @param key the object's key in the bucket */
export async function doorOfKey(bucket: Bucket, key: string, request: Request): Promise<Door> {
  for (const prefix of prefixesOf(key)) {
    if (RESERVED_PREFIXES.includes(prefix.split('/')[0]!)) continue
    const slug = await ownerOf(bucket, prefix)
    if (slug === null) continue
    const door = await doorOf(bucket, slug, request)
    // A head says whose it is, the Event says which is its head: both have to agree.
    if (door.state !== 'unknown' && door.event.prefix.replace(/^\/+|\/+$/g, '') === prefix) return door
  }
  return { state: 'unknown' }
}
