import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import type { FeedState } from '../feed/feed.ts'
import { fileUrl, fullUrl, thumbUrl, viewUrl } from '../feed/names.ts'
import { sizeAlone, type Size } from '../grid/size.ts'

/** Addresses of a photo's pictures, where they lie at the moment. */
export const createPictures = (state: () => FeedState | null) => {
  const prefix = (): string => state()?.prefix ?? ''
  const base = (): string | null => state()?.pictures ?? null
  const urlOf: Record<Size, (entry: ManifestEntry) => string> = {
    thumb: ({ filename }) => thumbUrl(prefix(), filename, base()),
    view: ({ filename }) => viewUrl(prefix(), filename, base()),
    web: ({ filename }) => fileUrl(prefix(), filename, base()),
  }
  const files = { web: fileUrl, full: fullUrl }
  return {
    thumb: urlOf.thumb,
    /** What is looked at by itself. */
    picture: (entry: ManifestEntry): string => urlOf[sizeAlone(entry)](entry),
    web: urlOf.web,
    url: (entry: ManifestEntry, size: Size): string => urlOf[size](entry),
    /** Where a photo is saved from: this page's own address, for browsers save nothing under a name from another and
     * may not read it there; and that other, where there is one. */
    sources({ filename }: ManifestEntry, size: 'web' | 'full' = 'web'): string[] {
      const own = files[size](prefix(), filename)
      return base() === null ? [own] : [own, files[size](prefix(), filename, base())]
    },
  }
}
