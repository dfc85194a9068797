import type { ManifestEntry, ManifestIndex, ManifestPage, PageRef } from '../../contract/manifest.ts'
import { indexOf, pageOf } from '../../publish/manifest.ts'

/** A document of the bucket as it was read: an object, or null where there is none or it is no document of ours. */
export type BucketDocument = object | null
export type ReadDocument = (key: string) => Promise<BucketDocument>

/** What a page of the bucket leads to, once it is known whose entries those are. */
export interface Sifted {
  /** What leads to another Mac's entries alone: the page itself, one of our making, or null where there are none. */
  readonly ref: PageRef | null
  /** Pages of our making, for `ref`: body by path below the prefix. */
  readonly made: readonly (readonly [file: string, body: string])[]
  /** Public names of another Mac's entries. */
  readonly theirs: readonly string[]
  /** Ids of entries that the catalog owns. */
  readonly ours: readonly string[]
  /** A page that this catalog builds itself is among them: its entries are ours, unread. */
  readonly same: boolean
  /** Files that held such entries, or led to them. */
  readonly old: readonly string[]
}

/** A page that the catalog would build itself at the moment: it need not be read. */
const CURRENT = Symbol('current')
/** The files of an Event's pages, read, by path below the prefix. */
export type PageFiles = ReadonlyMap<string, BucketDocument | typeof CURRENT>

/** Pages of pages of pages: 175 photos times 20 four times are more than anybody has. */
const DEEPEST = 5
/** Pages that are read at once. */
const AT_ONCE = 4

function isIndex(page: object): page is ManifestIndex {
  return 'pages' in page && Array.isArray(page.pages)
}
function isLeaf(page: object): page is ManifestPage {
  return 'entries' in page && Array.isArray(page.entries)
}

/** Reads whatever these pages lead to.
 * @param known what was read before: a page is named after its bytes, so it need not be read again
 * @param isCurrent whether a page is one that we would write now
 * @returns only what these pages lead to */
export async function readPages(
  refs: readonly PageRef[],
  needs: {
    read: (file: string) => Promise<BucketDocument>
    known: PageFiles
    isCurrent: (file: string) => boolean
  },
): Promise<PageFiles> {
  const found = new Map<string, BucketDocument | typeof CURRENT>()

  async function read({ file, index }: PageRef, depth: number): Promise<void> {
    if (found.has(file) || depth > DEEPEST) return
    const isOwn = !index && needs.isCurrent(file)
    const page = isOwn ? CURRENT : (needs.known.get(file) ?? (await needs.read(file)))
    found.set(file, page)
    if (page !== null && page !== CURRENT && isIndex(page)) await readAll(page.pages, depth + 1)
  }
  async function readAll(pages: readonly PageRef[], depth: number): Promise<void> {
    for (let from = 0; from < pages.length; from += AT_ONCE)
      await Promise.all(pages.slice(from, from + AT_ONCE).map((page) => read(page, depth)))
  }
  await readAll(refs, 1)
  return found
}

/** @param how.files what `readPages` found
 *  @param how.isOurs whether the catalog owns an entry
 *  @param how.isOwn whether this Mac's mark is on a page: then nothing in it is another's */
export function sift(
  ref: PageRef,
  how: { files: PageFiles; isOurs: (entry: ManifestEntry) => boolean; isOwn: (ref: PageRef) => boolean },
  depth = 1,
): Sifted {
  const { file } = ref
  const page = how.files.get(file) ?? null
  const own = how.isOwn(ref)
  const none: Sifted = { ref: null, made: [], theirs: [], ours: [], same: false, old: [file] }
  if (page === CURRENT) return { ...none, same: true }
  if (page !== null && isLeaf(page)) {
    const ours = page.entries.filter(how.isOurs).map(({ id }) => id)
    if (own) return { ...none, ours }
    const rest = page.entries.filter((entry) => !how.isOurs(entry))
    const theirs = rest.map(({ filename }) => filename)
    if (ours.length === 0) return { ...none, ref, theirs, old: [] }
    if (rest.length === 0) return { ...none, ours }
    const made = pageOf(rest, ref.by)
    return { ...none, ref: made.ref, made: [[made.ref.file, made.body]], theirs, ours }
  }
  if (page !== null && isIndex(page) && depth < DEEPEST) {
    const below = page.pages.map((one) => sift(one, how, depth + 1))
    const all: Sifted = {
      ref: null,
      made: below.flatMap(({ made }) => made),
      theirs: below.flatMap(({ theirs }) => theirs),
      ours: below.flatMap(({ ours }) => ours),
      same: below.some(({ same }) => same),
      old: [file, ...below.flatMap(({ old }) => old)],
    }
    if (own) return all
    if (all.old.length === 1) return { ...all, ref, old: [] }
    const refs = below.map((one) => one.ref).filter((one) => one !== null)
    if (refs.length === 0) return all
    const node = indexOf(refs)
    return { ...all, ref: node.ref, made: [...all.made, [node.ref.file, node.body]] }
  }
  // The index lists nothing that could be read, here or by guests.
  return own ? none : { ...none, ref, old: [] }
}
