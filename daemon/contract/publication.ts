import { Type, type Static } from 'typebox'
import { Edit } from './edit.ts'

/** One row of `GET /api/live`: a published version of a Photo under its public name. */
export const PublicationView = Type.Object({
  /** The public name. */
  filename: Type.String(),
  /** Published at, seconds since 1970. */
  timestamp: Type.Number(),
  /** Rises in the order of first publication; a replacement keeps its predecessor's. Lists go by it. */
  place: Type.Integer(),
  time_str: Type.String(),
  size_kb: Type.Number(),
  published_count: Type.Integer(),
  unpublished_count: Type.Integer(),
  id: Type.String(),
  photo_id: Type.String(),
  /** The Photo's file name. */
  original: Type.String(),
  width: Type.Integer(),
  height: Type.Integer(),
  /** URLs of the public thumb and web sizes on the daemon. */
  tile: Type.String(),
  preview: Type.String(),
  edit: Edit,
  /** What it was finished with: the status says what the next one would be. */
  finish: Type.String(),
  /** Names the bytes that it was made from; '' where that is not known. */
  source: Type.Optional(Type.String()),
  /** Names the words that it says. */
  says: Type.Optional(Type.String()),
  state: Type.Literal('live'),
})
export type PublicationView = Static<typeof PublicationView>

export const PublicationPage = Type.Object({
  images: Type.Array(PublicationView),
  total: Type.Integer(),
  next: Type.Optional(Type.String()),
})
export type PublicationPage = Static<typeof PublicationPage>
