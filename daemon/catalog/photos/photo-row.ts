import type { Edit } from '../../contract/edit.ts'
import type { PhotoState } from '../../contract/photo.ts'
import type { PrintState } from '../../contract/photo-print.ts'
import { completeEdit, NEUTRAL } from '../../contract/recipe.ts'
import { IS_VIEW } from '../publications/uploads.ts'
import { NOTHING_SAID, type PhotoWords } from './words-row.ts'
import { REHEARSAL } from './rehearsals.ts'

export interface OriginalRecord {
  readonly sha256: string
  readonly filename: string
  readonly bytes: number
  readonly modifiedAt: number
  readonly kind: string
  /** The Original's file is gone, or another program wrote another picture over it. */
  readonly lost: boolean
  /** What its file is called in the Event's spill folder, where it waits for the disk of its own folder; else null. */
  readonly spilled: string | null
}

/** A finished picture that came back, as a Photo that shows it has it. */
export interface ShownFinal {
  readonly id: string
  /** What it was called as it came. */
  readonly filename: string
  readonly sha256: string
  /** The file of its bytes in `KEPT`, in the Event's folder of finals. */
  readonly kept: string
  readonly bytes: number
  readonly kind: string
}

/** In copies. */
export interface PhotoPrints {
  readonly waiting: number
  readonly printed: number
  readonly unsure: number
  /** What was printed last, see `printVersion`; null where nothing was. */
  readonly version: string | null
}

export interface PhotoRecord {
  readonly id: string
  readonly eventId: number
  /** The main Original's file name, unique in the Event across all states. */
  readonly filename: string
  readonly state: PhotoState
  /** Pixels, upright, of what it shows. */
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
  readonly words: PhotoWords
  readonly main: OriginalRecord
  readonly raw: OriginalRecord | null
  /** What it shows and publishes instead of its Original. */
  readonly final: ShownFinal | null
  /** Public names that are live, oldest first. */
  readonly live: readonly string[]
  /** How many of them the bucket does not have whole yet. */
  readonly unsent: number
  /** What of it is on paper, and is to be; null where nothing is. */
  readonly print: PhotoPrints | null
  /** The program's own test shot: in no list, and announced to nobody. */
  readonly isRehearsal: boolean
  /** When its files were deleted for good, or null. */
  readonly deletedAt: number | null
}

type OriginalColumns = [
  sha256: string,
  filename: string,
  bytes: number,
  modifiedAt: number,
  kind: string,
  lost: number,
  spilled: string | null,
]
type NoOriginal = [null, null, null, null, null, null, null]
type FinalColumns = [
  id: string,
  filename: string,
  sha256: string,
  kept: string,
  bytes: number,
  kind: string,
  width: number,
  height: number,
]
type NoFinal = [null, null, null, null, null, null, null, null]

/** A Photo with its Originals, its Edit and its live names, as `SELECT` reads it: a tuple, since a list is hundreds of
 * them and a column's name would be paid for in each. */
export type Row = [
  id: string,
  eventId: number,
  filename: string,
  state: PhotoState,
  width: number,
  height: number,
  takenAt: number,
  addedAt: number,
  camera: string | null,
  serial: string | null,
  rating: number,
  pick: number,
  seen: number,
  cameraId: string | null,
  marked: number,
  publishedCount: number,
  unpublishedCount: number,
  deletedAt: number | null,
  edit: string | null,
  live: string,
  unsent: number,
  isRehearsal: number,
  words: string | null,
  prints: string | null,
  ...main: OriginalColumns,
  ...raw: OriginalColumns | NoOriginal,
  ...final: FinalColumns | NoFinal,
]

const PHOTO = [
  'id', 'event_id', 'filename', 'state', 'width', 'height', 'taken_at', 'added_at', 'camera', 'serial', 'rating', 'pick',
  'seen', 'camera_id', 'marked', 'published_count', 'unpublished_count', 'deleted_at',
] // prettier-ignore
const FINAL = ['id', 'filename', 'sha256', 'kept', 'bytes', 'kind', 'width', 'height']
const ORIGINAL = ['sha256', 'filename', 'bytes', 'modified_at', 'kind', 'lost', 'spilled']
const of = (table: string, columns: readonly string[]) =>
  columns.map((column) => `${table}.${column}`).join(', ')
const COLUMNS = `${of('p', PHOTO)}, e.edit,
  (SELECT json_group_array(l.name) FROM (
    SELECT name FROM publications WHERE photo_id = p.id AND state = 'live' ORDER BY place, published_at) AS l),
  (SELECT count(*) FROM publications AS u WHERE u.photo_id = p.id AND u.state = 'live' AND 2 > (
    SELECT count(DISTINCT lane) FROM uploads
    WHERE publication_id = u.id AND lane IN ('thumb', 'web') AND state = 'done' AND NOT ${IS_VIEW})),
  m.origin = '${REHEARSAL}',
  iif(w.photo_id IS NULL, NULL, json_object('found', json(w.found), 'own', json(w.own), 'label', w.label,
    'rejected', w.rejected)),
  iif(EXISTS (SELECT 1 FROM prints WHERE photo_id = p.id),
    (SELECT json_group_array(json_array(id, state, copies, version)) FROM prints WHERE photo_id = p.id), NULL),
  ${of('m', ORIGINAL)}, ${of('r', ORIGINAL)}, ${of('fin', FINAL)}`
const JOINS = `JOIN originals m ON m.photo_id = p.id AND m.role = 'main'
  LEFT JOIN originals r ON r.photo_id = p.id AND r.role = 'raw'
  LEFT JOIN edits e ON e.photo_id = p.id
  LEFT JOIN photo_words w ON w.photo_id = p.id
  LEFT JOIN finals fin ON fin.id = p.final_id`
/** To be followed by WHERE; `p` is the Photo, `m` its main Original, `r` the RAW beside it, `e` its Edit, `w` its words,
 * `fin` the final that it shows. Its rows are
 * tuples: see `prepareTuples`. */
export const SELECT = `SELECT ${COLUMNS} FROM photos p ${JOINS}`

function wordsIn(json: string): PhotoWords {
  const words = JSON.parse(json) as Omit<PhotoWords, 'rejected'> & { rejected: number }
  return { ...words, rejected: words.rejected === 1 }
}

function printsIn(json: string): PhotoPrints {
  const rows = JSON.parse(json) as [id: number, state: string, copies: number, version: string | null][]
  const sum = { waiting: 0, begun: 0, printed: 0, unsure: 0 }
  let last: { id: number; version: string | null } = { id: 0, version: null }
  for (const [id, state, copies, version] of rows) {
    sum[state as PrintState] += copies
    if (state === 'printed' && id > last.id) last = { id, version }
  }
  const { waiting, begun, printed, unsure } = sum
  return { waiting: waiting + begun, printed, unsure, version: last.version }
}

export function decode(row: Row): PhotoRecord {
  // prettier-ignore
  const [
    id, eventId, filename, state, width, height, takenAt, addedAt, camera, serial, rating, pick, seen, cameraId, marked,
    publishedCount, unpublishedCount, deletedAt, edit, live, unsent, isRehearsal, words,
    prints, mainSha256, mainFilename, mainBytes, mainModifiedAt, mainKind, mainLost, mainSpilled,
    rawSha256, rawFilename, rawBytes, rawModifiedAt, rawKind, rawLost, rawSpilled,
    finalId, finalFilename, finalSha256, finalKept, finalBytes, finalKind, finalWidth, finalHeight,
  ] = row
  return {
    id,
    eventId,
    filename,
    state,
    width: finalWidth ?? width,
    height: finalHeight ?? height,
    takenAt,
    addedAt,
    camera,
    serial,
    rating,
    pick: pick === 1,
    seen: seen === 1,
    cameraId,
    marked: marked === 1,
    publishedCount,
    unpublishedCount,
    edit: edit === null ? NEUTRAL : completeEdit(JSON.parse(edit) as Partial<Edit>),
    words: words === null ? NOTHING_SAID : wordsIn(words),
    main: {
      sha256: mainSha256,
      filename: mainFilename,
      bytes: mainBytes,
      modifiedAt: mainModifiedAt,
      kind: mainKind,
      lost: mainLost === 1,
      spilled: mainSpilled,
    },
    raw:
      rawSha256 === null
        ? null
        : {
            sha256: rawSha256,
            filename: rawFilename,
            bytes: rawBytes,
            modifiedAt: rawModifiedAt,
            kind: rawKind,
            lost: rawLost === 1,
            spilled: rawSpilled,
          },
    final:
      finalId === null
        ? null
        : {
            id: finalId,
            filename: finalFilename,
            sha256: finalSha256,
            kept: finalKept,
            bytes: finalBytes,
            kind: finalKind,
          },
    live: JSON.parse(live) as string[],
    unsent,
    print: prints === null ? null : printsIn(prints),
    isRehearsal: isRehearsal === 1,
    deletedAt,
  }
}
