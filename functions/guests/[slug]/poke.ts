import { answer, refuse } from '../../bucket.ts'
import { guestOf, type GuestContext } from '../object.ts'

/** `POST /guests/<slug>/poke`: something may be new. It carries nothing and needs no secret, for the object reads the
 * bucket itself. */
export async function onRequest(context: GuestContext): Promise<Response> {
  if (context.request.method !== 'POST')
    return refuse(405, 'Only POST.', { allow: 'POST', 'cache-control': 'no-store' })
  const guest = await guestOf(context, true)
  if (guest instanceof Response) return guest
  if (!guest.object) return answer(204, { 'cache-control': 'no-store' })
  return guest.object('poke', {}, { method: 'POST' })
}
