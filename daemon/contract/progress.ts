import { Type, type Static } from 'typebox'

/** How far a Photo is on its way to guests. */
export const Progress = Type.Object({
  state: Type.Unsafe<'held' | 'rendering' | 'uploading' | 'live' | 'failed'>({
    type: 'string',
    enum: ['held', 'rendering', 'uploading', 'live', 'failed'],
  }),
  /** Of `held`: milliseconds until it goes out. */
  left_ms: Type.Optional(Type.Integer()),
  /** Of `held`, `rendering` and `failed`: the device that published it. */
  by: Type.Optional(Type.String()),
  /** Of `failed`: why. */
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
})
export type Progress = Static<typeof Progress>
