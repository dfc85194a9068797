const STEPS = [
  [1000, 60_000, 'second'],
  [60_000, 3600_000, 'minute'],
  [3600_000, Infinity, 'hour'],
] as const

/** How long something took, short, in the reader's language: `0.4 sec`, `12 min`, `3 小時`.
 * @param ms milliseconds */
export function durationWords(ms: number, language: string): string {
  const [unit, , name] = STEPS.find(([, most]) => Math.abs(ms) < most)!
  const value = ms / unit
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: name,
    unitDisplay: 'short',
    maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0,
  }).format(value)
}
