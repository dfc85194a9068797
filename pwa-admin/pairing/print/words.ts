import type { Language } from '../../../daemon/contract/language.ts'
import { print as en } from '../../locales/en/print.ts'
import { print as zhHant } from '../../locales/zh-Hant/print.ts'

export type Words = typeof en
export const WORDS: Record<Language, Words> = { en, 'zh-Hant': zhHant }
