import { Type, type Static } from 'typebox'
import { CameraColour } from './camera.ts'
import { Message } from './message.ts'
import { closed, oneOf, requestId } from './shapes.ts'

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()])
const text = nullable(Type.String())

/** Logins of cameras that send by FTP: more than an event has bodies, and few enough to look over. */
export const MOST_FTP_LOGINS = 40

/** A login that was refused, and why, in words. */
export const FtpFailure = Type.Object({
  /** ISO 8601 */
  at: Type.String(),
  /** Where it came from. */
  address: Type.String(),
  /** How often in a row since the last login that was right. */
  count: Type.Integer(),
  ...Message.properties,
})
export type FtpFailure = Static<typeof FtpFailure>

/** A camera that sends by FTP. Its `id` is the camera's everywhere: name, colour, clock and photographer are set with
 * `POST /api/camera {action: "camera", id}`, and it is the id of its Source. */
export const FtpCamera = Type.Object({
  id: Type.String(),
  user: Type.String(),
  /** Eight digits. Only for the owner. */
  password: Type.Optional(Type.String()),
  name: Type.String(),
  /** Sends finished pictures, not shots; absent for a camera. */
  retoucher: Type.Optional(Type.Boolean()),
  colour: CameraColour,
  photographer: text,
  offset_seconds: Type.Integer(),
  /** `new`: it never logged in. */
  state: oneOf('new', 'connected', 'away'),
  connections: Type.Integer(),
  /** Whether its newest login was encrypted; null before there was one. */
  tls: nullable(Type.Boolean()),
  /** ISO 8601 */
  last_login_at: text,
  last_frame_at: text,
  /** Frames taken since the program's start, and those that are coming in now. */
  frames: Type.Integer(),
  receiving: Type.Integer(),
  /** Frames that broke off and may go on where they were. */
  unfinished: Type.Integer(),
  /** The newest refused login, until one is right. */
  failed: nullable(FtpFailure),
})
export type FtpCamera = Static<typeof FtpCamera>

/** The receiver for cameras that send by FTP. */
export const FtpStatus = Type.Object({
  /** `off` by choice; `trouble`: it should listen and cannot, see `trouble`. */
  state: oneOf('off', 'on', 'trouble'),
  trouble: nullable(Message),
  /** Whether `--ftp-port` decided; the switch is then refused. */
  fixed: Type.Boolean(),
  /** What a camera is told, the likeliest first. */
  hosts: Type.Array(Type.String()),
  port: Type.Integer(),
  /** Ports for data in passive mode. */
  passive: Type.Object({ from: Type.Integer(), to: Type.Integer() }),
  /** Whether a camera can encrypt, and whether it has to. */
  tls: Type.Boolean(),
  tls_only: Type.Boolean(),
  /** Cameras with a login, in the order in which they were added. */
  cameras: Type.Array(FtpCamera),
  /** The newest login under a name that no camera has. */
  stranger: nullable(FtpFailure),
})
export type FtpStatus = Static<typeof FtpStatus>

/** What a person types into a camera. */
export const FtpCredentials = Type.Object({
  id: Type.String(),
  user: Type.String(),
  password: Type.String(),
  host: Type.String(),
  port: Type.Integer(),
})
export type FtpCredentials = Static<typeof FtpCredentials>

const id = Type.String({ minLength: 1, maxLength: 120 })
const cameraName = Type.String({ minLength: 1, maxLength: 40 })

/** `POST /api/camera/ftp`, the owner's. Adding the first camera switches the receiver on. */
export const FtpBody = Type.Union([
  Type.Object(
    {
      action: Type.Literal('add'),
      name: cameraName,
      photographer: Type.Optional(nullable(Type.String({ maxLength: 60 }))),
      /** What is sent is finished pictures, which go to the finals folder. */
      retoucher: Type.Optional(Type.Boolean()),
      request_id: requestId,
    },
    closed,
  ),
  Type.Object({ action: Type.Literal('remove'), id, request_id: requestId }, closed),
  /** A new password; the old one ends, and so do the connections that used it. */
  Type.Object({ action: Type.Literal('password'), id, request_id: requestId }, closed),
  Type.Object({ action: oneOf('on', 'off'), request_id: requestId }, closed),
  Type.Object({ action: Type.Literal('settings'), tls_only: Type.Boolean(), request_id: requestId }, closed),
])
export type FtpBody = Static<typeof FtpBody>

export const FtpReply = Type.Object({
  /** After `add` and `password`; null otherwise. */
  ftp: nullable(FtpCredentials),
  receiver: FtpStatus,
})
export type FtpReply = Static<typeof FtpReply>
