import { Type, type Static } from 'typebox'
import { LONGEST_REASON } from './delta.ts'
import { Name, RequestId, closed, oneOf } from './shapes.ts'

/** "Take me out": what a guest's page sends of a photo. */
export const GuestRemovalBody = Type.Object(
  {
    /** The public name. */
    filename: Name,
    reason: Type.Optional(Type.String({ maxLength: LONGEST_REASON })),
  },
  closed,
)
export type GuestRemovalBody = Static<typeof GuestRemovalBody>

export const GuestRemovalReply = Type.Object({ status: Type.Literal('success') })

/** A guest's wish that a photo be taken out, until a person has answered it. Says nothing of who asked. */
export const RemovalRequestView = Type.Object({
  id: Type.Integer(),
  /** The event's slug: it need not be the current one. */
  event: Type.String(),
  /** The public name. */
  filename: Type.String(),
  photo_id: Type.String(),
  /** Empty where none was given. */
  reason: Type.String(),
  /** ISO 8601, UTC. */
  at: Type.String(),
  /** How many asked for the same, as far as they can be told apart. */
  count: Type.Integer(),
  from: oneOf('network', 'internet'),
})
export type RemovalRequestView = Static<typeof RemovalRequestView>

export const RemovalRequestsReply = Type.Object({ removals: Type.Array(RemovalRequestView) })
export type RemovalRequestsReply = Static<typeof RemovalRequestsReply>

/** A person's answer: the photo stays, or it is unpublished as by `/api/unpublish`. */
export const RemovalAnswerBody = Type.Object(
  {
    id: Type.Integer(),
    action: oneOf('keep', 'unpublish'),
    request_id: Type.Optional(RequestId),
  },
  closed,
)
export type RemovalAnswerBody = Static<typeof RemovalAnswerBody>

/** What lies in the bucket until the daemon has taken it over (`private/<slug>/removals/<random>.json`). */
export const StoredRemoval = Type.Object({
  v: Type.Literal(1),
  filename: Name,
  reason: Type.String({ maxLength: LONGEST_REASON }),
  at: Type.String(),
  /** The same for the same asker for as long as the key of the hash lasts; tells nothing else. */
  asker: Type.String({ maxLength: 64 }),
})
export type StoredRemoval = Static<typeof StoredRemoval>
