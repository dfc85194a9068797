import { Type, type Static } from 'typebox'
import { closed, requestId } from './shapes.ts'

const Path = Type.String({ minLength: 1, maxLength: 1024 })

/** A folder that another program fills, and that photos are copied from. */
export const WatchedFolder = Type.Object({
  path: Type.String(),
  /** Whether the folders in it are looked into, too. */
  recursive: Type.Boolean(),
})
export type WatchedFolder = Static<typeof WatchedFolder>

/** `GET /api/watched-folders` */
export const WatchedFoldersReply = Type.Object({
  folders: Type.Array(
    Type.Object({
      ...WatchedFolder.properties,
      /** What the status calls it among its sources, where it says how it is. One that is not there is not watched:
       * there are more than `most`. */
      source: Type.String(),
      /** It was given at the start, and can only be changed there. */
      fixed: Type.Boolean(),
    }),
  ),
  /** How many can be watched at once. */
  most: Type.Integer(),
})
export type WatchedFoldersReply = Static<typeof WatchedFoldersReply>

/** `POST /api/watched-folders`, the owner's. */
export const WatchedFoldersBody = Type.Union([
  Type.Object(
    {
      action: Type.Literal('add'),
      path: Path,
      /** True by default. */
      recursive: Type.Optional(Type.Boolean()),
      request_id: requestId,
    },
    closed,
  ),
  Type.Object(
    { action: Type.Literal('change'), path: Path, recursive: Type.Boolean(), request_id: requestId },
    closed,
  ),
  Type.Object({ action: Type.Literal('remove'), path: Path, request_id: requestId }, closed),
])
export type WatchedFoldersBody = Static<typeof WatchedFoldersBody>
