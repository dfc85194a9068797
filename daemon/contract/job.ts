import { Type, type Static } from 'typebox'
import { EditChange } from './edit.ts'
import { DecisionKind } from './decision.ts'
import { Copies } from './photo-print.ts'
import { closed, Name, requestId, oneOf } from './shapes.ts'
import { WordsChange } from './words.ts'

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
          words: Type.Optional(WordsChange),
          copies: Type.Optional(Copies),
          again: Type.Optional(Type.Boolean()),
          replaces: Type.Optional(Name),
        },
        closed,
      ),
      { minItems: 1, maxItems: 5000 },
    ),
    /** Seconds until it begins: the publish delay. */
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
  /** The job's entry among that device's own actions. */
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
