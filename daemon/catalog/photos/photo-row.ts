import type { Edit } from '../../contract/edit.ts'
import type { PhotoState } from '../../contract/photo.ts'
import { completeEdit, NEUTRAL } from '../../contract/recipe.ts'

export interface OriginalRecord {
  readonly sha256: string
  readonly filename: string
  readonly bytes: number
  readonly modifiedAt: number
  readonly kind: string
  /** Its file is gone, or another program wrote another picture over it. */
  readonly lost: boolean
}

export interface PhotoRecord {
  readonly id: string
  readonly eventId: number
  /** The main Original's file name, unique in the Event across all states. */
  readonly filename: string
  readonly state: PhotoState
  /** Pixels, upright. */
  readonly width: number
  readonly height: number
  readonly takenAt: number
  readonly addedAt: number
  readonly camera: string | null
  readonly serial: string | null
  readonly rating: number
  readonly pick: boolean
  /** A person looked at it and went on without publishing it. */
  readonly seen: boolean
  /** The camera that shot it, as the camera book knows it. */
  readonly cameraId: string | null
  /** The photographer marked it in the camera. */
  readonly marked: boolean
  readonly publishedCount: number
  readonly unpublishedCount: number
  readonly edit: Edit
  readonly main: OriginalRecord
  readonly raw: OriginalRecord | null
  /** Public names that are live, oldest first. */
  readonly live: readonly string[]
  /** How many of them the bucket does not have whole yet. */
  readonly unsent: number
  /** When its files were deleted for good, or null. */
  readonly deletedAt: number | null
}

/** A Photo with its Originals, its Edit and its live names, as `SELECT` reads it. */
export type Row = {
  id: string
  event_id: number
  filename: string
  state: PhotoState
  width: number
  height: number
  taken_at: number
  added_at: number
  camera: string | null
  serial: string | null
  rating: number
  pick: number
  seen: number
  camera_id: string | null
  marked: number
  published_count: number
  unpublished_count: number
  edit: string | null
  live: string
  unsent: number
  deleted_at: number | null
} & Record<`${'m' | 'r'}_${'sha256' | 'filename' | 'kind'}`, string> &
  Record<`${'m' | 'r'}_${'bytes' | 'modified_at' | 'lost'}`, number>

const COLUMNS = `p.*, e.edit AS edit,
  m.sha256 AS m_sha256, m.filename AS m_filename, m.bytes AS m_bytes, m.modified_at AS m_modified_at, m.kind AS m_kind,
  m.lost AS m_lost, r.lost AS r_lost,
  r.sha256 AS r_sha256, r.filename AS r_filename, r.bytes AS r_bytes, r.modified_at AS r_modified_at, r.kind AS r_kind,
  (SELECT json_group_array(l.name) FROM (
    SELECT name FROM publications WHERE photo_id = p.id AND state = 'live' ORDER BY place, published_at) AS l) AS live,
  (SELECT count(*) FROM publications AS u WHERE u.photo_id = p.id AND u.state = 'live' AND 2 > (
    SELECT count(DISTINCT lane) FROM uploads
    WHERE publication_id = u.id AND lane IN ('thumb', 'web') AND state = 'done')) AS unsent`
const JOINS = `JOIN originals m ON m.photo_id = p.id AND m.role = 'main'
  LEFT JOIN originals r ON r.photo_id = p.id AND r.role = 'raw'
  LEFT JOIN edits e ON e.photo_id = p.id`
/** To be followed by WHERE; `p` is the Photo, `m` its main Original, `r` the RAW beside it, `e` its Edit. */
export const SELECT = `SELECT ${COLUMNS} FROM photos p ${JOINS}`

export function decode(row: Row): PhotoRecord {
  const original = (side: 'm' | 'r'): OriginalRecord => ({
    sha256: row[`${side}_sha256`],
    filename: row[`${side}_filename`],
    bytes: row[`${side}_bytes`],
    modifiedAt: row[`${side}_modified_at`],
    kind: row[`${side}_kind`],
    lost: row[`${side}_lost`] === 1,
  })
  return {
    id: row.id,
    eventId: row.event_id,
    filename: row.filename,
    state: row.state,
    width: row.width,
    height: row.height,
    takenAt: row.taken_at,
    addedAt: row.added_at,
    camera: row.camera,
    serial: row.serial,
    rating: row.rating,
    pick: row.pick === 1,
    seen: row.seen === 1,
    cameraId: row.camera_id,
    marked: row.marked === 1,
    publishedCount: row.published_count,
    unpublishedCount: row.unpublished_count,
    edit: row.edit === null ? NEUTRAL : completeEdit(JSON.parse(row.edit) as Partial<Edit>),
    main: original('m'),
    raw: row.r_sha256 ? original('r') : null,
    live: JSON.parse(row.live) as string[],
    unsent: row.unsent,
    deletedAt: row.deleted_at,
  }
}
