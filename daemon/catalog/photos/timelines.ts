import type { PhotoState } from '../../contract/photo.ts'
import { prepareTuples, type Db } from '../store/sql.ts'
import type { SeenWhere } from './milestones.ts'
import { REHEARSAL, rehearsalsOf } from './rehearsals.ts'

/** A Photo's way from the shutter to the guests; milliseconds since 1970, null is not known. */
export interface TimelineRecord {
  readonly id: string
  readonly filename: string
  readonly state: PhotoState | 'deleted'
  readonly camera: string | null
  /** Tells one camera from another. */
  readonly cameraKey: string
  readonly cameraId: string | null
  /** The camera's own number, as its file says it. */
  readonly serial: string | null
  /** What was published of it: whom that names ('' for nobody), and whether guests see it now; null before. */
  readonly published: { readonly photographer: string; readonly isLive: boolean } | null
  /** People said how far the camera's clock is off. */
  readonly isCorrected: boolean
  /** It came from the camera itself, not by a card or a folder. */
  readonly isTethered: boolean
  readonly bytes: number
  /** By the camera's clock, corrected where that is known; null where the file says nothing. */
  readonly shotAt: number | null
  readonly onDiskAt: number
  readonly tileAt: number | null
  readonly decidedAt: number | null
  readonly publishedAt: number | null
  readonly uploadedAt: number | null
  readonly seenAt: number | null
  readonly seenWhere: SeenWhere | null
}

export interface Timelines {
  byId(photoId: string): TimelineRecord | undefined
  /** All of an Event, in no order, one at a time. Read to the end before anything else is asked. */
  each(eventId: number): Iterable<TimelineRecord>
  /** All ids of an Event, in the order in which they were taken. */
  ids(eventId: number): string[]
  /** Those of these ids that there are, in the order in which they were taken. */
  some(ids: readonly string[]): TimelineRecord[]
  /** Bytes of an Event's Originals, and of what the bucket has of it, documents apart. */
  bytes(eventId: number): { taken: number; uploaded: number }
}

type Row = [
  id: string,
  filename: string,
  state: PhotoState,
  camera: string | null,
  serial: string | null,
  cameraId: string | null,
  takenAt: number,
  addedAt: number,
  deletedAt: number | null,
  origin: string,
  bytes: number,
  shotAt: number | null,
  tileAt: number | null,
  decidedAt: number | null,
  uploadedAt: number | null,
  seenAt: number | null,
  seenWhere: SeenWhere | null,
  publishedAt: number | null,
  published: string | null,
]

const SELECT = `SELECT p.id, p.filename, p.state, p.camera, p.serial, p.camera_id, p.taken_at, p.added_at, p.deleted_at,
  o.origin, o.bytes, o.shot_at, m.tile_at, m.decided_at, m.uploaded_at, m.seen_at, m.seen_where,
  (SELECT min(published_at) FROM publications WHERE photo_id = p.id AND was_live = 1),
  (SELECT (state = 'live') || photographer FROM publications WHERE photo_id = p.id AND was_live = 1
   ORDER BY state = 'live' DESC, published_at DESC LIMIT 1)
  FROM photos p JOIN originals o ON o.photo_id = p.id AND o.role = 'main' LEFT JOIN milestones m ON m.photo_id = p.id`

function decode(row: Row): TimelineRecord {
  // prettier-ignore
  const [
    id, filename, state, camera, serial, cameraId, takenAt, addedAt, deletedAt, origin, bytes, shotAt, tileAt, decidedAt,
    uploadedAt, seenAt, seenWhere, publishedAt, published,
  ] = row
  return {
    ...{ id, filename, camera, cameraId, serial, bytes },
    ...{ tileAt, decidedAt, publishedAt, uploadedAt, seenAt, seenWhere },
    published: published === null ? null : { photographer: published.slice(1), isLive: published[0] === '1' },
    state: deletedAt === null ? state : 'deleted',
    cameraKey: cameraId ?? `${camera ?? ''} ${serial ?? ''}`,
    isCorrected: shotAt !== null && shotAt !== takenAt,
    isTethered: origin.startsWith('camera:'),
    shotAt: shotAt === null ? null : takenAt,
    onDiskAt: addedAt,
  }
}

export function createTimelines(db: Db): Timelines {
  const byId = prepareTuples<Row>(db, `${SELECT} WHERE p.id = ?`)
  const all = prepareTuples<Row>(db, `${SELECT} WHERE p.event_id = ? AND o.origin <> '${REHEARSAL}'`)
  const ids = prepareTuples<[string]>(
    db,
    `SELECT id FROM photos WHERE event_id = ?1 AND id NOT IN (${rehearsalsOf('?1')}) ORDER BY taken_at, id`,
  )
  const some = prepareTuples<Row>(
    db,
    `${SELECT} WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.taken_at, p.id`,
  )
  const bytes = prepareTuples<[taken: number, uploaded: number]>(
    db,
    `SELECT (SELECT coalesce(sum(bytes), 0) FROM originals WHERE event_id = ?1 AND origin <> '${REHEARSAL}'),
       (SELECT coalesce(sum(bytes), 0) FROM uploads WHERE event_id = ?1 AND state = 'done')`,
  )
  return {
    byId(photoId) {
      const row = byId.get(photoId)
      return row && decode(row)
    },
    *each(eventId) {
      for (const row of all.iterate(eventId)) yield decode(row)
    },
    ids: (eventId) => ids.all(eventId).map(([id]) => id),
    bytes(eventId) {
      const [taken, uploaded] = bytes.get(eventId)!
      return { taken, uploaded }
    },
    some: (wanted) => some.all(JSON.stringify(wanted)).map(decode),
  }
}
