import { Type, type Static } from 'typebox'
import { closed, requestId } from './shapes.ts'

/** `count`: how many photos the person was asked about; another number is refused. */
export const EmptyTrashBody = Type.Object(
  { count: Type.Integer({ minimum: 0 }), request_id: requestId },
  closed,
)
export const EmptyTrashReply = Type.Object({
  status: Type.Literal('success'),
  deleted: Type.Integer(),
  bytes: Type.Integer(),
  /** Photos that stay, with the reason. */
  kept: Type.Array(Type.Object({ filename: Type.String(), code: Type.String(), message: Type.String() })),
})
export type EmptyTrashReply = Static<typeof EmptyTrashReply>
