import { Type, type Static } from 'typebox'
import { Edit, LutId } from './edit.ts'
import { closed, oneOf, requestId } from './shapes.ts'

/** More would be a list to search in, not one to pick from. */
export const MOST_LOOKS = 12

const { exposure, contrast, warmth, lut } = Edit.properties
const id = Type.String({ minLength: 1, maxLength: 32 })
const name = Type.String({ minLength: 1, maxLength: 40, pattern: '\\S' })
/** A camera's id; null means whatever comes in, from wherever. */
const cameraId = Type.Union([Type.String({ minLength: 1, maxLength: 120 }), Type.Null()])

/** A named Edit without its geometry: light and colour. */
export const Look = Type.Object({
  id: Type.String(),
  name: Type.String(),
  exposure,
  contrast,
  warmth,
  lut: Type.Union([LutId, Type.Null()]),
})
export type Look = Static<typeof Look>

/** A Look that every new frame gets, of one camera or, where `camera_id` is null, of all that have none of their own. */
export const IncomingLook = Type.Object({ camera_id: cameraId, look: Type.String() })
export type IncomingLook = Static<typeof IncomingLook>

/** Those that were picked last come first. `camera` is what people call it, null where it is all of them. */
export const LooksReply = Type.Object({
  looks: Type.Array(Look),
  from_now_on: Type.Array(
    Type.Object({ ...IncomingLook.properties, camera: Type.Union([Type.String(), Type.Null()]) }),
  ),
})
export type LooksReply = Static<typeof LooksReply>

/** `POST /api/looks`. Saving under a name that is taken gives that Look other values; a `look` of null ends what
 * `from_now_on` began. */
export const LooksBody = Type.Union([
  Type.Object(
    {
      action: Type.Literal('save'),
      name,
      exposure,
      contrast,
      warmth,
      lut: Type.Optional(lut),
      request_id: requestId,
    },
    closed,
  ),
  Type.Object({ action: Type.Literal('rename'), id, name, request_id: requestId }, closed),
  Type.Object({ action: oneOf('delete', 'used'), id, request_id: requestId }, closed),
  Type.Object(
    {
      action: Type.Literal('from_now_on'),
      look: Type.Union([id, Type.Null()]),
      camera_id: cameraId,
      request_id: requestId,
    },
    closed,
  ),
])
export type LooksBody = Static<typeof LooksBody>

/** `POST /api/luts`: a `.cube` file, field `file`. */
export const LutReply = Type.Object({ lut: LutId })
export type LutReply = Static<typeof LutReply>
