import type { Language } from '../../../daemon/contract/language.ts'
import { setup as en } from '../../locales/en/setup.ts'
import { setup as zhHant } from '../../locales/zh-Hant/setup.ts'

export type Words = typeof en
export const WORDS: Record<Language, Words> = { en, 'zh-Hant': zhHant }
