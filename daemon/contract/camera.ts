import { Type, type Static } from 'typebox'
import { closed, oneOf, requestId } from './shapes.ts'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])
const text = nullable(Type.String())

export const CameraColour = oneOf('sky', 'rose', 'lime', 'violet', 'sand', 'teal')
export type CameraColour = Static<typeof CameraColour>

/** What the people here call a camera, and how far its clock is off. */
export const CameraOwn = Type.Object({
  id: Type.String(),
  model: Type.String(),
  name: Type.String(),
  colour: CameraColour,
  /** Added to the times in its files, for order and display; the files stay as they are. */
  offset_seconds: Type.Integer(),
  /** Seconds from coming in until the camera's new frames are published unattended; null or absent is never. */
  publish_after: Type.Optional(nullable(Type.Integer())),
  /** Who shoots with it, for the credit; null or absent where nobody said. */
  photographer: Type.Optional(text),
})
export type CameraOwn = Static<typeof CameraOwn>

export const CameraSettings = Type.Object(
  {
    /** Which files of a shot are fetched. */
    files: oneOf('both', 'jpeg', 'raw'),
    /** Whether a shot's JPEG is fetched before any RAW that waits. */
    jpeg_first: Type.Boolean(),
    /** Frames that the photographer marks in the camera are published at once. */
    publish_marked: Type.Boolean(),
    /** Wi-Fi cameras, as `192.168.1.20`; those given at the start are not among them. */
    addresses: Type.Array(Type.String({ pattern: '^\\d{1,3}(\\.\\d{1,3}){3}$' }), { maxItems: 4 }),
  },
  closed,
)
export type CameraSettings = Static<typeof CameraSettings>

/** Only what the body reports; null for the rest. */
export const CameraReadouts = Type.Object({
  /** Percent. */
  battery: nullable(Type.Integer()),
  lens: text,
  /** The exposure mode, in the body's words: `M`, `Av`. */
  mode: text,
  iso: text,
  /** `f/2.8` */
  aperture: text,
  /** `1/250` */
  shutter: text,
  /** The body's own estimate. */
  shots_left: nullable(Type.Integer()),
  /** Where the body puts its frames; `memory` loses them when the cable goes. */
  capture_target: nullable(oneOf('card', 'memory')),
  /** Free bytes of all its cards together. */
  card_free_bytes: nullable(Type.Number()),
  card_bytes: nullable(Type.Number()),
  /** How many pictures its cards still take, by their own reckoning. */
  card_images: nullable(Type.Integer()),
})
export type CameraReadouts = Static<typeof CameraReadouts>

export const CAMERA_STATES = [
  'connecting', 'connected', 'catching_up', 'reconnecting', 'asleep', 'held', 'card_full',
] as const // prettier-ignore
export type CameraState = (typeof CAMERA_STATES)[number]

export const CameraView = Type.Object({
  ...CameraOwn.properties,
  serial: text,
  connection: oneOf('usb', 'wifi'),
  state: oneOf(...CAMERA_STATES),
  /** Why it is not connected. */
  trouble: nullable(
    Type.Object({
      code: oneOf('dropped', 'held', 'busy', 'no_answer', 'not_there', 'lost_process', 'unlisted', 'failed'),
      message: Type.String(),
      /** Programs that hold it and that only a person may quit. */
      holders: Type.Array(Type.String()),
    }),
  ),
  /** How many frames it has for us in this pass. */
  total: Type.Integer(),
  done: Type.Integer(),
  readouts: nullable(CameraReadouts),
  /** Whether the shutter can be released from here. */
  can_shoot: Type.Boolean(),
  /** ISO 8601, when a frame last came in. */
  last_frame_at: text,
})
export type CameraView = Static<typeof CameraView>

/** Cameras as the status reports them: `off` by choice, `no_library` when libgphoto2 is missing or cannot be used,
 * else `on`, with those that were met. */
export const CamerasStatus = Type.Object({
  state: oneOf('off', 'no_library', 'on'),
  /** One plain sentence when it is not `on`. */
  reason: text,
  cameras: Type.Array(CameraView),
})
export type CamerasStatus = Static<typeof CamerasStatus>

/** `GET /api/camera` */
export const CameraReply = Type.Object({
  ...CamerasStatus.properties,
  settings: CameraSettings,
  /** Every camera that was ever connected. */
  known: Type.Array(CameraOwn),
})
export type CameraReply = Static<typeof CameraReply>

const id = Type.String({ minLength: 1, maxLength: 120 })

/** `POST /api/camera`, the owner's. */
export const CameraBody = Type.Union([
  Type.Object({ action: Type.Literal('shoot'), id, request_id: requestId }, closed),
  Type.Object(
    {
      action: Type.Literal('camera'),
      id,
      name: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
      colour: Type.Optional(CameraColour),
      offset_seconds: Type.Optional(Type.Integer({ minimum: -172_800_000, maximum: 172_800_000 })),
      publish_after: Type.Optional(nullable(Type.Integer({ minimum: 3, maximum: 3600 }))),
      photographer: Type.Optional(nullable(Type.String({ maxLength: 60 }))),
      request_id: requestId,
    },
    closed,
  ),
  Type.Object(
    { action: Type.Literal('settings'), ...Type.Partial(CameraSettings).properties, request_id: requestId },
    closed,
  ),
])
export type CameraBody = Static<typeof CameraBody>
