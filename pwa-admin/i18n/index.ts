import { createI18n } from 'vue-i18n'
import { cameraEn, cameraZhHant } from './camera.ts'
import { en } from './en.ts'
import { finishEn, finishZhHant } from './finish.ts'
import { handEn, handZhHant } from './hand.ts'
import { cloudEn, cloudZhHant } from './cloud.ts'
import { refusalsEn, refusalsZhHant } from './refusals.ts'
import { zhHant } from './zh-Hant.ts'

export type Language = 'en' | 'zh-Hant'
const KEY = 'language'

/** Traditional Chinese for any Chinese reader, English for everybody else; a choice made here wins. */
export function preferredLanguage(chosen: string | null, browser: readonly string[]): Language {
  if (chosen === 'en' || chosen === 'zh-Hant') return chosen
  const first = browser.find((tag) => /^(en|zh)\b/i.test(tag))
  return first?.toLowerCase().startsWith('zh') ? 'zh-Hant' : 'en'
}

/** Private browsing may refuse storage; the choice then lasts as long as the page. */
export function rememberLanguage(language: Language): void {
  document.documentElement.lang = language
  try {
    localStorage.setItem(KEY, language)
  } catch {
    return
  }
}

export function rememberedLanguage(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

export function createWords(language: Language) {
  return createI18n({
    legacy: false,
    locale: language,
    fallbackLocale: 'en',
    messages: {
      en: { ...en, ...finishEn, camera: cameraEn, cloud: cloudEn, hand: handEn, refused: refusalsEn },
      'zh-Hant': {
        ...zhHant,
        ...finishZhHant,
        camera: cameraZhHant,
        cloud: cloudZhHant,
        hand: handZhHant,
        refused: refusalsZhHant,
      },
    },
  })
}
