import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import type { FeedState } from '../feed/feed.ts'
import { createCanonical } from './canonical.ts'
import { eventAddress, shareUrl } from './route.ts'

/** What a guest passes on: the address on the internet, where one was tried, and else this page's own.
 * @param base where the gallery lives: `/gallery/` or `/` */
export const createSharing = (state: () => FeedState | null, base: string) => {
  const canonical = createCanonical()
  const head = () => state()?.album?.head
  const event = (): string => head()?.publicUrl ?? eventAddress(location.origin, base, state()?.slug ?? '')
  const link = ({ filename }: ManifestEntry): string => shareUrl(event(), filename)
  return {
    event,
    link,
    title: (): string => head()?.event.title ?? '',
    /** What is passed on leads nowhere outside the venue's network: the page is the daemon's, and there is no other. */
    isOnlyHere: (): boolean => base !== '/' && head()?.publicUrl === undefined,
    /** Another photo is in front, or none. */
    shown: (entry: ManifestEntry | null): void => canonical.show(entry && link(entry)),
  }
}
