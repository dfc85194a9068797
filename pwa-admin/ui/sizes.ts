const UNITS = ['kB', 'MB', 'GB', 'TB'] as const

/** Bytes as a person says them, in English and Chinese alike: `82 GB`, `1.4 TB`. Decimal, as on the box the disk came
 * in. Not by Intl, whose first number with a unit costs an old iPad a tenth of the time to the first screen. */
export function sizeWords(bytes: number): string {
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${value.toFixed(value >= 10 || unit === 0 ? 0 : 1)} ${UNITS[unit]}`
}
