import { createI18n } from 'vue-i18n'
import { accessEn, accessZhHant } from './access.ts'
import { cameraEn, cameraZhHant } from './camera.ts'
import { en } from './en.ts'
import { outputEn, outputZhHant } from './finish.ts'
import { connectEn, connectZhHant } from './connect.ts'
import { handEn, handZhHant } from './hand.ts'
import { cloudEn, cloudZhHant } from './cloud.ts'
import { settingsEn, settingsZhHant } from './settings.ts'
import { messagesEn, messagesZhHant } from './told.ts'
import { undoEn, undoZhHant } from './undo.ts'
import { regionOf } from './region.ts'
import { offlineEn, offlineZhHant } from './offline.ts'
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
    messages: {
      en: {
        ...en,
        ...outputEn,
        access: accessEn,
        camera: cameraEn,
        cloud: cloudEn,
        connect: connectEn,
        undo: undoEn,
        offline: offlineEn,
        hand: handEn,
        refused: refusalsEn,
        settings: settingsEn,
        told: messagesEn,
      },
      'zh-Hant': {
        ...zhHant,
        ...outputZhHant,
        access: accessZhHant,
        camera: cameraZhHant,
        cloud: cloudZhHant,
        connect: connectZhHant,
        undo: undoZhHant,
        offline: offlineZhHant,
        hand: handZhHant,
        refused: refusalsZhHant,
        settings: settingsZhHant,
        told: messagesZhHant,
      },
    },
  })
}
