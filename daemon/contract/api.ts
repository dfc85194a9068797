import { Type, type Static } from 'typebox'
import { Edit, EditChange } from './edit.ts'
import { EventSettings, EventView } from './settings.ts'

const closed = { additionalProperties: false } as const

/** A photo's or a publication's name as a request gives it; what it may hold is decided by looking it up. */
export const Name = Type.String({ minLength: 1, maxLength: 255 })

/** Repeats the first reply for 24 hours, so that a request sent twice is done once. */
export const RequestId = Type.String({ minLength: 8, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' })
const requestId = Type.Optional(RequestId)

export const ApiError = Type.Object({
  error: Type.Object({ code: Type.String(), message: Type.String() }),
  detail: Type.String(),
})
export type ApiError = Static<typeof ApiError>

export const ListQuery = Type.Object(
  {
    limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,4}$' })),
    after: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    state: Type.Optional(
      Type.Unsafe<'buffer' | 'archived' | 'trashed'>({
        type: 'string',
        enum: ['buffer', 'archived', 'trashed'],
      }),
    ),
  },
  closed,
)

export const PublishBody = Type.Object(
  {
    filename: Name,
    ...EditChange.properties,
    /** Makes another version even if this very one is live. */
    again: Type.Optional(Type.Boolean()),
    /** The public name that the new version takes the place of. */
    replaces: Type.Optional(Name),
    request_id: requestId,
  },
  closed,
)
export type PublishBody = Static<typeof PublishBody>

export const PublishReply = Type.Object({
  status: Type.Literal('success'),
  /** The Photo's name. */
  filename: Type.String(),
  /** The public name. */
  published_as: Type.String(),
  /** True when this version was live or under way already. */
  already: Type.Optional(Type.Boolean()),
})
export type PublishReply = Static<typeof PublishReply>

export const BatchPublishBody = Type.Union([
  Type.Object(
    {
      filenames: Type.Array(Name, { minItems: 1, maxItems: 10_000 }),
      exposure: Type.Optional(Edit.properties.exposure),
      request_id: requestId,
    },
    closed,
  ),
  Type.Object(
    {
      items: Type.Array(Type.Object({ filename: Name, ...EditChange.properties }, closed), {
        minItems: 1,
        maxItems: 10_000,
      }),
      request_id: requestId,
    },
    closed,
  ),
])
export type BatchPublishBody = Static<typeof BatchPublishBody>

export const BatchPublishReply = Type.Object({
  status: Type.Literal('completed'),
  success: Type.Array(Type.Object({ filename: Type.String(), published_as: Type.String() })),
  errors: Type.Array(Type.Object({ filename: Type.String(), error: Type.String() })),
})
export type BatchPublishReply = Static<typeof BatchPublishReply>

/** `/api/unpublish` (a public name), `/api/archive`, `/api/reject`, `/api/restore` (a photo's name). */
export const NameBody = Type.Object({ filename: Name, request_id: requestId }, closed)
export const DoneReply = Type.Object({ status: Type.Literal('success'), filename: Type.String() })

export const EditBody = Type.Object({ filename: Name, edit: EditChange, request_id: requestId }, closed)
export const EditReply = Type.Object({
  status: Type.Literal('success'),
  filename: Type.String(),
  edit: Edit,
})

/** `GET /api/auto-edit`: what suits the unedited photo; nothing is kept. */
export const AutoEditQuery = Type.Object({ filename: Name }, closed)
export const AutoEditReply = Type.Object({
  filename: Type.String(),
  edit: Type.Object({ exposure: Edit.properties.exposure }),
})
export type AutoEditReply = Static<typeof AutoEditReply>

export const RateBody = Type.Object(
  {
    filename: Name,
    rating: Type.Optional(Type.Integer({ minimum: 0, maximum: 5 })),
    pick: Type.Optional(Type.Boolean()),
    seen: Type.Optional(Type.Boolean()),
    request_id: requestId,
  },
  closed,
)

export const UploadReply = Type.Object({
  status: Type.Literal('completed'),
  success: Type.Array(
    Type.Object({ filename: Type.String(), saved_as: Type.String(), already: Type.Optional(Type.Boolean()) }),
  ),
  errors: Type.Array(Type.Object({ filename: Type.String(), error: Type.String() })),
})
export type UploadReply = Static<typeof UploadReply>

export const EventSettingsBody = Type.Object(
  { ...Type.Partial(EventSettings).properties, request_id: requestId },
  closed,
)
export const EventSettingsReply = Type.Object({
  ...EventSettings.properties,
  hero_image_url: Type.Union([Type.String(), Type.Null()]),
  r2_path_prefix: Type.String(),
})
export type EventSettingsReply = Static<typeof EventSettingsReply>

/** An event's name in addresses: letters, digits, dots, dashes and underscores of any script. */
export const Slug = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._-]*$',
})

/** `continue` reopens a paused event; `open` closes the current one and opens another for today; `switch` goes back to
 * an earlier one; `pause` and `close` stop taking and publishing; `rename` gives any event another title. */
export const EventsBody = Type.Union([
  Type.Object({ action: Type.Literal('continue'), request_id: requestId }, closed),
  Type.Object({ action: Type.Literal('pause'), request_id: requestId }, closed),
  Type.Object({ action: Type.Literal('close'), request_id: requestId }, closed),
  Type.Object({ action: Type.Literal('switch'), slug: Slug, request_id: requestId }, closed),
  Type.Object(
    {
      action: Type.Literal('rename'),
      slug: Slug,
      title: Type.String({ maxLength: 200 }),
      request_id: requestId,
    },
    closed,
  ),
  Type.Object(
    {
      action: Type.Literal('open'),
      title: Type.Optional(Type.String({ maxLength: 200 })),
      /** In the gallery's address; the date unless given. */
      slug: Type.Optional(Slug),
      /** Below which its files lie in the bucket; the slug unless given. */
      prefix: Type.Optional(Slug),
      request_id: requestId,
    },
    closed,
  ),
])
export type EventsBody = Static<typeof EventsBody>

/** What became of an event that was closed. */
export const ClosingReport = Type.Object({
  slug: Type.String(),
  /** Photos that came in. */
  in: Type.Integer(),
  /** Versions that guests see. */
  published: Type.Integer(),
  set_aside: Type.Integer(),
  /** Files that the bucket does not have yet, and objects that it should not have any more. */
  unsent: Type.Integer(),
  unremoved: Type.Integer(),
})
export type ClosingReport = Static<typeof ClosingReport>

export const EventsReply = Type.Object({
  current: EventView,
  events: Type.Array(EventView),
  /** After `close`. */
  report: Type.Optional(ClosingReport),
})
export type EventsReply = Static<typeof EventsReply>

/** `/api/undo`: the public name of what was unpublished a moment ago. */
export const UndoBody = Type.Object(
  { action: Type.Literal('unpublish'), filename: Name, request_id: requestId },
  closed,
)

/** What to do with the older frames that a Source offers. */
export const OfferBody = Type.Object(
  {
    source: Type.String({ minLength: 1, maxLength: 200 }),
    action: Type.Unsafe<'take' | 'leave'>({ type: 'string', enum: ['take', 'leave'] }),
    request_id: requestId,
  },
  closed,
)

/** A stranger redeems the code that the owner's screen shows; the reply sets the device cookie. */
export const PairBody = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 64 }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  },
  closed,
)
export const PairReply = Type.Object({ status: Type.Literal('success'), name: Type.String() })

export const PairCodeReply = Type.Object({
  code: Type.String(),
  /** Stands for the code in a QR code: one of the urls, with `#pair=<key>` behind it, where no request line, log or
   * proxy sees it. The code page sends it as `code`. */
  key: Type.String(),
  expires_at: Type.String(),
  urls: Type.Array(Type.String()),
})
export type PairCodeReply = Static<typeof PairCodeReply>

export const DeviceView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  role: Type.Literal('editor'),
  paired_at: Type.String(),
  seen_at: Type.Union([Type.String(), Type.Null()]),
  address: Type.Union([Type.String(), Type.Null()]),
})
export type DeviceView = Static<typeof DeviceView>
export const DevicesReply = Type.Object({ devices: Type.Array(DeviceView) })
export const DeviceBody = Type.Object(
  { id: Type.String({ maxLength: 64 }), action: Type.Literal('revoke') },
  closed,
)

/** Who this browser is to the daemon; a stranger gets 401 instead. `name` is the device's, empty for the owner. */
export const MeReply = Type.Object({
  role: Type.Unsafe<'owner' | 'editor'>({ type: 'string', enum: ['owner', 'editor'] }),
  name: Type.String(),
})
export type MeReply = Static<typeof MeReply>

/** For a call that needs nothing to be said. */
export const NoBody = Type.Union([Type.Null(), Type.Object({}, closed)])

export const HeroList = Type.Object({
  images: Type.Array(Type.String()),
  current: Type.Union([Type.String(), Type.Null()]),
})
export type HeroList = Static<typeof HeroList>
