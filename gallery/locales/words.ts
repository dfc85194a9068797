export type Lang = 'en' | 'zh-Hant'

const EN = {
  loading: 'Loading photos',
  photos: (count: number): string => (count === 1 ? '1 photo' : `${count.toLocaleString('en')} photos`),
  latest: 'Latest',
  photoAt: (when: string, nth = 1): string => `Photo taken at ${when}${nth > 1 ? `, number ${nth}` : ''}`,
  fresh: (count: number): string => `${count} new`,
  freshLong: (count: number): string => (count === 1 ? 'Show 1 new photo' : `Show ${count} new photos`),
  emptyTitle: 'The first photos will appear here.',
  emptyText: 'Keep this page open. They arrive by themselves.',
  noneTitle: 'No event is on yet.',
  noneText: 'This page begins by itself when one opens.',
  unknownTitle: 'This event could not be found.',
  unknownText: 'The link may be old, or a letter may be missing.',
  unknownGo: 'See the current event',
  awayTitle: 'The photos are out of reach.',
  awayText: 'Check your connection. This page keeps trying by itself.',
  busyTitle: 'The photos cannot be shown just now.',
  busyText: 'Your connection is fine. This page keeps trying by itself.',
  behind: 'Not up to date. Trying again.',
  olderFailed: 'Older photos could not be loaded. Trying again.',
  gone: 'This photo is no longer here.',
  notOpened: 'The photo could not be opened. Please tap it again.',
  timeline: 'Jump to a time',
  photosRegion: 'Photos',
  privacy: 'No account, no cookies, no tracking. To have a photo taken down, ask the photographer.',
  credit: (name: string): string => `Photos: ${name}`,
  language: 'Language',
}

export type Words = typeof EN

const ZH: Words = {
  loading: '正在載入照片',
  photos: (count) => `${count.toLocaleString('en')} 張照片`,
  latest: '最新',
  photoAt: (when, nth = 1) => `${when} 拍攝的照片${nth > 1 ? `，第 ${nth} 張` : ''}`,
  fresh: (count) => `${count} 張新照片`,
  freshLong: (count) => `顯示 ${count} 張新照片`,
  emptyTitle: '第一批照片將在這裡出現。',
  emptyText: '請保持此頁開啟，照片會自動出現。',
  noneTitle: '目前還沒有活動。',
  noneText: '活動開始後，此頁會自動顯示。',
  unknownTitle: '找不到這個活動。',
  unknownText: '連結可能已過期，或少了一個字。',
  unknownGo: '查看目前的活動',
  awayTitle: '暫時無法取得照片。',
  awayText: '請檢查網路連線，此頁會自動重試。',
  busyTitle: '目前暫時無法顯示照片。',
  busyText: '您的網路連線正常，此頁會自動重試。',
  behind: '尚未更新，正在重試。',
  olderFailed: '無法載入較早的照片，正在重試。',
  gone: '這張照片已不在這裡。',
  notOpened: '無法開啟照片，請再點一次。',
  timeline: '跳到某個時間',
  photosRegion: '照片',
  privacy: '無需帳號，不使用 Cookie，不追蹤。如需移除照片，請告知攝影師。',
  credit: (name) => `攝影：${name}`,
  language: '語言',
}

export const wordsOf = (lang: Lang): Words => (lang === 'en' ? EN : ZH)

export const LANGS: readonly { lang: Lang; name: string }[] = [
  { lang: 'en', name: 'English' },
  { lang: 'zh-Hant', name: '繁體中文' },
]

/** The guest's own choice, else the first language of the browser that we speak, else English. */
export const pickLang = (chosen: string | null, preferred: readonly string[]): Lang => {
  if (chosen === 'en' || chosen === 'zh-Hant') return chosen
  for (const tag of preferred) {
    if (/^zh\b/i.test(tag)) return 'zh-Hant'
    if (/^en\b/i.test(tag)) return 'en'
  }
  return 'en'
}

const locale = (lang: Lang): string => (lang === 'en' ? 'en-GB' : 'zh-TW')

/** `YYYY-MM-DD` as people write it; empty for anything else. */
export const dateText = (date: string, lang: Lang): string => {
  const day = new Date(`${date}T00:00:00Z`)
  if (Number.isNaN(day.getTime())) return ''
  return new Intl.DateTimeFormat(locale(lang), { dateStyle: 'long', timeZone: 'UTC' }).format(day)
}

/** The time of day on the venue's clock, with the day unless that is today there. Where the list does not tell the
 * venue's, the guest's own clock stands in.
 * @param offset minutes that the venue's is ahead of UTC
 * @param precise with the second */
export const timeText = (
  iso: string,
  lang: Lang,
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
  return new Intl.DateTimeFormat(locale(lang), {
    ...day,
    hour: '2-digit',
    minute: '2-digit',
    ...(precise && { second: '2-digit' }),
    hourCycle: 'h23',
    timeZone: 'UTC',
  }).format(at)
}
