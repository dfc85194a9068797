import { Type, type Static } from 'typebox'
import { Message } from './message.ts'
import { closed, oneOf, requestId } from './shapes.ts'

/** What a check found of one frame of a card. */
export const CheckedFrame = Type.Object({
  /** Where it is on the card. */
  path: Type.String(),
  /** `here`: its bytes were read back from the photo folders; `rejected`: from the trash; `deleted`: a person emptied it
   * from the trash; `left`: a person said that it is not wanted; `set_aside`: it is no whole photo that can be taken;
   * `missing`: its bytes are not in the photo folders; `unread`: nobody knows, for it, or ours, could not be read. */
  what: oneOf('here', 'rejected', 'deleted', 'left', 'set_aside', 'missing', 'unread'),
  /** Its own bytes; null where they could not be read. */
  sha256: Type.Union([Type.String(), Type.Null()]),
  /** The name of its file with us; null where there is none. */
  filename: Type.Union([Type.String(), Type.Null()]),
  /** Its file is on the second copy, verified; null where there is no second copy. */
  second_copy: Type.Union([Type.Boolean(), Type.Null()]),
  /** It was read back from this computer's own disk, where it waits until the disk of its folder is back. */
  spilled: Type.Optional(Type.Boolean()),
  /** It was missing, and this check had it taken in. */
  taken_now: Type.Boolean(),
  reason: Type.Union([Message, Type.Null()]),
})
export type CheckedFrame = Static<typeof CheckedFrame>

/** How far a check of a card is, and what it says. */
export const CardCheck = Type.Object({
  folder: Type.String(),
  label: Type.String(),
  state: oneOf('checking', 'done', 'stopped'),
  /** The card may be formatted as far as this event goes: it was read to its end, nothing on it is missing, nothing was
   * left unread, and the second copy, where there is one, has everything too. */
  safe: Type.Boolean(),
  /** Frames since the event's start, and how many of them were looked at. */
  total: Type.Integer(),
  done: Type.Integer(),
  counts: Type.Object({
    here: Type.Integer(),
    taken_now: Type.Integer(),
    rejected: Type.Integer(),
    deleted: Type.Integer(),
    left: Type.Integer(),
    set_aside: Type.Integer(),
    missing: Type.Integer(),
    unread: Type.Integer(),
    /** Frames with us that the second copy does not have yet. */
    second_copy_waits: Type.Integer(),
    /** Frames that are kept on this computer's own disk alone until the photo disk is back. */
    spilled: Type.Optional(Type.Integer()),
    /** Photos from before the event's start: they were not asked about. */
    before: Type.Integer(),
    /** Videos and sounds: they are not photos, and nobody copied them. */
    videos: Type.Integer(),
    /** Photos outside of the card's folder of pictures, such as the small pictures of videos. */
    outside: Type.Integer(),
  }),
  /** Why it is not safe, or what stopped it; null where all is well. */
  message: Type.Union([Message, Type.Null()]),
})
export type CardCheck = Static<typeof CardCheck>

export const CardReport = Type.Object({ ...CardCheck.properties, frames: Type.Array(CheckedFrame) })
export type CardReport = Static<typeof CardReport>

/** A card of the list by its `source`, or for the owner any `folder` of this computer. */
export const CardCheckBody = Type.Object(
  {
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    folder: Type.Optional(Type.String({ minLength: 1, maxLength: 4096 })),
    request_id: requestId,
  },
  closed,
)
export type CardCheckBody = Static<typeof CardCheckBody>
