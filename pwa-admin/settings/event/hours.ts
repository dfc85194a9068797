import type { EventStatistics } from '../../../daemon/contract/settings.ts'

const HOUR = 3600_000
/** Bars that fit on a phone; what is older is left out. */
const MOST = 36

type Hour = EventStatistics['hours'][number]

/** Every hour from the first to the last in which something happened, quiet ones too; the newest where they are
 * too many to show. */
export function hoursShown(hours: readonly Hour[]): Hour[] {
  const last = hours.at(-1)
  if (!last) return []
  const known = new Map(hours.map((hour) => [Date.parse(hour.at), hour]))
  const end = Date.parse(last.at)
  const from = Math.max(Date.parse(hours[0]!.at), end - (MOST - 1) * HOUR)
  return Array.from({ length: (end - from) / HOUR + 1 }, (_, n) => {
    const at = from + n * HOUR
    return known.get(at) ?? { at: new Date(at).toISOString(), in: 0, published: 0 }
  })
}
