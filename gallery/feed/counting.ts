import type { CountsMessage } from '../../daemon/contract/delta.ts'

/** How long counts are gathered, milliseconds. */
const GATHER_MS = 15_000
/** What one message may name and count; what is more waits for the next. */
const MOST_NAMES = 50
const MOST_COUNT = 500

/** Counts what is done with photos on this page, as numbers that name nobody.
 * @param say false when nobody hears it: it is kept, and said with the next */
export const createCounting = (say: (counts: CountsMessage) => boolean) => {
  let opened = 0
  const saved = new Map<string, number>()
  let timer: ReturnType<typeof setTimeout> | undefined

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const names = [...saved]
      .slice(0, MOST_NAMES)
      .map(([name, count]) => [name, Math.min(count, MOST_COUNT)] as const)
    if (opened === 0 && names.length === 0) return
    const now = Math.min(opened, MOST_COUNT)
    if (say({ type: 'counts', opened: now, saved: Object.fromEntries(names) })) {
      opened -= now
      for (const [name, count] of names) {
        const left = (saved.get(name) ?? 0) - count
        if (left > 0) saved.set(name, left)
        else saved.delete(name)
      }
    }
    if (opened > 0 || saved.size > 0) soon()
  }
  const soon = (): void => void (timer ??= setTimeout(flush, GATHER_MS))

  return {
    opened(): void {
      opened += 1
      soon()
    },
    saved(names: readonly string[]): void {
      for (const name of names) saved.set(name, (saved.get(name) ?? 0) + 1)
      soon()
    },
    /** The page may not be there much longer. */
    flush,
    stop: (): void => clearTimeout(timer),
  }
}
