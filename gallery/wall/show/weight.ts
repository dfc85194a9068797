import type { ManifestEntry } from '../../../daemon/contract/manifest.ts'

/** What was published within this many milliseconds comes more often: it is what the room has just lived through. */
const LATELY = 30 * 60_000
const LATELY_COUNTS = 2
const PICK_COUNTS = 1.5

/** How often a photo comes, where 1 is as often as any.
 * @param picks public names that a person marked
 * @param now milliseconds since 1970 */
export const weightOf = (
  { filename, publishedAt }: Pick<ManifestEntry, 'filename' | 'publishedAt'>,
  picks: ReadonlySet<string>,
  now: number,
): number => {
  const isLate = now - Date.parse(publishedAt) < LATELY
  return (isLate ? LATELY_COUNTS : 1) * (picks.has(filename) ? PICK_COUNTS : 1)
}
