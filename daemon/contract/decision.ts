import type { Static } from 'typebox'
import type { EditChange } from './edit.ts'
import { oneOf } from './shapes.ts'
import type { WordsChange } from './words.ts'

export const DECISIONS = [
  'publish',
  'unpublish',
  'reject',
  'archive',
  'restore',
  'edit',
  'rate',
  'caption',
  'print',
] as const
export const DecisionKind = oneOf(...DECISIONS)
export type DecisionKind = Static<typeof DecisionKind>

/** One thing that a person decides about one photo. */
export interface Decision {
  readonly kind: DecisionKind
  /** The Photo's name; for `unpublish` a public one. */
  readonly filename: string
  readonly edit?: EditChange
  /** Of a caption; a field that is left out stays. */
  readonly words?: WordsChange
  readonly rating?: number
  readonly pick?: boolean
  /** Going past a photo is no action to be undone; it is looked at again from where it is. */
  readonly seen?: boolean
  /** Of a publish or a print: though this version is out, or on paper, already. */
  readonly again?: boolean
  /** Of a print; 0 takes the wish back. */
  readonly copies?: number
  readonly replaces?: string
  /** Of a publish: false where its edit is that version's alone, and the Photo's own stays. */
  readonly keepsEdit?: boolean
}
