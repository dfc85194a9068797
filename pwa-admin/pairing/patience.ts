import { within } from '../connection/limit.ts'

/** The pages of strangers wait for no answer without an end: a network that was left says nothing at all.
 * @param limit milliseconds */
export const patience = (limit = 15_000): AbortSignal => within(limit)
