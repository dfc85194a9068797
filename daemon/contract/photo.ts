import { Type, type Static } from 'typebox'
import { Edit } from './edit.ts'
import { PhotoPrint } from './photo-print.ts'
import { Progress } from './progress.ts'
import { oneOf } from './shapes.ts'
import { WordsChange } from './words.ts'

export const PhotoState = oneOf('buffer', 'archived', 'trashed')
export type PhotoState = Static<typeof PhotoState>

/** One row of `GET /api/buffer`. The first six fields are the previous system's, with its meanings. */
export const PhotoView = Type.Object({
  filename: Type.String(),
  /** Taken at, seconds since 1970 (fractions kept). */
  timestamp: Type.Number(),
  /** Taken at, `HH:MM:SS` in the daemon's time zone. */
  time_str: Type.String(),
  size_kb: Type.Number(),
  published_count: Type.Integer(),
  unpublished_count: Type.Integer(),
  id: Type.String(),
  /** Pixels, upright (after the EXIF orientation). */
  width: Type.Integer(),
  height: Type.Integer(),
  /** URLs whose meaning never changes; made on first request if they are not there yet. */
  tile: Type.String(),
  preview: Type.String(),
  /** What the camera itself put into the file, at once and small; 204 where there is nothing. */
  thumbnail: Type.String(),
  edit: Edit,
  state: PhotoState,
  /** The file name of the RAW that belongs to it, if one came. */
  raw: Type.Union([Type.String(), Type.Null()]),
  camera: Type.Union([Type.String(), Type.Null()]),
  /** Public names that are live now, oldest first. */
  live: Type.Array(Type.String()),
  rating: Type.Integer({ minimum: 0, maximum: 5 }),
  pick: Type.Boolean(),
  /** A person looked at it and went on. It is unset again by an unpublish and by a return to the buffer. */
  seen: Type.Boolean(),
  /** What is said of it in words, by its files and by people here; absent where nothing is. */
  words: Type.Optional(WordsChange),
  /** Names the words that it would be published with, the event's among them; absent while nothing of it is live. A
   * version that says others is not up to date. */
  says: Type.Optional(Type.String()),
  /** A colour's name that another program gave it. */
  label: Type.Optional(Type.String()),
  /** The photographer rejected it in another program. */
  rejected: Type.Optional(Type.Literal(true)),
  /** The photographer marked it in the camera: locked it, or gave it stars. */
  marked: Type.Boolean(),
  /** Names its bytes. A version that was made from others is not up to date. */
  source: Type.Optional(Type.String()),
  /** Files of the photo that are gone, or hold another picture by now. While its main one is among them it cannot be
   * published; absent when all are there. */
  gone: Type.Optional(Type.Array(Type.String())),
  /** The finished picture that it shows and publishes instead of its Original; absent where none came. */
  final: Type.Optional(Type.Object({ filename: Type.String() })),
  /** What of it is on paper, or is to be; absent where nothing is. */
  print: Type.Optional(PhotoPrint),
  /** Which of our cameras shot it, as `GET /api/camera` knows it. */
  camera_id: Type.Union([Type.String(), Type.Null()]),
  /** How far it is on its way to guests; absent when it is on none. */
  progress: Type.Optional(Progress),
})
export type PhotoView = Static<typeof PhotoView>

export const PhotoPage = Type.Object({
  images: Type.Array(PhotoView),
  /** Photos in this state, whatever the page. */
  total: Type.Integer(),
  /** Pass as `?after=` for the next page; absent on the last. */
  next: Type.Optional(Type.String()),
})
export type PhotoPage = Static<typeof PhotoPage>
