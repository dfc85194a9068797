import type { ManifestEntry } from '../../daemon/contract/manifest.ts'

/** Photos above everything that is on the page already. Empty while nothing is. */
export const newcomers = (
  entries: readonly ManifestEntry[],
  onPage: ReadonlySet<string>,
): readonly ManifestEntry[] => {
  const first = entries.findIndex((entry) => onPage.has(entry.filename))
  return first === -1 ? [] : entries.slice(0, first)
}
