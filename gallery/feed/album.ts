import type {
  ManifestEntry,
  ManifestHead,
  ManifestIndex,
  ManifestPage,
  PageRef,
} from '../../daemon/contract/manifest.ts'

/** What lies in `pages/`: entries, or the names of further pages. */
export type Page = ManifestPage | ManifestIndex

/** What is shown of one event: the head's newest entries, then as many pages as were read, newest first. */
export interface Album {
  head: ManifestHead
  /** The pages that were read, by file; a page never changes under its name. */
  read: ReadonlyMap<string, Page>
  entries: readonly ManifestEntry[]
  /** Pages that cover something already shown and are not read yet, index pages too. Until they are, what was shown
   * stands in. */
  missing: readonly string[]
  /** The page to read when the guest scrolls on; null at the end. */
  next: string | null
}

/** Whether `head` says something that `old` does not. A late reply with an older revision does not; a lower
 * revision written later does (the event's manifest was begun again). */
export const isNews = (old: ManifestHead, head: ManifestHead): boolean =>
  head.revision > old.revision || (head.revision < old.revision && head.updatedAt > old.updatedAt)

/** Every file to which the head leads, as far as its index pages were read. */
const filesOf = (head: ManifestHead, read: ReadonlyMap<string, Page>): Set<string> => {
  const files = new Set<string>()
  const walk = ({ file }: PageRef): void => {
    if (files.has(file)) return
    files.add(file)
    const page = read.get(file)
    if (page !== undefined && 'pages' in page) page.pages.forEach(walk)
  }
  head.pages.forEach(walk)
  return files
}

/** The album after a poll. Photos that moved from the head into a page, or lie in a page that was rewritten, stay
 * where they are until that page is read. Returns `old` itself when there is nothing new. */
export const withHead = (old: Album | null, head: ManifestHead): Album => {
  if (old === null) return compose(head, new Map(), [])
  if (!isNews(old.head, head)) return old
  // Pages below a rewritten index page are mostly the same ones: kept until that is read.
  const before = filesOf(old.head, old.read)
  const named = filesOf(head, old.read)
  const read = new Map([...old.read].filter(([file]) => named.has(file) || before.has(file)))
  return compose(head, read, old.entries)
}

/** The album once one of its pages was read; `old` itself if its head no longer leads to that page. */
export const withPage = (old: Album, file: string, page: Page): Album =>
  filesOf(old.head, old.read).has(file)
    ? compose(old.head, new Map(old.read).set(file, page), old.entries)
    : old

/** Takes the next page in turn from the head's pages, several Macs' side by side: each in its own order, and of the
 * foremost ones the newest first. */
const pageOrder = (refs: readonly PageRef[]) => {
  const queues = new Map<string, PageRef[]>()
  for (const ref of refs) queues.set(ref.by ?? '', [...(queues.get(ref.by ?? '') ?? []), ref])
  const foremost = (): PageRef[] | undefined =>
    [...queues.values()]
      .filter((queue) => queue.length > 0)
      .sort((a, b) => (a[0]!.to < b[0]!.to ? 1 : a[0]!.to > b[0]!.to ? -1 : 0))[0]
  let queue: PageRef[] | undefined
  return {
    next: (): PageRef | undefined => (queue = foremost())?.shift(),
    /** What an index page names comes in the place of the page that was taken last. */
    expand: (pages: readonly PageRef[]): void => void queue?.unshift(...pages),
  }
}

const compose = (
  head: ManifestHead,
  read: ReadonlyMap<string, Page>,
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
  const met = new Set<string>()
  const order = pageOrder(head.pages)
  let next: string | null = null
  for (let ref = order.next(); ref !== undefined; ref = order.next()) {
    const { file, from, to } = ref
    if (met.has(file)) continue
    met.add(file)
    const page = read.get(file)
    if (page !== undefined) {
      if ('pages' in page) order.expand(page.pages)
      else page.entries.forEach(add)
      continue
    }
    const low = from < to ? from : to
    const high = from < to ? to : from
    // A page with a late replacement reaches up to now: what stands above already is not its.
    const standIns = shown.filter(
      ({ filename, publishedAt }) => publishedAt >= low && publishedAt <= high && !seen.has(filename),
    )
    if (standIns.length === 0) {
      next = file
      break
    }
    missing.push(file)
    standIns.forEach(add)
  }
  return { head, read, entries, missing, next }
}
