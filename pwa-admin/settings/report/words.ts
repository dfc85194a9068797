import type { Language } from '../../../daemon/contract/language.ts'
import { report as en } from '../../locales/en/report.ts'
import { report as zhHant } from '../../locales/zh-Hant/report.ts'

export type Words = typeof en
export const WORDS: Record<Language, Words> = { en, 'zh-Hant': zhHant }

/** `{n} left out` with its blanks filled in. */
export function fill(words: string, blanks: Readonly<Record<string, string>>): string {
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => blanks[name] ?? whole)
}
