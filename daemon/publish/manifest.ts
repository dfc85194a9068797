import { createHash } from 'node:crypto'
import type { EventRecord } from '../catalog/events.ts'
import type { PublicationRecord, Publications } from '../catalog/publications/publications.ts'
import type {
  ManifestEntry,
  ManifestHead,
  ManifestIndex,
  ManifestPage,
  PageRef,
} from '../contract/manifest.ts'
import { wordingFrom } from './wording.ts'
import type { HeadAdditions } from './guest-links.ts'

/** Places in one page: with about 250 bytes each, a publish that rewrites one and the head twice (as the thumb and
 * the web size arrive) stays below 60 kB. */
export const PAGE_SIZE = 175
/** Entries move from `recent` into a page this many at a time, so that most publishes write the head alone. */
const STEP = 25
/** Pages that the head names itself: most guests scroll no further, and no index is needed for them. */
const HEAD_PAGES = 2
/** Pages that one index page names. With more older pages than that there are index pages of index pages: each
 * level multiplies what can be named, and adds one small file to what a change of an old photo rewrites. */
export const FAN = 20

/** Where the entries of a manifest lie, given the highest place ever used. It depends on nothing else, so any
 * machine that knows the publications builds the same documents.
 * @returns half-open ranges of places, newest page first; `recent` is everything from `recentFrom` on */
export function manifestLayout(lastPlace: number): {
  recentFrom: number
  pages: { from: number; to: number }[]
} {
  const paged = Math.max(0, Math.floor((lastPlace - STEP) / STEP) * STEP)
  const pages: { from: number; to: number }[] = []
  for (let from = 1; from <= paged; from += PAGE_SIZE)
    pages.unshift({ from, to: Math.min(from + PAGE_SIZE, paged + 1) })
  return { recentFrom: paged + 1, pages }
}

export function manifestEntry(publication: PublicationRecord): ManifestEntry {
  return {
    filename: publication.name,
    id: publication.id,
    w: publication.width,
    h: publication.height,
    takenAt: new Date(publication.takenAt).toISOString(),
    offset: publication.offset,
    place: publication.place,
    publishedAt: new Date(publication.publishedAt).toISOString(),
    thumbhash: publication.thumbhash,
    bytes: publication.bytes,
    has: {
      web: true,
      full: (publication.fullBytes ?? 0) > 0,
      ...(publication.viewBytes !== null && { view: true }),
    },
    ...(publication.fullBytes && { fullBytes: publication.fullBytes }),
  }
}

/** The longest caption that guests' pages carry, characters: a head holds fifty. */
const LONGEST_CAPTION = 500

/** @param words as a publication keeps them */
function captionIn(words: string): string {
  const { caption = '' } = wordingFrom(words).words
  if (caption.length <= LONGEST_CAPTION) return caption
  const cut = caption.slice(0, LONGEST_CAPTION - 1)
  return `${cut.isWellFormed() ? cut : cut.slice(0, -1)}…`
}

export interface ManifestFiles {
  readonly head: ManifestHead
  /** Body by path below the prefix (`pages/<hash>.json`): every page that the head leads to, index pages too. */
  readonly pages: ReadonlyMap<string, string>
}

export interface BuiltPage {
  readonly ref: PageRef
  readonly body: string
}

function nameOf(body: string): string {
  return `pages/${createHash('sha256').update(body).digest('hex').slice(0, 20)}.json`
}

/** @param entries newest first, at least one
 * @param by whose they are, where several Macs' may lie side by side */
export function pageOf(entries: readonly ManifestEntry[], by: string | undefined): BuiltPage {
  const body = JSON.stringify({ v: 1, entries: [...entries] } satisfies ManifestPage)
  const times = entries.map((entry) => entry.publishedAt).sort()
  const ref = { file: nameOf(body), count: entries.length, from: times[0]!, to: times.at(-1)! }
  return { body, ref: by === undefined ? ref : { ...ref, by } }
}

/** One file for pages of which there are too many for their reader to name.
 * @param refs newest first, at least one */
export function indexOf(refs: readonly PageRef[]): BuiltPage {
  const body = JSON.stringify({ v: 2, pages: [...refs] } satisfies ManifestIndex)
  const { by } = refs[0]!
  return {
    body,
    ref: {
      file: nameOf(body),
      count: refs.reduce((sum, { count }) => sum + count, 0),
      from: refs.map(({ from }) => from).sort()[0]!,
      to: refs
        .map(({ to }) => to)
        .sort()
        .at(-1)!,
      ...(by !== undefined && { by }),
      index: true,
    },
  }
}

/** The index pages over some pages: a tree in which none names more than FAN. Groups are filled from the oldest page
 * on, so that whole ones stay the same files while newer pages join.
 * @param places the leaves, newest first; null where a page has lost all its entries
 * @returns every file of the tree, its root last; empty when there is nothing to name */
function treeOver(places: readonly (PageRef | null)[]): BuiltPage[] {
  const files: BuiltPage[] = []
  let level: (PageRef | null)[] = [...places].reverse()
  do {
    const next: (PageRef | null)[] = []
    for (let from = 0; from < level.length; from += FAN) {
      const refs = level.slice(from, from + FAN).filter((ref) => ref !== null)
      const node = refs.length > 0 ? indexOf(refs.reverse()) : null
      if (node) files.push(node)
      next.push(node && node.ref)
    }
    level = next
  } while (level.length > 1)
  return files
}

/** What an Event's guests read under its photos. */
export interface Shown {
  readonly photographers: boolean
  readonly captions: boolean
}

/** Builds an Event's manifest, page by page, keeping the pages that did not change since the last time. */
export interface ManifestBuilder {
  /** @param revision of the head */
  build(event: EventRecord, revision: number): ManifestFiles
  /** The publication at this place came, changed or went: its page is read again next time. */
  touch(eventId: number, place: number): void
  /** Everything is read again next time. */
  forget(): void
}

/** @param needs.entry what guests may know of a publication; null leaves it out */
export function createManifestBuilder(needs: {
  publications: Publications
  now: () => number
  /** Whose pages these are, where several Macs' may lie side by side. */
  by?: string
  entry: (publication: PublicationRecord) => ManifestEntry | null
  links?: HeadAdditions
}): ManifestBuilder {
  const built = new Map<string, BuiltPage | null>()
  /** What pages were built with, by Event. */
  const shown = new Map<number, Shown>()
  const keyOf = (eventId: number, from: number, to: number) => `${eventId}/${from}-${to}`

  function entries(eventId: number, from: number, to: number): ManifestEntry[] {
    return needs.publications
      .between(eventId, from, to)
      .map((publication) => {
        const entry = needs.entry(publication)
        const { photographer, words } = publication
        const { photographers = false, captions = false } = shown.get(eventId) ?? {}
        const caption = captions ? captionIn(words) : ''
        return (
          entry && {
            ...entry,
            ...(photographers && photographer !== '' && { photographer }),
            ...(caption !== '' && { caption }),
          }
        )
      })
      .filter((entry) => entry !== null)
  }

  /** Pages are built anew where the Event shows photographers or captions from now on, or no more. */
  function show(eventId: number, next: Shown): void {
    const { photographers = false, captions = false } = shown.get(eventId) ?? {}
    shown.set(eventId, next)
    if (photographers !== next.photographers || captions !== next.captions) forgetPages(eventId, () => true)
  }

  function forgetPages(eventId: number, isOne: (from: number, to: number) => boolean): void {
    for (const key of built.keys()) {
      const [id, from, to] = key.split(/[/-]/).map(Number) as [number, number, number]
      if (id === eventId && isOne(from, to)) built.delete(key)
    }
  }

  function page(eventId: number, from: number, to: number): BuiltPage | null {
    const known = built.get(keyOf(eventId, from, to))
    if (known !== undefined) return known
    const list = entries(eventId, from, to)
    const result = list.length > 0 ? pageOf(list, needs.by) : null
    built.set(keyOf(eventId, from, to), result)
    return result
  }

  return {
    build(event, revision) {
      const { show_photographer: photographers, show_captions: captions } = event.settings
      show(event.id, { photographers, captions })
      const { recentFrom, pages } = manifestLayout(needs.publications.lastPlace(event.id))
      const leaves = pages.map(({ from, to }) => page(event.id, from, to))
      const direct = leaves.slice(0, HEAD_PAGES).filter((leaf) => leaf !== null)
      const tree = treeOver(leaves.slice(HEAD_PAGES).map((leaf) => leaf && leaf.ref))
      const refs = [...direct, ...tree.slice(-1)].map(({ ref }) => ref)
      const recent = entries(event.id, recentFrom, Number.MAX_SAFE_INTEGER)
      const { settings } = event
      const head: ManifestHead = {
        v: 2,
        revision,
        updatedAt: new Date(needs.now()).toISOString(),
        event: {
          slug: event.slug,
          title: settings.event_title,
          subtitle: settings.event_subtitle,
          date: event.date,
          hero: event.hero && `assets/${event.hero}`,
          titleFont: { family: settings.title_font_family, size: settings.title_font_size },
          subtitleFont: { family: settings.subtitle_font_family, size: settings.subtitle_font_size },
          ...(settings.accent_color && { accent: settings.accent_color }),
          ...(settings.credit && { credit: settings.credit }),
          ...(settings.show_photographer && { byline: true }),
          ...(settings.privacy_text && { privacy: settings.privacy_text }),
        },
        ...needs.links?.(event),
        total: recent.length + refs.reduce((sum, { count }) => sum + count, 0),
        recent,
        pages: refs,
      }
      const files = [...leaves.filter((leaf) => leaf !== null), ...tree]
      return { head, pages: new Map(files.map(({ ref, body }) => [ref.file, body])) }
    },
    touch: (eventId, place) => forgetPages(eventId, (from, to) => place >= from && place < to),
    forget: () => built.clear(),
  }
}
