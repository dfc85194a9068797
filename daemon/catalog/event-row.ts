import { isAbsolute, join, relative } from 'node:path'
import type { EventSettings, EventState } from '../contract/settings.ts'
import { FOLDER_ROLES, SPILL, withFinals, type FolderPaths } from '../folders.ts'
import { accessOf, type AccessRow, type EventAccess } from './event-access.ts'

export interface EventRecord {
  readonly id: number
  readonly slug: string
  readonly prefix: string
  /** `YYYY-MM-DD`, local. */
  readonly date: string
  readonly startsAt: number
  readonly state: EventState
  readonly settings: EventSettings
  /** File name of the hero picture among the Event's assets. */
  readonly hero: string | null
  readonly folders: FolderPaths
  /** Where shots lie, in the data folder, that came while the disk of their folder was away. */
  readonly spill: string
  readonly activeAt: number
  /** The revision of its manifest. */
  readonly revision: number
  readonly access: EventAccess
}

export type EventRow = Record<'slug' | 'prefix' | 'date' | 'settings' | 'folders', string> &
  Record<'id' | 'starts_at' | 'active_at' | 'revision', number> &
  AccessRow & { state: EventState; hero: string | null }

/** A new Event's. */
export const DEFAULT_SETTINGS: EventSettings = {
  event_title: '',
  event_subtitle: '',
  title_font_family: 'system',
  title_font_size: 72,
  subtitle_font_family: 'system',
  subtitle_font_size: 22,
  accent_color: '',
  credit: '',
  show_photographer: false,
  privacy_text: '',
  words_template: {},
  words_mode: 'under',
  words_roster: '',
  show_captions: false,
}

type Paths = Record<keyof FolderPaths, string>

/** Folders inside the data folder are kept relative to it, so that it can be moved as a whole. */
export function journalledPaths(base: string, given: FolderPaths): FolderPaths {
  const paths = withFinals(given)
  const stored = FOLDER_ROLES.map((role) => {
    const inside = relative(base, paths[role])
    return [role, inside.startsWith('..') || isAbsolute(inside) ? paths[role] : inside]
  })
  // The cast: an entry for each role.
  return Object.fromEntries(stored) as Paths
}

export const storedPaths = (base: string, paths: FolderPaths): string =>
  JSON.stringify(journalledPaths(base, paths))

/** @returns the paths as they are on this computer */
export function readPaths(base: string, stored: string): FolderPaths {
  // Events of an earlier version have no folder for finals yet.
  const paths: Paths = { ...withFinals(JSON.parse(stored) as Paths) }
  for (const role of FOLDER_ROLES) if (!isAbsolute(paths[role])) paths[role] = join(base, paths[role])
  return paths
}

/** @param base the data folder */
export function decodeEvent(base: string, row: EventRow): EventRecord {
  return {
    id: row.id,
    slug: row.slug,
    prefix: row.prefix,
    date: row.date,
    startsAt: row.starts_at,
    state: row.state,
    // Events of an earlier version lack what came since.
    settings: { ...DEFAULT_SETTINGS, ...(JSON.parse(row.settings) as Partial<EventSettings>) },
    hero: row.hero,
    folders: readPaths(base, row.folders),
    spill: join(base, SPILL, row.slug),
    activeAt: row.active_at,
    revision: row.revision,
    access: accessOf(row),
  }
}
