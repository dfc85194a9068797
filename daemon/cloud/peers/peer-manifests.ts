import type { Catalog } from '../../catalog/catalog.ts'
import type { EventsIndex, ManifestEntry, ManifestHead, PageRef } from '../../contract/manifest.ts'
import type { OthersEvent } from '../event-documents.ts'
import {
  readPages,
  sift,
  type BucketDocument,
  type PageFiles,
  type ReadDocument,
  type Sifted,
} from './sift.ts'

/** What a document of the bucket turned out to hold. */
export interface Adopted {
  /** Pages that list what this catalog owns, whatever mark they carry: they may go once no head names them. Keys
   * in the bucket. */
  readonly old: readonly string[]
  /** Something in it is another Mac's. */
  readonly holds: boolean
  /** Marks under which this catalog's own photos were found: this Mac's, from before it was given another one. */
  readonly former: ReadonlySet<string>
  /** Ids of publications of this catalog that it listed. */
  readonly listed: readonly string[]
  /** The cover that it showed, `assets/...`, where this Mac wrote it. */
  readonly cover: string | null
}

/** What other Macs have put into the same bucket, as its own documents last listed it. Each Mac answers for its own
 * photos and events alone, and repeats the others' as it found them. Whose an entry is, the catalog decides: it is ours
 * when it knows the publication, or has stored the object of that name itself, whatever mark is on the page. */
export interface PeerManifests {
  /** @param key a document's key in the bucket
   * @param document null when there is none
   * @param read reads what the document leads to; what it throws is thrown on, and nothing is taken over */
  adopt(key: string, document: BucketDocument, read: ReadDocument): Promise<Adopted>
  /** Adds the others' to a head of ours, above every revision that was read there. */
  join(prefix: string, head: ManifestHead): ManifestHead
  /** Pages that the joined head leads to and that are of our making, beside our own: bodies by path below the
   * prefix. */
  pages(prefix: string): readonly (readonly [file: string, body: string])[]
  /** Slugs that the index in the bucket names, of whichever Mac. */
  namedByIndex(): ReadonlySet<string>
  /** Events that it names and that are another Mac's. */
  others(): readonly OthersEvent[]
  /** Whether their documents show the cover (`assets/...`) or list the photo of that public name. */
  names(prefix: string, name: string): boolean
  /** The object of this name is ours from now on: we have stored it, or found our own bytes there. */
  stored(prefix: string, name: string): void
  /** Another bucket, of which nothing is known. */
  forget(): void
}

interface Head {
  revision: number
  readonly recent: readonly ManifestEntry[]
  readonly refs: readonly PageRef[]
  readonly files: PageFiles
  /** What became of each of `refs`, until something of it becomes ours. */
  sifted: readonly Sifted[] | null
}

const NOTHING = { old: [], holds: false, listed: [], cover: null } as const
/** What another program wrote there may have any shape. */
function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : []
}
/** Events whose heads are read at once. */
const AT_ONCE = 4

/** @param needs.current the pages (paths below the prefix) that we would write there now */
export function createPeerManifests(needs: {
  catalog: Catalog
  mac: string
  current?: (prefix: string) => { has(file: string): boolean }
}): PeerManifests {
  const { catalog, mac, current = () => new Set() } = needs
  const { publications, uploads } = catalog
  const heads = new Map<string, Head>()
  const former = new Set<string>()
  /** The cover that each prefix's head showed when another Mac had written it last. */
  const covers = new Map<string, { readonly by: string; readonly cover: string | null }>()
  /** Whether an Event that the catalog does not know is another Mac's, by prefix. */
  const foreign = new Map<string, boolean>()
  let events: EventsIndex['events'] = {}
  let named: ReadonlySet<string> = new Set()

  const isOwn = ({ by }: PageRef) => by === mac
  const isKnown = ({ id }: ManifestEntry) => publications.isKnown(id)

  /** A name alone proves nothing: two Macs may have taken it. That we stored the object does, for entries from before
   * that was recorded. */
  function oursAt(prefix: string): (entry: ManifestEntry) => boolean {
    const event = catalog.events.list().find((one) => one.prefix === prefix)
    const hasStored = ({ filename, publishedAt }: ManifestEntry) => {
      if (!event || uploads.etagOf(event.id, filename) === undefined) return false
      const ours = publications.byName(event.id, filename)
      return ours !== undefined && Date.parse(publishedAt) <= ours.publishedAt
    }
    return (entry) => isKnown(entry) || hasStored(entry)
  }

  function left(prefix: string) {
    const head = heads.get(prefix)
    if (!head) return null
    const isOurs = oursAt(prefix)
    head.sifted ??= head.refs.map((ref) => sift(ref, { files: head.files, isOurs, isOwn }))
    return {
      head,
      recent: head.recent.filter((entry) => !isOurs(entry)),
      refs: head.sifted.map(({ ref }) => ref).filter((ref) => ref !== null),
      sifted: head.sifted,
    }
  }

  const isUs = (by: string | undefined) => by === mac || (by !== undefined && former.has(by))

  /** Whether what was found is this catalog's own, and not only of names that it has taken as well. */
  const isProof = ({ ours, same }: Pick<Sifted, 'ours' | 'same'>) =>
    same || ours.some((id) => publications.isKnown(id))

  async function adoptHead(key: string, document: Partial<ManifestHead>, read: ReadDocument) {
    const prefix = key.slice(0, key.lastIndexOf('/'))
    const refs = listOf(document.pages)
    const now = current(prefix)
    const files = await readPages(refs, {
      read: (file) => read(`${prefix}/${file}`),
      known: heads.get(prefix)?.files ?? new Map(),
      isCurrent: (file) => now.has(file),
    })
    const { by, revision, theirs } = document
    const all = listOf(document.recent)
    // What this Mac itself has listed and the catalog does not know any more has no owner.
    const isLost = ({ id }: ManifestEntry) => by === mac && Array.isArray(theirs) && !theirs.includes(id)
    heads.set(prefix, {
      revision: typeof revision === 'number' ? revision : 0,
      recent: all.filter((entry) => isKnown(entry) || !isLost(entry)),
      refs,
      files,
      sifted: null,
    })
    const { recent, refs: kept, sifted } = left(prefix)!
    refs.forEach(({ by: mark }, n) => {
      if (mark !== undefined && isProof(sifted[n]!)) former.add(mark)
    })
    const known = all.filter(isKnown).map(({ id }) => id)
    // Repeated by another Mac, ours are in a list that is its own; those that it calls its own are not.
    if (by !== undefined && Array.isArray(theirs) && known.some((id) => !theirs.includes(id))) former.add(by)
    const cover = document.event?.hero ?? null
    if (by !== undefined && !isUs(by)) covers.set(prefix, { by, cover })
    // A page of a Mac that is another one goes when that Mac says so, whatever of it we have as well.
    const parted = sifted.filter((one, n) => isUs(refs[n]!.by) || isProof(one))
    return {
      holds: recent.length + kept.length > 0,
      old: parted.flatMap(({ old }) => old).map((file) => `${prefix}/${file}`),
      listed: [...known, ...sifted.flatMap(({ ours }) => ours)],
      cover: isUs(by) ? cover : null,
    }
  }

  /** Whether an Event that the catalog does not know is another Mac's: a list of which nothing is left without what
   * this Mac wrote, or the catalog knows, is one of ours that was removed or moved. */
  async function isTheirs(prefix: string, read: ReadDocument): Promise<boolean> {
    const document: Partial<ManifestHead> | null = await read(`${prefix}/manifest.json`)
    if (document === null) return true
    const { by, theirs } = document
    const [recent, refs] = [listOf(document.recent), listOf(document.pages)]
    const isLost = ({ id }: ManifestEntry) => by === mac && !(Array.isArray(theirs) && theirs.includes(id))
    if (recent.some((entry) => !isKnown(entry) && !isLost(entry))) return true
    const marked = refs.filter((ref) => !isOwn(ref))
    const files = await readPages(marked, {
      read: (file) => read(`${prefix}/${file}`),
      known: new Map(),
      isCurrent: () => false,
    })
    if (marked.some((ref) => sift(ref, { files, isOurs: isKnown, isOwn }).ref !== null)) return true
    return by !== mac && recent.length + refs.length === 0
  }

  async function adoptIndex(document: Partial<EventsIndex>, read: ReadDocument): Promise<void> {
    const ours = catalog.events.list()
    named = new Set(Object.keys(document.events ?? {}))
    const unknown = Object.entries(document.events ?? {}).filter(
      ([slug, { prefix }]) => !ours.some((event) => event.slug === slug || event.prefix === prefix),
    )
    for (let from = 0; from < unknown.length; from += AT_ONCE)
      await Promise.all(
        unknown.slice(from, from + AT_ONCE).map(async ([, { prefix }]) => {
          if (!foreign.has(prefix)) foreign.set(prefix, await isTheirs(prefix, read))
        }),
      )
    events = Object.fromEntries(unknown.filter(([, { prefix }]) => foreign.get(prefix)))
  }

  return {
    async adopt(key, document, read) {
      if (key === 'events.json') {
        await adoptIndex(document ?? {}, read)
        return { ...NOTHING, former, holds: Object.keys(events).length > 0 }
      }
      if (document !== null) return { ...(await adoptHead(key, document, read)), former }
      heads.delete(key.slice(0, key.lastIndexOf('/')))
      return { ...NOTHING, former }
    },
    join(prefix, head) {
      const there = left(prefix)
      if (!there) return { ...head, theirs: [] }
      const { recent, refs } = there
      const byTime = (a: ManifestEntry, b: ManifestEntry) => b.publishedAt.localeCompare(a.publishedAt)
      // Guests take a head for news by its revision, no matter who wrote it and from which catalog.
      there.head.revision = Math.max(head.revision, there.head.revision + 1)
      return {
        ...head,
        revision: there.head.revision,
        total: head.total + recent.length + refs.reduce((sum, { count }) => sum + count, 0),
        recent: recent.length === 0 ? head.recent : [...head.recent, ...recent].sort(byTime),
        theirs: recent.map(({ id }) => id),
        // Each Mac's in its own order; guests' pages lay them side by side.
        pages: [...head.pages, ...refs],
      }
    },
    pages: (prefix) => left(prefix)?.sifted.flatMap(({ made }) => made) ?? [],
    namedByIndex: () => named,
    others: () => Object.entries(events).map(([slug, event]) => ({ slug, ...event })),
    names(prefix, name) {
      const shown = covers.get(prefix)
      if (shown?.cover === name && !isUs(shown.by)) return true
      const there = left(prefix)
      return (
        there !== null &&
        (there.recent.some(({ filename }) => filename === name) ||
          there.sifted.some(({ theirs }) => theirs.includes(name)))
      )
    },
    stored(prefix, name) {
      const head = heads.get(prefix)
      if (head?.sifted?.some(({ theirs }) => theirs.includes(name))) head.sifted = null
    },
    forget() {
      heads.clear()
      covers.clear()
      foreign.clear()
      events = {}
      named = new Set()
    },
  }
}
