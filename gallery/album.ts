import type { ManifestEntry, ManifestHead } from '../daemon/contract/manifest.ts'

/** What is shown of one event: the head's newest entries, then as many pages as were read, newest first. */
export interface Album {
  head: ManifestHead
  /** Contents of the pages that were read, by file; a page never changes under its name. */
  read: ReadonlyMap<string, readonly ManifestEntry[]>
  entries: readonly ManifestEntry[]
  /** Pages that cover something already shown and are not read yet. Until they are, what was shown stands in. */
  missing: readonly string[]
  /** The page to read when the guest scrolls on; null at the end. */
  next: string | null
}

/** Whether `head` says something that `old` does not. A late reply with an older revision does not; a lower
 * revision written later does (the event's manifest was begun anew). */
export const isNews = (old: ManifestHead, head: ManifestHead): boolean =>
  head.revision > old.revision || (head.revision < old.revision && head.updatedAt > old.updatedAt)

/** The album after a poll. Photos that moved from the head into a page, or lie in a page that was rewritten, stay
 * where they are until that page is read. Returns `old` itself when there is nothing new. */
export const withHead = (old: Album | null, head: ManifestHead): Album => {
  if (old !== null && !isNews(old.head, head)) return old
  const named = new Set(head.pages.map((page) => page.file))
  const read = new Map([...(old?.read ?? [])].filter(([file]) => named.has(file)))
  return compose(head, read, old?.entries ?? [])
}

/** The album once one of its pages was read; `old` itself if its head no longer names that page. */
export const withPage = (old: Album, file: string, entries: readonly ManifestEntry[]): Album =>
  old.head.pages.some((page) => page.file === file)
    ? compose(old.head, new Map(old.read).set(file, entries), old.entries)
    : old

const compose = (
  head: ManifestHead,
  read: ReadonlyMap<string, readonly ManifestEntry[]>,
  shown: readonly ManifestEntry[],
): Album => {
  const entries: ManifestEntry[] = []
  const seen = new Set<string>()
  const add = (entry: ManifestEntry): void => {
    if (seen.has(entry.filename)) return
    seen.add(entry.filename)
    entries.push(entry)
  }
  head.recent.forEach(add)
  const missing: string[] = []
  let next: string | null = null
  for (const page of head.pages) {
    const known = read.get(page.file)
    if (known !== undefined) {
      known.forEach(add)
      continue
    }
    const low = page.from < page.to ? page.from : page.to
    const high = page.from < page.to ? page.to : page.from
    // A page with a late replacement reaches up to now: what stands above already is not its.
    const standIns = shown.filter(
      ({ filename, publishedAt }) => publishedAt >= low && publishedAt <= high && !seen.has(filename),
    )
    if (standIns.length === 0) {
      next = page.file
      break
    }
    missing.push(page.file)
    standIns.forEach(add)
  }
  return { head, read, entries, missing, next }
}
