/** How long to wait before the next try, milliseconds: doubling from `first` with each failure in a row, up to
 * `longest`. A caller that may be one of a crowd spreads it with a random factor of its own.
 * @param tries 0 after the first failure */
export function backoff(tries: number, { first, longest }: { first: number; longest: number }): number {
  return Math.min(longest, first * 2 ** Math.min(tries, 30))
}
