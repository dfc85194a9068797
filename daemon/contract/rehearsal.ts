import { Type, type Static } from 'typebox'
import { Message } from './message.ts'
import { closed, oneOf, requestId } from './shapes.ts'

/** The way of a test shot, in order. `camera`: a frame of a camera, which is nobody's test but a photo, and stays one. */
export const REHEARSAL_STEPS = [
  'camera', 'take', 'show', 'publish', 'here', 'upload', 'public', 'remove', 'gone',
] as const // prettier-ignore
export type RehearsalStepName = (typeof REHEARSAL_STEPS)[number]

export const RehearsalStep = Type.Object({
  name: oneOf(...REHEARSAL_STEPS),
  /** `slow`: it was done, and took longer than expected; `skipped`: there is nothing to try, or it was not reached. */
  state: oneOf('waiting', 'running', 'ok', 'slow', 'failed', 'skipped'),
  /** How long it took, milliseconds; null where it did not end, or where its time says nothing. */
  ms: Type.Union([Type.Integer(), Type.Null()]),
  /** Milliseconds that it takes where all is well. */
  expected_ms: Type.Integer(),
  says: Type.Union([Message, Type.Null()]),
  /** The one thing to do about it; null where there is nothing. */
  fix: Type.Union([Message, Type.Null()]),
})
export type RehearsalStep = Static<typeof RehearsalStep>

/** A test shot's way from the Source to the guests and off again. */
export const Rehearsal = Type.Object({
  id: Type.String(),
  /** `ready`: every step that there is was done. */
  state: oneOf('running', 'ready', 'failed'),
  /** When it began, or, once it is over, ended. */
  at: Type.String(),
  steps: Type.Array(RehearsalStep),
  /** What the device that began it is to show now, and say so; null at all other times. */
  show: Type.Union([Type.Object({ photo: Type.String(), tile: Type.String() }), Type.Null()]),
})
export type Rehearsal = Static<typeof Rehearsal>

/** `GET /api/rehearsal`: the one under way, or the last one of this Event. */
export const RehearsalReply = Type.Object({ rehearsal: Type.Union([Rehearsal, Type.Null()]) })
export type RehearsalReply = Static<typeof RehearsalReply>

/** `POST /api/rehearsal` */
export const RehearsalBody = Type.Object(
  {
    /** Waits for the next frame of this camera first. That frame is a photo like any other and stays. */
    camera: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    request_id: requestId,
  },
  closed,
)
export type RehearsalBody = Static<typeof RehearsalBody>

/** `POST /api/rehearsal/shown`: the device has the picture on its screen. */
export const RehearsalShownBody = Type.Object(
  {
    id: Type.String({ maxLength: 100 }),
    photo: Type.String({ maxLength: 100 }),
  },
  closed,
)
export type RehearsalShownBody = Static<typeof RehearsalShownBody>
