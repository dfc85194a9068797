import type { EventRecord } from '../catalog/events.ts'
import { eventAddress } from '../contract/card.ts'
import type { ManifestHead } from '../contract/manifest.ts'

/** The addresses under which guests find an Event: what they pass on, and where they go when the one they are at
 * does not answer. */
export interface GuestLinks {
  of(event: Pick<EventRecord, 'id' | 'slug'>): { readonly publicUrl?: string; readonly lanUrl?: string }
  /** Those who show the addresses hear of a change.
   * @param lanOrigin where this computer is found now, `http://192.168.1.20:8000`; null when nobody else can reach it,
   * as before without it */
  look(lanOrigin?: string | null): void
}

/** What an Event's head says besides its photos. */
export type HeadAdditions = (
  event: Pick<EventRecord, 'id' | 'slug'>,
) => ReturnType<GuestLinks['of']> & Pick<ManifestHead, 'wall'>

/** @param needs.publicRoot the gallery on the internet that was tried and works, without a closing slash
 *  @param needs.current the id of the Event that is on at the venue: others are not to be had there for long */
export function createGuestLinks(needs: {
  publicRoot: () => string | null
  current: () => number
  changed: () => void
}): GuestLinks {
  let lan: string | null = null
  let shown = JSON.stringify([null, null])
  return {
    of({ id, slug }) {
      const root = needs.publicRoot()
      return {
        ...(root !== null && { publicUrl: eventAddress(root, slug) }),
        ...(lan !== null && id === needs.current() && { lanUrl: eventAddress(`${lan}/gallery`, slug) }),
      }
    },
    look(lanOrigin = lan) {
      lan = lanOrigin
      const now = JSON.stringify([needs.publicRoot(), lan])
      const isChange = now !== shown
      shown = now
      if (isChange) needs.changed()
    },
  }
}
