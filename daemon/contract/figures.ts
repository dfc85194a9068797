import { Type, type Static } from 'typebox'
import { closed, oneOf } from './shapes.ts'

const time = Type.Union([Type.String(), Type.Null()])

/** The steps of a Photo's way to the guests, in their order. */
export const STEPS = [
  'shutter_to_disk',
  'disk_to_tile',
  'disk_to_decided',
  'decided_to_published',
  'published_to_uploaded',
  'published_to_seen',
] as const
export type Step = (typeof STEPS)[number]

/** `GET /api/photo-timeline`: ISO 8601, null for what has not happened or is not known. */
export const PhotoTimeline = Type.Object({
  id: Type.String(),
  filename: Type.String(),
  /** Who shot it; null where nobody is known. */
  photographer: Type.Union([Type.String(), Type.Null()]),
  /** By the camera's clock: `corrected` by what people said of it, `as_set` in the camera, `none` in the file. */
  shot_at: time,
  clock: oneOf('corrected', 'as_set', 'none'),
  /** Why that time says nothing about how long the frame took: the clock was `ahead`, or the frame came long after. */
  doubt: Type.Union([oneOf('ahead', 'late'), Type.Null()]),
  on_disk_at: Type.String(),
  tile_at: time,
  decided_at: time,
  published_at: time,
  /** All of it was in the bucket, verified. */
  uploaded_at: time,
  /** A guest's page fetched its picture: of this `network` to the moment, of the `internet` not later than this. */
  seen_at: time,
  seen_where: Type.Union([oneOf('network', 'internet'), Type.Null()]),
})
export type PhotoTimeline = Static<typeof PhotoTimeline>

export const TimelineQuery = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }, closed)

/** Of which Event; the current one by default. */
export const ReportQuery = Type.Object(
  { slug: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })) },
  closed,
)

export const StepFigures = Type.Object({
  step: oneOf(...STEPS),
  /** Photos that it was measured of. */
  count: Type.Integer(),
  /** Milliseconds that half, and 95 of 100, took at most; null where nothing was measured. */
  p50_ms: Type.Union([Type.Integer(), Type.Null()]),
  p95_ms: Type.Union([Type.Integer(), Type.Null()]),
  /** Photos whose times contradict each other, or lie too far apart to be of one evening: a clock that is off. */
  left_out: Type.Integer(),
  /** How many took less than each of `edges_ms`, and not less than the one before; the last took longer than all. */
  bins: Type.Array(Type.Integer()),
})
export type StepFigures = Static<typeof StepFigures>

/** `GET /api/event-report` */
export const EventReport = Type.Object({
  slug: Type.String(),
  title: Type.String(),
  state: oneOf('open', 'paused', 'closed'),
  made_at: Type.String(),
  /** ISO 8601, of the first and the last photo that came in. */
  first_at: time,
  last_at: time,
  counts: Type.Object({
    in: Type.Integer(),
    /** Photos that guests can see now. */
    published: Type.Integer(),
    /** Photos that guests could see once, and cannot now. */
    unpublished: Type.Integer(),
    rejected: Type.Integer(),
    archived: Type.Integer(),
    set_aside: Type.Integer(),
  }),
  /** Who shot how many, most frames first; the name is empty where nobody is known. Empty where nobody is known of any. */
  photographers: Type.Array(
    Type.Object({
      name: Type.String(),
      in: Type.Integer(),
      /** Of those, that guests can see now. */
      published: Type.Integer(),
    }),
  ),
  edges_ms: Type.Array(Type.Integer()),
  steps: Type.Array(StepFigures),
  guests: Type.Object({ peak: Type.Integer(), opened: Type.Integer(), saved: Type.Integer() }),
  bytes: Type.Object({ taken: Type.Integer(), uploaded: Type.Integer() }),
  /** What was in the way, by kind: how often it came up, and how often it was over again by itself. */
  faults: Type.Array(Type.Object({ kind: Type.String(), came: Type.Integer(), healed: Type.Integer() })),
})
export type EventReport = Static<typeof EventReport>
