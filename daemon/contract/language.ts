/** The languages that pages speak. Shared code: the app, the pages of strangers and the gallery choose by it. */
export type Language = 'en' | 'zh-Hant'

/** Each by its own name, whatever is spoken now. */
export const LANGUAGES: readonly (readonly [Language, string])[] = [
  ['en', 'English'],
  ['zh-Hant', '繁體中文'],
]

/** Traditional Chinese for any Chinese reader, English for everybody else.
 * @param chosen what was chosen here before, if anything: it wins
 * @param preferred language tags as the browser lists them, best first */
export const pickLanguage = (chosen: string | null, preferred: readonly string[]): Language => {
  if (chosen === 'en' || chosen === 'zh-Hant') return chosen
  return /^z/i.test(preferred.find((tag) => /^(en|zh)\b/i.test(tag)) ?? '') ? 'zh-Hant' : 'en'
}
