import { NEUTRAL } from '../../contract/recipe.ts'
import type { ManifestEntry } from '../../contract/manifest.ts'
import type { EventRecord } from '../../catalog/events.ts'
import type { KnownEvent, KnownEvents } from '../../catalog/rebuild/events-known.ts'
import type { PublicationRecord } from '../../catalog/publications/publications.ts'
import { registerPin } from '../routes/guests/pin.ts'
import { registerTree } from '../routes/guests/tree.ts'
import { nothingHere } from '../routes/guests/door.ts'
import type { App } from '../plugin.ts'

/** Shows guests what they were shown last, as it lies in the folders, by the same doors as ever. Nothing is built anew, and
 * what a journal knows to be out is not there.
 * @param needs.known throws a Refusal until the journals are read
 * @param needs.now milliseconds since 1970
 * @param needs.steady milliseconds that only rise */
export function registerLastGallery(
  app: App,
  needs: { known: () => KnownEvents; now: () => number; steady: () => number },
): void {
  const { known, now, steady } = needs
  const find = (fits: (one: KnownEvent) => boolean) => known().all.find(fits)
  const listOf = (event: EventRecord) => {
    const list = find((one) => one.event.id === event.id)?.list
    if (!list) throw nothingHere()
    return list
  }
  const events = {
    find: (slug: string) => find(({ event }) => event.slug === slug)?.event,
    list: () => known().all.map(({ event }) => event),
    current() {
      const current = find(({ event }) => event.slug === known().current)?.event
      if (!current) throw nothingHere()
      return current
    },
  }
  const publications = {
    byName(eventId: number, name: string) {
      const entry = find(({ event }) => event.id === eventId)?.list?.entries.get(name)
      return entry && !known().gone.has(entry.id) ? publicationOf(eventId, entry) : undefined
    },
  }
  const catalog = { events, publications }
  registerTree(app, {
    catalog,
    now,
    seen: () => undefined,
    hasSockets: false,
    tree: {
      files: (event = events.current()) => listOf(event),
      page: (event, file) => listOf(event).pages.get(file) ?? null,
      isHidden: () => false,
    },
  })
  registerPin(app, { catalog, now, steady })
}

/** What a list says of a publication; what it does not say nobody asks for. */
function publicationOf(eventId: number, entry: ManifestEntry): PublicationRecord {
  return {
    id: entry.id,
    eventId,
    photoId: '',
    name: entry.filename,
    edit: NEUTRAL,
    editKey: '',
    finish: '',
    source: '',
    photographer: entry.photographer ?? '',
    words: '',
    state: 'live',
    place: entry.place ?? 0,
    width: entry.w,
    height: entry.h,
    bytes: entry.bytes,
    thumbhash: entry.thumbhash,
    viewBytes: entry.has.view ? 0 : null,
    fullBytes: entry.fullBytes ?? null,
    publishedAt: Date.parse(entry.publishedAt),
    takenAt: Date.parse(entry.takenAt),
    offset: entry.offset ?? 0,
  }
}
