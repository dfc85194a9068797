import { Type, type Static } from 'typebox'
import { Message } from './message.ts'
import { closed, Name, oneOf, requestId } from './shapes.ts'

/** Desks: servers to which photos go out by FTP. */

/** `tls`: explicit TLS, its certificate checked; `tls_any`: whatever its certificate; `plain`: readable on the way. */
export const DESK_SECURITY = ['tls', 'tls_any', 'plain'] as const
/** `web`: as guests get it; `full`: its Edit in full size, without watermark; `original`: as shot. */
export const DESK_SIZES = ['web', 'full', 'original'] as const
/** When a frame goes out: as it is published, as somebody picks it, or when somebody says so. */
export const DESK_WHEN = ['published', 'picked', 'hand'] as const

/** More are refused. */
export const MOST_DESKS = 8

/** One line: what is sent to a server in a command may not end it. */
const Line = (maxLength: number, minLength = 0) =>
  Type.String({ minLength, maxLength, pattern: '^[^\\u0000-\\u001f\\u007f]*$' })

const fields = {
  name: Line(60, 1),
  /** A name or an address, without `ftp://`. */
  host: Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9._:-]+$' }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  user: Line(128, 1),
  security: oneOf(...DESK_SECURITY),
  /** On the server; '' is where the login ends. */
  folder: Line(512),
  size: oneOf(...DESK_SIZES),
  when: oneOf(...DESK_WHEN),
} as const

export const DeskSettings = Type.Object(fields, closed)
export type DeskSettings = Static<typeof DeskSettings>

/** `POST /api/desks` */
export const DesksBody = Type.Object(
  {
    /** `try` asks the server whether all is right; `send` puts all that is published, or picked, into its queue. */
    action: oneOf('add', 'change', 'remove', 'try', 'send'),
    /** Which desk; for all but `add`. */
    id: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
    /** For `add` all of it, for `change` what changes. */
    desk: Type.Optional(Type.Partial(DeskSettings, closed)),
    /** Is never given back. */
    password: Type.Optional(Line(256)),
    /** For `send`. */
    what: Type.Optional(oneOf('published', 'picks')),
    request_id: requestId,
  },
  closed,
)
export type DesksBody = Static<typeof DesksBody>

export const DeskView = Type.Object({
  id: Type.String(),
  ...fields,
  has_password: Type.Boolean(),
  waiting: Type.Integer(),
  sent: Type.Integer(),
  /** What is on its way. */
  sending: Type.Union([Type.String(), Type.Null()]),
  last_sent: Type.Union([Type.Object({ name: Type.String(), at: Type.String() }), Type.Null()]),
  /** What stands in its way just now. */
  fault: Type.Union([Message, Type.Null()]),
})
export type DeskView = Static<typeof DeskView>

/** `POST /api/desk-send` */
export const DeskSendBody = Type.Object(
  {
    /** The desk's id. */
    desk: Type.String({ minLength: 1, maxLength: 40 }),
    /** Photos of the event that is open. */
    filenames: Type.Array(Name, { minItems: 1, maxItems: 10_000 }),
    request_id: requestId,
  },
  closed,
)
export type DeskSendBody = Static<typeof DeskSendBody>

export const DeskSendReply = Type.Object({
  /** What people call it. */
  desk: Type.String(),
  /** How many joined its queue. */
  queued: Type.Integer(),
  /** How many it has in this version, or are on their way. */
  already: Type.Integer(),
  /** Those that cannot go out: in the trash, or not known any more. */
  left: Type.Array(Type.String()),
})
export type DeskSendReply = Static<typeof DeskSendReply>

/** A desk as everybody may know it who may send it photos. */
export const DeskName = Type.Object({ id: Type.String(), name: Type.String() })
export type DeskName = Static<typeof DeskName>

/** `GET /api/desks` */
export const DesksReply = Type.Object({ desks: Type.Array(DeskView) })
export type DesksReply = Static<typeof DesksReply>
