import type { Catalog } from '../../catalog/catalog.ts'
import type { EventRecord } from '../../catalog/events.ts'
import type { EventReport, PhotoTimeline } from '../../contract/figures.ts'
import type { GuestStatistics } from '../../contract/settings.ts'
import type { TimelineRecord } from '../../catalog/photos/timelines.ts'
import { createCreditCounter, photographerOf } from './credits.ts'
import { csvHead, csvLine } from './csv.ts'
import { createStepCounter, EDGES } from './steps.ts'
import { isoOf, timelineView } from './timeline.ts'

/** Lines of the table that are read at once: in between, others are answered. */
const AT_ONCE = 500

/** What became of an Event, also of one that is over. */
export interface Figures {
  report(event: EventRecord): EventReport
  /** Of one Photo; undefined where there is none. */
  timeline(photoId: string): PhotoTimeline | undefined
  /** A table with a line for each Photo, RFC 4180, in pieces. */
  table(event: EventRecord): AsyncIterable<string>
}

export function createFigures(needs: {
  catalog: Pick<Catalog, 'timelines' | 'statistics' | 'skipped' | 'faults'>
  guests: (eventId: number) => GuestStatistics
  /** Who shot with the camera of a frame, for many frames: '' for nobody. */
  photographers: () => (frame: Pick<TimelineRecord, 'cameraId' | 'serial'>) => string
  /** Writes what is only counted so far. */
  settle: () => void
  /** Milliseconds since 1970. */
  now: () => number
}): Figures {
  const { timelines, statistics, skipped, faults } = needs.catalog
  return {
    report(event) {
      needs.settle()
      const { id, slug, settings, state } = event
      const steps = createStepCounter()
      const credits = createCreditCounter(needs.photographers())
      let [first, last] = [Infinity, -Infinity]
      for (const timeline of timelines.each(id)) {
        steps.add(timeline)
        credits.add(timeline)
        first = Math.min(first, timeline.onDiskAt)
        last = Math.max(last, timeline.onDiskAt)
      }
      const { in: taken, published, published_ever, rejected, archived } = statistics.of(id)
      const { peak, opened, saved } = needs.guests(id)
      return {
        ...{ slug, title: settings.event_title, state, made_at: new Date(needs.now()).toISOString() },
        first_at: isoOf(first < Infinity ? first : null),
        last_at: isoOf(first < Infinity ? last : null),
        counts: {
          in: taken,
          published,
          unpublished: published_ever - published,
          ...{ rejected, archived, set_aside: skipped.count(id) },
        },
        photographers: credits.figures(),
        edges_ms: [...EDGES],
        steps: steps.figures(),
        guests: { peak, opened, saved },
        bytes: timelines.bytes(id),
        faults: faults.of(id),
      }
    },
    timeline(photoId) {
      needs.settle()
      const found = timelines.byId(photoId)
      return found && timelineView(found, photographerOf(needs.photographers())(found))
    },
    async *table({ id }) {
      needs.settle()
      yield csvHead()
      const ids = timelines.ids(id)
      const nameOf = photographerOf(needs.photographers())
      for (let at = 0; at < ids.length; at += AT_ONCE) {
        await new Promise((resolve) => setImmediate(resolve))
        yield timelines
          .some(ids.slice(at, at + AT_ONCE))
          .map((timeline) => csvLine(timeline, nameOf(timeline)))
          .join('')
      }
    },
  }
}
