import { createI18n } from 'vue-i18n'
import type { Language } from '../../daemon/contract/language.ts'
import { en } from './en/index.ts'
import { regionOf } from './region.ts'
import { zhHant } from './zh-Hant/index.ts'

const TIMES = {
  moment: { dateStyle: 'medium', timeStyle: 'short' },
  hour: { hour: '2-digit', minute: '2-digit' },
} as const

export function createWords(language: Language) {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: 'en',
    datetimeFormats: {
      en: TIMES,
      'zh-Hant': TIMES,
      [regionOf('en')]: TIMES,
      [regionOf('zh-Hant')]: TIMES,
    },
    numberFormats: { en: {}, 'zh-Hant': {} },
    messages: { en, 'zh-Hant': zhHant },
  })
}
