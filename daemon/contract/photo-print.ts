import { Type, type Static } from 'typebox'

/** What of one photo is on paper, and is to be. */

/** More of one photo are refused. */
export const MOST_COPIES = 99

export const Copies = Type.Integer({ minimum: 0, maximum: MOST_COPIES })

/** `begun`: it is on its way to the printer, and is not taken back any more; `unsure`: that was cut off, and nobody knows
 * whether it is on paper. */
export type PrintState = 'waiting' | 'begun' | 'printed' | 'unsure'

/** In copies. */
export const PhotoPrint = Type.Object({
  waiting: Type.Integer(),
  printed: Type.Integer(),
  /** Of these nobody knows whether they are on paper. */
  unsure: Type.Integer(),
  /** What is on paper is an earlier version of it. */
  earlier: Type.Optional(Type.Literal(true)),
})
export type PhotoPrint = Static<typeof PhotoPrint>
