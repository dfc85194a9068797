import { type Words, type WordsChange } from '../../contract/words.ts'
export type { Words, WordsChange }
export declare const NO_WORDS: Words
/** Words as they are kept: each within its limits, lists without doubles and empty items. Takes whatever a stranger's
 * file says; nothing throws. */
export declare function tidyWords<T extends WordsChange>(words: T): T
/** Who made it, one by one. */
export declare const creatorsIn: (creator: string) => string[]
export declare const isSaid: (value: string | readonly string[] | undefined) => boolean
