import type { Language } from '../../daemon/contract/language.ts'

/** The tags that are the same language as it is written here. */
const SAME: Readonly<Record<Language, RegExp>> = { en: /^en\b/i, 'zh-Hant': /^zh-(Hant|TW|HK|MO)\b/i }

/** Whose way of writing dates and times a language is shown with: that of the reader's own country where the browser
 * names one, so that an Englishman reads 26/11 and an American 11/26.
 * @param browser its languages, the preferred first */
export function regionOf(language: string, browser: readonly string[] = navigator.languages): string {
  const same = SAME[language as keyof typeof SAME]
  return browser.find((tag) => same?.test(tag)) ?? language
}
