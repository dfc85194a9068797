import type { TimelineRecord } from '../../catalog/photos/timelines.ts'
import type { PhotoTimeline } from '../../contract/figures.ts'
import { measure } from './steps.ts'

/** ISO 8601. A file may say a time that no calendar has.
 * @param at milliseconds since 1970 */
export function isoOf(at: number | null): string | null {
  if (at === null) return null
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

export function clockOf({ shotAt, isCorrected }: TimelineRecord): PhotoTimeline['clock'] {
  return shotAt === null ? 'none' : isCorrected ? 'corrected' : 'as_set'
}

/** A Photo's timeline as pages see it.
 * @param photographer '' where nobody is known */
export function timelineView(timeline: TimelineRecord, photographer = ''): PhotoTimeline {
  const { id, filename, seenWhere } = timeline
  const way = measure('shutter_to_disk', timeline)
  return {
    id,
    filename,
    photographer: photographer || null,
    shot_at: isoOf(timeline.shotAt),
    clock: clockOf(timeline),
    doubt: typeof way === 'string' ? way : null,
    on_disk_at: isoOf(timeline.onDiskAt)!,
    tile_at: isoOf(timeline.tileAt),
    decided_at: isoOf(timeline.decidedAt),
    published_at: isoOf(timeline.publishedAt),
    uploaded_at: isoOf(timeline.uploadedAt),
    seen_at: isoOf(timeline.seenAt),
    seen_where: seenWhere,
  }
}
