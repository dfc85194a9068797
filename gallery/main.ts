import { createEarly } from './feed/early.ts'
import { createPage } from './page/page.ts'
import { createIsGone, createRead } from './feed/read.ts'
import { sizeOfLatest } from './grid/size.ts'
import { createPinCall } from './page/pin.ts'
import { slugOf } from './page/route.ts'
import './style.css'
import { pickLanguage, type Language } from '../daemon/contract/language.ts'

const KEY = 'gallery-lang'

/** Private windows may refuse storage; the choice then lasts as long as the page. */
const keptLang = (): string | null => {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}
const keepLang = (lang: Language): void => {
  try {
    localStorage.setItem(KEY, lang)
  } catch {
    return
  }
}

const early = createEarly(
  createRead({ fetch: (url, options) => fetch(url, options) }),
  slugOf(location.pathname),
  sizeOfLatest,
)
const page = {
  read: early.read,
  isGone: createIsGone({ fetch: (url, options) => fetch(url, options) }),
  sendPin: createPinCall({ fetch: (url, options) => fetch(url, options) }),
  base: import.meta.env.BASE_URL,
  lang: pickLanguage(keptLang(), navigator.languages),
  keepLang,
}
void early.begin().then(() => createPage(page).start())
