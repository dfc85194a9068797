import type { Catalog } from '../catalog/catalog.ts'
import type { EventsIndex, ManifestEntry, ManifestHead, PageRef } from '../contract/manifest.ts'

/** What other Macs have put into the same bucket, as its own documents told it last. Each Mac speaks for its own
 * photos and events alone, and repeats the others' as it found them. */
export interface Others {
  /** @param key a document's key in the bucket
   * @returns pages of this Mac that the document names itself */
  adopt(key: string, document: unknown): PageRef[]
  /** Adds the others' to a head of ours. */
  join(prefix: string, head: ManifestHead): ManifestHead
  joinIndex(index: EventsIndex): EventsIndex
}

export function createOthers(needs: { catalog: Catalog; mac: string }): Others {
  const { catalog, mac } = needs
  const heads = new Map<string, { revision: number; recent: ManifestEntry[]; pages: PageRef[] }>()
  let events: EventsIndex['events'] = {}

  const known = () => catalog.events.list()

  function adoptHead(key: string, { revision, recent, pages }: Partial<ManifestHead>): PageRef[] {
    const prefix = key.slice(0, key.lastIndexOf('/'))
    const named = Array.isArray(pages) ? pages : []
    heads.set(prefix, {
      revision: typeof revision === 'number' ? revision : 0,
      recent: (Array.isArray(recent) ? recent : []).filter(({ id }) => !catalog.publications.isKnown(id)),
      pages: named.filter(({ by }) => by !== undefined && by !== mac),
    })
    return named.filter(({ by }) => by === mac)
  }

  return {
    adopt(key, document) {
      if (typeof document !== 'object' || document === null) return []
      if (key !== 'events.json') return adoptHead(key, document)
      const ours = known()
      const theirs = Object.entries((document as Partial<EventsIndex>).events ?? {}).filter(
        ([slug, { prefix }]) => !ours.some((event) => event.slug === slug || event.prefix === prefix),
      )
      events = Object.fromEntries(theirs)
      return []
    },
    join(prefix, head) {
      const theirs = heads.get(prefix)
      if (!theirs || theirs.recent.length + theirs.pages.length === 0) return head
      const byTime = (a: ManifestEntry, b: ManifestEntry) => b.publishedAt.localeCompare(a.publishedAt)
      return {
        ...head,
        // Guests take a head for news by its revision, whoever wrote it.
        revision: Math.max(head.revision, theirs.revision + 1),
        total: head.total + theirs.recent.length + theirs.pages.reduce((sum, { count }) => sum + count, 0),
        recent: [...head.recent, ...theirs.recent].sort(byTime),
        // Each Mac's in its own order; guests' pages lay them side by side.
        pages: [...head.pages, ...theirs.pages],
      }
    },
    joinIndex: (index) => ({ ...index, events: { ...events, ...index.events } }),
  }
}
