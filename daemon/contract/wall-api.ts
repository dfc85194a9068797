import { Type, type Static } from 'typebox'
import { closed, Name, oneOf, requestId } from './shapes.ts'
import { CORNERS, LAYOUTS, LONGEST_LINE, ORDERS, PACE, PICKS } from './wall.ts'

/** The app's calls about walls: which are connected, and what they show. */

const place = oneOf(...CORNERS, 'off')
const fields = {
  layout: oneOf(...LAYOUTS),
  /** Seconds for which a photo stays. */
  pace: Type.Integer({ minimum: PACE.least, maximum: PACE.most }),
  order: oneOf(...ORDERS),
  picks: oneOf(...PICKS),
  paused: Type.Boolean(),
  blank: Type.Boolean(),
  message: Type.String({ maxLength: LONGEST_LINE }),
  title: place,
  logo: place,
  clock: place,
  qr: place,
} as const

export const WallSettingsView = Type.Object(fields)
const WallChange = Type.Partial(Type.Object(fields, closed), closed)

export const WallView = Type.Object({
  /** Names this connection; another one of the same wall has another. */
  id: Type.String(),
  /** '' for none. What a wall calls itself is text and nothing else. */
  name: Type.String(),
  /** Pixels. */
  width: Type.Integer(),
  height: Type.Integer(),
  /** The public name of what is on it, where that is public; null for nothing. */
  shows: Type.Union([Type.String(), Type.Null()]),
  /** Address of its small picture. */
  thumb: Type.Union([Type.String(), Type.Null()]),
  settings: WallSettingsView,
  /** Whether some of them are its own. */
  own: Type.Boolean(),
  /** Whether it is this computer's, or a paired device's. */
  known: Type.Boolean(),
})
export type WallView = Static<typeof WallView>

export const WallsReply = Type.Object({
  settings: WallSettingsView,
  walls: Type.Array(WallView),
  /** Whether there is a logo that walls may show. */
  has_logo: Type.Boolean(),
})
export type WallsReply = Static<typeof WallsReply>

/** One connection's id; null is all walls. */
const wall = Type.Union([Type.String({ minLength: 1, maxLength: 40 }), Type.Null()])

/** `POST /api/walls`. `change` keeps settings for the event; `show` puts a photo on at once, and keeps nothing. */
export const WallsBody = Type.Union([
  Type.Object({ action: Type.Literal('change'), wall, settings: WallChange, request_id: requestId }, closed),
  Type.Object({ action: Type.Literal('show'), wall, filename: Name, request_id: requestId }, closed),
])
export type WallsBody = Static<typeof WallsBody>
