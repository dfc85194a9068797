import type { Language } from '../../../daemon/contract/language.ts'
import { pair as en } from '../../locales/en/pair.ts'
import { pair as zhHant } from '../../locales/zh-Hant/pair.ts'

export type Words = typeof en
export const WORDS: Record<Language, Words> = { en, 'zh-Hant': zhHant }

const REFUSALS = [
  'wrong_code',
  'too_many_tries',
  'too_many',
  'bad_origin',
  'wrong_host',
  'unknown_device',
  'too_many_access_requests',
  'invalid',
  'fault',
] as const

/** Our words for what the daemon answered, else its own sentence; without either, nobody who knows us answered. */
export function refusal(words: Words, error: { code?: string; message?: string } | undefined): string {
  const known = REFUSALS.find((code) => code === error?.code)
  return known ? words[known] : (error?.message ?? words.away)
}
