/** Lets through `rate` in a second, and `burst` at once after a quiet time.
 * @param now milliseconds that only rise */
export function createBucket({ rate, burst }: { rate: number; burst: number }, now: () => number) {
  let left = burst
  let at = now()
  return {
    has(): boolean {
      const time = now()
      left = Math.min(burst, left + (Math.max(0, time - at) / 1000) * rate)
      at = time
      return left >= 1
    },
    take(): void {
      left -= 1
    },
  }
}
