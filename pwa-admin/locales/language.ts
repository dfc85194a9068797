import { pickLanguage, type Language } from '../../daemon/contract/language.ts'

/** One place for the app, the page for a code and the setup page: what is chosen on one goes on on the others. */
const KEY = 'language'

/** The language that was chosen on this device, else the browser's. */
export function currentLanguage(): Language {
  return pickLanguage(chosen(), navigator.languages)
}

function chosen(): string | null {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
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
