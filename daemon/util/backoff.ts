/** The longest that anything waits before it is tried again, milliseconds. */
export const LONGEST_WAIT = 10_000
const FIRST_WAIT = 500

/** How long to wait after the `tries`-th failure in a row (0 is the first), milliseconds: doubling, with up to a
 * quarter taken off at random so that a crowd does not come back all at once.
 * @param random in 0..1 */
export function backoff(tries: number, random: number): number {
  const full = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries, 30))
  return Math.round(full * (1 - random / 4))
}
