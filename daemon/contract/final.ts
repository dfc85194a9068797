import { Type, type Static } from 'typebox'
import { PhotoView } from './photo.ts'
import { closed, oneOf, requestId } from './shapes.ts'

/** What becomes of a finished picture that came back from a retoucher. */
export const FinalState = oneOf('new', 'waiting', 'placed', 'removed', 'left', 'photo')
export type FinalState = Static<typeof FinalState>

/** Why a person has to say whose final it is: `no_match`: no photo here has its name, or its time and camera; `several`:
 * more than one could be meant; `differs`: its name says one photo, its time and camera another; `other_time` and
 * `other_camera`: its name fits, and what it says of itself does not; `other_event`: it may be another event's. */
export const FinalReason = oneOf(
  'no_match',
  'several',
  'differs',
  'other_time',
  'other_camera',
  'other_event',
)
export type FinalReason = Static<typeof FinalReason>

/** A final that waits for a person to say whose it is. */
export const WaitingFinal = Type.Object({
  id: Type.String(),
  /** What it was called as it came. */
  filename: Type.String(),
  reason: FinalReason,
  width: Type.Integer(),
  height: Type.Integer(),
  size_kb: Type.Number(),
  /** ISO 8601 */
  came_at: Type.String(),
  preview: Type.String(),
  /** Photos that it may be of, the likeliest first. */
  candidates: Type.Array(PhotoView),
})
export type WaitingFinal = Static<typeof WaitingFinal>

export const WaitingFinals = Type.Object({ finals: Type.Array(WaitingFinal) })
export type WaitingFinals = Static<typeof WaitingFinals>

const id = Type.String({ minLength: 1, maxLength: 64 })
const filename = Type.String({ minLength: 1, maxLength: 255 })

/** `POST /api/finals/decide` */
export const FinalBody = Type.Union([
  /** It is this photo's. */
  Type.Object({ id, as: Type.Literal('final'), filename, request_id: requestId }, closed),
  /** It is a photo of its own, or none of ours. */
  Type.Object({ id, as: oneOf('photo', 'left'), request_id: requestId }, closed),
])
export type FinalBody = Static<typeof FinalBody>

/** `POST /api/finals/back`: the photo shows again what it showed before its final. */
export const FinalBackBody = Type.Object({ filename, request_id: requestId }, closed)
export type FinalBackBody = Static<typeof FinalBackBody>

export const FinalReply = Type.Object({
  status: Type.Literal('success'),
  /** The photo that it is about; null where the final was left alone. */
  filename: Type.Union([Type.String(), Type.Null()]),
})
export type FinalReply = Static<typeof FinalReply>
