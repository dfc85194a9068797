import { Type, type Static } from 'typebox'
import { Message } from './message.ts'

/** Photos that came while the disk of their folder was away: kept in the data folder until it is back. */
export const SpillStatus = Type.Object({
  /** How many wait there, of all events, and the size of their files. */
  photos: Type.Integer(),
  bytes: Type.Integer(),
  /** How many were moved back of late, while that is news; else 0. */
  moved_back: Type.Integer(),
  /** What keeps some from being moved back though their disk is there; null where nothing does. */
  message: Type.Union([Message, Type.Null()]),
})
export type SpillStatus = Static<typeof SpillStatus>
