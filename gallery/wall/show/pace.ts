/** How long photos stay. Arithmetic alone. */

/** Milliseconds for which whatever is shown stays at least, also where something new waits. */
export const LEAST = 1_000
/** The same where what is shown is new itself, and something newer came since. */
const LEAST_OF_NEW = 1_800
/** The shortest time where those that wait were there before it, ms. */
const SHORTEST = 2_500

/** Milliseconds that what is on the wall stays.
 * @param pace seconds, as a person set it
 * @param waiting new photos that were not shown yet
 * @param isFresh whether what is on the wall was new itself
 * @param isNews whether one of those that wait came after what is on the wall was chosen: it is to be seen within two seconds */
export const stayOf = (pace: number, waiting: number, isFresh: boolean, isNews: boolean): number => {
  const whole = pace * 1000
  if (waiting === 0) return whole
  if (!isFresh) return LEAST
  return Math.min(whole, isNews ? LEAST_OF_NEW : Math.max(SHORTEST, whole / 2))
}
