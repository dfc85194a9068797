import type { Catalog } from '../catalog/catalog.ts'
import type { ManifestIndex, ManifestPage } from '../contract/manifest.ts'

/** How long a page that no head names any more is still served, for guests who hold the older head. Milliseconds. */
export const PAGE_KEPT = 10 * 60_000
/** How many are kept for all Events; more would only be there while very many photos change at once. */
const MOST = 200

/** Pages that were true a moment ago. */
export interface PastPages {
  keep(eventId: number, file: string, body: string): void
  /** @returns null when it is too old, or holds what was taken down since, or names that are shown no more */
  get(eventId: number, file: string): string | null
}

/** @param needs.isHidden what guests may not see although the catalog calls it live */
export function createPastPages(needs: {
  publications: Pick<Catalog['publications'], 'byId'>
  isHidden: (publicationId: string) => boolean
  /** Whether guests may read who shot what, now. */
  showsPhotographers: (eventId: number) => boolean
  /** Whether they may read captions, now. */
  showsCaptions?: (eventId: number) => boolean
  now: () => number
}): PastPages {
  const pages = new Map<string, { readonly body: string; readonly until: number }>()

  function isPublic(eventId: number, body: string): boolean {
    const page = JSON.parse(body) as ManifestPage | ManifestIndex
    if ('pages' in page) return true
    const mayName = needs.showsPhotographers(eventId)
    const mayCaption = needs.showsCaptions?.(eventId) ?? false
    return page.entries.every(
      ({ id, photographer, caption }) =>
        needs.publications.byId(id)?.state === 'live' &&
        !needs.isHidden(id) &&
        (mayName || photographer === undefined) &&
        (mayCaption || caption === undefined),
    )
  }

  return {
    keep(eventId, file, body) {
      for (const [key, { until }] of pages) if (until < needs.now() || pages.size >= MOST) pages.delete(key)
      if (isPublic(eventId, body)) pages.set(`${eventId}/${file}`, { body, until: needs.now() + PAGE_KEPT })
    },
    get(eventId, file) {
      const page = pages.get(`${eventId}/${file}`)
      return page && page.until >= needs.now() && isPublic(eventId, page.body) ? page.body : null
    },
  }
}
