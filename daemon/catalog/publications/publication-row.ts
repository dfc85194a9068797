import type { Edit } from '../../contract/edit.ts'
import { completeEdit } from '../../contract/recipe.ts'
import { zoneAt } from '../photos/zone.ts'

export interface PublicationRecord {
  readonly id: string
  readonly eventId: number
  readonly photoId: string
  /** The public name. */
  readonly name: string
  readonly edit: Edit
  readonly editKey: string
  /** What it was finished with; equal keys are equal pictures, given Photo and Edit. */
  readonly finish: string
  /** The hash of the Original that it was made from; '' where that is not known. */
  readonly source: string
  /** Who was said to have shot it when it was made; '' for nobody. */
  readonly photographer: string
  /** The words in its files, as JSON; '' where there are none. */
  readonly words: string
  readonly state: 'pending' | 'live' | 'gone'
  /** Rises in the order of first publication; a replacement keeps its predecessor's. 0: a test shot, in no list. */
  readonly place: number
  /** Pixels of the web size. */
  readonly width: number
  readonly height: number
  readonly bytes: number
  readonly thumbhash: string
  /** Bytes of the view; null in what was published before there was one. */
  readonly viewBytes: number | null
  /** Bytes of the full size: null when none is wanted, 0 until it is made. */
  readonly fullBytes: number | null
  readonly publishedAt: number
  /** When its Photo was taken. */
  readonly takenAt: number
  /** Minutes that the clock was ahead of UTC where its Photo was taken. */
  readonly offset: number
}

export type Row = {
  id: string
  event_id: number
  photo_id: string
  name: string
  edit: string
  edit_key: string
  finish: string
  source: string
  photographer: string
  words: string
  full_bytes: number | null
  view_bytes: number | null
  state: PublicationRecord['state']
  place: number
  width: number
  height: number
  bytes: number
  thumbhash: string
  published_at: number
  taken_at: number
  taken_offset: number | null
}

export function decode(row: Row): PublicationRecord {
  return {
    id: row.id,
    eventId: row.event_id,
    photoId: row.photo_id,
    name: row.name,
    edit: completeEdit(JSON.parse(row.edit) as Partial<Edit>),
    editKey: row.edit_key,
    finish: row.finish,
    source: row.source,
    photographer: row.photographer,
    words: row.words,
    state: row.state,
    place: row.place,
    width: row.width,
    height: row.height,
    bytes: row.bytes,
    thumbhash: row.thumbhash,
    viewBytes: row.view_bytes,
    fullBytes: row.full_bytes,
    publishedAt: row.published_at,
    takenAt: row.taken_at,
    offset: row.taken_offset ?? zoneAt(row.taken_at),
  }
}
