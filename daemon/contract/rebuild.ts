/** What is wrong with a catalog before anything is built on it. `missing`: it is not there, or holds nothing, beside photo
 * folders that an Event had. `damaged`: it cannot be read. `foreign`: it knows nothing of the Events whose folders lie here.
 * `older`: the journals beside the photos say more. */
export type CatalogFault = 'missing' | 'damaged' | 'foreign' | 'older'

/** How the parts of an Event were found. Counts are photos, but for `published` and what follows it. */
export interface RebuiltEvent {
  readonly slug: string
  readonly title: string
  readonly buffer: number
  readonly archived: number
  readonly trashed: number
  readonly edited: number
  readonly published: number
  /** Public names that are used up: live, gone and known by name only. */
  readonly names: number
  /** Files that no journal knows. They become photos, and are not published. */
  readonly adopted: number
  /** Photos whose files are in another folder than the journal says: they are where their files are. */
  readonly moved: number
  /** File names of photos whose files are in none of the folders. */
  readonly missing: readonly string[]
  /** Public names that the journal calls published, and that guests' list had no more: they stay unpublished. */
  readonly taken_out: readonly string[]
  /** Public names that guests' list had and no journal knows: they are not published any more, and never given again. */
  readonly unknown_names: readonly string[]
  /** Public names whose picture is not in the folder of what is published. */
  readonly missing_published: readonly string[]
  /** Roles of folders that are not there: what lies in them was not looked at. */
  readonly away: readonly string[]
}

/** A journal, and how many of its lines could not be used. */
export interface RebuiltJournal {
  readonly path: string
  readonly lines: number
  readonly torn: number
  readonly newer: number
  readonly foreign: number
}

export interface RebuildReport {
  readonly fault: CatalogFault | null
  /** The copy of the catalog that it began from; null where the journals alone were read. */
  readonly copy: string | null
  /** When that copy was made, ISO 8601. */
  readonly copied_at: string | null
  readonly events: readonly RebuiltEvent[]
  readonly journals: readonly RebuiltJournal[]
  /** Lines that stood twice. */
  readonly doubled: number
  /** Lines about something of which nothing is known. */
  readonly unused: number
  /** Kinds of lines that only a newer program knows, and how many there are. */
  readonly unknown: Readonly<Record<string, number>>
  /** Where the catalog of before is now; null where there was none, or nothing was changed. */
  readonly kept: string | null
  readonly seconds: number
}
