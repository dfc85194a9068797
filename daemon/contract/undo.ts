import { Type, type Static } from 'typebox'
import { type Edit } from './edit.ts'
import type { PhotoState } from './photo.ts'
import { DecisionKind } from './decision.ts'
import { closed, requestId } from './shapes.ts'
import type { WordsChange } from './words.ts'

/** What an action did to a Photo, with all that it takes to go back. */
export type UndoEntry =
  | { readonly did: 'moved'; readonly was: PhotoState; readonly now: PhotoState }
  | { readonly did: 'edited'; readonly was: Edit; readonly now: Edit }
  | {
      readonly did: 'rated'
      readonly was: { readonly rating: number; readonly pick: boolean }
      readonly now: { readonly rating: number; readonly pick: boolean }
    }
  | { readonly did: 'worded'; readonly was: WordsChange; readonly now: WordsChange }
  /** Copies that are wanted. */
  | { readonly did: 'printing'; readonly was: number; readonly now: number }
  | { readonly did: 'held'; readonly hold: string }
  /** Somebody else's publish was on its way already. */
  | { readonly did: 'joined' }
  | { readonly did: 'published'; readonly name: string; readonly replaced: string | null }
  | { readonly did: 'unpublished'; readonly name: string }

/** One of a device's own actions, which it can undo. */
export const ActionView = Type.Object({
  id: Type.String(),
  kind: DecisionKind,
  /** Names of the first three Photos (for an unpublish: public names). */
  names: Type.Array(Type.String()),
  count: Type.Integer(),
  /** The job, where the action is about many photos at once. */
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
