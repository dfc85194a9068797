import { Type, type Static } from 'typebox'
import { oneOf } from './shapes.ts'

/** How far a Photo is on its way to guests. */
export const Progress = Type.Object({
  state: oneOf('held', 'rendering', 'uploading', 'live', 'failed'),
  /** Milliseconds until it goes out, for `held`. */
  left_ms: Type.Optional(Type.Integer()),
  /** The device that published it, for `held`, `rendering` and `failed`. */
  by: Type.Optional(Type.String()),
  /** Why it failed, for `failed`. */
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
})
export type Progress = Static<typeof Progress>
