import { isPin, setCookie } from '../../../daemon/contract/event-document.ts'
import { answerJson, bucketOf, refuse, segmentsOf, unbound, type Context } from '../../bucket.ts'
import { doorOf } from '../../events.ts'
import { createTries, networkOf, type Tries } from '../../tries.ts'

/** `POST /guests/<slug>/pin {pin}`: who knows the PIN gets the cookie that opens the Event. */

/** Bytes; a PIN with whatever stands around it is much shorter. */
const LONGEST = 1000

const isolate = createTries()

async function typedIn(request: Request): Promise<string | null> {
  if (Number(request.headers.get('content-length') ?? 0) > LONGEST) return null
  try {
    const body: unknown = JSON.parse((await request.text()).slice(0, LONGEST))
    const pin = typeof body === 'object' && body !== null && 'pin' in body ? body.pin : null
    return typeof pin === 'string' ? pin : null
  } catch {
    return null
  }
}

/** @param tries what counts wrong PINs */
export async function onRequest(context: Context, tries: Tries = isolate): Promise<Response> {
  const { request } = context
  if (request.method !== 'POST')
    return refuse(405, 'Only POST.', { allow: 'POST', 'cache-control': 'no-store' })
  const bucket = bucketOf(context)
  if (!bucket) return unbound()
  const [, slug] = segmentsOf(new URL(request.url).pathname.slice(1)) ?? []
  const door = await doorOf(bucket, slug ?? '', request)
  if (door.state === 'unknown') return refuse(404, 'Not found.', { 'cache-control': 'no-store' })
  const { event } = door
  if (door.state === 'ended') return answerJson(410, { v: 1, state: 'ended', title: event.title })
  if (event.visibility !== 'pin') return answerJson(200, { v: 1, state: 'open' })
  const typed = await typedIn(request)
  if (typed === null) return answerJson(400, { v: 1, state: 'pin', title: event.title })

  // By Event: who knows one PIN would buy guesses at another's with it.
  const who = `${networkOf(request)} ${event.slug}`
  const wait = await tries.take(who)
  if (wait > 0)
    return answerJson(
      429,
      { v: 1, state: 'pin', title: event.title },
      { 'retry-after': `${Math.ceil(wait / 1000)}` },
    )
  if (!(await isPin(event, typed))) return answerJson(403, { v: 1, state: 'pin', title: event.title })
  await tries.forgive(who)
  const isSecure = new URL(request.url).protocol === 'https:'
  const cookie = await setCookie(event, Date.now(), isSecure)
  return answerJson(200, { v: 1, state: 'open' }, { 'set-cookie': cookie })
}
