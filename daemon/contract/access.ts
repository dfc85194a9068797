import { Type, type Static } from 'typebox'
import { ROLES } from './roles.ts'
import { closed, oneOf } from './shapes.ts'

const DeviceRole = oneOf(...ROLES)
const DeviceName = Type.String({ minLength: 1, maxLength: 60 })
const Id = Type.String({ minLength: 1, maxLength: 64 })

/** A stranger redeems the code that the owner's screen shows, its key from the QR code, or a code that hands a pairing
 * over from HTTP; the reply sets the device cookie. */
export const PairBody = Type.Object(
  { code: Type.String({ minLength: 1, maxLength: 64 }), name: Type.Optional(DeviceName) },
  closed,
)
/** `id` is the device's public id: it opens nothing, but with it the device may ask to come back where it has no
 * cookie. */
export const PairReply = Type.Object({
  status: Type.Literal('success'),
  id: Type.String(),
  name: Type.String(),
  role: DeviceRole,
})
export type PairReply = Static<typeof PairReply>

/** What the code makes of the device that redeems it: an editor by default. `name` goes before what the device calls
 * itself. */
export const PairCodeBody = Type.Union([
  Type.Null(),
  Type.Object({ role: Type.Optional(DeviceRole), name: Type.Optional(DeviceName) }, closed),
])
export const PairCodeReply = Type.Object({
  code: Type.String(),
  /** Stands for the code in a QR code: one of the urls, with `#pair=<key>` behind it, where no request line, log or
   * proxy sees it. The code page sends it as `code`. */
  key: Type.String(),
  role: DeviceRole,
  expires_at: Type.String(),
  urls: Type.Array(Type.String()),
})
export type PairCodeReply = Static<typeof PairCodeReply>

/** A paired device takes its pairing along to HTTPS: `POST /api/pair` takes the code there, once, within a minute. */
export const HandoverReply = Type.Object({ code: Type.String(), expires_at: Type.String() })
export type HandoverReply = Static<typeof HandoverReply>

/** Somebody tries codes: how many wrong ones, from how many addresses, until two minutes without one. */
export const Guessing = Type.Object({ tries: Type.Integer(), addresses: Type.Integer() })
export type Guessing = Static<typeof Guessing>

/** A known device asks to come back where it has no cookie, after a change of address. */
export const AccessRequestBody = Type.Object({ device: Id }, closed)
/** `code` is shown on both screens, so that the owner lets in the device that stands there. `secret` is for waiting. */
export const AccessRequestReply = Type.Object({
  secret: Type.String(),
  code: Type.String(),
  expires_at: Type.String(),
})
export type AccessRequestReply = Static<typeof AccessRequestReply>
export const AccessRequestWaitBody = Type.Object(
  { secret: Type.String({ minLength: 1, maxLength: 64 }) },
  closed,
)
/** `allowed` sets the cookie and is said once; `over` is refused, run out, or replaced by another request. */
export const AccessRequestWaitReply = Type.Object({
  state: oneOf('waiting', 'allowed', 'over'),
})

/** What the owner is asked. */
export const AccessRequestView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: DeviceRole,
  code: Type.String(),
  address: Type.String(),
  expires_at: Type.String(),
})
export type AccessRequestView = Static<typeof AccessRequestView>
export const AccessRequestsReply = Type.Object({ access_requests: Type.Array(AccessRequestView) })
export type AccessRequestsReply = Static<typeof AccessRequestsReply>
export const AccessRequestAnswerBody = Type.Object({ id: Id, action: oneOf('allow', 'refuse') }, closed)
export type AccessRequestAnswerBody = Static<typeof AccessRequestAnswerBody>

export const DeviceView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: DeviceRole,
  paired_at: Type.String(),
  seen_at: Type.Union([Type.String(), Type.Null()]),
  address: Type.Union([Type.String(), Type.Null()]),
  /** The device that asks. */
  own: Type.Boolean(),
})
export type DeviceView = Static<typeof DeviceView>
export const DevicesReply = Type.Object({ devices: Type.Array(DeviceView) })
export type DevicesReply = Static<typeof DevicesReply>
export const DeviceBody = Type.Union([
  Type.Object({ id: Id, action: Type.Literal('revoke') }, closed),
  Type.Object(
    {
      id: Id,
      action: Type.Literal('change'),
      role: Type.Optional(DeviceRole),
      name: Type.Optional(DeviceName),
    },
    closed,
  ),
])
export type DeviceBody = Static<typeof DeviceBody>

/** Who this browser is to the daemon; a stranger gets 401 instead. `id` and `name` are the device's, empty for the
 * owner at the machine. */
export const MeReply = Type.Object({ role: DeviceRole, id: Type.String(), name: Type.String() })
export type MeReply = Static<typeof MeReply>

/** An action, with who did it and when. */
export const AuditEntry = Type.Object({
  id: Type.Integer(),
  at: Type.String(),
  /** `device` empty: the owner at the machine, or, with the role `none`, the program by itself. The name is that of
   * the moment. */
  device: Type.String(),
  name: Type.String(),
  role: oneOf(...ROLES, 'none'),
  /** Such as `published`; a route declares it where it stands. */
  what: Type.String(),
  /** A photo's, a publication's, a device's or an event's name, or empty. */
  subject: Type.String(),
  /** More to say, in the order of the sentence: a public name, a role, names of settings. Never their values. */
  details: Type.Array(Type.String()),
})
export type AuditEntry = Static<typeof AuditEntry>
export const AuditQuery = Type.Object(
  {
    limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,2}$' })),
    after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    /** A device's id; `mac` is the owner at the machine. */
    device: Type.Optional(Id),
  },
  closed,
)
export const AuditReply = Type.Object({
  entries: Type.Array(AuditEntry),
  /** Who appears in the event's trail, to choose from. */
  actors: Type.Array(Type.Object({ device: Type.String(), name: Type.String() })),
  next: Type.Union([Type.String(), Type.Null()]),
})
export type AuditReply = Static<typeof AuditReply>
