/** A clock for waiting: it begins at the machine's time and goes on by itself, so that no wait is stretched or cut
 * short when the machine's clock is set. Whole milliseconds since 1970. For people and for files there is `Date.now`.
 * @param elapsed milliseconds, rising */
export function createSteadyClock(
  now: () => number,
  elapsed: () => number = () => performance.now(),
): () => number {
  const start = now() - elapsed()
  return () => Math.round(start + elapsed())
}
