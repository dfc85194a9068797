/** The languages that pages speak, each by its own name, whatever is spoken now. Shared code: the app, the pages of
 * strangers and the gallery choose by it. */
export const LANGUAGES = [
  ['en', 'English'],
  ['zh-Hant', '繁體中文'],
] as const
export type Language = (typeof LANGUAGES)[number][0]

/** Whose browsers get each: Traditional Chinese is for any Chinese reader. */
const READERS: Readonly<Record<Language, RegExp>> = { en: /^en\b/i, 'zh-Hant': /^zh\b/i }

/** English for everybody who asks for none of them.
 * @param chosen what was chosen here before, if anything: it wins
 * @param preferred language tags as the browser lists them, best first */
export const pickLanguage = (chosen: string | null, preferred: readonly string[]): Language => {
  const tags = LANGUAGES.map(([tag]) => tag)
  const asked = preferred.map((one) => tags.find((tag) => READERS[tag].test(one)))
  return tags.find((tag) => tag === chosen) ?? asked.find((tag) => tag !== undefined) ?? 'en'
}
