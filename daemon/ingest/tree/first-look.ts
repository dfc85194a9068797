import type { Listing } from './frames.ts'

/** What was there when a Source was first looked at, so that a person is asked about that and not about what appears
 * later. */
export interface FirstLook {
  note(listing: Listing): void
  has(path: string): boolean
  forget(): void
}

export function createFirstLook(): FirstLook {
  let first: Set<string> | null = null
  /** What could not be looked at then: whatever is found there was there before. */
  let unseen: readonly string[] = []
  const isIn = (path: string, places: readonly string[]) =>
    places.some((place) => path === place || path.startsWith(`${place}/`))

  return {
    note({ frames, unread }) {
      const places = unread.map(({ path }) => path)
      if (first === null) {
        first = new Set(frames.map(({ path }) => path))
        unseen = places
      }
      for (const { path } of unseen.length > 0 ? frames : []) if (isIn(path, unseen)) first.add(path)
      unseen = unseen.filter((path) => isIn(path, places))
    },
    has: (path) => first?.has(path) ?? false,
    forget() {
      first = null
      unseen = []
    },
  }
}
