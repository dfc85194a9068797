import { backoff } from '../../util/backoff.ts'

/** The longest that anything waits before it is tried again, milliseconds. */
export const LONGEST_WAIT = 10_000
const FIRST_WAIT = 500

/** How long an upload waits after the `tries`-th failure in a row (0 is the first), milliseconds: with up to a quarter
 * taken off at random, so that a crowd does not come back all at once.
 * @param random in 0..1 */
export function retryWait(tries: number, random: number): number {
  return Math.round(backoff(tries, { first: FIRST_WAIT, longest: LONGEST_WAIT }) * (1 - random / 4))
}
