import type { ManifestEntry } from '../../daemon/contract/manifest.ts'

/** Numbers photos of one second, so that no two of a burst are called alike. A photo keeps the number that it got when
 * it was first asked for. */
export const createNumbers = () => {
  const bySecond = new Map<string, string[]>()
  return {
    /** @returns 1 for the first of its second that was asked for */
    of({ takenAt, filename }: ManifestEntry): number {
      const second = takenAt.slice(0, 19)
      const names = bySecond.get(second) ?? []
      bySecond.set(second, names)
      const at = names.indexOf(filename)
      return at === -1 ? names.push(filename) : at + 1
    },
  }
}
