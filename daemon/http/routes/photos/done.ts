import type { FastifyRequest } from 'fastify'
import type { DoneReply } from '../../../contract/api.ts'
import type { Decided, Done } from '../../../decisions/decisions.ts'

/** The reply to what was decided about one photo. */
export function doneReply({ filename, action }: Decided): DoneReply {
  return { status: 'success', filename, ...(action && { action }) }
}

/** Keeps that reply, or another, for the request's id with what it tells of.
 * @param reply of 200 */
export function keeping(
  { once }: FastifyRequest,
  reply: (decided: Decided) => object = doneReply,
): { done: Done } {
  return { done: (decided) => once?.keep(200, reply(decided)) }
}
