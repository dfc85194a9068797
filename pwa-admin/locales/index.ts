import { createI18n } from 'vue-i18n'
import { LANGUAGES, type Language } from '../../daemon/contract/language.ts'
import { en } from './en/index.ts'
import { regionOf } from './region.ts'
import type { Same } from './same.ts'
import { zhHant } from './zh-Hant/index.ts'

const TIMES = {
  moment: { dateStyle: 'medium', timeStyle: 'short' },
  hour: { hour: '2-digit', minute: '2-digit' },
} as const

/** Every word of the app, in each language. */
export const MESSAGES = { en, 'zh-Hant': zhHant } satisfies Record<Language, Same<typeof en>>

export function createWords(language: Language) {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: 'en',
    datetimeFormats: Object.fromEntries(
      LANGUAGES.flatMap(([tag]) => [tag, regionOf(tag)]).map((place) => [place, TIMES]),
    ),
    numberFormats: Object.fromEntries(LANGUAGES.map(([tag]) => [tag, {}])),
    messages: MESSAGES,
  })
}
