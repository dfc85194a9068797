import { answer, refuse } from '../../bucket.ts'
import { guestOf, type GuestContext } from '../object.ts'

/** Longer than any message that is counted. */
const MOST_BYTES = 16_384

/** `POST /guests/<slug>/counts`: what a page without a socket counted. Anonymous; without the object nobody counts. */
export async function onRequest(context: GuestContext): Promise<Response> {
  const { request } = context
  if (request.method !== 'POST')
    return refuse(405, 'Only POST.', { allow: 'POST', 'cache-control': 'no-store' })
  const guest = await guestOf(context)
  if (guest instanceof Response) return guest
  const body = await request.text()
  if (body.length > MOST_BYTES) return refuse(413, 'Too much.', { 'cache-control': 'no-store' })
  if (!guest.object) return answer(204, { 'cache-control': 'no-store' })
  return guest.object('counts', {}, { method: 'POST', body })
}
