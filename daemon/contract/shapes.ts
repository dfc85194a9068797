import { Type } from 'typebox'

/** What bodies of calls are made of: the same in every one. */

/** A field that is not described is refused. */
export const closed = { additionalProperties: false } as const

/** A photo's or a publication's name as a request gives it; what it may hold is decided by looking it up. */
export const Name = Type.String({ minLength: 1, maxLength: 255 })

/** Repeats the first reply for 24 hours, so that a request sent twice is done once. */
export const RequestId = Type.String({ minLength: 8, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
export const requestId = Type.Optional(RequestId)

export const oneOf = <T extends string>(...values: T[]) => Type.Unsafe<T>({ type: 'string', enum: values })
