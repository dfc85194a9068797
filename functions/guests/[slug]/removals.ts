import { refuse } from '../../bucket.ts'
import { askerOf, createRemovalDesk } from '../../removals.ts'
import { guestOf, type GuestContext } from '../object.ts'
import { networkOf } from '../../tries.ts'
import type { WritableBucket } from '../../object/runtime.ts'

/** Longer than any request with the longest reason. */
const MOST_BYTES = 8192

/** Where there is no object, each isolate has a desk of its own; the daemon puts together what came by several. */
const desks = new WeakMap<WritableBucket, ReturnType<typeof createRemovalDesk>>()

/** `POST /guests/<slug>/removals {filename, reason?}`: a guest wants a photo taken out. */
export async function onRequest(context: GuestContext): Promise<Response> {
  const { request } = context
  if (request.method !== 'POST')
    return refuse(405, 'Only POST.', { allow: 'POST', 'cache-control': 'no-store' })
  const guest = await guestOf(context)
  if (guest instanceof Response) return guest
  const text = await request.text()
  const { event, bucket, object } = guest
  const asker = await askerOf(`${event.slug} ${event.key}`, networkOf(request))
  if (text.length > MOST_BYTES) return refuse(413, 'Too much.', { 'cache-control': 'no-store' })
  if (object) return object('removals', { asker }, { method: 'POST', body: text })
  const desk = desks.get(bucket) ?? createRemovalDesk({ bucket, now: () => Date.now() })
  desks.set(bucket, desk)
  let value: unknown = null
  try {
    value = JSON.parse(text)
  } catch {
    // The desk says so.
  }
  const prefix = event.prefix.replace(/^\/+|\/+$/g, '')
  return desk.take({ slug: event.slug, prefix, asker }, value)
}
