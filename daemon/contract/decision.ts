import { Type, type Static } from 'typebox'
import { EditChange, type Edit } from './edit.ts'
import type { PhotoState } from './photo.ts'

const closed = { additionalProperties: false } as const
const Name = Type.String({ minLength: 1, maxLength: 255 })
const requestId = Type.Optional(Type.String({ minLength: 8, maxLength: 64, pattern: '^[A-Za-z0-9_-]+$' }))
const oneOf = <T extends string>(...values: T[]) => Type.Unsafe<T>({ type: 'string', enum: values })

export const DECISIONS = ['publish', 'unpublish', 'reject', 'archive', 'restore', 'edit', 'rate'] as const
export const DecisionKind = oneOf(...DECISIONS)
export type DecisionKind = Static<typeof DecisionKind>

/** One thing that a person decides about one photo. */
export interface Decision {
  readonly kind: DecisionKind
  /** The Photo's name; for `unpublish` a public one. */
  readonly filename: string
  readonly edit?: EditChange
  readonly rating?: number
  readonly pick?: boolean
  /** Going past a photo is no action to be undone; it is looked at again from where it is. */
  readonly seen?: boolean
  readonly again?: boolean
  readonly replaces?: string
}

/** What an action did to a Photo, with all that it takes to go back. */
export type UndoEntry =
  | { readonly did: 'moved'; readonly was: PhotoState; readonly now: PhotoState }
  | { readonly did: 'edited'; readonly was: Edit; readonly now: Edit }
  | {
      readonly did: 'rated'
      readonly was: { readonly rating: number; readonly pick: boolean }
      readonly now: { readonly rating: number; readonly pick: boolean }
    }
  | { readonly did: 'held'; readonly hold: string }
  /** Somebody else's publish was on its way already. */
  | { readonly did: 'joined' }
  | { readonly did: 'published'; readonly name: string; readonly replaced: string | null }
  | { readonly did: 'unpublished'; readonly name: string }

/** One of a device's own actions, which it can undo. */
export const ActionView = Type.Object({
  id: Type.String(),
  kind: DecisionKind,
  /** Of the Photos (of an unpublish: public names); the first three. */
  names: Type.Array(Type.String()),
  count: Type.Integer(),
  /** Of many at once. */
  job: Type.Union([Type.String(), Type.Null()]),
  at: Type.String(),
  /** Milliseconds until what it publishes goes out; null when nothing of it is held. */
  left_ms: Type.Union([Type.Integer(), Type.Null()]),
})
export type ActionView = Static<typeof ActionView>

export const UndoList = Type.Object({ actions: Type.Array(ActionView) })
export type UndoList = Static<typeof UndoList>

export const UndoBody = Type.Object(
  { ids: Type.Array(Type.String({ maxLength: 64 }), { minItems: 1, maxItems: 20 }), request_id: requestId },
  closed,
)
export type UndoBody = Static<typeof UndoBody>

export const UndoReply = Type.Object({
  status: Type.Literal('success'),
  undone: Type.Array(ActionView),
  /** What of it stays as it is, and why. */
  kept: Type.Array(Type.Object({ filename: Type.String(), code: Type.String(), message: Type.String() })),
})
export type UndoReply = Static<typeof UndoReply>

/** Seconds. */
export const LONGEST_JOB_HOLD = 60

export const JobBody = Type.Object(
  {
    kind: DecisionKind,
    items: Type.Array(
      Type.Object(
        {
          filename: Name,
          ...EditChange.properties,
          rating: Type.Optional(Type.Integer({ minimum: 0, maximum: 5 })),
          pick: Type.Optional(Type.Boolean()),
          again: Type.Optional(Type.Boolean()),
          replaces: Type.Optional(Name),
        },
        closed,
      ),
      { minItems: 1, maxItems: 5000 },
    ),
    /** Seconds until it begins: the second thought about a publish. */
    hold: Type.Optional(Type.Number({ minimum: 0, maximum: LONGEST_JOB_HOLD })),
    request_id: requestId,
  },
  closed,
)
export type JobBody = Static<typeof JobBody>

export const JobView = Type.Object({
  id: Type.String(),
  kind: DecisionKind,
  state: oneOf('running', 'paused', 'done', 'cancelled'),
  /** Why it paused by itself: a Refusal's code. */
  reason: Type.Union([Type.String(), Type.Null()]),
  total: Type.Integer(),
  done: Type.Integer(),
  failed: Type.Integer(),
  cancelled: Type.Integer(),
  /** The first hundred. */
  failures: Type.Array(Type.Object({ filename: Type.String(), code: Type.String(), message: Type.String() })),
  /** Who asked for it; see `you` in the greeting. */
  by: Type.String(),
  name: Type.String(),
  /** Its entry among that device's own actions. */
  action: Type.String(),
  at: Type.String(),
})
export type JobView = Static<typeof JobView>

/** `waiting`: ids of the Photos that it has still to get to. */
export const JobsReply = Type.Object({
  jobs: Type.Array(Type.Object({ ...JobView.properties, waiting: Type.Array(Type.String()) })),
})
export type JobsReply = Static<typeof JobsReply>

export const JobReply = Type.Object({ status: Type.Literal('queued'), job: JobView })
export type JobReply = Static<typeof JobReply>

export const JobActionBody = Type.Object(
  {
    id: Type.String({ maxLength: 64 }),
    action: oneOf('pause', 'resume', 'cancel', 'retry'),
    request_id: requestId,
  },
  closed,
)
export type JobActionBody = Static<typeof JobActionBody>

/** `open` keeps a Photo for this device for a while; null: nothing is open any more. */
export const ReserveBody = Type.Object({ open: Type.Union([Name, Type.Null()]) }, closed)
/** A Photo that a device has open. */
export const OpenPhoto = Type.Object({ photo_id: Type.String(), by: Type.String(), name: Type.String() })
export type OpenPhoto = Static<typeof OpenPhoto>
export const ReserveReply = Type.Object({
  /** Seconds for which it is kept; 0 when another device has it. */
  seconds: Type.Number(),
  taken: Type.Union([OpenPhoto, Type.Null()]),
})
export type ReserveReply = Static<typeof ReserveReply>

/** `count`: how many photos the person was asked about; another number is refused. */
export const EmptyTrashBody = Type.Object(
  { count: Type.Integer({ minimum: 0 }), request_id: requestId },
  closed,
)
export const EmptyTrashReply = Type.Object({
  status: Type.Literal('success'),
  deleted: Type.Integer(),
  bytes: Type.Integer(),
  /** Photos that stay, with the reason. */
  kept: Type.Array(Type.Object({ filename: Type.String(), code: Type.String(), message: Type.String() })),
})
export type EmptyTrashReply = Static<typeof EmptyTrashReply>

/** The longest time for a second thought, seconds. */
export const LONGEST_DELAY = 30
export const PublishDelaySettings = Type.Object({
  hold_seconds: Type.Number({ minimum: 0, maximum: LONGEST_DELAY }),
})
export type PublishDelaySettings = Static<typeof PublishDelaySettings>
export const PublishDelaySettingsBody = Type.Object(
  { ...PublishDelaySettings.properties, request_id: requestId },
  closed,
)
