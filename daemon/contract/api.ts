import { Type, type Static } from 'typebox'
import { Edit, EditChange } from './edit.ts'
import { AccessChange, PinView } from './event-access.ts'
import { Params, Message } from './message.ts'
import { EventView, EventWords, FONT_SIZES, GallerySettings, GuestStatistics } from './settings.ts'
import { ActionView } from './undo.ts'
import { LONGEST_DELAY } from './publish-delay.ts'
import { Name, closed, oneOf, requestId } from './shapes.ts'
import { WordsChange } from './words.ts'

/** What the device can undo of it; absent when nothing changed. */
const Action = Type.Optional(ActionView)

export const ApiError = Type.Object({
  error: Type.Object({ code: Type.String(), message: Type.String(), params: Type.Optional(Params) }),
  detail: Type.String(),
})
export type ApiError = Static<typeof ApiError>

/** Why one of several files was refused: `error` is the sentence, `code` and `params` are for words of the reader's
 * own. */
export const FileError = Type.Object({
  filename: Type.String(),
  error: Type.String(),
  code: Type.Optional(Type.String()),
  params: Type.Optional(Params),
})
export type FileError = Static<typeof FileError>

export const ListQuery = Type.Object(
  {
    limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,4}$' })),
    after: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    state: Type.Optional(oneOf('buffer', 'archived', 'trashed')),
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
    /** The publish delay, seconds: until it is over the photo has no public name and is in no gallery. */
    hold: Type.Optional(Type.Number({ minimum: 0, maximum: LONGEST_DELAY })),
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
  action: Action,
})
export type PublishReply = Static<typeof PublishReply>

/** 202: it goes out by itself unless it is undone. */
export const DelayedReply = Type.Object({
  status: Type.Literal('held'),
  filename: Type.String(),
  /** Until it goes out. */
  left_ms: Type.Integer(),
  already: Type.Optional(Type.Boolean()),
  action: Action,
})
export type DelayedReply = Static<typeof DelayedReply>

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
  errors: Type.Array(FileError),
})
export type BatchPublishReply = Static<typeof BatchPublishReply>

/** `/api/unpublish` (a public name), `/api/archive`, `/api/reject`, `/api/restore` (a photo's name). */
export const NameBody = Type.Object({ filename: Name, request_id: requestId }, closed)
export const DoneReply = Type.Object({
  status: Type.Literal('success'),
  filename: Type.String(),
  action: Action,
  /** What went wrong beside it; the thing itself is done. */
  warning: Type.Optional(Message),
})
export type DoneReply = Static<typeof DoneReply>

export const EditBody = Type.Object({ filename: Name, edit: EditChange, request_id: requestId }, closed)
export const EditReply = Type.Object({
  status: Type.Literal('success'),
  filename: Type.String(),
  edit: Edit,
  action: Action,
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

export const CaptionBody = Type.Object(
  {
    filename: Name,
    /** A field that is left out stays as it is; an empty one is no longer said. */
    words: WordsChange,
    request_id: requestId,
  },
  closed,
)

export const UploadReply = Type.Object({
  status: Type.Literal('completed'),
  success: Type.Array(
    Type.Object({ filename: Type.String(), saved_as: Type.String(), already: Type.Optional(Type.Boolean()) }),
  ),
  errors: Type.Array(FileError),
})
export type UploadReply = Static<typeof UploadReply>

/** A CSS font stack, which becomes the family of ours that is nearest; and a size as CSS has it. */
const FontStack = Type.Optional(Type.String({ maxLength: 300, pattern: '^[^;{}<>\\\\]*$' }))
const CssSize = Type.Optional(
  Type.Union([
    Type.Integer(FONT_SIZES),
    Type.String({ pattern: '^\\s*(\\d{1,4}(\\.\\d{1,4})?\\s*([pP][xXtT]|[rR]?[eE][mM])?)?\\s*$' }),
  ]),
)
/** The event's settings, as our app and the previous system's page send them. */
export const EventSettingsBody = Type.Object(
  {
    ...Type.Partial(GallerySettings).properties,
    title_font_family: FontStack,
    subtitle_font_family: FontStack,
    title_font_size: CssSize,
    subtitle_font_size: CssSize,
    /** A picture that is here, by its name or as `/assets/<name>`; a public https address, which is fetched once; none
     * when it is empty. */
    hero_image_url: Type.Optional(Type.Union([Type.String({ maxLength: 2000 }), Type.Null()])),
    /** The prefix as the reply has it: it cannot be changed. */
    r2_path_prefix: Type.Optional(Type.String({ maxLength: 300 })),
    request_id: requestId,
  },
  closed,
)
export type EventSettingsBody = Static<typeof EventSettingsBody>
export const EventSettingsReply = Type.Object({
  ...GallerySettings.properties,
  hero_image_url: Type.Union([Type.String(), Type.Null()]),
  r2_path_prefix: Type.String(),
})
export type EventSettingsReply = Static<typeof EventSettingsReply>

export const EventWordsBody = Type.Object(
  { ...Type.Partial(EventWords).properties, request_id: requestId },
  closed,
)

/** An event's name in addresses: letters, digits, dots, dashes and underscores of any script. */
export const Slug = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[\\p{L}\\p{N}][\\p{L}\\p{N}._-]*$',
})

/** `continue` reopens a paused event; `open` closes the current one and opens another for today; `switch` goes back to
 * an earlier one; `pause` and `close` stop taking and publishing; `rename` gives any event another title; `access`
 * says of any event who may open its gallery. */
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
      /** In the gallery's address; the date with a short random tail unless given. One that another Mac publishes under
       * into the same bucket joins that Mac's event. */
      slug: Type.Optional(Slug),
      /** Below which its files lie in the bucket; the date with a long random tail unless given. */
      prefix: Type.Optional(Slug),
      ...AccessChange,
      request_id: requestId,
    },
    closed,
  ),
  Type.Object({ action: Type.Literal('access'), slug: Slug, ...AccessChange, request_id: requestId }, closed),
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
  guests: Type.Optional(GuestStatistics),
})
export type ClosingReport = Static<typeof ClosingReport>

export const ListedEvent = Type.Object({ ...EventView.properties, pin: PinView })
export type ListedEvent = Static<typeof ListedEvent>
export const EventsReply = Type.Object({
  current: ListedEvent,
  events: Type.Array(ListedEvent),
  /** After `close`. */
  report: Type.Optional(ClosingReport),
})
export type EventsReply = Static<typeof EventsReply>

/** What to do with the older frames that a Source offers. */
/** What was set aside is looked at again: the file that is listed under `path`, or all of them. */
export const SkippedBody = Type.Object(
  {
    action: Type.Literal('retry'),
    path: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    request_id: requestId,
  },
  closed,
)
export type SkippedBody = Static<typeof SkippedBody>

export const OfferBody = Type.Object(
  {
    source: Type.String({ minLength: 1, maxLength: 200 }),
    action: oneOf('take', 'leave'),
    request_id: requestId,
  },
  closed,
)
export type OfferBody = Static<typeof OfferBody>

/** For a call that needs nothing to be said. */
export const NoBody = Type.Union([Type.Null(), Type.Object({}, closed)])

/** Chooses among the pictures that are here by `filename`, or fetches one from a public https `url`, once. */
export const HeroBody = Type.Union([
  NameBody,
  Type.Object({ url: Type.String({ minLength: 1, maxLength: 2000 }), request_id: requestId }, closed),
])
export const HeroList = Type.Object({
  images: Type.Array(Type.String()),
  current: Type.Union([Type.String(), Type.Null()]),
})
export type HeroList = Static<typeof HeroList>
