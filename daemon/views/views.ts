import { createHash } from 'node:crypto'
import type { Edit } from '../contract/edit.ts'
import type { PhotoView } from '../contract/photo.ts'
import type { Progress } from '../contract/progress.ts'
import type { PublicationView } from '../contract/publication.ts'
import { NEUTRAL } from '../contract/recipe.ts'
import { splitName } from '../files.ts'
import type { EventRecord } from '../catalog/events.ts'
import type { PhotoRecord, Photos } from '../catalog/photos/photos.ts'
import { printVersion } from '../catalog/publications/prints.ts'
import type { PublicationRecord } from '../catalog/publications/publications.ts'

/** Records as pages see them: the previous system's field names, and URLs instead of paths. */
export interface Views {
  photo(photo: PhotoRecord): PhotoView
  publication(publication: PublicationRecord): PublicationView
}

const two = (n: number) => (n < 10 ? `0${n}` : String(n))

/** `HH:MM:SS` in this machine's zone. */
function clock(at: number): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** Bytes as pages compare them: the beginning of their hash distinguishes them well enough. */
const nameOf = (sha256: string) => sha256.slice(0, 16)

/** Words as pages compare them. */
const wordsName = (words: string) =>
  words === '' ? '' : nameOf(createHash('sha256').update(words).digest('hex'))

function goneOf({ main, raw }: PhotoRecord): { gone?: string[] } {
  const gone = [main, raw].flatMap((file) => (file?.lost ? [file.filename] : []))
  return gone.length > 0 ? { gone } : {}
}

/** What people wrote here goes before what came; the Event's template is only added where it is published. */
function wordsOf({ words }: PhotoRecord): Pick<PhotoView, 'words' | 'label' | 'rejected'> {
  const { found, own, label, rejected } = words
  const said = Object.entries({ ...found, ...own }).filter(([, value]) => value.length > 0)
  return {
    ...(said.length > 0 && { words: Object.fromEntries(said) }),
    ...(label !== '' && { label }),
    ...(rejected && { rejected }),
  }
}

function printOf(photo: PhotoRecord): Pick<PhotoView, 'print'> {
  if (!photo.print) return {}
  const { version, ...copies } = photo.print
  const isEarlier = version !== null && version !== printVersion(photo)
  return { print: { ...copies, ...(isEarlier && { earlier: true }) } }
}

/** The file name of a rendition of the unedited picture below `/media/<id>/`; it changes with what the rendition is
 * made from. */
export function renditionFile(
  darkroom: {
    renditionKey(source: { path: string; sha256: string }, name: 'tile' | 'preview', edit: Edit): string
  },
  photo: PhotoRecord,
  name: 'tile' | 'preview',
): string {
  return `${name}-${darkroom.renditionKey({ path: '', sha256: (photo.final ?? photo.main).sha256 }, name, NEUTRAL)}.jpg`
}

/** @param needs.renditionFile the file name under which `/media/<id>/` serves a rendition of the unedited picture */
export function createViews(needs: {
  photos: Photos
  event: () => EventRecord
  renditionFile: (photo: PhotoRecord, name: 'tile' | 'preview') => string
  /** How far it is on its way to guests; null when it is on none. */
  progress?: (photo: PhotoRecord) => Progress | null
  /** The words that it would be published with, as a publication keeps them. */
  wording?: { key(photo: PhotoRecord): string }
}): Views {
  /** What never changes about a record; lists give the same ones again as long as nothing changes. */
  const cache = new WeakMap<PhotoRecord, PhotoView>()

  const viewOf = (photo: PhotoRecord): PhotoView => ({
    filename: photo.filename,
    timestamp: photo.takenAt / 1000,
    time_str: clock(photo.takenAt),
    size_kb: Math.round(photo.main.bytes / 102.4) / 10,
    published_count: photo.publishedCount,
    unpublished_count: photo.unpublishedCount,
    id: photo.id,
    width: photo.width,
    height: photo.height,
    tile: `/media/${photo.id}/${needs.renditionFile(photo, 'tile')}`,
    preview: `/media/${photo.id}/${needs.renditionFile(photo, 'preview')}`,
    thumbnail: `/media/${photo.id}/thumbnail.jpg`,
    edit: photo.edit,
    state: photo.state,
    raw: photo.raw?.filename ?? null,
    camera: photo.camera,
    live: [...photo.live],
    rating: photo.rating,
    pick: photo.pick,
    seen: photo.seen,
    marked: photo.marked,
    ...wordsOf(photo),
    source: nameOf((photo.final ?? photo.main).sha256),
    ...(photo.final && { final: { filename: photo.final.filename } }),
    ...goneOf(photo),
    ...printOf(photo),
    camera_id: photo.cameraId,
  })

  return {
    photo(photo) {
      let view = cache.get(photo)
      if (!view) cache.set(photo, (view = viewOf(photo)))
      const progress = needs.progress?.(photo) ?? null
      // The event's words are among them, of which the record knows nothing.
      const says = needs.wording && photo.live.length > 0 && { says: wordsName(needs.wording.key(photo)) }
      return progress || says ? { ...view, ...says, ...(progress && { progress }) } : view
    },
    publication(publication) {
      const photo = needs.photos.byId(publication.photoId)
      const base = `/photo/${encodeURIComponent(needs.event().prefix)}`
      return {
        filename: publication.name,
        timestamp: publication.publishedAt / 1000,
        place: publication.place,
        time_str: clock(publication.publishedAt),
        size_kb: Math.round(publication.bytes / 102.4) / 10,
        published_count: photo?.publishedCount ?? 0,
        unpublished_count: photo?.unpublishedCount ?? 0,
        id: publication.id,
        photo_id: publication.photoId,
        original: photo?.filename ?? '',
        width: publication.width,
        height: publication.height,
        tile: `${base}/thumb/${encodeURIComponent(splitName(publication.name)[0])}.webp`,
        preview: `${base}/${encodeURIComponent(publication.name)}`,
        edit: publication.edit,
        finish: publication.finish,
        source: nameOf(publication.source),
        says: wordsName(publication.words),
        state: 'live',
      }
    },
  }
}
