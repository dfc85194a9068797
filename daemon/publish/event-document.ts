import type { EventRecord } from '../catalog/events.ts'
import { hasEnded, type EventDocument } from '../contract/event-document.ts'
import type { EventsIndex } from '../contract/manifest.ts'

const timeText = (at: number): string => new Date(at).toISOString()

/** What the bucket keeps of an Event where nobody finds it, and what decides on this network as well.
 * @param by this Mac's mark */
export function documentOf(event: EventRecord, by: string): EventDocument {
  const { visibility, endsAt, key, pinHash, changedAt } = event.access
  return {
    v: 1,
    slug: event.slug,
    prefix: event.prefix,
    title: event.settings.event_title,
    date: event.date,
    visibility,
    endsAt: endsAt === null ? null : timeText(endsAt),
    key,
    pin: pinHash,
    updatedAt: timeText(changedAt),
    by,
  }
}

/** Whether the root of the gallery shows the Event while it is the current one.
 * @param at milliseconds since 1970 */
export const isAtFrontDoor = (event: EventRecord, at: number): boolean =>
  event.access.visibility === 'front' && !hasEnded(documentOf(event, ''), at)

/** `events.json`: the current Event alone, and only at the front door. No other is named to anybody.
 * @param at milliseconds since 1970 */
export function eventsIndex(current: EventRecord, at: number): EventsIndex {
  if (!isAtFrontDoor(current, at)) return { v: 1, current: null, events: {} }
  const { slug, prefix, settings } = current
  return { v: 1, current: slug, events: { [slug]: { prefix, title: settings.event_title } } }
}
