export type Lang = 'en' | 'zh-Hant'

const EN = {
  loading: 'Loading photos',
  photos: (count: number): string => (count === 1 ? '1 photo' : `${count.toLocaleString('en')} photos`),
  latest: 'Latest',
  photoAt: (when: string): string => `Photo taken at ${when}`,
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
  behind: 'Not up to date. Trying again.',
  olderFailed: 'Older photos could not be loaded. Trying again.',
  gone: 'This photo is no longer here.',
  broken: 'This photo could not be loaded.',
  close: 'Close',
  previous: 'Previous photo',
  next: 'Next photo',
  zoom: 'Zoom',
  download: 'Download',
  share: 'Share',
  copied: 'Link copied',
  viewer: 'Photo',
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
  photoAt: (when) => `${when} 拍攝的照片`,
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
  behind: '尚未更新，正在重試。',
  olderFailed: '無法載入較早的照片，正在重試。',
  gone: '這張照片已不在這裡。',
  broken: '無法載入這張照片。',
  close: '關閉',
  previous: '上一張',
  next: '下一張',
  zoom: '縮放',
  download: '下載',
  share: '分享',
  copied: '已複製連結',
  viewer: '照片',
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

/** The time of day on the guest's clock, with the day unless that is today. */
export const timeText = (iso: string, lang: Lang, today = new Date()): string => {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return ''
  const day: Intl.DateTimeFormatOptions =
    at.toDateString() === today.toDateString() ? {} : { month: 'short', day: 'numeric' }
  if (at.getFullYear() !== today.getFullYear()) day.year = 'numeric'
  return new Intl.DateTimeFormat(locale(lang), {
    ...day,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at)
}
