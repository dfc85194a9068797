import type { Language } from '../../daemon/contract/language.ts'
import { en, type Words } from './en.ts'
import { zhHant } from './zh-Hant.ts'

const WORDS: Readonly<Record<Language, Words>> = { en, 'zh-Hant': zhHant }
export const wordsOf = (lang: Language): Words => WORDS[lang]

/** Whose way of writing days and times. */
const PLACES: Readonly<Record<Language, string>> = { en: 'en-GB', 'zh-Hant': 'zh-TW' }

/** A browser takes as long to make one of these as to draw a photo, and each photo says its time. */
const formats = new Map<string, Intl.DateTimeFormat>()
const formatOf = (lang: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = lang + JSON.stringify(options)
  const format = formats.get(key) ?? new Intl.DateTimeFormat(PLACES[lang], options)
  formats.set(key, format)
  return format
}

/** `YYYY-MM-DD` as people write it; empty for anything else. */
export const dateText = (date: string, lang: Language): string => {
  const day = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(day.getTime())) return ''
  return formatOf(lang, { dateStyle: 'long', timeZone: 'UTC' }).format(day)
}

/** The time of day on the venue's clock, with the day unless that is today there. Where the list does not tell the
 * venue's, the guest's own clock stands in.
 * @param offset minutes that the venue's is ahead of UTC
 * @param precise with the second */
export const timeText = (
  iso: string,
  lang: Language,
  today = new Date(),
  offset?: number,
  precise = false,
): string => {
  const taken = Date.parse(iso)
  if (Number.isNaN(taken)) return ''
  // A clock is moved, rather than a zone named: browsers know places, and not all of them know offsets.
  const onClock = (ms: number): Date => new Date(ms + (offset ?? -new Date(ms).getTimezoneOffset()) * 60_000)
  const at = onClock(taken)
  const now = onClock(today.getTime())
  const day: Intl.DateTimeFormatOptions =
    at.toISOString().slice(0, 10) === now.toISOString().slice(0, 10) ? {} : { month: 'short', day: 'numeric' }
  if (at.getUTCFullYear() !== now.getUTCFullYear()) day.year = 'numeric'
  return formatOf(lang, {
    ...day,
    hour: '2-digit',
    minute: '2-digit',
    ...(precise && { second: '2-digit' }),
    hourCycle: 'h23',
    timeZone: 'UTC',
  }).format(at)
}
