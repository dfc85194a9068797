import { useI18n } from 'vue-i18n'

const UNITS = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** Bytes as a person says them: `82 GB`, `1.4 TB`. Decimal, as on the box the disk came in. */
export function sizeIn(bytes: number, locale: string): string {
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  const digits = value >= 10 || unit === 0 ? 0 : 1
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: UNITS[unit]!,
    unitDisplay: 'short',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value)
}

/** The same in the reader's language. */
export function useSize(): (bytes: number) => string {
  const { locale } = useI18n()
  return (bytes) => sizeIn(bytes, locale.value)
}
