import { Type, type Static } from 'typebox'
import { Message } from './message.ts'
import { closed, oneOf, requestId } from './shapes.ts'

/** The second copy of every Original, on another disk. */
export const SecondCopyStatus = Type.Object({
  folder: Type.String(),
  /** `resting`: photos come in quickly, and it falls behind rather than slow them; `away`: its disk is not there, or
   * another one stands in its place; `failing`: see `message`. */
  state: oneOf('done', 'copying', 'resting', 'away', 'full', 'failing'),
  /** Originals that it does not have yet, and their size. */
  waiting: Type.Integer(),
  waiting_bytes: Type.Integer(),
  /** It lies on the disk that the photos are on, and goes with it. */
  same_disk: Type.Boolean(),
  message: Type.Union([Message, Type.Null()]),
})
export type SecondCopyStatus = Static<typeof SecondCopyStatus>

/** `null` where there is none. */
export const SecondCopyReply = Type.Object({ second_copy: Type.Union([SecondCopyStatus, Type.Null()]) })
export type SecondCopyReply = Static<typeof SecondCopyReply>

/** `folder` null ends it; what was copied stays where it is. */
export const SecondCopyBody = Type.Object(
  {
    folder: Type.Union([Type.String({ minLength: 1, maxLength: 1024 }), Type.Null()]),
    request_id: requestId,
  },
  closed,
)
export type SecondCopyBody = Static<typeof SecondCopyBody>
