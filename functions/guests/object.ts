import { documentKey } from '../../daemon/contract/event-document.ts'
import { bucketOf, segmentsOf, unbound, type Bucket, type Context } from '../bucket.ts'
import { doorOf, type KnownEvent } from '../events.ts'
import type { Objects, WritableBucket } from '../object/runtime.ts'
import { turnAway } from '../photo/[[path]].ts'

/** The object that speaks to an event's guests, for the Functions that stand before it. */

export interface GuestContext extends Context {
  readonly env: Context['env'] & { readonly GUESTS?: Objects }
}

export interface Guest {
  readonly event: KnownEvent
  readonly bucket: WritableBucket
  /** Null where the object was not deployed: everybody asks then. */
  readonly object:
    ((path: string, more: Record<string, string>, init: Request | RequestInit) => Promise<Response>) | null
}

/** Where a daemon shows that it is one: it knows under which name an event's document lies. */
const HOST_HEADER = 'x-lep-host'

export async function isHost(bucket: Bucket, slug: string, request: Request): Promise<boolean> {
  const token = request.headers.get(HOST_HEADER) ?? ''
  return /^[0-9a-f]{32}$/.test(token) && (await bucket.head(documentKey(slug, token))) !== null
}

/** @returns the guest's event and its object, or the answer to somebody who may not come in
 * @param passes whether the PIN is not asked for */
export async function guestOf(context: GuestContext, passes = false): Promise<Guest | Response> {
  const bucket = bucketOf(context) as WritableBucket | undefined
  if (!bucket) return unbound()
  const [, slug = ''] = segmentsOf(new URL(context.request.url).pathname.slice(1)) ?? []
  const door = await doorOf(bucket, slug, context.request)
  if (door.state === 'unknown' || (door.state !== 'open' && !passes)) return turnAway(door)
  const { event } = door
  const objects = context.env.GUESTS
  if (!objects) return { event, bucket, object: null }
  const stub = objects.get(objects.idFromName(slug))
  return {
    event,
    bucket,
    object(path, more, init) {
      const about = new URLSearchParams({
        slug,
        prefix: event.prefix.replace(/^\/+|\/+$/g, ''),
        door: `${event.visibility} ${event.key}`,
        ...(event.endsAt !== null && { ends: event.endsAt }),
        ...more,
      })
      const url = `https://guests/${path}?${about.toString()}`
      return init instanceof Request ? stub.fetch(new Request(url, init)) : stub.fetch(url, init)
    },
  }
}
