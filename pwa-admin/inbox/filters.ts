import type { PhotoState, PhotoView } from '../../daemon/contract/photo.ts'

/** Which photos a list holds. `inbox`: nobody has decided about it yet, and nobody went past it. */
export type Filter = 'inbox' | 'all' | 'rated' | 'published' | 'print' | 'archived' | 'trash'
/** In the order in which they stand: what is to be printed is worked through during the event, and lists behind the third
 * are out of sight in a narrow column. */
export const FILTERS: readonly Filter[] = ['inbox', 'all', 'print', 'rated', 'published', 'archived', 'trash']

/** The folder that a filter looks into. */
export const STATE_OF: Readonly<Record<Filter, PhotoState>> = {
  inbox: 'buffer',
  all: 'buffer',
  rated: 'buffer',
  published: 'buffer',
  print: 'buffer',
  archived: 'archived',
  trash: 'trashed',
}

/** What is being done to a photo right now, before the daemon has confirmed it. */
export interface Pending {
  state?: PhotoView['state']
  publishing?: boolean
  seen?: boolean
}

/** Whether a list holds a photo. Asked for each of ten thousand, so it makes nothing. */
export function passes(photo: PhotoView, filter: Filter, pending?: Pending): boolean {
  if ((pending?.state ?? photo.state) !== STATE_OF[filter]) return false
  if (filter === 'published') return photo.live.length > 0
  if (filter === 'print') return photo.print !== undefined
  if (filter === 'rated') return photo.rating > 0 || photo.pick
  if (filter !== 'inbox') return true
  const leaves =
    pending?.publishing || photo.progress?.state === 'held' || photo.progress?.state === 'rendering'
  return photo.live.length === 0 && !leaves && !(pending?.seen ?? photo.seen)
}

/** All filters that a photo passes. */
export const filtersOf = (photo: PhotoView, pending: Pending | undefined): readonly Filter[] =>
  FILTERS.filter((filter) => passes(photo, filter, pending))

export const SORTS = ['newest', 'oldest', 'name', 'rating'] as const
export type Sort = (typeof SORTS)[number]

/** What a person looks for within a filter. Empty fields hold nothing back. */
export interface Search {
  /** A part of the file name, or of what the photo says in words, in any case. */
  name: string
  /** The key of a camera, see `cameraOf`. */
  camera: string
  /** `HH:MM`, local to the daemon as `time_str` is. `until` includes its own minute; before `from` it goes past
   * midnight. */
  from: string
  until: string
  /** `waiting`: to be printed, or nobody knows whether it was; `printed`: it is on paper, whichever version. */
  print: '' | 'waiting' | 'printed'
  sort: Sort
}
export const NO_SEARCH: Search = { name: '', camera: '', from: '', until: '', print: '', sort: 'newest' }

/** What distinguishes one camera's photos from another's: our own id of it, else its model. */
export const cameraOf = (photo: Pick<PhotoView, 'camera' | 'camera_id'>): string =>
  photo.camera_id ?? photo.camera ?? ''

export const isSearching = ({ name, camera, from, until, print }: Search): boolean =>
  name.trim() !== '' || camera !== '' || from !== '' || until !== '' || print !== ''

function inTime(time: string, from: string, until: string): boolean {
  const minute = time.slice(0, 5)
  if (from && until && from > until) return minute >= from || minute <= until
  return (!from || minute >= from) && (!until || minute <= until)
}

/** @param part in lower case */
function isSaid({ words, label = '' }: PhotoView, part: string): boolean {
  if (!words) return label.toLowerCase().includes(part)
  return [label, ...Object.values(words).flat()].some((text) => text.toLowerCase().includes(part))
}

function isPrint({ print }: PhotoView, which: Search['print']): boolean {
  if (which === '') return true
  if (!print) return false
  return which === 'printed' ? print.printed > 0 : print.waiting + print.unsure > 0
}

/** A test for one photo, made once for a whole list. */
export function finder(search: Search): (photo: PhotoView) => boolean {
  const name = search.name.trim().toLowerCase()
  return (photo) =>
    (name === '' || photo.filename.toLowerCase().includes(name) || isSaid(photo, name)) &&
    (search.camera === '' || cameraOf(photo) === search.camera) &&
    isPrint(photo, search.print) &&
    inTime(photo.time_str, search.from, search.until)
}

/** @param list newest first */
export function sorted(list: readonly PhotoView[], sort: Sort): readonly PhotoView[] {
  if (sort === 'newest') return list
  if (sort === 'oldest') return [...list].reverse()
  const collator = new Intl.Collator('en', { numeric: true })
  const worth = (photo: PhotoView) => photo.rating + (photo.pick ? 0.5 : 0)
  return [...list].sort(
    sort === 'name' ? (a, b) => collator.compare(a.filename, b.filename) : (a, b) => worth(b) - worth(a),
  )
}
