import { LONGEST } from '../../contract/word-lengths.ts'
import type { Words, WordsChange } from '../../contract/words.ts'

export type { Words, WordsChange }

export const NO_WORDS: Words = {
  headline: '',
  caption: '',
  keywords: [],
  creator: '',
  credit: '',
  source: '',
  copyright: '',
  usageTerms: '',
  city: '',
  country: '',
  event: '',
  persons: [],
}

const TEXTS: ReadonlySet<keyof Words> = new Set(['caption', 'usageTerms'])
const short = (text: string, most: number) => {
  if (text.length <= most) return text
  const cut = text.slice(0, most)
  // Half of a surrogate pair is no character.
  return cut.isWellFormed() ? cut : cut.slice(0, -1)
}

/** Without what neither XML nor IIM can carry; lines end in a line feed. */
const textOf = (text: string, most: number) =>
  short(
    text
      .toWellFormed()
      .replace(/\r\n?|\u2028|\u2029/gu, '\n')
      .replace(/\t/gu, ' ')
      .replace(/[^\P{Cc}\n]|[\ufffe\uffff]/gu, '')
      .trim(),
    most,
  ).trimEnd()
const lineOf = (text: string, most: number) => textOf(text.replace(/\s+/gu, ' '), most)

/** Words as they are kept: each within its limits, lists without doubles and empty items. Takes whatever a stranger's
 * file says; nothing throws. */
export function tidyWords<T extends WordsChange>(words: T): T {
  const tidy = Object.entries(words).map(([field, value]) => {
    if (Array.isArray(value)) {
      const items = value.map((item) => lineOf(item, LONGEST.item)).filter((item) => item !== '')
      return [field, [...new Set(items)].slice(0, LONGEST.items)]
    }
    if (TEXTS.has(field as keyof Words)) return [field, textOf(value, LONGEST.text)]
    return [field, lineOf(value, LONGEST.line)]
  })
  return Object.fromEntries(tidy) as T
}

/** Who made it, one by one. */
export const creatorsIn = (creator: string): string[] =>
  creator
    .split(';')
    .map((name) => name.trim())
    .filter((name) => name !== '')

export const isSaid = (value: string | readonly string[] | undefined): boolean =>
  value !== undefined && value.length > 0
