import type { FastifyRequest } from 'fastify'
import type { DoneReply } from '../../../contract/api.ts'
import type { EditChange } from '../../../contract/edit.ts'
import { wrongWith } from '../../../contract/recipe.ts'
import type { Decided, Done } from '../../../decisions/decisions.ts'
import { Refusal } from '../../../errors.ts'

/** The reply to what was decided about one photo. */
export function doneReply({ filename, action }: Decided): DoneReply {
  return { status: 'success', filename, ...(action && { action }) }
}

/** Records that reply, or another, in the transaction of the decision.
 * @param reply of 200 */
export function recording(
  request: FastifyRequest,
  reply: (decided: Decided) => object = doneReply,
): { done: Done } {
  return { done: (decided) => request.record(reply(decided)) }
}

/** A change of an Edit that means something: what the schema lets through can still mean nothing.
 * @throws Refusal 400 that quotes the value */
export function checkChange<Change extends EditChange>(change: Change): Change {
  const wrong = wrongWith(change)
  if (wrong !== null) throw new Refusal(400, 'invalid', wrong)
  return change
}
