/** What guests on the internet cost, in calls of the Functions. Code that the app and the measurement share: the test
 * that counts a visit's calls in the real runtime holds these numbers to it. Imports nothing. */

/** Calls that Cloudflare's free plan answers in a day. */
export const CALLS_A_DAY = 100_000
/** An event's evening, hours. */
export const EVENING = 6

/** Calls of one guest in an hour with two new photos a minute, who looks all the time. */
export const CALLS_AN_HOUR = {
  /** News come by themselves, pictures and lists from the bucket's own address. */
  push: 12,
  /** The page asks, pictures and lists from the bucket's own address. */
  poll: 240,
  /** The same with every picture by the Function: a thumb and a larger one of each photo. */
  pushAll: 260,
  pollAll: 1250,
} as const

/** @returns how many guests a day's calls carry for an evening, in round numbers */
export function guestsFor(callsAnHour: number): number {
  const guests = CALLS_A_DAY / (callsAnHour * EVENING)
  const step = 10 ** Math.max(0, Math.floor(Math.log10(guests)) - 1)
  return Math.floor(guests / step) * step
}
