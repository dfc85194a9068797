/** A clock for waiting: whole milliseconds since 1970, rising by itself, so that no wait is stretched or cut short when
 * the machine's clock is set. For people and for files there is `Date.now`. */
export interface SteadyClock {
  (): number
  /** Adds the time that the computer slept, where nothing else counted it.
   * @param ms milliseconds */
  skip(ms: number): void
}

/** @param now the machine's clock, at which it begins
 * @param elapsed milliseconds, rising
 * @param behind milliseconds by which an earlier run's was behind the machine's clock, so that what that run wrote down
 *   is still due in time */
export function createSteadyClock(
  now: () => number,
  elapsed: () => number = () => performance.now(),
  behind = 0,
): SteadyClock {
  let start = now() - elapsed() - behind
  const read = () => Math.round(start + elapsed())
  return Object.assign(read, {
    skip(ms: number) {
      start += ms
    },
  })
}
