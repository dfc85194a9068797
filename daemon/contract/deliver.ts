import { Type, type Static } from 'typebox'
import { Message } from './message.ts'
import { closed, oneOf, requestId } from './shapes.ts'

/** What is handed over when an event is delivered, and how it lies there. */

/** Whose photos: live ones, picks, those with so many stars at least, or all but what is in the trash. */
export const DELIVER_WHAT = ['published', 'picks', 'rated', 'all'] as const
/** `published`: as it is live, in full size where there is one; `edited`: its Edit in full size, without watermark or
 * frame; `shot`: the Originals, RAW and JPEG both. */
export const DELIVER_AS = ['published', 'edited', 'shot'] as const
export const DELIVER_FOLDERS = ['none', 'camera', 'photographer', 'hour'] as const

export const DeliverChoice = Type.Object(
  {
    what: oneOf(...DELIVER_WHAT),
    /** For `rated`: stars, at least. */
    rating: Type.Integer({ minimum: 1, maximum: 5 }),
    as: oneOf(...DELIVER_AS),
    /** `<stem>.xmp` beside each Original; with `shot` only. */
    sidecars: Type.Boolean(),
    /** A zip of it all beside the files. */
    zip: Type.Boolean(),
    /** Names by a template: `{date} {time} {event} {photographer} {camera} {n} {name}`; '' keeps them. */
    names: Type.String({ maxLength: 200 }),
    folders: oneOf(...DELIVER_FOLDERS),
  },
  closed,
)
export type DeliverChoice = Static<typeof DeliverChoice>

/** How photos are listed for other programs, see `events/deliver/lists.ts`. */
export const LIST_FORMS = ['lightroom', 'capture-one', 'names', 'csv'] as const
export type ListForm = (typeof LIST_FORMS)[number]

/** `GET /api/photo-list` */
export const PhotoListQuery = Type.Object(
  {
    form: oneOf(...LIST_FORMS),
    what: oneOf(...DELIVER_WHAT),
    /** For `rated`: stars, at least; 1 unless it is said. */
    rating: Type.Optional(oneOf('1', '2', '3', '4', '5')),
  },
  closed,
)

const Folder = Type.String({ minLength: 1, maxLength: 1024 })

/** `POST /api/deliver` */
export const DeliverBody = Type.Object(
  {
    /** `sidecars` turns them on or off, see `DeliverReply`. */
    action: oneOf('start', 'stop', 'sidecars'),
    /** For `start`: a folder of this computer. */
    folder: Type.Optional(Folder),
    /** A second one, which gets the same at once. */
    second: Type.Optional(Folder),
    choice: Type.Optional(Type.Partial(DeliverChoice, closed)),
    /** For `sidecars`. */
    on: Type.Optional(Type.Boolean()),
    request_id: requestId,
  },
  closed,
)
export type DeliverBody = Static<typeof DeliverBody>

export const DeliverStatus = Type.Object({
  /** `stopped`: by a person; `failed`: something was in the way, see `says`. Begun again it goes on where it was. */
  state: oneOf('running', 'done', 'stopped', 'failed'),
  folder: Type.String(),
  second: Type.Union([Type.String(), Type.Null()]),
  choice: DeliverChoice,
  done: Type.Integer(),
  all: Type.Integer(),
  /** Files that were written by this run, without those that were there. */
  written: Type.Integer(),
  says: Type.Union([Message, Type.Null()]),
  /** What could not be delivered, the first hundred. */
  failed: Type.Array(Type.Object({ name: Type.String(), why: Message })),
  failed_total: Type.Integer(),
})
export type DeliverStatus = Static<typeof DeliverStatus>

/** `GET /api/deliver`: the one under way, or the last one since the start. */
export const DeliverReply = Type.Object({
  delivery: Type.Union([DeliverStatus, Type.Null()]),
  /** Whether sidecars are kept beside the photos in the buffer folder too, and what is in their way. */
  sidecars: Type.Object({ on: Type.Boolean(), trouble: Type.Union([Message, Type.Null()]) }),
})
export type DeliverReply = Static<typeof DeliverReply>
