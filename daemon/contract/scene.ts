import { Type, type Static } from 'typebox'
import { closed, Name, requestId } from './shapes.ts'

/** `GET /api/scene`: same camera, within two minutes, and within a third of a stop of exposure. */
export const SceneQuery = Type.Object({ filename: Name }, closed)
export const SceneReply = Type.Object({ filenames: Type.Array(Type.String()) })
export type SceneReply = Static<typeof SceneReply>

/** `POST /api/scene`: the photo whose light and colour the others get. */
export const SceneBody = Type.Object({ filename: Name, request_id: requestId }, closed)
export type SceneBody = Static<typeof SceneBody>
