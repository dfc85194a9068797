import { Type, type Static } from 'typebox'
import { closed, Name } from './shapes.ts'

/** `open` keeps a Photo for this device for a while; null: nothing is open any more. */
export const ReserveBody = Type.Object({ open: Type.Union([Name, Type.Null()]) }, closed)
/** A Photo that a device has open. */
export const OpenPhoto = Type.Object({ photo_id: Type.String(), by: Type.String(), name: Type.String() })
export type OpenPhoto = Static<typeof OpenPhoto>
export const ReserveReply = Type.Object({
  /** Seconds for which it is kept; 0 when another device has it. */
  seconds: Type.Number(),
  taken: Type.Union([OpenPhoto, Type.Null()]),
})
export type ReserveReply = Static<typeof ReserveReply>
