import type { WordsChange } from '../../contract/words.ts'

/** What a Photo is said to be in words, by whom, and the marks that have no column of their own. */
export interface PhotoWords {
  /** What its files and sidecars brought. */
  readonly found: WordsChange
  /** What a person wrote here; it goes before what came. */
  readonly own: WordsChange
  /** A colour's name that came with it; '' for none. */
  readonly label: string
  /** The photographer rejected it in another program. */
  readonly rejected: boolean
}
export const NOTHING_SAID: PhotoWords = { found: {}, own: {}, label: '', rejected: false }
