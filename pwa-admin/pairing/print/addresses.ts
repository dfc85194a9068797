import type { EventView } from '../../../daemon/contract/settings.ts'
import type { Status } from '../../../daemon/contract/status.ts'

export interface Place {
  readonly url: string
  /** `public`: from anywhere. `venue`: from this network alone. */
  readonly kind: 'public' | 'venue'
}

type Needs = Pick<Status, 'event' | 'public_url' | 'gallery_urls' | 'admin_urls' | 'connect'>

/** What follows the gallery's root in the address that guests of an event get. One that is not at the front door is
 * found by its name alone. */
export const galleryPath = ({ slug, visibility }: Pick<EventView, 'slug' | 'visibility'>): string =>
  visibility === 'front' ? '' : `e/${encodeURIComponent(slug)}`

/** The public address of the current event's gallery, tested or not; null where there is none. */
export const publicGallery = ({ event, public_url }: Pick<Status, 'event' | 'public_url'>): string | null =>
  public_url === null ? null : `${public_url}/${galleryPath(event)}`

/** Where guests are sent: the public address once it was tried, else this computer. Null without a network. */
export function guestPlace(now: Needs): Place | null {
  const url = publicGallery(now)
  if (url !== null && now.connect.public_tested) return { url, kind: 'public' }
  const [venue] = now.gallery_urls
  return venue === undefined ? null : { url: venue, kind: 'venue' }
}

/** Every event's own addresses, which go on opening it when another is the current one; the public one first. */
export function galleryPlaces(
  { public_url, admin_urls }: Pick<Status, 'public_url' | 'admin_urls'>,
  { slug }: Pick<EventView, 'slug'>,
): string[] {
  const own = `e/${encodeURIComponent(slug)}`
  const here = admin_urls.map((url) => new URL(`/gallery/${own}`, url).href)
  return public_url === null ? here : [`${public_url}/${own}`, ...here]
}

/** Where people who work at the event begin: with HTTPS at the page that sets a device up, else at the app. */
export function assistantUrl({ admin_urls, connect }: Needs): string | null {
  const app = admin_urls[0]
  return app === undefined ? null : connect.https.state === 'on' ? new URL('/setup', app).href : app
}
