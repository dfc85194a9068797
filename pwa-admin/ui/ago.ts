import { onScopeDispose, ref, type Ref } from 'vue'

/** The time by this device's clock, milliseconds since 1970, updated each second. */
export function useClock(): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 1000)
  onScopeDispose(() => clearInterval(timer))
  return now
}

/** Which words say how long ago it was; the clocks of two devices differ, so nothing is in the future.
 *  @param iso ISO 8601 @param now milliseconds since 1970 */
export function agoOf(
  iso: string,
  now: number,
  locale: string,
): { key: string; values: Record<string, string | number> } {
  const seconds = Math.max(0, Math.floor((now - Date.parse(iso)) / 1000))
  if (seconds < 60) return { key: 'camera.seconds', values: { n: seconds } }
  if (seconds < 3600) return { key: 'camera.minutes', values: { n: Math.floor(seconds / 60) } }
  const time = new Date(iso).toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' })
  return { key: 'camera.at', values: { time } }
}

const DAY = 86_400
/** A time of day moved by `seconds`: `23:59:58` and 3 make `00:00:01`. */
export function movedTime(time: string, seconds: number): string {
  const [h = 0, m = 0, s = 0] = time.split(':').map(Number)
  const at = (((h * 3600 + m * 60 + s + seconds) % DAY) + DAY) % DAY
  return [at / 3600, (at / 60) % 60, at % 60]
    .map((part) => String(Math.floor(part)).padStart(2, '0'))
    .join(':')
}
