import type { ManifestEntry } from '../../daemon/contract/manifest.ts'
import type { Album } from './album.ts'

export interface FindingNeeds {
  album: () => Album | null
  /** Photos on the page. */
  shown: () => readonly ManifestEntry[]
  /** Reads older photos; see `Feed.more`. */
  more: () => Promise<boolean>
  /** Whether the server says that there is no such photo. */
  isGone: (filename: string) => Promise<boolean>
}

/** Looks for photos further down the pages. */
export const createFinding = ({ album, shown, more, isGone }: FindingNeeds) => {
  const isIn = (entries: readonly ManifestEntry[], name: string): boolean =>
    entries.some(({ filename }) => filename === name)

  /** `unread`: not all of the pages could be read. */
  const until = async (name: string): Promise<'known' | 'gone' | 'unread'> => {
    const isKnown = (): boolean => isIn(shown(), name)
    // One question instead of the whole gallery, for a link whose photo was taken down.
    if (!isKnown() && (await isGone(name))) return 'gone'
    while (!isKnown() && (await more()));
    return isKnown() ? 'known' : album()?.next === null ? 'gone' : 'unread'
  }
  return {
    until,
    /** The photo's entry, also of one that waits to be shown; null when there is none. */
    async find(name: string): Promise<ManifestEntry | null> {
      const entry = (): ManifestEntry | undefined =>
        album()?.entries.find(({ filename }) => filename === name)
      if (entry() === undefined) await until(name)
      return entry() ?? null
    },
  }
}
