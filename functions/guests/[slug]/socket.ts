import { refuse } from '../../bucket.ts'
import { guestOf, isHost, type GuestContext } from '../object.ts'

/** `/guests/<slug>/socket`: a guest's page waits for news. Without the object, or above its cap, it gets 503 and asks by
 * itself. */
export async function onRequest(context: GuestContext): Promise<Response> {
  const { request } = context
  if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket')
    return refuse(426, 'There is a socket at this address.', {
      upgrade: 'websocket',
      'cache-control': 'no-store',
    })
  const guest = await guestOf(context, true)
  if (guest instanceof Response) return guest
  const host = await isHost(guest.bucket, guest.event.slug, request)
  if (!host) {
    const through = await guestOf(context)
    if (through instanceof Response) return through
  }
  if (!guest.object)
    return refuse(503, 'Nobody tells news here.', { 'retry-after': '300', 'cache-control': 'no-store' })
  const isWall = new URL(request.url).searchParams.has('wall')
  return guest.object('socket', host ? { host: 'yes' } : isWall ? { wall: 'yes' } : {}, request)
}
